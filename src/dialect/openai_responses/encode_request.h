// The pieces of encoding a request that have a file of their own.
#pragma once

#include "dialect/dropped.h"
#include "dialect/flavor.h"
#include "dialect/openai_chat/extras.h"
#include "json/writer.h"
#include "llm/request.h"

#include <set>
#include <span>
#include <string_view>
#include <vector>

namespace bifrost::dialect::openai_responses {

// What all pieces write to and read from while one request is encoded.
struct Encoding {
  const llm::Request& request;
  const Flavor& flavor;
  json::Writer writer;
  openai_chat::ExtrasIndex extras;
  Dropped dropped;
  bool any_turn = false;  // something is left of the conversation

  // Did the caller speak this dialect itself?
  [[nodiscard]] bool same_dialect() const;
};

// Appends the array of items.
class InputEncoder {
 public:
  explicit InputEncoder(Encoding& encoding) : encoding_(encoding), writer_(encoding.writer) {}

  void encode_all();

 private:
  void said(const llm::Message& message);  // by anybody but the model
  void turn(const llm::Message& message);  // of the model
  void results(const llm::Message& message);
  void result(const llm::Part& outer, const llm::ToolResultPart& result);
  void call(const llm::ToolCallPart& call);
  // The parts of one kind from `at` on, as one item; the index behind them.
  std::size_t answer(const std::vector<llm::Part>& parts, std::size_t at);
  std::size_t thoughts(const std::vector<llm::Part>& parts, std::size_t at);
  void thoughts_item(std::span<const llm::Part> parts);

  // The value of `content` or `output`.
  void content(const std::vector<const llm::Part*>& parts);
  std::vector<const llm::Part*> written(const std::vector<llm::Part>& parts);
  void content_part(const llm::Part& part);
  void image(const llm::ImagePart& image, llm::Place place);
  void file(const llm::FilePart& file, llm::Place place);
  void audio(const llm::AudioPart& audio);
  void text(std::string_view type, std::string_view text);

  Encoding& encoding_;
  json::Writer& writer_;
  std::set<std::string_view> custom_calls_;  // ids
};

void encode_tools(Encoding& encoding);
void encode_tool_choice(Encoding& encoding);
// The value of `text`.
void encode_text(Encoding& encoding);

}  // namespace bifrost::dialect::openai_responses
