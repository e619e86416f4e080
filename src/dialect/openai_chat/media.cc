#include "dialect/openai_chat/media.h"

#include "dialect/data_url.h"

#include <array>
#include <utility>

namespace bifrost::dialect::openai_chat {
namespace {

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
  if (auto inlined = read_data_url(url)) return *std::move(inlined);
  llm::Media media;
  media.url = url;
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
