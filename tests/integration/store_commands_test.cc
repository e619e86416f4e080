// `bifrost config` and `bifrost db`: what stands in the database, seen from the command line.
#include "base/clock.h"
#include "store/migrations.h"
#include "store/sqlite/connection.h"
#include "tests/integration/management_fixture.h"
#include "tests/support/transport.h"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace bifrost::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

constexpr std::string_view kAlice =
    R"("virtual_keys": [{"id": "vk-1", "name": "alice", "value": "sk-bf-alice", "allow_all_providers": true}])";

std::string text_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class StoreCommandsTest : public ManagementTest {
 protected:
  using Outcome = std::pair<int, std::string>;
  // On the database that a gateway with this configuration has.
  Outcome run(std::vector<std::string> arguments, const ConfigText& config,
              std::map<std::string, std::string> environment = {}) {
    arguments.insert(arguments.end(), {"--config", "${dir}/config.json"});
    GatewayProcess process({.config = config_text(config),
                            .values = {{"provider_url", provider.url()}},
                            .environment = std::move(environment),
                            .arguments = std::move(arguments),
                            .usual_arguments = {}});
    const int code = process.wait_for_exit().value_or(-1);
    static_cast<void>(process.wait_for_log("\x01 never said"));  // until the output has ended
    return {code, process.log()};
  }
  [[nodiscard]] std::string file(std::string_view name) const {
    return (folder_.path() / name).string();
  }
  // Of what the gateway keeps, byte for byte; locks and marks of readers are in the index of the
  // log.
  [[nodiscard]] std::map<std::string, std::string> files() const {
    std::map<std::string, std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      if (entry.is_regular_file() && !entry.path().string().ends_with("-shm"))
        out[entry.path().filename()] = text_of(entry.path());
    }
    return out;
  }
  // Commands that only look.
  std::vector<Outcome> looks(const ConfigText& config) {
    const std::string folder = folder_.path().string();
    return {run({"config", "diff", "--app-dir", folder}, config),
            run({"config", "export", "--app-dir", folder}, config),
            run({"db", "status", "--app-dir", folder}, config)};
  }
  // The key of its secrets is the gateway's own.
  [[nodiscard]] ConfigText with_own_key() const {
    ConfigText config;
    config.sections = fmt::format(
        R"("config_store": {{"type": "sqlite", "config": {{"path": "{}"}}}})", database());
    return config;
  }
  // In the folder of the test, which outlives it.
  void start_with_own_key() {
    std::string text = config_text(with_own_key());
    text.replace(text.find("${provider_url}"), 15, provider.url());
    folder_.write("config.json", text);
    start_with({.values = {{"dir", folder_.path().string()}}});
  }
};

TEST_F(StoreCommandsTest, ToLookChangesNothing) {
  start_with_own_key();
  made_key("alice");
  for (const int signal : {SIGKILL, SIGTERM}) {
    gateway->send_signal(signal);
    ASSERT_TRUE(gateway->wait_for_exit());
    const auto before = files();
    EXPECT_EQ(before.contains("config.db-wal"), signal == SIGKILL);
    for (const Outcome& outcome : looks(with_own_key())) {
      EXPECT_THAT(outcome.second, HasSubstr("virtual_key")) << outcome.first;
    }
    EXPECT_TRUE(files() == before);
    start_with_own_key();
  }
}

