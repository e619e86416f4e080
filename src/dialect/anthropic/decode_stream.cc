// Events of a streamed answer into our own.
#include "base/limits.h"
#include "dialect/anthropic/citations.h"
#include "dialect/anthropic/finish.h"
#include "dialect/anthropic/functions.h"
#include "dialect/anthropic/raw_block.h"
#include "dialect/anthropic/tool_call.h"
#include "dialect/anthropic/usage.h"
#include "dialect/sse_stream.h"

#include <map>
#include <optional>
#include <utility>

namespace bifrost::dialect::anthropic {
namespace {

using Events = std::vector<llm::StreamEvent>;

// Blocks follow one another; a server that never closes them is broken.
constexpr std::size_t kOpenBlocksMax = 256;

Error broken(std::string why) {
  return upstream_error(ErrorCode::kUpstreamProtocol, Retry::kSameTarget, std::move(why));
}

// A block whose end matters.
struct OpenBlock {
  std::optional<RawBlock> raw;  // of a kind that only this dialect knows
  std::int64_t call = -1;       // index of a tool call
  std::string input;            // that a call's start already had
  bool has_arguments = false;
};

class Decoder final : public SseDecoder {
 protected:
  void on_event(const http::sse::Event& event, Events& out) override;
  void on_bytes_end(Events& out) override {
    if (finished_) end(out);
  }

 private:
  void on_message_start(json::Value message, Events& out);
  void on_block_start(std::int64_t index, json::Value block, Events& out);
  void on_tool_start(std::int64_t index, json::Value block, Events& out);
  void on_block_delta(std::int64_t index, json::Value delta, Events& out);
  void on_open_block_delta(OpenBlock& open, json::Value delta, Events& out);
  void on_block_stop(std::int64_t index, Events& out);
  void on_message_delta(json::Value root, Events& out);
  void on_message_stop(Events& out);

  void start(llm::StreamStart event, Events& out);
  void count(json::Value usage, Events& out);
  void close_block(OpenBlock& open, Events& out);
  void close_all_blocks(Events& out);
  void finish_choice(json::Value delta, Events& out);

