// data: URLs and file names <-> llm::Media.
#pragma once

#include "llm/content.h"

#include <string>
#include <string_view>

namespace bifrost::dialect::openai_chat {

// A data: URL becomes data and media type, everything else a url.
[[nodiscard]] llm::Media media_of_url(std::string_view url);
// The other way; empty when the media is neither data nor url.
[[nodiscard]] std::string url_of_media(const llm::Media& media);

// "audio/wav" <-> "wav", as `input_audio.format` spells it.
[[nodiscard]] std::string audio_media_type(std::string_view format);
[[nodiscard]] std::string audio_format(std::string_view media_type);

}  // namespace bifrost::dialect::openai_chat
