#include "dialect/gemini/parts.h"

#include "dialect/gemini/functions.h"
#include "dialect/gemini/media.h"
#include "dialect/gemini/spelling.h"

#include <algorithm>
#include <array>
#include <utility>

namespace bifrost::dialect::gemini {
namespace {

// Members that qualify a part instead of being its content.
constexpr std::array<std::string_view, 7> kQualifiers = {
    "thought",      "thoughtSignature", "videoMetadata",  "mediaResolution",
    "partMetadata", "mediaProcessing",  "speechMetadata",
};

// "executableCode" of {"executableCode": {…}, "thoughtSignature": "…"}.
std::string content_key(json::Value part) {
  for (const json::Value member : part.children()) {
    std::string key = member.key();
    const bool qualifier = std::ranges::any_of(
        kQualifiers, [&](std::string_view name) { return is_field(key, name); });
    if (!qualifier) return key;
  }
  return {};
}

void append_raw(json::Value part, std::vector<llm::Part>& out) {
  std::string type = content_key(part);
  if (type.empty()) return;
  out.push_back({.content = llm::RawPart{.dialect = std::string(kName),
                                         .type = std::move(type),
                                         .json = std::string(part.raw())}});
}

void append_media(json::Value part, std::string signature, std::vector<llm::Part>& out) {
  auto media = decode_media(part);
  if (!media) {
    append_raw(part, out);
    return;
  }
  out.push_back(*std::move(media));
  if (!signature.empty()) {
    out.push_back({.content = llm::TextPart{.signature = std::move(signature)}});
  }
}

// Google's own convention: "output" holds the result and "error" a failure; many write "result".
std::string result_text(json::Value response) {
  if (response.is_object() && response.size() == 1) {
    for (const std::string_view key : {"output", "result", "error", "content"}) {
      if (auto text = response[key].string()) return *std::move(text);
    }
  }
  return std::string(response.raw());
}

llm::ToolResultPart decode_result(json::Value answer) {
  llm::ToolResultPart result;
  result.tool_call_id = field(answer, "id").string_or("");
  result.name = field(answer, "name").string_or("");
  const json::Value response = field(answer, "response");
  if (response.is_object()) result.json = response.raw();
  result.is_error = response.size() == 1 && response["error"].is_set();
  if (response) result.parts.push_back({.content = llm::TextPart{.text = result_text(response)}});
  for (const json::Value item : elements(field(answer, "parts"))) {
    if (auto media = decode_media(item)) result.parts.push_back(*std::move(media));
  }
  return result;
}

llm::ReasoningPart decode_thought(json::Value part, std::string signature) {
  llm::ReasoningPart thought{.text = field(part, "text").string_or(""),
                             .signature = std::move(signature)};
  if (!thought.signature.empty()) thought.format = kSignatureFormat;
  return thought;
}

void write_signature(json::Writer& out, std::string_view signature) {
  if (!signature.empty()) out.member("thoughtSignature", signature);
}

bool is_object_text(std::string_view text) {
  const auto document = json::Document::parse(text);
  return document && document->root().is_object();
}

class AnswerPartWriter {
 public:
  explicit AnswerPartWriter(json::Writer& out) : out_(out) {}

  void operator()(const llm::TextPart& part) const { write_text(out_, part.text, part.signature); }
  void operator()(const llm::RefusalPart& part) const { write_text(out_, part.text, {}); }
  void operator()(const llm::ToolCallPart& part) const { write_call(out_, part, part.signature); }
  void operator()(const llm::ReasoningPart& part) const {
    // To the caller whoever signed it: it sends the thought back, and then it must be whole.
    write_thought(out_, part.text, part.signature);
  }
  void operator()(const llm::RawPart& part) const { out_.raw(part.json); }
  void operator()(const auto&) const {}  // media are written before; results are no counterpart

