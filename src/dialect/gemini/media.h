// Images, sounds and files: `inlineData` and `fileData`, and what a media type or a file's ending
// says about them.
#pragma once

#include "json/document.h"
#include "json/writer.h"
#include "llm/content.h"

#include <optional>
#include <string>
#include <string_view>

namespace bifrost::dialect::gemini {

// Of a part that holds inlineData or fileData. Nothing when it is not usable.
[[nodiscard]] std::optional<llm::Part> decode_media(json::Value part);

// What a media part of ours needs on the wire: exactly one of data, uri and text is set. A name of
// a file has no place: the Gemini API refuses the displayName that Vertex AI knows.
struct WireMedia {
  std::string_view data;
  std::string_view uri;
  std::string_view text;  // a plain-text document becomes a text part
  std::string media_type;
};

// Nothing when the part is no media, or refers to an upload at another provider.
[[nodiscard]] std::optional<WireMedia> wire_media(const llm::Part& part);

// Appends the member `inlineData`, `fileData` or `text` to an object that is being written.
void write_media(json::Writer& out, const WireMedia& media);

// "image/png" for "https://example.com/a.png?x=1"; empty when the ending is unknown.
[[nodiscard]] std::string_view media_type_of(std::string_view url_or_filename);

// "wav" for "audio/wav", and back.
[[nodiscard]] std::string audio_format(std::string_view media_type);
[[nodiscard]] std::string audio_media_type(std::string_view format);

}  // namespace bifrost::dialect::gemini
