#include "dialect/openai_responses/citations.h"
#include "dialect/openai_responses/finish.h"
#include "dialect/openai_responses/functions.h"
#include "dialect/openai_responses/response_object.h"
#include "dialect/openai_responses/sealed.h"
#include "json/writer.h"

#include <algorithm>
#include <set>
#include <utility>

namespace bifrost::dialect::openai_responses {
namespace {

using Kind = OutputItem::Kind;
using ReasoningKind = llm::ReasoningPart::Kind;

// Parts into items: neighbours that belong together make one.
class ItemBuilder {
 public:
  explicit ItemBuilder(std::string_view response_id) : response_id_(response_id) {}

  void add(const llm::Part& part);
  void add_logprobs(std::string_view logprobs);
  void add_missing_refusal();
  [[nodiscard]] std::vector<OutputItem> take() { return std::move(items_); }

 private:
  void add_text(OutputText text);
  void add_text_part(const llm::TextPart& text);
  void add_reasoning(const llm::ReasoningPart& part);
  void add_call(const llm::ToolCallPart& call);
  void add_seal(Seal::Kind kind, std::string_view signature);
  OutputItem& add_item(Kind kind, std::string_view own_id = {}, bool custom = false);
  // The reasoning item that a part continues.
  OutputItem& reasoning_item(const llm::ReasoningPart& part);

