#include "dialect/openai_responses/answer_items.h"

#include "dialect/openai_chat/answer.h"
#include "dialect/openai_responses/citations.h"
#include "dialect/openai_responses/functions.h"

#include <utility>

namespace bifrost::dialect::openai_responses {
namespace {

using Part = llm::ReasoningPart;

class ItemReader {
 public:
  ItemReader(std::string_view answer_id, Answer& answer) : answer_id_(answer_id), answer_(answer) {}

  void item(json::Value item);
  // What is left at the end.
  void finish();

 private:
  void message(json::Value item);
  void reasoning(json::Value item);
  void call(json::Value item);
  void add(decltype(llm::Part::content) content) {
    answer_.parts.push_back({std::move(content), {}});
  }
  void add_logprobs(json::Value logprobs);

  std::string_view answer_id_;
  Answer& answer_;
  std::string text_signature_;  // sealed, of what follows
  std::string call_signature_;
  std::size_t calls_ = 0;
  std::string logprobs_;  // the entries of all texts
};

void ItemReader::item(json::Value item) {
  switch (kind_of_item(item["type"].string_or(""))) {
    case ItemKind::kMessage:
      message(item);
      return;
    case ItemKind::kReasoning:
      reasoning(item);
      return;
    case ItemKind::kCall:
      call(item);
      return;
    case ItemKind::kImage:
      if (auto image = decode_image(item)) {
        add(*std::move(image));
        return;
      }
      break;
    case ItemKind::kForeign:
      break;
  }
  add(decode_foreign(item));
}

void ItemReader::message(json::Value item) {
  const json::Value content = item["content"];
  if (const auto text = content.string()) add(llm::TextPart{.text = *text});
  for (const json::Value part : content.children()) {
    const auto [type, text, refusal, annotations, logprobs] =
        part.members<5>({"type", "text", "refusal", "annotations", "logprobs"});
    if (type.equals("refusal")) {
      add(llm::RefusalPart{refusal.string_or("")});
    } else if (text.is_string()) {
      add(llm::TextPart{.text = text.string_or(""),
                        .citations = decode_annotations(annotations),
                        .signature = std::exchange(text_signature_, {})});
      add_logprobs(logprobs);
    }
  }
}

void ItemReader::add_logprobs(json::Value logprobs) {
  for (const json::Value entry : logprobs.children()) {
    if (!logprobs_.empty()) logprobs_ += ',';
    logprobs_ += entry.raw();
  }
}

void ItemReader::reasoning(json::Value item) {
  const std::string id = item["id"].string_or("");
  const std::size_t first = answer_.parts.size();
  for (const json::Value piece : item["summary"].children()) {
    add(Part{.kind = Part::Kind::kSummary,
             .text = piece["text"].string_or(""),
             .id = id,
             .format = std::string(kOwnFormat)});
  }
  for (const json::Value piece : item["content"].children()) {
    add(Part{.kind = Part::Kind::kText,
             .text = piece["text"].string_or(""),
             .id = id,
             .format = std::string(kOwnFormat)});
  }
  Encrypted encrypted = decode_encrypted(item);
  if (encrypted.part) add(*std::move(encrypted.part));
  if (!encrypted.seal) return;
  Seal& seal = *encrypted.seal;
  if (seal.kind == Seal::Kind::kText) text_signature_ = std::move(seal.data);
  if (seal.kind == Seal::Kind::kCall) call_signature_ = std::move(seal.data);
  if (seal.kind != Seal::Kind::kSignature) return;
  if (answer_.parts.size() == first) add(Part{});
  auto* signed_part = answer_.parts.back().as<Part>();
  signed_part->kind = Part::Kind::kText;
  signed_part->signature = std::move(seal.data);
  signed_part->format = std::move(seal.format);
}

void ItemReader::call(json::Value item) {
  llm::ToolCallPart call = decode_call(item);
  if (call.id.empty()) call.id = openai_chat::made_up_call_id(answer_id_, 0, calls_);
  ++calls_;
  call.signature = std::exchange(call_signature_, {});
  add(std::move(call));
}

void ItemReader::finish() {
  if (!logprobs_.empty()) answer_.logprobs = R"({"content":[)" + logprobs_ + "]}";
}

}  // namespace

ItemKind kind_of_item(std::string_view type) {
  if (type == "message") return ItemKind::kMessage;
  if (type == "reasoning") return ItemKind::kReasoning;
  if (type == "function_call" || type == "custom_tool_call") return ItemKind::kCall;
  if (type == "image_generation_call") return ItemKind::kImage;
  return ItemKind::kForeign;
}

llm::ToolCallPart decode_call(json::Value item) {
  const auto [type, call_id, name, arguments, input] =
      item.members<5>({"type", "call_id", "name", "arguments", "input"});
  llm::ToolCallPart call;
  call.custom = type.equals("custom_tool_call");
  call.id = call_id.string_or("");
  call.name = name.string_or("");
  call.arguments = openai_chat::decode_arguments(call.custom ? input : arguments);
  return call;
}

std::optional<llm::ImagePart> decode_image(json::Value item) {
  const auto [result, format] = item.members<2>({"result", "output_format"});
  llm::ImagePart image;
  image.media.data = result.string_or("");
  if (image.media.data.empty()) return std::nullopt;
  image.media.media_type = "image/" + format.string_or("png");
  return image;
}

llm::RawPart decode_foreign(json::Value item) {
  return {std::string(kName), item["type"].string_or(""), std::string(item.raw())};
}

Encrypted decode_encrypted(json::Value item) {
  Encrypted out;
  const std::string content = item["encrypted_content"].string_or("");
  if (content.empty()) return out;
  Part part{.kind = Part::Kind::kEncrypted, .id = item["id"].string_or("")};
  auto seal = unseal(content);
  if (!seal) {
    part.data = content;
    part.format = kOwnFormat;
    out.part = std::move(part);
  } else if (seal->kind == Seal::Kind::kRedacted || seal->kind == Seal::Kind::kEncrypted) {
    if (seal->kind == Seal::Kind::kRedacted) part.kind = Part::Kind::kRedacted;
    part.data = std::move(seal->data);
    part.format = std::move(seal->format);
    out.part = std::move(part);
  } else {
    out.seal = std::move(seal);
  }
  return out;
}

std::string decode_logprobs(json::Value logprobs) {
  if (!logprobs.is_array() || logprobs.size() == 0) return {};
  return R"({"content":)" + std::string(logprobs.raw()) + "}";
}

Answer decode_items(json::Value output, std::string_view answer_id) {
  Answer answer;
  ItemReader reader(answer_id, answer);
  std::size_t seen = 0;
  for (const json::Value item : output.children()) {
    if (!item.is_object() || ++seen > kItemsMax) continue;
    reader.item(item);
  }
  reader.finish();
  return answer;
}

}  // namespace bifrost::dialect::openai_responses
