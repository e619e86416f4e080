#include "dialect/data_url.h"

#include "base/strings.h"

#include <string>

namespace bifrost::dialect {
namespace {

constexpr std::string_view kScheme = "data:";
constexpr std::string_view kBase64 = ";base64";

}  // namespace

std::optional<llm::Media> read_data_url(std::string_view url) {
  if (!istarts_with(url, kScheme)) return std::nullopt;
  const auto split = split_once(url.substr(kScheme.size()), ',');
  if (!split || split->second.empty()) return std::nullopt;
  const auto& [head, bytes] = *split;
  llm::Media media;
  media.media_type = head.substr(0, head.find(';'));
  const bool encoded =
      head.size() >= kBase64.size() && iequals(head.substr(head.size() - kBase64.size()), kBase64);
  media.data = encoded ? std::string(bytes)
                       : base64_encode(percent_decode(bytes).value_or(std::string(bytes)));
  return media;
}

}  // namespace bifrost::dialect
