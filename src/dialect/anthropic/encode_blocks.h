// Parts of a request into content blocks.
#pragma once

#include "base/result.h"
#include "dialect/anthropic/extras.h"
#include "json/writer.h"
#include "llm/content.h"
#include "llm/request.h"

#include <string>
#include <string_view>
#include <vector>

namespace bifrost::dialect::anthropic {

void write_cache_control(json::Writer& writer, const llm::CacheMarker& marker);

// A part and where the caller wrote it, for `dropped`, for errors and for extras.h.
struct PlacedPart {
  const llm::Part* part;
  std::string at;
};

class BlockEncoder {
 public:
  struct Context {
    json::Writer& writer;
    ExtraFields& extras;
    std::vector<std::string>& dropped;
    bool native;  // the request was written in this dialect: nothing of it is left out
  };

  explicit BlockEncoder(const Context& context)
      : writer_(context.writer),
        extras_(context.extras),
        dropped_(context.dropped),
        native_(context.native) {}

  // Has the part a counterpart in this dialect? Write only those that have.
  [[nodiscard]] bool keeps(const llm::Part& part, llm::Role role) const;

  // Fails when the part cannot be expressed and leaving it out would change what is asked.
  Result<void> write(const llm::Part& part, llm::Role role, const std::string& at);

  // A list of blocks, or a string when one plain text is all there is.
  Result<void> write_content(const std::vector<PlacedPart>& parts, llm::Role role);

 private:
  void write_text(const llm::Part& part, const llm::TextPart& text, const std::string& at);
  Result<void> write_image(const llm::Part& part, const llm::ImagePart& image,
                           const std::string& at);
  Result<void> write_file(const llm::Part& part, const llm::FilePart& file, const std::string& at);
  Result<void> write_file_source(const llm::FilePart& file, const std::string& at);
  void write_tool_call(const llm::Part& part, const llm::ToolCallPart& call, const std::string& at);
  Result<void> write_tool_result(const llm::Part& part, const llm::ToolResultPart& result,
                                 const std::string& at);

  Result<void> write_audio(const llm::AudioPart& audio, llm::Role role, const std::string& at);
  void write_reasoning(const llm::ReasoningPart& reasoning, const std::string& at);
  Result<void> write_result_content(const llm::ToolResultPart& result, const std::string& at);
  void close(ExtensibleObject& object, const llm::Part& part);

  json::Writer& writer_;
  ExtraFields& extras_;
  std::vector<std::string>& dropped_;
  bool native_;
};

}  // namespace bifrost::dialect::anthropic
