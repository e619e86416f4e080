#include "provider/hide_credentials.h"

#include "base/mask.h"

#include <utility>
#include <vector>

namespace bifrost::provider {
namespace {

// The values of operators' headers are not all secrets: "blue" may stand in any message.
constexpr std::size_t kHeaderBytesMin = 12;
// A key may be "error" where nobody looks at it, and then an event's word is none.
constexpr std::size_t kBytesMinAmongWords = 8;

std::vector<std::string_view> secrets_of(const Endpoint& endpoint, const Key* key,
                                         std::string_view token) {
  std::vector<std::string_view> secrets;
  if (!token.empty()) secrets.push_back(token);
  if (key != nullptr) secrets.emplace_back(key->settings.value.reveal());
  for (const auto& [name, value] : endpoint.settings.network.extra_headers) {
    if (value.reveal().size() >= kHeaderBytesMin) secrets.emplace_back(value.reveal());
  }
  return secrets;
}

}  // namespace

void hide_credentials(Error& error, const Endpoint& endpoint, const Key* key,
                      std::string_view token) {
  if (error.origin != Origin::kUpstream) return;
  for (const std::string_view secret : secrets_of(endpoint, key, token)) {
    for (std::string* text : {&error.message, &error.param, &error.upstream_type,
                              &error.upstream_code, &error.upstream_body}) {
      *text = masked(std::move(*text), secret);
    }
  }
}

std::string without_credentials(std::string bytes, const Endpoint& endpoint, const Key* key,
                                std::string_view token) {
  for (const std::string_view secret : secrets_of(endpoint, key, token)) {
    if (secret.size() >= kBytesMinAmongWords) bytes = masked(std::move(bytes), secret);
  }
  return bytes;
}

}  // namespace bifrost::provider
