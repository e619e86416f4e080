#include "dialect/anthropic/dialect.h"
#include "provider/rows.h"

namespace bifrost::provider {
namespace {

// Every request names the version of the API; there has been one since 2023.
// https://docs.anthropic.com/en/api/versioning
constexpr StaticHeader kHeaders[] = {{"anthropic-version", "2023-06-01"}};

}  // namespace

ProviderSpec anthropic() {
  return {
      .name = "anthropic",
      .title = "Anthropic",
      .dialect = &dialect::anthropic::dialect(),
      .base_url = "https://api.anthropic.com",
      .auth = AuthScheme::kApiKeyHeader,
      .key_env = "ANTHROPIC_API_KEY",
      .headers = kHeaders,
      .flavor = {.keeps_cache_control = true},
      .docs = "https://docs.anthropic.com/en/api/messages",
      .notes =
          "A key that is an OAuth token (sk-ant-oat...) travels as a bearer token. A caller "
          "of the native route may choose its own anthropic-version and anthropic-beta",
  };
}

}  // namespace bifrost::provider
