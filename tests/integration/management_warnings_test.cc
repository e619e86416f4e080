// The management API says what a change does beside what was asked for, and refuses what may have
// been meant otherwise.
#include "store/sqlite/connection.h"
#include "tests/integration/management_fixture.h"

#include <chrono>
#include <csignal>

namespace bifrost::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ManagementWarningsTest : public ManagementTest {
 protected:
  std::string stored_text() {
    const auto connection = store::sqlite::open(database());
    EXPECT_TRUE(connection);
    std::string out;
    const auto rows = (*connection)->execute("SELECT body FROM config_entity");
    EXPECT_TRUE(rows);
    for (const auto& row : *rows) out += row.text(0);
    return out;
  }
};

TEST_F(ManagementWarningsTest, WhoSpeaksOfAProviderThatIsDeletedIsNamed) {
  start_kept();
  made_key("alice", R"("provider_configs": [{"provider": "openai", "allowed_models": ["*"]}])");
  EXPECT_EQ(call("POST", "/api/routing/rules",
                 R"({"name": "to openai", "targets": [{"provider": "openai", "weight": 1}]})")
                .status,
            201);
  const Response deleted = call("DELETE", "/api/providers/openai");
  EXPECT_EQ(deleted.status, 200) << deleted.body;
  EXPECT_THAT(deleted.body, AllOf(HasSubstr(R"(virtual key \"alice\" speaks of it)"),
                                  HasSubstr(R"(routing rule \"to openai\" speaks of it)")));
}

TEST_F(ManagementWarningsTest, AProviderThatGoesOnWithoutACredentialIsTold) {
  start_kept();
  EXPECT_EQ(call("POST", "/api/providers",
                 R"({"provider": "ollama", "network_config": {"base_url": "http://127.0.0.1:9"},
                     "keys": [{"name": "only", "value": "sk-x", "models": ["*"]}]})")
                .status,
            200);
  const std::string id = json_text(call("GET", "/api/providers/ollama/keys").body, "id");
  EXPECT_THAT(call("DELETE", "/api/providers/ollama/keys/" + id).body,
              HasSubstr("is asked without a credential from now on"));
  EXPECT_THAT(call("DELETE", "/api/providers/openai/keys/" +
                                 json_text(call("GET", "/api/providers/openai/keys").body, "id"))
                  .body,
              HasSubstr("requests to it fail until it has one"));
}

TEST_F(ManagementWarningsTest, WhatMayBeMeantOtherwiseIsRefused) {
  start_kept();
  const std::string id = made_key("alice");
  const std::string path = std::string(kKeys) + "/" + id;
  const Response empty = call("PUT", path, R"({"name": "b"})", {{"if-match", ""}});
  EXPECT_EQ(empty.status, 400);
  EXPECT_THAT(empty.body, HasSubstr("If-Match: is empty"));
  const Response twice = call("PUT", path + "?dry_run=false&dry_run=true", R"({"name": "b"})");
  EXPECT_EQ(twice.status, 400);
  EXPECT_THAT(twice.body, HasSubstr("dry_run: is given twice"));
  const Response zero = call("PUT", path, R"({"name": "b\u0000c"})");
  EXPECT_EQ(zero.status, 400);
  EXPECT_THAT(zero.body, AllOf(HasSubstr("name"), HasSubstr("zero byte")));
  EXPECT_EQ(json_text(call("GET", path).body, "name"), "alice");
}

TEST_F(ManagementWarningsTest, IdsOfProviderConfigsAreNeverUsedAgain) {
  start_kept();
  constexpr std::string_view kConfig = R"("provider_configs": [{"provider": "openai"}])";
  const std::string first = made_key("alice", kConfig);
  const auto config_id = [&](const std::string& id) {
    return part(call("GET", std::string(kKeys) + "/" + id).body,
                {"virtual_key", "provider_configs"});
  };
  const std::string before = config_id(first);
  EXPECT_EQ(call("DELETE", std::string(kKeys) + "/" + first).status, 200);
  const std::string after = config_id(made_key("bob", kConfig));
  EXPECT_NE(before.substr(0, before.find(',')), after.substr(0, after.find(',')));
}

// A query may be a key: `?api-key=…`.
TEST_F(ManagementWarningsTest, TheQueryOfAnAddressIsSealed) {
  start_kept();
  EXPECT_EQ(call("POST", "/api/providers",
                 R"({"provider": "mine", "custom_provider_config": {"base_provider_type": "openai"},
                     "network_config": {"base_url": "http://127.0.0.1:9/v1?code=hush"},
                     "keys": [{"name": "k", "value": "sk-mine", "models": ["*"]}]})")
                .status,
            200);
  EXPECT_THAT(stored_text(), AllOf(HasSubstr("sealed:1:"), Not(HasSubstr("hush"))));
  gateway->send_signal(SIGTERM);
  EXPECT_TRUE(gateway->exits_with(0));
  start_kept();
  const Response shown = call("GET", "/api/providers/mine");
  EXPECT_EQ(shown.status, 200) << "it is read again";
  EXPECT_THAT(shown.body, AllOf(HasSubstr("http://127.0.0.1:9/v1"), Not(HasSubstr("hush"))));
}

// Each change looks at all keys of its provider: once, not each at each.
TEST_F(ManagementWarningsTest, AChangeBesideFiveThousandKeysIsQuick) {
  std::string keys;
  constexpr int kKeysOfProvider = 5000;
  for (int i = 0; i < kKeysOfProvider; ++i) {
    keys +=
        fmt::format(R"({}{{"id": "id-{}", "name": "name-{}", "value": "sk-{}", "models": ["*"]}})",
                    i == 0 ? "" : ",", i, i, i);
  }
  start_kept();
  const Response made =
      call("POST", "/api/providers", fmt::format(R"({{"provider": "groq", "keys": [{}]}})", keys));
  ASSERT_EQ(made.status, 200) << made.body.substr(0, 500);
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(call("PUT", "/api/providers/groq", fmt::format(R"({{"keys": [{}]}})", keys)).status,
            200);
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(30))
      << "25 million comparisons take longer, in any build";
}

}  // namespace
}  // namespace bifrost::test
