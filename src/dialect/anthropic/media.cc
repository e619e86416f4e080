#include "dialect/anthropic/media.h"

#include "base/strings.h"

#include <array>
#include <utility>

namespace bifrost::dialect::anthropic {
namespace {

// The first bytes of a format, as base64 shows them.
struct Magic {
  std::string_view prefix;
  std::string_view type;
};

constexpr std::array<Magic, 5> kMagic{{
    {"iVBORw0KGgo", "image/png"},
    {"/9j/", "image/jpeg"},
    {"R0lGOD", "image/gif"},
    {"UklGR", "image/webp"},
    {"JVBERi0", "application/pdf"},
}};

std::string_view sniff(std::string_view base64) {
  for (const Magic& magic : kMagic) {
    if (base64.starts_with(magic.prefix)) return magic.type;
  }
  return {};
}

// Without parameters: "text/plain; charset=utf-8" is "text/plain".
std::string plain_type(std::string_view media_type) {
  return ascii_lower(trim(media_type.substr(0, media_type.find(';'))));
}

}  // namespace

Error not_taken(const Where& where, std::string message) {
  Error error = client_error(ErrorCode::kUnsupportedOperation, std::move(message),
                             where.source.path(where.place));
  error.retry = Retry::kOtherTarget;
  return error;
}

Result<void> write_media_source(json::Writer& writer, const llm::Media& media,
                                std::string_view media_type, const Where& where) {
  const bool web = istarts_with(media.url, "https://") || istarts_with(media.url, "http://");
  if (media.data.empty() && media.file_id.empty() && !web) {
    if (media.url.empty()) return not_taken(where, "the part holds no data, URL or file id");
    return not_taken(where, "this provider reads http and https URLs only");
  }
  writer.begin_object();
  if (!media.data.empty()) {
    writer.member("type", "base64").member("media_type", media_type).member("data", media.data);
  } else if (!media.file_id.empty()) {
    writer.member("type", "file").member("file_id", media.file_id);
  } else {
    writer.member("type", "url").member("url", media.url);
  }
  writer.end_object();
  return {};
}

std::string image_type(const llm::Media& media) {
  std::string type = plain_type(media.media_type);
  if (type == "image/jpg") return "image/jpeg";
  if (type.starts_with("image/")) return type;
  const std::string_view found = sniff(media.data);
  return found.starts_with("image/") ? std::string(found) : "image/png";
}

std::string document_type(const llm::FilePart& file) {
  std::string type = plain_type(file.media.media_type);
  if (!type.empty() && type != "application/octet-stream") return type;
  const std::string name = ascii_lower(file.filename);
  if (name.ends_with(".pdf")) return "application/pdf";
  if (name.ends_with(".txt") || name.ends_with(".md") || name.ends_with(".csv")) {
    return "text/plain";
  }
  if (const std::string_view found = sniff(file.media.data); !found.empty()) {
    return std::string(found);
  }
  return type;
}

}  // namespace bifrost::dialect::anthropic
