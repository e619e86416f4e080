// Bytes of a whole answer into our own response.
#include "base/try.h"
#include "dialect/anthropic/citations.h"
#include "dialect/anthropic/finish.h"
#include "dialect/anthropic/functions.h"
#include "dialect/anthropic/tool_call.h"
#include "dialect/anthropic/usage.h"

#include <utility>

namespace bifrost::dialect::anthropic {
namespace {

Error not_an_answer(std::string_view why) {
  return upstream_error(ErrorCode::kUpstreamProtocol, Retry::kSameTarget,
                        "the provider's answer is not a message: " + std::string(why));
}

llm::ReasoningPart read_thinking_block(json::Value block) {
  llm::ReasoningPart reasoning;
  reasoning.text = block["thinking"].string_or({});
  reasoning.signature = block["signature"].string_or({});
  if (!reasoning.signature.empty()) reasoning.format = kSignatureFormat;
  return reasoning;
}

llm::ToolCallPart read_tool_use(json::Value block) {
  ToolId id = hub_tool_id(block["id"].string_or({}));
  const json::Value input = block["input"];
  return {.id = std::move(id.id),
          .name = block["name"].string_or({}),
          .arguments = input.is_set() ? std::string(input.raw()) : "{}",
          .signature = std::move(id.signature)};
}

llm::Part read_block(json::Value block) {
  llm::Part part;
  const std::string type = block["type"].string_or({});
  if (type == "text") {
    part.content = llm::TextPart{.text = block["text"].string_or({}),
                                 .citations = read_citations(block["citations"])};
  } else if (type == "thinking") {
    part.content = read_thinking_block(block);
  } else if (type == "redacted_thinking") {
    part.content = llm::ReasoningPart{.kind = llm::ReasoningPart::Kind::kRedacted,
                                      .data = block["data"].string_or({}),
                                      .format = std::string(kSignatureFormat)};
  } else if (type == "tool_use") {
    part.content = read_tool_use(block);
  } else {
    part.content =
        llm::RawPart{.dialect = std::string(kName), .type = type, .json = std::string(block.raw())};
  }
  return part;
}

// What `body` says when it is an answer; else why it is none.
Result<json::Document> read_answer(std::string_view body) {
  auto document = json::Document::parse(body);
  if (!document) return not_an_answer(document.error().message);
  const json::Value root = document->root();
  if (root["type"].equals("error") || root["error"].is_object()) return read_error(root, 0, body);
  if (!root["content"].is_array()) return not_an_answer("it has no content");
  return document;
}

}  // namespace

Result<llm::Response> decode_response(std::string_view body) {
  BF_TRY(const json::Document document, read_answer(body));
  const json::Value root = document.root();
  llm::Response response{.id = root["id"].string_or({}), .model = root["model"].string_or({})};
  response.dialect = kName;
  llm::Choice choice;
  for (const json::Value block : root["content"].children()) {
    if (block.is_object()) choice.parts.push_back(read_block(block));
  }
  if (auto refusal = root["stop_details"]["explanation"].string()) {
    choice.parts.push_back({.content = llm::RefusalPart{.text = std::move(*refusal)}, .cache = {}});
  }
  choice.finish_raw = root["stop_reason"].string_or({});
  choice.finish = finish_reason(choice.finish_raw);
  choice.stop_sequence = root["stop_sequence"].string_or({});
  response.choices.push_back(std::move(choice));

  UsageReader usage;
  usage.read(root["usage"]);
  response.usage = usage.usage();
  response.service_tier = hub_service_tier(usage.service_tier());
  return response;
}

TapState tap_response(std::string_view body) {
  TapState state;
  const auto document = read_answer(body);
  if (!document) {
    state.error = document.error();
    return state;
  }
  const auto [id, model, counts, reason] =
      document->root().members<4>({"id", "model", "usage", "stop_reason"});
  state.id = id.string_or({});
  state.model = model.string_or({});
  UsageReader usage;
  usage.read(counts);
  state.usage = usage.usage();
  state.finish = finish_reason(reason.string_or({}));
  state.finished = reason.is_string();
  state.ended = true;
  return state;
}

}  // namespace bifrost::dialect::anthropic
