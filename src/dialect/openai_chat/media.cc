#include "dialect/openai_chat/media.h"

#include "base/strings.h"

#include <array>
#include <utility>

namespace bifrost::dialect::openai_chat {
namespace {

constexpr std::string_view kBase64 = ";base64";

struct AudioName {
  std::string_view format;
  std::string_view media_type;
};

constexpr std::array<AudioName, 9> kAudioNames{{
    {"wav", "audio/wav"},
    {"mp3", "audio/mpeg"},
    {"flac", "audio/flac"},
    {"opus", "audio/opus"},
    {"aac", "audio/aac"},
    {"ogg", "audio/ogg"},
    {"m4a", "audio/mp4"},
    {"webm", "audio/webm"},
    {"pcm16", "audio/pcm"},
}};

}  // namespace

llm::Media media_of_url(std::string_view url) {
  llm::Media media;
  const auto comma = url.find(',');
  if (!istarts_with(url, "data:") || comma == std::string_view::npos) {
    media.url = url;
    return media;
  }
  std::string_view head = url.substr(5, comma - 5);
  const std::string_view body = url.substr(comma + 1);
  if (head.size() >= kBase64.size() &&
      iequals(head.substr(head.size() - kBase64.size()), kBase64)) {
    head.remove_suffix(kBase64.size());
    media.data = body;
  } else {
    media.data = base64_encode(percent_decode(body).value_or(std::string(body)));
  }
  media.media_type = head;
  return media;
}

std::string url_of_media(const llm::Media& media) {
  if (media.data.empty()) return media.url;
  std::string url;
  url.reserve(media.data.size() + media.media_type.size() + 16);
  url += "data:";
  url += media.media_type;
  url += ";base64,";
  url += media.data;
  return url;
}

std::string audio_media_type(std::string_view format) {
  for (const AudioName& name : kAudioNames) {
    if (name.format == format) return std::string(name.media_type);
  }
  return format.empty() ? std::string() : "audio/" + std::string(format);
}

std::string audio_format(std::string_view media_type) {
  for (const AudioName& name : kAudioNames) {
    if (name.media_type == media_type) return std::string(name.format);
  }
  if (media_type == "audio/x-wav" || media_type == "audio/wave") return "wav";
  if (media_type == "audio/mp3") return "mp3";
  return media_type.starts_with("audio/") ? std::string(media_type.substr(6)) : std::string();
}

}  // namespace bifrost::dialect::openai_chat