TEST_F(StoreCommandsTest, ALookAtAnOlderDatabaseTakesNoStep) {
  const FakeClock clock;
  const auto state = [&] { return store::schema_state(**store::sqlite::open(database()))->taken; };
  {
    const auto connection = *store::sqlite::open(database());
    ASSERT_TRUE(store::migrate(*connection, store::migrations().first(1), clock.wall()));
    ASSERT_TRUE(connection->execute(
        "INSERT INTO config_entity VALUES ('team', 't1', '{\"id\":\"t1\",\"name\":\"old\"}', '', "
        "1, 0, 0)"));
  }
  const auto outcomes = looks(with_own_key());
  EXPECT_THAT(outcomes[0].second, HasSubstr("team \"t1\""));
  EXPECT_THAT(outcomes[1].second, HasSubstr("\"old\""));
  EXPECT_THAT(outcomes[2], Pair(1, HasSubstr("bifrost db migrate")));
  EXPECT_THAT(
      run({"ledger", "verify"}, with_own_key()),
      Pair(1, HasSubstr("step 1, and usage is read from step 2 on; run bifrost db migrate")));
  EXPECT_EQ(state(), 1);
  EXPECT_FALSE(std::filesystem::exists(file("encryption.key")));
}

TEST_F(StoreCommandsTest, ADatabaseWithoutTablesIsToldSo) {
  {
    const auto connection = store::sqlite::open(database());
  }
  EXPECT_THAT(run({"config", "diff"}, with_own_key()), Pair(1, HasSubstr("bifrost db migrate")));
}

TEST_F(StoreCommandsTest, AKeyThatIsGoneIsToldAndNotMadeAnew) {
  start_with_own_key();
  made_key("alice");
  gateway.reset();
  const std::string key = text_of(file("encryption.key"));
  std::filesystem::remove(file("encryption.key"));
  const auto outcomes = looks(with_own_key());
  for (const Outcome& outcome : {outcomes[0], outcomes[1]}) {
    EXPECT_THAT(outcome,
                Pair(1, AllOf(HasSubstr("encryption.key is gone"), HasSubstr("put it back"))));
  }
  EXPECT_THAT(run({"serve", "--app-dir", folder_.path().string(), "--port", "0"}, with_own_key()),
              Pair(1, HasSubstr("encryption.key is gone")));
  EXPECT_FALSE(std::filesystem::exists(file("encryption.key")));
  folder_.write("encryption.key", key);
  start_with_own_key();
  EXPECT_EQ(status_of(value_), 200);
}

TEST_F(StoreCommandsTest, DiffSaysWhoSaysWhatAndWhatCounts) {
  EXPECT_THAT(run({"config", "diff"}, kept(kAlice)), Pair(0, HasSubstr("there is no database")));
  EXPECT_FALSE(std::filesystem::exists(database())) << "to look makes none";
  start_kept(kAlice);
  EXPECT_THAT(run({"config", "diff"}, kept(kAlice)),
              Pair(0, HasSubstr("file and database say the same")));
  EXPECT_EQ(call("PUT", std::string(kKeys) + "/vk-1", R"({"name": "edited", "value": "sk-other"})")
                .status,
            200);
  made_key("bob");
  const Outcome edited = run({"config", "diff"}, kept(kAlice));
  EXPECT_THAT(edited,
              Pair(1, AllOf(HasSubstr("virtual_key \"vk-1\": edited through the API"),
                            HasSubstr(R"(name: file "alice", database "edited")"),
                            HasSubstr("value: file \"<redacted>\", database \"<redacted>\""),
                            HasSubstr("made through the API"), Not(HasSubstr("sk-")))));
  const Outcome changed = run(
      {"config", "diff"},
      kept(
          R"("virtual_keys": [{"id": "vk-1", "name": "alice 2", "value": "sk-bf-alice", "allow_all_providers": true}])"));
  EXPECT_THAT(changed.second, HasSubstr("the file has changed since it was taken in"));
  EXPECT_THAT(run({"config", "diff"}, kept("")).second, HasSubstr("in the file no more"));
  EXPECT_EQ(call("DELETE", std::string(kKeys) + "/vk-1").status, 200);
  EXPECT_THAT(run({"config", "diff"}, kept(kAlice)).second, HasSubstr("it stays deleted"));
}

