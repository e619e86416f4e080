#include "dialect/gemini/media.h"

#include "base/strings.h"
#include "dialect/gemini/spelling.h"

#include <algorithm>
#include <array>
#include <utility>

namespace bifrost::dialect::gemini {
namespace {

struct Ending {
  std::string_view ending;
  std::string_view media_type;
};

constexpr std::array<Ending, 38> kEndings{{
    {"png", "image/png"},       {"jpg", "image/jpeg"},      {"jpeg", "image/jpeg"},
    {"webp", "image/webp"},     {"gif", "image/gif"},       {"heic", "image/heic"},
    {"heif", "image/heif"},     {"bmp", "image/bmp"},       {"svg", "image/svg+xml"},
    {"tiff", "image/tiff"},     {"avif", "image/avif"},     {"wav", "audio/wav"},
    {"mp3", "audio/mp3"},       {"aiff", "audio/aiff"},     {"aac", "audio/aac"},
    {"ogg", "audio/ogg"},       {"oga", "audio/ogg"},       {"flac", "audio/flac"},
    {"m4a", "audio/m4a"},       {"opus", "audio/opus"},     {"mp4", "video/mp4"},
    {"mpeg", "video/mpeg"},     {"mpg", "video/mpg"},       {"mov", "video/quicktime"},
    {"avi", "video/x-msvideo"}, {"webm", "video/webm"},     {"wmv", "video/wmv"},
    {"3gp", "video/3gpp"},      {"pdf", "application/pdf"}, {"json", "application/json"},
    {"txt", "text/plain"},      {"md", "text/markdown"},    {"csv", "text/csv"},
    {"html", "text/html"},      {"htm", "text/html"},       {"xml", "text/xml"},
    {"css", "text/css"},        {"rtf", "application/rtf"},
}};

struct AudioName {
  std::string_view format;
  std::string_view media_type;
};

// The first row of a format is the one that is written.
constexpr std::array<AudioName, 13> kAudio{{
    {"wav", "audio/wav"},
    {"wav", "audio/x-wav"},
    {"wav", "audio/wave"},
    {"mp3", "audio/mp3"},
    {"mp3", "audio/mpeg"},
    {"mp3", "audio/mpga"},
    {"aac", "audio/aac"},
    {"flac", "audio/flac"},
    {"opus", "audio/opus"},
    {"ogg", "audio/ogg"},
    {"m4a", "audio/m4a"},
    {"m4a", "audio/mp4"},
    {"pcm16", "audio/l16"},
}};

// Google's Python SDK writes base64 in the URL alphabet and Google takes both; the other providers
// only take the standard one.
std::string standard_base64(std::string data) {
  if (data.find_first_of("-_") == std::string::npos) return data;
  std::ranges::replace(data, '-', '+');
  std::ranges::replace(data, '_', '/');
  data.append((4 - data.size() % 4) % 4, '=');
  return data;
}

std::string_view bare_type(std::string_view media_type) {
  return trim(media_type.substr(0, media_type.find(';')));
}

std::string file_extension_of(std::string_view name) {
  name = name.substr(0, name.find_first_of("?#"));
  const auto slash = name.rfind('/');
  if (slash != std::string_view::npos) name.remove_prefix(slash + 1);
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string{} : ascii_lower(name.substr(dot + 1));
}

llm::Part media_part(llm::Media media, std::string filename) {
  const std::string type = ascii_lower(media.media_type);
  if (type.starts_with("image/")) return {.content = llm::ImagePart{.media = std::move(media)}};
  if (type.starts_with("audio/")) {
    std::string format = audio_format(type);
    return {.content = llm::AudioPart{.media = std::move(media), .format = std::move(format)}};
  }
  return {.content = llm::FilePart{.media = std::move(media), .filename = std::move(filename)}};
}

std::string first_known(std::string_view given, std::string_view guess, std::string_view fallback) {
  if (!given.empty()) return std::string(given);
  return std::string(guess.empty() ? fallback : guess);
}

// A file that Google's own file service holds, as opposed to another provider's upload.
bool is_google_file(std::string_view id) {
  return id.starts_with("files/") || id.starts_with("https://") || id.starts_with("gs://");
}

std::optional<WireMedia> located(const llm::Media& media, std::string media_type) {
  WireMedia wire{.media_type = std::move(media_type)};
  if (!media.data.empty()) {
    wire.data = media.data;
  } else if (!media.url.empty()) {
    wire.uri = media.url;
  } else if (is_google_file(media.file_id)) {
    wire.uri = media.file_id;
  } else {
    return std::nullopt;
  }
  return wire;
}

std::optional<WireMedia> wire_audio(const llm::AudioPart& audio) {
  const std::string from_format = audio_media_type(audio.format);
  auto wire = located(audio.media, first_known(audio.media.media_type, from_format, "audio/wav"));
  // An earlier spoken answer that only its provider can look up: its words are known.
  if (!wire && !audio.transcript.empty()) return WireMedia{.text = audio.transcript};
  return wire;
}

std::optional<WireMedia> wire_file(const llm::FilePart& file) {
  if (!file.text.empty()) return WireMedia{.text = file.text};
  const std::string_view guess =
      media_type_of(file.filename.empty() ? file.media.url : file.filename);
  // Google knows the type of its own uploads and of YouTube's videos.
  const std::string_view fallback = file.media.data.empty() ? "" : "application/pdf";
  return located(file.media, first_known(file.media.media_type, guess, fallback));
}

}  // namespace

std::optional<llm::Part> decode_media(json::Value part) {
  llm::Media media;
  json::Value blob = field(part, "inlineData");
  if (blob) {
    media.data = standard_base64(field(blob, "data").string_or(""));
  } else {
    blob = field(part, "fileData");
    media.url = field(blob, "fileUri").string_or("");
  }
  if (media.data.empty() && media.url.empty()) return std::nullopt;
  media.media_type = field(blob, "mimeType").string_or(media_type_of(media.url));
  return media_part(std::move(media), field(blob, "displayName").string_or(""));
}

std::optional<WireMedia> wire_media(const llm::Part& part) {
  if (const auto* image = part.as<llm::ImagePart>()) {
    return located(image->media, first_known(image->media.media_type,
                                             media_type_of(image->media.url), "image/jpeg"));
  }
  if (const auto* audio = part.as<llm::AudioPart>()) return wire_audio(*audio);
  if (const auto* file = part.as<llm::FilePart>()) return wire_file(*file);
  return std::nullopt;
}

void write_media(json::Writer& out, const WireMedia& media) {
  if (!media.text.empty()) {
    out.member("text", media.text);
    return;
  }
  const bool inlined = !media.data.empty();
  out.key(inlined ? "inlineData" : "fileData").begin_object();
  if (!media.media_type.empty()) out.member("mimeType", media.media_type);
  out.member(inlined ? "data" : "fileUri", inlined ? media.data : media.uri);
  out.end_object();
}

std::string_view media_type_of(std::string_view url_or_filename) {
  const std::string ending = file_extension_of(url_or_filename);
  const auto found = std::ranges::find(kEndings, ending, &Ending::ending);
  return found == kEndings.end() ? std::string_view{} : found->media_type;
}

std::string audio_format(std::string_view media_type) {
  const std::string type = ascii_lower(bare_type(media_type));
  const auto found = std::ranges::find(kAudio, type, &AudioName::media_type);
  if (found != kAudio.end()) return std::string(found->format);
  return type.starts_with("audio/") ? type.substr(6) : std::string{};
}

std::string audio_media_type(std::string_view format) {
  if (format.empty()) return {};
  const std::string lower = ascii_lower(format);
  const auto found = std::ranges::find(kAudio, lower, &AudioName::format);
  return found != kAudio.end() ? std::string(found->media_type) : "audio/" + lower;
}

}  // namespace bifrost::dialect::gemini
