#include "base/try.h"
#include "dialect/gemini/call_id.h"
#include "dialect/gemini/candidate.h"
#include "dialect/gemini/finish.h"
#include "dialect/gemini/functions.h"
#include "dialect/gemini/grounding.h"
#include "dialect/gemini/logprobs.h"
#include "dialect/gemini/parts.h"
#include "dialect/gemini/spelling.h"
#include "dialect/gemini/timestamp.h"
#include "dialect/gemini/usage.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace bifrost::dialect::gemini {
namespace {

// An empty text without a signature is how Google says that nothing was added, and a call without
// a name closes one that was streamed.
bool is_nothing(const llm::Part& part) {
  if (const auto* call = part.as<llm::ToolCallPart>()) return call->name.empty();
  const auto* text = part.as<llm::TextPart>();
  return text != nullptr && text->text.empty() && text->signature.empty();
}

// The parts of a candidate, and where the wire's parts went.
struct DecodedParts {
  std::vector<llm::Part> parts;
  std::vector<std::string> wire_texts;  // text of each wire part, for citations
  std::vector<std::size_t> first_of;    // index in `parts` of what each wire part became
};

DecodedParts decode_parts(json::Value content) {
  DecodedParts decoded;
  for (const json::Value wire : elements(field(content, "parts"))) {
    decoded.first_of.push_back(decoded.parts.size());
    decoded.wire_texts.push_back(field(wire, "text").string_or(""));
    decode_part(wire, decoded.parts);
    if (!decoded.parts.empty() && is_nothing(decoded.parts.back())) decoded.parts.pop_back();
  }
  return decoded;
}

// The text part that a citation of the wire's part goes to: that part, else the first text.
llm::TextPart* cited_part(DecodedParts& decoded, std::size_t wire_part) {
  if (wire_part < decoded.first_of.size() && decoded.first_of[wire_part] < decoded.parts.size()) {
    if (auto* text = decoded.parts[decoded.first_of[wire_part]].as<llm::TextPart>()) return text;
  }
  for (llm::Part& part : decoded.parts) {
    if (auto* text = part.as<llm::TextPart>()) return text;
  }
  return nullptr;
}

void name_calls(std::vector<llm::Part>& parts, std::string_view answer_id) {
  std::size_t ordinal = 0;
  for (llm::Part& part : parts) {
    auto* call = part.as<llm::ToolCallPart>();
    if (call == nullptr) continue;
    if (call->id.empty()) call->id = answer_call_id(answer_id, ordinal, call->name);
    ++ordinal;
  }
}

llm::Choice blocked_choice(std::string reason) {
  return {.finish = llm::FinishReason::kContentFilter, .finish_raw = std::move(reason)};
}

}  // namespace

AnswerHead decode_head(json::Value root) {
  const auto [id, model, created] = fields<3>(root, {"responseId", "modelVersion", "createTime"});
  return {.id = id.string_or(""),
          .model = model.string_or(""),
          .created = parse_timestamp(created.string_or("")).value_or(0)};
}

std::optional<std::int64_t> candidate_index(json::Value candidate) {
  const std::int64_t index = whole_number(field(candidate, "index")).value_or(0);
  if (index < 0 || index >= kCandidatesMax) return std::nullopt;
  return index;
}

llm::Choice decode_candidate(json::Value candidate, std::string_view answer_id) {
  llm::Choice choice;
  const auto [index, content, reason, logprobs] =
      fields<4>(candidate, {"index", "content", "finishReason", "logprobsResult"});
  choice.index = std::max<std::int64_t>(whole_number(index).value_or(0), 0);
  DecodedParts decoded = decode_parts(content);
  for (PlacedCitation& placed : decode_citations(candidate, decoded.wire_texts)) {
    llm::TextPart* text = cited_part(decoded, placed.part);
    if (text != nullptr) text->citations.push_back(std::move(placed.citation));
  }
  name_calls(decoded.parts, answer_id);
  const bool has_calls = std::ranges::any_of(
      decoded.parts, [](const llm::Part& part) { return part.as<llm::ToolCallPart>() != nullptr; });
  choice.finish_raw = reason.string_or("");
  choice.finish = finish_reason(choice.finish_raw, has_calls);
  choice.logprobs = decode_logprobs(logprobs);
  choice.parts = std::move(decoded.parts);
  return choice;
}

std::string block_reason(json::Value prompt_feedback) {
  return field(prompt_feedback, "blockReason").string_or("");
}

Result<json::Document> read_answer(std::string_view body) {
  auto document = json::Document::parse(body);
  const json::Value root = document ? document->root() : json::Value{};
  if (const json::Value error = error_of(root)) return error_from(error, 0, body);
  if (!root.is_object()) {
    return upstream_error(ErrorCode::kUpstreamProtocol, Retry::kSameTarget,
                          "the provider's answer is not a JSON object");
  }
  // Google sometimes answers with nothing but usage.
  const auto [candidates, feedback, usage, model] =
      fields<4>(root, {"candidates", "promptFeedback", "usageMetadata", "modelVersion"});
  if (candidates.size() > 0 || !block_reason(feedback).empty() || usage.is_object() ||
      model.is_string()) {
    return document;
  }
  return upstream_error(ErrorCode::kUpstreamProtocol, Retry::kSameTarget,
                        "the provider's answer has no candidates");
}

Result<llm::Response> decode_response(std::string_view body) {
  BF_TRY(const json::Document document, read_answer(body));
  const json::Value root = document.root();
  const AnswerHead head = decode_head(root);
  llm::Response response{.id = head.id, .model = head.model, .created = head.created};
  response.dialect = kName;
  const auto [candidates, feedback, usage] =
      fields<3>(root, {"candidates", "promptFeedback", "usageMetadata"});
  response.usage = decode_usage(usage);
  for (const json::Value candidate : elements(candidates)) {
    response.choices.push_back(decode_candidate(candidate, head.id));
  }
  if (!response.choices.empty()) return response;
  if (std::string reason = block_reason(feedback); !reason.empty()) {
    response.choices.push_back(blocked_choice(std::move(reason)));
  } else {
    response.choices.emplace_back();
  }
  return response;
}

}  // namespace bifrost::dialect::gemini
