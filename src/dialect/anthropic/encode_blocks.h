// Parts of a request into content blocks.
#pragma once

#include "base/result.h"
#include "dialect/anthropic/extras.h"
#include "dialect/anthropic/media.h"
#include "dialect/dropped.h"
#include "json/writer.h"
#include "llm/content.h"
#include "llm/request.h"

#include <string>
#include <string_view>
#include <vector>

namespace bifrost::dialect::anthropic {

void write_cache_control(json::Writer& writer, const llm::CacheMarker& marker);

class BlockEncoder {
 public:
  struct Context {
    json::Writer& writer;
    ExtraFields& extras;
    Dropped& dropped;
    const llm::Source& source;
    bool native;  // the request was written in this dialect: nothing of it is left out
  };

  explicit BlockEncoder(const Context& context)
      : writer_(context.writer),
        extras_(context.extras),
        dropped_(context.dropped),
        source_(context.source),
        native_(context.native) {}

  // Has the part a counterpart in this dialect? Write only those that have.
  [[nodiscard]] bool keeps(const llm::Part& part, llm::Role role) const;

  // Fails when the part cannot be expressed and leaving it out would change what is asked.
  Result<void> write(const llm::Part& part, llm::Role role);

  // A list of blocks, or a string when one plain text is all there is.
  Result<void> write_content(const std::vector<const llm::Part*>& parts, llm::Role role);

 private:
  void write_text(const llm::Part& part, const llm::TextPart& text);
  Result<void> write_image(const llm::Part& part, const llm::ImagePart& image);
  Result<void> write_file(const llm::Part& part, const llm::FilePart& file);
  Result<void> write_file_source(const llm::Part& part, const llm::FilePart& file);
  void write_tool_call(const llm::Part& part, const llm::ToolCallPart& call);
  Result<void> write_tool_result(const llm::Part& part, const llm::ToolResultPart& result);

  Result<void> write_audio(const llm::Part& part, const llm::AudioPart& audio, llm::Role role);
  void write_reasoning(const llm::Part& part, const llm::ReasoningPart& reasoning);
  Result<void> write_result_content(const llm::ToolResultPart& result);
  [[nodiscard]] Where where(const llm::Part& part) const { return {source_, part.place}; }
  void close(ExtensibleObject& object, const llm::Part& part);

  json::Writer& writer_;
  ExtraFields& extras_;
  Dropped& dropped_;
  const llm::Source& source_;
  bool native_;
};

}  // namespace bifrost::dialect::anthropic
