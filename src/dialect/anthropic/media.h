// Images and documents as the `source` objects of this dialect.
#pragma once

#include "base/result.h"
#include "json/writer.h"
#include "llm/content.h"

#include <string>
#include <string_view>

namespace bifrost::dialect::anthropic {

// A part of the caller's request, spelt only for an error.
struct Where {
  const llm::Source& source;
  llm::Place place;
};

// The API does not take what stands there. Another provider may.
[[nodiscard]] Error not_taken(const Where& where, std::string message);

// {"type":"base64"|"url"|"file", …}. `media_type` is written for base64.
Result<void> write_media_source(json::Writer& writer, const llm::Media& media,
                                std::string_view media_type, const Where& where);

// One of the image types that the API knows, by what the caller says or else by the first bytes.
[[nodiscard]] std::string image_type(const llm::Media& media);

// What a file is: its type as the caller says, else by its name, else by its first bytes.
[[nodiscard]] std::string document_type(const llm::FilePart& file);

}  // namespace bifrost::dialect::anthropic
