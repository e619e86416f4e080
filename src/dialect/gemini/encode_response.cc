#include "dialect/gemini/candidate.h"
#include "dialect/gemini/finish.h"
#include "dialect/gemini/functions.h"
#include "dialect/gemini/grounding.h"
#include "dialect/gemini/logprobs.h"
#include "dialect/gemini/parts.h"
#include "dialect/gemini/timestamp.h"
#include "dialect/gemini/usage.h"

#include <algorithm>
#include <utility>

namespace bifrost::dialect::gemini {
namespace {

struct Sources {
  std::vector<PlacedCitation> citations;
  std::vector<std::string> texts;
};

// Counts the parts as they stand on the wire: what has no counterpart is not there.
Sources sources_of(const std::vector<llm::Part>& parts) {
  Sources sources;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!has_counterpart(parts[i])) continue;
    // Folded into the media part before it: no part of its own on the wire.
    if (i > 0 && !signature_behind(parts, i - 1).empty()) continue;
    const auto* text = parts[i].as<llm::TextPart>();
    const std::size_t at = sources.texts.size();
    sources.texts.push_back(text == nullptr ? std::string{} : text->text);
    if (text == nullptr) continue;
    for (const llm::Citation& citation : text->citations) {
      sources.citations.push_back({.part = at, .citation = citation});
    }
  }
  return sources;
}

bool is_blocked_prompt(const llm::Response& response) {
  return response.choices.size() == 1 && response.choices[0].parts.empty() &&
         response.choices[0].finish == llm::FinishReason::kContentFilter &&
         is_block_reason_only(response.choices[0].finish_raw);
}

void write_answer(json::Writer& out, const llm::Response& response) {
  if (is_blocked_prompt(response)) {
    out.key("promptFeedback").begin_object();
    out.member("blockReason", response.choices[0].finish_raw).end_object();
    return;
  }
  out.key("candidates").begin_array();
  for (const llm::Choice& choice : response.choices) write_candidate(out, choice);
  out.end_array();
}

}  // namespace

void write_head(json::Writer& out, const AnswerHead& head, const AnswerContext& context) {
  const std::string& model = context.model.empty() ? head.model : context.model;
  const std::string& id = head.id.empty() ? context.fallback_id : head.id;
  const std::int64_t created = head.created == 0 ? context.created : head.created;
  if (!model.empty()) out.member("modelVersion", model);
  if (!id.empty()) out.member("responseId", id);
  if (created > 0) out.member("createTime", format_timestamp(created));
}

void write_candidate(json::Writer& out, const llm::Choice& choice) {
  out.begin_object().key("content").begin_object().key("parts").begin_array();
  write_answer_parts(out, choice.parts);
  // The chat of Google's SDKs forgets a turn whose content has no parts.
  if (std::ranges::none_of(choice.parts, has_counterpart)) write_text(out, "", {});
  out.end_array().member("role", "model").end_object();
  out.member("finishReason", finish_name(choice.finish, choice.finish_raw));
  out.member("index", choice.index);
  const Sources sources = sources_of(choice.parts);
  write_citations(out, sources.citations, sources.texts);
  write_logprobs(out, choice.logprobs);
  out.end_object();
}

std::string encode_response(const llm::Response& response, const AnswerContext& context) {
  std::string body;
  json::Writer out(body);
  out.begin_object();
  write_answer(out, response);
  if (response.usage.known) {
    out.key("usageMetadata");
    write_usage(out, response.usage);
  }
  write_head(out, {.id = response.id, .model = response.model, .created = response.created},
             context);
  if (!context.extra_fields.empty()) out.key("extra_fields").raw(context.extra_fields);
  out.end_object();
  return body;
}

}  // namespace bifrost::dialect::gemini