 private:
  json::Writer& out_;
};

}  // namespace

llm::ToolCallPart decode_call(json::Value part) {
  const json::Value call = field(part, "functionCall");
  llm::ToolCallPart decoded{.id = field(call, "id").string_or(""),
                            .name = field(call, "name").string_or(""),
                            .signature = field(part, "thoughtSignature").string_or("")};
  const json::Value args = field(call, "args");
  decoded.arguments = args.is_object() ? args.raw() : "{}";
  return decoded;
}

void decode_part(json::Value part, std::vector<llm::Part>& out) {
  if (!part.is_object()) return;
  std::string signature = field(part, "thoughtSignature").string_or("");
  const bool thought = field(part, "thought").boolean().value_or(false);
  const bool media = field(part, "inlineData") || field(part, "fileData");
  if (field(part, "functionCall")) {
    out.push_back({.content = decode_call(part)});
  } else if (const json::Value answer = field(part, "functionResponse")) {
    out.push_back({.content = decode_result(answer)});
  } else if (media && !thought) {
    append_media(part, std::move(signature), out);
  } else if (field(part, "text").is_string() || content_key(part).empty()) {
    const bool nothing = !field(part, "text") && signature.empty();
    if (nothing) return;
    if (thought) {
      out.push_back({.content = decode_thought(part, std::move(signature))});
    } else {
      out.push_back({.content = llm::TextPart{.text = field(part, "text").string_or(""),
                                              .signature = std::move(signature)}});
    }
  } else {
    append_raw(part, out);  // an image that was thought of is nothing that others may show
  }
}

std::string_view signature_behind(std::span<const llm::Part> parts, std::size_t at) {
  if (at + 1 >= parts.size()) return {};
  const llm::Part& part = parts[at];
  const bool media = part.as<llm::ImagePart>() != nullptr || part.as<llm::AudioPart>() != nullptr ||
                     part.as<llm::FilePart>() != nullptr;
  const auto* text = parts[at + 1].as<llm::TextPart>();
  return media && text != nullptr && text->text.empty() ? std::string_view(text->signature)
                                                        : std::string_view{};
}

std::string arguments_object(std::string_view arguments) {
  if (arguments.empty()) return "{}";
  if (is_object_text(arguments)) return std::string(arguments);
  std::string wrapped;
  json::Writer(wrapped).begin_object().member("input", arguments).end_object();
  return wrapped;
}

std::string_view own_signature(std::string_view signature, std::string_view format) {
  return format.empty() || format == kSignatureFormat ? signature : std::string_view{};
}

void write_text(json::Writer& out, std::string_view text, std::string_view signature) {
  out.begin_object().member("text", text);
  write_signature(out, signature);
  out.end_object();
}

void write_thought(json::Writer& out, std::string_view text, std::string_view signature) {
  out.begin_object().member("text", text).member("thought", true);
  write_signature(out, signature);
  out.end_object();
}

void write_call(json::Writer& out, const llm::ToolCallPart& call, std::string_view signature) {
  out.begin_object().key("functionCall").begin_object();
  if (!call.id.empty()) out.member("id", call.id);
  out.member("name", call.name);
  out.key("args").raw(arguments_object(call.arguments));
  out.end_object();
  write_signature(out, signature);
  out.end_object();
}

bool write_media_part(json::Writer& out, const llm::Part& part, std::string_view signature) {
  const auto media = wire_media(part);
  if (!media) return false;
  out.begin_object();
  write_media(out, *media);
  write_signature(out, signature);
  out.end_object();
  return true;
}

bool has_counterpart(const llm::Part& part) {
  if (const auto* thought = part.as<llm::ReasoningPart>()) {
    return !thought->text.empty() || !thought->signature.empty();
  }
  if (const auto* raw = part.as<llm::RawPart>()) return raw->dialect == kName;
  if (part.as<llm::ToolResultPart>() != nullptr) return false;
  const bool media = part.as<llm::ImagePart>() != nullptr || part.as<llm::AudioPart>() != nullptr ||
                     part.as<llm::FilePart>() != nullptr;
  return !media || wire_media(part).has_value();
}

void write_answer_parts(json::Writer& out, std::span<const llm::Part> parts) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!has_counterpart(parts[i])) continue;
    const std::string_view signature = signature_behind(parts, i);
    if (write_media_part(out, parts[i], signature)) {
      if (!signature.empty()) ++i;
    } else {
      std::visit(AnswerPartWriter(out), parts[i].content);
    }
  }
}

}  // namespace bifrost::dialect::gemini