TEST_F(StoreCommandsTest, DiffSaysWhatGivesWayToASourceOfTruth) {
  start_kept(kAlice);
  EXPECT_EQ(call("PUT", std::string(kKeys) + "/vk-1", R"({"name": "edited"})").status, 200);
  made_key("bob");
  ConfigText ruling = kept(kAlice);
  ruling.sections += R"(, "source_of_truth": "config.json")";
  EXPECT_THAT(
      run({"config", "diff"}, ruling),
      Pair(1, AllOf(HasSubstr("virtual_key \"vk-1\": changed through the API: the file, the "
                              "source of truth"),
                    HasSubstr("not in the file, the source of truth"))));
}

TEST_F(StoreCommandsTest, WhatIsExportedLoadsToTheSame) {
  start_kept(kAlice);
  made_key("bob", R"("allow_all_providers": true,
                     "rate_limit": {"request_max_limit": 7, "request_reset_duration": "1h"})");
  const std::string bob = value_;
  made_key("ref", R"("value": "env.no-reference", "provider_configs": [{"provider": "openai"}])");
  EXPECT_EQ(call("PUT", std::string(kKeys) + "/vk-1", R"({"is_active": false})").status, 200);
  EXPECT_EQ(call("POST", "/api/providers/openai/keys",
                 R"({"name": "more", "value": "sk-more", "models": ["*"]})")
                .status,
            200);
  const std::string keys = part(call("GET", kKeys).body, {"virtual_keys"});
  const std::string providers = call("GET", "/api/keys").body;

  EXPECT_THAT(run({"config", "export"}, kept(kAlice)),
              Pair(0, AllOf(HasSubstr("<redacted>"), Not(HasSubstr(bob)))));
  EXPECT_THAT(run({"config", "export", "--with-secrets"}, kept(kAlice)),
              Pair(1, HasSubstr("needs --out")));
  const std::string out = file("exported.json");
  EXPECT_EQ(run({"config", "export", "--with-secrets", "--out", out}, kept(kAlice)),
            (Outcome{0, ""}));
  EXPECT_EQ(std::filesystem::status(out).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_THAT(run({"config", "export", "--with-secrets", "--out", out}, kept(kAlice)),
              Pair(1, HasSubstr("is there already")));

  gateway.reset();
  std::filesystem::remove(database());
  start_with({.config = text_of(out)});
  EXPECT_EQ(status_of("sk-bf-alice"), 403);
  EXPECT_EQ(status_of(bob), 200);
  const auto without_times = [](std::string text) {
    for (const std::string_view name :
         {"\"created_at\":\"", "\"updated_at\":\"", "last_reset\":\""}) {
      for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
        const std::size_t from = at + name.size();
        text.erase(from, text.find('"', from) - from);
      }
    }
    return text;
  };
  EXPECT_EQ(without_times(call("GET", "/api/keys").body), without_times(providers));
  std::string again = part(call("GET", kKeys).body, {"virtual_keys"});
  EXPECT_THAT(again, AllOf(HasSubstr("env.no-reference"), HasSubstr("\"request_max_limit\":7")));
  EXPECT_EQ(again.size(), keys.size());
}

TEST_F(StoreCommandsTest, AProviderWithoutKeysIsExportedAsOne) {
  start_kept();
  EXPECT_EQ(call("POST", "/api/providers", R"({"provider": "groq"})").status, 200);
  const std::string out = file("exported.json");
  EXPECT_EQ(run({"config", "export", "--with-secrets", "--out", out}, kept("")), (Outcome{0, ""}));
  gateway.reset();
  std::filesystem::remove(database());
  start_with({.config = text_of(out)});
  EXPECT_EQ(call("GET", "/api/providers/groq").status, 200);
}