  std::string_view response_id_;
  std::vector<OutputItem> items_;
  std::set<std::string, std::less<>> ids_;
  std::string reasoning_id_;     // of the parts in the last item
  bool reasoning_open_ = false;  // the last item is one of reasoning, and may get more
};

OutputItem& ItemBuilder::add_item(Kind kind, std::string_view own_id, bool custom) {
  OutputItem& item = items_.emplace_back();
  item.kind = kind;
  item.id = own_id;
  if (own_id.empty() || !ids_.insert(item.id).second) {
    item.id = made_up_item_id(kind, custom, response_id_, items_.size() - 1);
    ids_.insert(item.id);
  }
  reasoning_open_ = false;
  return item;
}

void ItemBuilder::add_text(OutputText text) {
  if (items_.empty() || items_.back().kind != Kind::kMessage) add_item(Kind::kMessage);
  items_.back().texts.push_back(std::move(text));
}

void ItemBuilder::add_seal(Seal::Kind kind, std::string_view signature) {
  add_item(Kind::kReasoning).encrypted =
      seal({.kind = kind, .format = std::string(kGeminiFormat), .data = std::string(signature)});
}

void ItemBuilder::add_text_part(const llm::TextPart& text) {
  if (!text.signature.empty()) add_seal(Seal::Kind::kText, text.signature);
  OutputText out{.kind = OutputText::Kind::kText, .text = text.text};
  for (const llm::Citation& citation : text.citations) {
    if (!is_annotation(citation)) continue;
    json::Writer writer(out.annotations.emplace_back());
    encode_annotation(writer, citation);
  }
  add_text(std::move(out));
}

OutputItem& ItemBuilder::reasoning_item(const llm::ReasoningPart& part) {
  const bool continues =
      reasoning_open_ && (part.id.empty() || reasoning_id_.empty() || part.id == reasoning_id_);
  if (!continues) {
    const bool own = part.format == kOwnFormat;
    add_item(Kind::kReasoning, own ? part.id : std::string_view());
    reasoning_id_ = part.id;
  }
  reasoning_open_ = true;
  return items_.back();
}

void ItemBuilder::add_reasoning(const llm::ReasoningPart& part) {
  const auto sealed = seal_of(part);
  if (sealed) reasoning_open_ = false;
  OutputItem& item = reasoning_item(part);
  if (!part.text.empty()) {
    const bool as_it_is = part.kind == ReasoningKind::kText && part.format == kOwnFormat;
    item.texts.push_back(
        {as_it_is ? OutputText::Kind::kReasoning : OutputText::Kind::kSummary, part.text, {}, {}});
  }
  if (sealed) {
    item.encrypted = seal(*sealed);
  } else if (!part.data.empty()) {
    item.encrypted = part.data;
  }
  if (!item.encrypted.empty()) reasoning_open_ = false;
}

void ItemBuilder::add_call(const llm::ToolCallPart& call) {
  if (!call.signature.empty()) add_seal(Seal::Kind::kCall, call.signature);
  llm::ToolCallPart& written = add_item(Kind::kCall, {}, call.custom).call;
  written = call;
  // Readers parse it, and OpenAI never leaves it empty.
  if (!written.custom && written.arguments.empty()) written.arguments = "{}";
}

void ItemBuilder::add(const llm::Part& part) {
  if (const auto* text = part.as<llm::TextPart>()) {
    add_text_part(*text);
  } else if (const auto* refusal = part.as<llm::RefusalPart>()) {
    add_text({OutputText::Kind::kRefusal, refusal->text, {}, {}});
  } else if (const auto* reasoning = part.as<llm::ReasoningPart>()) {
    add_reasoning(*reasoning);
  } else if (const auto* call = part.as<llm::ToolCallPart>()) {
    add_call(*call);
  } else if (const auto* image = part.as<llm::ImagePart>()) {
    if (image->media.data.empty()) return;
    OutputItem& item = add_item(Kind::kImage);
    item.json = image->media.data;
    item.media_type = image->media.media_type;
  } else if (const auto* audio = part.as<llm::AudioPart>()) {
    // There is no item of sounds: what was said can be read.
    if (!audio->transcript.empty()) {
      add_text({OutputText::Kind::kText, audio->transcript, {}, {}});
    }
  } else if (const auto* raw = part.as<llm::RawPart>(); raw != nullptr && raw->dialect == kName) {
    add_item(Kind::kForeign).json = raw->json;
  }
}

void ItemBuilder::add_logprobs(std::string_view logprobs) {
  for (OutputItem& item : items_) {
    const auto text = std::ranges::find(item.texts, OutputText::Kind::kText, &OutputText::kind);
    if (text == item.texts.end()) continue;
    text->add_logprobs(logprobs);
    return;
  }
}

void ItemBuilder::add_missing_refusal() {
  for (const OutputItem& item : items_) {
    if (item.has(OutputText::Kind::kRefusal)) return;
  }
  add_text({OutputText::Kind::kRefusal, std::string(kRefusalText), {}, {}});
}

std::vector<OutputItem> items_of(const llm::Choice& choice, std::string_view response_id) {
  ItemBuilder builder(response_id);
  for (const llm::Part& part : choice.parts) builder.add(part);
  if (!choice.logprobs.empty()) builder.add_logprobs(choice.logprobs);
  if (choice.finish == llm::FinishReason::kRefusal) builder.add_missing_refusal();
  return builder.take();
}

}  // namespace

std::string encode_response(const llm::Response& response, const AnswerContext& context) {
  ResponseObject object(context.echo);
  // The ids of this dialect's other speakers go back as they are: they are asked for again.
  const bool own = response.dialect == kName && !response.id.empty();
  object.id = own ? response.id : response_id(response.id, context.fallback_id);
  object.created = response.created == 0 ? context.created : response.created;
  object.model = context.model.empty() ? response.model : context.model;
  object.service_tier = response.service_tier;

  const llm::Choice nothing;
  const llm::Choice& choice = response.choices.empty() ? nothing : response.choices.front();
  const std::vector<OutputItem> items = items_of(choice, object.id);
  const std::string_view status = encode_status(choice.finish);
  std::string out;
  json::Writer writer(out);
  object.write(
      writer,
      {.status = status,
       .incomplete_reason = encode_incomplete_reason(choice.finish),
       .usage = &response.usage},
      [&](json::Writer& output) {
        for (const OutputItem& item : items) {
          item.write(output, &item == &items.back() ? status : "completed");
        }
      },
      [&](json::Writer& more) {
        if (!context.extra_fields.empty()) more.key("extra_fields").raw(context.extra_fields);
      });
  return out;
}

}  // namespace bifrost::dialect::openai_responses
