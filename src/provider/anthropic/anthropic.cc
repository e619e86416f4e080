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
      .sides = {{.dialect = &dialect::anthropic::dialect(),
                 .signing = &kApiKeyHeader,
                 .headers = kHeaders,
                 .flavor = {.keeps_cache_control = true}}},
      .base_url = "https://api.anthropic.com",
      .key_env = "ANTHROPIC_API_KEY",
      .docs = "https://docs.anthropic.com/en/api/messages",
      .notes =
          "A key that is an OAuth token (sk-ant-oat...) travels as a bearer token. A caller "
          "of the native route may choose its own anthropic-version and anthropic-beta",
  };
}

}  // namespace bifrost::provider
