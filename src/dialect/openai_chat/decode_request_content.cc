#include "base/strings.h"
#include "dialect/openai_chat/answer.h"
#include "dialect/openai_chat/decode_request.h"
#include "dialect/openai_chat/functions.h"
#include "dialect/openai_chat/media.h"

#include <array>
#include <utility>

namespace bifrost::dialect::openai_chat {
namespace {

using llm::Part;

constexpr std::array<std::string_view, 3> kTextKeys{"type", "text", "cache_control"};
constexpr std::array<std::string_view, 3> kRefusalKeys{"type", "refusal", "cache_control"};
constexpr std::array<std::string_view, 3> kImageKeys{"type", "image_url", "cache_control"};
constexpr std::array<std::string_view, 2> kImageUrlKeys{"url", "detail"};
constexpr std::array<std::string_view, 3> kAudioKeys{"type", "input_audio", "cache_control"};
constexpr std::array<std::string_view, 2> kInputAudioKeys{"data", "format"};
constexpr std::array<std::string_view, 3> kFileKeys{"type", "file", "cache_control"};
constexpr std::array<std::string_view, 3> kInnerFileKeys{"file_data", "file_id", "filename"};

}  // namespace

Result<std::vector<Part>> MessageDecoder::content(json::Value value, const Path& path) {
  std::vector<Part> parts;
  if (auto text = value.string()) {
    parts.push_back({.content = llm::TextPart{.text = *std::move(text)},
                     .place = source_.add(place_, "content")});
    return parts;
  }
  if (!value.is_array()) return wrong_type(path, value, "a string or an array of parts");
  parts.reserve(value.size());
  for (const json::Value item : value.children()) {
    const Path here(path, parts.size());
    BF_TRY(Part decoded, part(item, here));
    BF_TRY(decoded.cache, read_cache_control(item, here));
    decoded.place = source_.add(place_, "content", parts.size());
    parts.push_back(std::move(decoded));
  }
  return parts;
}

Result<Part> MessageDecoder::part(json::Value value, const Path& path) {
  if (!value.is_object()) {
    return wrong_type(path, value, "an object", R"(write {"type":"text","text":"…"})");
  }
  const json::Value type = value["type"];
  const Path type_path(path, "type");
  if (!type.is_set()) return missing(type_path, "write \"text\", \"image_url\" …");
  if (!type.is_string()) return wrong_type(type_path, type, "a string");
  if (type.equals("text")) {
    if (!value["text"].is_set()) return missing(Path(path, "text"));
    BF_TRY(std::string text, read_string(value["text"], Path(path, "text")));
    note_unknown(value, kTextKeys, path, extras_);
    return Part{llm::TextPart{.text = std::move(text)}, {}};
  }
  if (type.equals("image_url")) return image(value, path);
  if (type.equals("input_audio")) return audio(value, path);
  if (type.equals("file")) return file(value, path);
  if (type.equals("refusal")) {
    BF_TRY(std::string text, read_string(value["refusal"], Path(path, "refusal")));
    note_unknown(value, kRefusalKeys, path, extras_);
    return Part{llm::RefusalPart{std::move(text)}, {}};
  }
  if (type.equals("thinking")) {
    return Part{llm::ReasoningPart{.text = decode_thinking(value)}, {}};
  }
  return Part{llm::RawPart{std::string(kName), type.string_or(""), std::string(value.raw())}, {}};
}

Result<Part> MessageDecoder::image(json::Value value, const Path& path) {
  const json::Value image_url = value["image_url"];
  const Path here(path, "image_url");
  llm::ImagePart image;
  std::string url;
  if (image_url.is_string()) {  // Mistral's short form
    url = image_url.string_or("");
  } else if (!image_url.is_set()) {
    return missing(here, R"(write {"url":"https://…"} or {"url":"data:image/png;base64,…"})");
  } else if (!image_url.is_object()) {
    return wrong_type(here, image_url, "an object", R"(write {"url":"https://…"})");
  } else {
    if (!image_url["url"].is_set()) return missing(Path(here, "url"));
    BF_TRY(url, read_string(image_url["url"], Path(here, "url")));
    BF_TRY(image.detail, read_optional_string(image_url, "detail", here));
    note_unknown(image_url, kImageUrlKeys, here, extras_);
  }
  if (url.empty()) return invalid(Path(here, "url"), "is empty; write an address or a data: URL");
  image.media = media_of_url(url);
  note_unknown(value, kImageKeys, path, extras_);
  return Part{std::move(image), {}};
}

Result<Part> MessageDecoder::audio(json::Value value, const Path& path) {
  const json::Value sound = value["input_audio"];
  const Path here(path, "input_audio");
  if (!sound.is_set()) return missing(here, R"(write {"data":"…","format":"wav"})");
  if (!sound.is_object()) {
    return wrong_type(here, sound, "an object", R"(write {"data":"…","format":"wav"})");
  }
  if (!sound["data"].is_set()) return missing(Path(here, "data"), "write the sound in base64");
  llm::AudioPart audio;
  BF_TRY(audio.media.data, read_string(sound["data"], Path(here, "data")));
  BF_TRY(audio.format, read_optional_string(sound, "format", here));
  audio.media.media_type = audio_media_type(audio.format);
  note_unknown(sound, kInputAudioKeys, here, extras_);
  note_unknown(value, kAudioKeys, path, extras_);
  return Part{std::move(audio), {}};
}

Result<Part> MessageDecoder::file(json::Value value, const Path& path) {
  const json::Value inner = value["file"];
  const Path here(path, "file");
  if (!inner.is_set()) return missing(here, R"(write {"file_id":"…"} or {"file_data":"…"})");
  if (!inner.is_object()) return wrong_type(here, inner, "an object");
  llm::FilePart file;
  BF_TRY(std::string data, read_optional_string(inner, "file_data", here));
  if (data.empty()) {
    BF_TRY(file.media.file_id, read_optional_string(inner, "file_id", here));
    if (file.media.file_id.empty()) {
      return invalid(here, "has neither file_data nor file_id; write one of them");
    }
  } else if (istarts_with(data, "data:") || data.find("://") != std::string::npos) {
    file.media = media_of_url(data);
  } else {
    file.media.data = std::move(data);
  }
  BF_TRY(file.filename, read_optional_string(inner, "filename", here));
  note_unknown(inner, kInnerFileKeys, here, extras_);
  note_unknown(value, kFileKeys, path, extras_);
  return Part{std::move(file), {}};
}

}  // namespace bifrost::dialect::openai_chat