TEST_F(StoreCommandsTest, StatusMigrationAndBackup) {
  const ConfigText config = kept("");
  EXPECT_THAT(run({"db", "status"}, config), Pair(1, HasSubstr("does not exist")));
  start_kept();
  made_key("alice");
  EXPECT_THAT(
      run({"db", "status"}, config),
      Pair(0, AllOf(HasSubstr(database()), HasSubstr("virtual_key: 1"),
                    HasSubstr("sealed with encryption_key"), HasSubstr("rows of usage: 0"))));
  EXPECT_THAT(run({"db", "migrate"}, config), Pair(0, HasSubstr("0 taken")));
  const std::string copy = file("copy.db");
  EXPECT_THAT(run({"db", "backup", copy}, config), Pair(0, HasSubstr("was copied to")));
  EXPECT_THAT(run({"db", "backup", copy}, config), Pair(1, HasSubstr("is there already")));
  gateway.reset();
  std::filesystem::rename(copy, database());
  std::filesystem::remove(database() + "-wal");
  start_kept();
  EXPECT_EQ(status_of(value_), 200) << "the copy is a database";
}

TEST_F(StoreCommandsTest, AnotherKeySealsEverythingAnew) {
  start_kept(kAlice);
  made_key("bob");
  EXPECT_EQ(call("PUT", std::string(kKeys) + "/vk-1", R"({"description": "sealed:1:not"})").status,
            200);
  gateway.reset();
  EXPECT_THAT(run({"db", "rekey"}, kept(kAlice)),
              Pair(1, HasSubstr("set BIFROST_NEW_ENCRYPTION_KEY")));
  EXPECT_THAT(run({"db", "rekey"}, kept(kAlice), {{"BIFROST_NEW_ENCRYPTION_KEY", "the next key"}}),
              Pair(0, HasSubstr("3 secret(s) sealed anew")));
  EXPECT_THAT(run({"db", "rekey"}, kept(kAlice), {{"BIFROST_NEW_ENCRYPTION_KEY", "x"}}),
              Pair(1, HasSubstr("encryption_key is not the one")));
  start(kept(kAlice, "the next key"));
  EXPECT_EQ(status_of("sk-bf-alice"), 200);
  EXPECT_EQ(status_of(value_), 200);
  EXPECT_THAT(call("GET", std::string(kKeys) + "/vk-1").body,
              HasSubstr(R"("description":"sealed:1:not")"))
      << "the edit counts: the file is still as it was";
}

// ---------------------------------------------------------------------------------------------
// explain

TEST_F(StoreCommandsTest, ExplainTellsFromFileAndDatabase) {
  start_kept();
  const std::string id = made_key("alice", std::string(kAllProviders) +
                                               R"(, "rate_limit": {"request_max_limit": 1,
                                                    "request_reset_duration": "1d"})");
  folder_.write("chat.json", unified().request);
  const auto explain = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"explain", file("chat.json"), "--header", "x-bf-vk: " + value_});
    return run(std::move(more), kept({}));
  };
  const Outcome open = explain({});
  EXPECT_EQ(open.first, 0);
  EXPECT_THAT(open.second,
              AllOf(HasSubstr("caller: virtual key alice"),
                    HasSubstr("limit of virtual key alice: 0 of 1 requests"),
                    HasSubstr("outcome: asks openai/gpt-test"), Not(HasSubstr(value_))));
  EXPECT_EQ(status_of(value_), 200);
  Outcome full = explain({"--json"});
  const auto end = std::chrono::steady_clock::now() + kPatience;  // until that is written
  while (full.first == 0 && std::chrono::steady_clock::now() < end) full = explain({"--json"});
  EXPECT_EQ(full.first, 1);
  EXPECT_EQ(part(full.second, {"refused", "type"}), R"("request_limited")");
}

TEST_F(StoreCommandsTest, ExplainSaysWhatItCannotRead) {
  EXPECT_THAT(run({"explain", file("none.json")}, kept({})),
              Pair(2, HasSubstr("cannot be read, or is empty")));
  folder_.write("chat.json", unified().request);
  EXPECT_THAT(run({"explain", file("chat.json"), "--header", "x-bf-vk"}, kept({})),
              Pair(2, HasSubstr("must be written \"name: value\"")));
}

}  // namespace
}  // namespace bifrost::test
