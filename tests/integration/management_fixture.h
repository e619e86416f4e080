// A gateway that is changed through the management API, and keeps what it is told.
#pragma once

#include "json/document.h"
#include "tests/integration/gateway_fixture.h"
#include "tests/support/temporary_directory.h"

#include <fmt/format.h>

#include <initializer_list>
#include <string>
#include <string_view>

namespace bifrost::test {

inline constexpr std::string_view kKeys = "/api/governance/virtual-keys";
inline constexpr std::string_view kAllProviders = R"("allow_all_providers": true)";

// What stands at this path of members and numbers, as text of JSON.
inline std::string part(std::string_view body, std::initializer_list<std::string_view> names) {
  const auto document = json::Document::parse(body);
  if (!document) return {};
  json::Value value = document->root();
  for (const std::string_view name : names) value = value[name];
  return std::string(value.raw());
}

class ManagementTest : public GatewayTest {
 protected:
  // Keeps what it has beyond one gateway; `governance` are members of that section.
  void start_kept(std::string_view governance = {}) { start(kept(governance)); }
  [[nodiscard]] ConfigText kept(std::string_view governance,
                                std::string_view key = "a key for the test") const {
    ConfigText config{.client = R"("enforce_auth_on_inference": true)",
                      .governance = std::string(governance)};
    config.sections =
        fmt::format(R"("encryption_key": "{}", "config_store": {{"enabled": true, "type": "sqlite",
                                     "config": {{"path": "{}"}}}})",
                    key, database());
    return config;
  }
  // As that, for callers without a key.
  [[nodiscard]] ConfigText open() const {
    ConfigText config = kept({});
    config.client.clear();
    return config;
  }
  [[nodiscard]] std::string database() const { return (folder_.path() / "config.db").string(); }

  Response call(std::string_view method, std::string_view path, std::string_view body = {},
                http::Headers headers = {}) {
    if (!body.empty()) headers.add("content-type", "application/json");
    return connect().request(method, path, std::move(headers), body);
  }
  // The id of a key with this name and these further members.
  std::string made_key(std::string_view name, std::string_view more = kAllProviders) {
    const Response made = call("POST", kKeys, fmt::format(R"({{"name": "{}", {}}})", name, more));
    EXPECT_EQ(made.status, 200) << made.body;
    value_ = json_text(made.body, "value");
    return json_text(made.body, "id");
  }
  int status_of(std::string_view value) {
    provider.push(unified().reply());
    return connect()
        .request("POST", unified().path, {{"x-bf-vk", value}}, unified().request)
        .status;
  }

  TemporaryDirectory folder_;
  std::string value_;  // of the key that was made last
};

}  // namespace bifrost::test