  UsageReader usage_;
  std::map<std::int64_t, OpenBlock> open_;
  std::size_t raw_bytes_ = 0;
  std::int64_t calls_ = 0;
  bool started_ = false;
  bool finished_ = false;
};

void Decoder::on_event(const http::sse::Event& event, Events& out) {
  if (event.type == "ping") {
    out.emplace_back(llm::Ping{});
    return;
  }
  if (event.data.empty() || event.data == "[DONE]") return;  // some imitators end like OpenAI
  const auto document = parse(event, out);
  if (!document) return;
  const json::Value root = document->root();
  const std::string type = root["type"].string_or(event.type);
  // Nothing is content behind the reason why it ended; some repeat what they said.
  if (finished_ && type.starts_with("content_block_")) return;
  const std::int64_t index = root["index"].integer().value_or(0);
  if (type == "content_block_delta") {
    on_block_delta(index, root["delta"], out);
  } else if (type == "content_block_start") {
    on_block_start(index, root["content_block"], out);
  } else if (type == "content_block_stop") {
    on_block_stop(index, out);
  } else if (type == "message_start") {
    on_message_start(root["message"], out);
  } else if (type == "message_delta") {
    on_message_delta(root, out);
  } else if (type == "message_stop") {
    on_message_stop(out);
  } else if (type == "ping") {
    out.emplace_back(llm::Ping{});
  } else if (type == "error" || (type.empty() && root["error"].exists())) {
    fail(read_error(root, 0, event.data), out);
  }
}

void Decoder::start(llm::StreamStart event, Events& out) {
  if (std::exchange(started_, true)) return;
  out.emplace_back(std::move(event));
}

void Decoder::count(json::Value usage, Events& out) {
  if (!usage.is_object()) return;
  usage_.read(usage);
  out.emplace_back(llm::UsageUpdate{usage_.usage()});
}

void Decoder::on_message_start(json::Value message, Events& out) {
  const bool again = started_;
  start({.id = message["id"].string_or({}),
         .model = message["model"].string_or({}),
         .service_tier = hub_service_tier(message["usage"]["service_tier"].string_or({}))},
        out);
  count(message["usage"], out);
  if (again) return;
  // A turn that goes on with the calls of a running program is there at once: content and reason
  // stand in the first event.
  std::int64_t index = 0;
  for (const json::Value block : message["content"].children()) {
    on_block_start(index, block, out);
    on_block_stop(index++, out);
  }
  if (message["stop_reason"].is_string()) finish_choice(message, out);
}

void Decoder::on_block_start(std::int64_t index, json::Value block, Events& out) {
  start({}, out);
  if (const auto left_open = open_.find(index); left_open != open_.end()) {
    close_block(left_open->second, out);
    open_.erase(left_open);
  }
  if (open_.size() >= kOpenBlocksMax) {
    fail(broken("the provider's stream opens blocks without closing them"), out);
    return;
  }
  const std::string type = block["type"].string_or({});
  if (type == "text") {
    std::string text = block["text"].string_or({});
    if (!text.empty()) out.emplace_back(llm::TextDelta{.text = std::move(text), .block = index});
    for (llm::Citation& citation : read_citations(block["citations"])) {
      out.emplace_back(llm::CitationDelta{.citation = std::move(citation), .block = index});
    }
  } else if (type == "thinking") {
    llm::ReasoningDelta delta{.text = block["thinking"].string_or({}),
                              .signature = block["signature"].string_or({}),
                              .block = index};
    if (!delta.signature.empty()) delta.format = kSignatureFormat;
    if (!delta.text.empty() || !delta.signature.empty()) out.emplace_back(std::move(delta));
  } else if (type == "redacted_thinking") {
    out.emplace_back(llm::ReasoningDelta{.kind = llm::ReasoningPart::Kind::kRedacted,
                                         .data = block["data"].string_or({}),
                                         .format = std::string(kSignatureFormat),
                                         .block = index});
  } else if (type == "tool_use") {
    on_tool_start(index, block, out);
  } else if (block.is_object()) {
    raw_bytes_ += block.raw().size();
    open_[index].raw.emplace(block);
  }
}

void Decoder::on_tool_start(std::int64_t index, json::Value block, Events& out) {
  ToolId id = hub_tool_id(block["id"].string_or({}));
  OpenBlock& open = open_[index];
  open.call = calls_++;
  if (block["input"].size() > 0) open.input = block["input"].raw();
  out.emplace_back(llm::ToolCallStart{.index = open.call,
                                      .id = std::move(id.id),
                                      .name = block["name"].string_or({}),
                                      .signature = std::move(id.signature)});
}

void Decoder::on_block_delta(std::int64_t index, json::Value delta, Events& out) {
  start({}, out);
  if (const auto open = open_.find(index); open != open_.end()) {
    on_open_block_delta(open->second, delta, out);
    return;
  }
  const std::string type = delta["type"].string_or({});
  if (type == "text_delta") {
    out.emplace_back(llm::TextDelta{.text = delta["text"].string_or({}), .block = index});
  } else if (type == "thinking_delta") {
    out.emplace_back(llm::ReasoningDelta{.text = delta["thinking"].string_or({}), .block = index});
  } else if (type == "signature_delta") {
    out.emplace_back(llm::ReasoningDelta{.signature = delta["signature"].string_or({}),
                                         .format = std::string(kSignatureFormat),
                                         .block = index});
  } else if (type == "citations_delta" && delta["citation"].is_object()) {
    out.emplace_back(
        llm::CitationDelta{.citation = read_citation(delta["citation"]), .block = index});
  }
}

void Decoder::on_open_block_delta(OpenBlock& open, json::Value delta, Events& out) {
  if (open.raw) {
    raw_bytes_ += delta.raw().size();
    if (raw_bytes_ > limits::kResponseBodyBytesMax) {
      fail(broken("the provider's stream is larger than an answer may be"), out);
      return;
    }
    open.raw->add(delta);
    return;
  }
  std::string piece = delta["partial_json"].string_or({});
  if (piece.empty()) return;
  open.has_arguments = true;
  out.emplace_back(llm::ToolCallDelta{.index = open.call, .arguments = std::move(piece)});
}

void Decoder::on_block_stop(std::int64_t index, Events& out) {
  const auto open = open_.find(index);
  if (open == open_.end()) return;
  close_block(open->second, out);
  open_.erase(open);
}

void Decoder::close_block(OpenBlock& open, Events& out) {
  if (open.raw) {
    raw_bytes_ -= std::min(raw_bytes_, open.raw->bytes());
    out.emplace_back(llm::RawDelta{.part = open.raw->finish()});
  } else if (!open.has_arguments) {
    // A call without arguments: other dialects want to see the empty object.
    out.emplace_back(llm::ToolCallDelta{.index = open.call,
                                        .arguments = open.input.empty() ? "{}" : open.input});
  }
}

void Decoder::close_all_blocks(Events& out) {
  for (auto& [index, open] : open_) close_block(open, out);
  open_.clear();
}

void Decoder::on_message_delta(json::Value root, Events& out) {
  start({}, out);
  count(root["usage"], out);
  if (root["delta"]["stop_reason"].is_string()) finish_choice(root["delta"], out);
}

void Decoder::finish_choice(json::Value delta, Events& out) {
  if (std::exchange(finished_, true)) return;
  close_all_blocks(out);
  if (auto refusal = delta["stop_details"]["explanation"].string()) {
    out.emplace_back(llm::RefusalDelta{.text = std::move(*refusal)});
  }
  std::string raw = delta["stop_reason"].string_or({});
  const llm::FinishReason reason = finish_reason(raw);
  out.emplace_back(llm::StreamFinish{.reason = reason,
                                     .raw = std::move(raw),
                                     .stop_sequence = delta["stop_sequence"].string_or({})});
}

void Decoder::on_message_stop(Events& out) {
  start({}, out);
  finish_choice({}, out);
  end(out);
}

}  // namespace

std::unique_ptr<StreamDecoder> make_stream_decoder() { return std::make_unique<Decoder>(); }

}  // namespace bifrost::dialect::anthropic
