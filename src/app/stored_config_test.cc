#include "app/stored_config.h"

#include "base/clock.h"
#include "store/digest.h"
#include "store/sqlite/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace bifrost::app {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using exchange::ManagedSettings;
using governance::GovernanceSettings;

governance::TeamSettings team(std::string id, std::string name) {
  governance::TeamSettings made;
  made.id = std::move(id);
  made.name = std::move(name);
  return made;
}

GovernanceSettings with_teams(config::SharedList<governance::TeamSettings> teams) {
  GovernanceSettings settings;
  settings.teams = std::move(teams);
  return settings;
}

governance::VirtualKeySettings virtual_key(std::string id, std::string name) {
  governance::VirtualKeySettings made;
  made.id = std::move(id);
  made.name = std::move(name);
  made.value = config::Secret("sk-bf-" + made.id);
  return made;
}

GovernanceSettings with_keys(config::SharedList<governance::VirtualKeySettings> keys) {
  GovernanceSettings settings;
  settings.virtual_keys = std::move(keys);
  return settings;
}

class StoredConfigTest : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::remove_all(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<StoredConfig> open() {
    auto opened = StoredConfig::open(*store::sqlite::open((folder_ / "config.db").string()),
                                     {.text = passphrase_, .file = "f"}, clock_.wall());
    EXPECT_TRUE(opened);
    return *std::move(opened);
  }
  static ManagedSettings managed(const GovernanceSettings& governance) {
    ManagedSettings settings;
    settings.governance = governance;
    return settings;
  }
  // What is in force where the file says this.
  GovernanceSettings merged(StoredConfig& stored, const GovernanceSettings& file) {
    return merged_all(stored, managed(file)).governance;
  }
  ManagedSettings merged_all(StoredConfig& stored, const ManagedSettings& file) {
    file_ = file;
    auto plan = stored.merge(file, ruled_, environment_, warnings_);
    EXPECT_TRUE(plan) << plan.error().message;
    EXPECT_TRUE(stored.carry_out(*plan, clock_.wall()));
    return plan->settings;
  }
  Result<void> change(StoredConfig& stored, const GovernanceSettings& before,
                      const GovernanceSettings& after) {
    return change_all(stored, managed(before), managed(after));
  }
  Result<void> change_all(StoredConfig& stored, const ManagedSettings& before,
                          const ManagedSettings& after) {
    BF_TRY(auto plan, stored.change(before, after, file_, environment_));
    return stored.carry_out(plan, clock_.wall());
  }

  std::filesystem::path folder_ = std::filesystem::path(::testing::TempDir()) /
                                  (std::string("bifrost-stored-") +
                                   ::testing::UnitTest::GetInstance()->current_test_info()->name());
  config::FakeEnvironment environment_;
  FakeClock clock_;
  std::string passphrase_ = "k";
  std::vector<std::string> warnings_;
  Ruled ruled_;
  ManagedSettings file_;  // what it said when it was merged last
};

TEST_F(StoredConfigTest, WhatTheFileSaysIsTakenOnce) {
  const auto stored = open();
  const GovernanceSettings file = with_teams({team("a", "A")});
  EXPECT_EQ(merged(*stored, file), file);
  const auto first = stored->versions()->find("team", "a");
  ASSERT_TRUE(first);
  EXPECT_EQ(merged(*stored, file), file);
  EXPECT_EQ(stored->versions()->find("team", "a")->revision, first->revision);
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(StoredConfigTest, EditsOfAnEntryStayWhileTheFileSaysTheSame) {
  const GovernanceSettings file = with_teams({team("a", "A")});
  {
    const auto stored = open();
    ASSERT_TRUE(change(*stored, merged(*stored, file), with_teams({team("a", "edited")})));
  }
  const auto stored = open();
  EXPECT_EQ(merged(*stored, file).teams.at(0).name, "edited");
  EXPECT_EQ(merged(*stored, with_teams({team("a", "B")})).teams.at(0).name, "B");
  EXPECT_THAT(warnings_, SizeIs(1));
  EXPECT_EQ(merged(*stored, with_teams({team("a", "B")})).teams.at(0).name, "B");
  EXPECT_THAT(warnings_, SizeIs(1));
}

TEST_F(StoredConfigTest, AFileThatIsTheSourceOfTruthCountsWhateverTheApiDid) {
  const GovernanceSettings file = with_teams({team("a", "A"), team("b", "B")});
  const GovernanceSettings changed = with_teams({team("a", "edited"), team("c", "C")});
  const auto stored = open();
  ASSERT_TRUE(change(*stored, merged(*stored, file), changed));
  EXPECT_EQ(merged(*stored, file), changed) << "as long as the two share";
  warnings_.clear();
  ruled_ = Kinds{"team"};
  EXPECT_EQ(merged(*stored, file), file);
  EXPECT_THAT(warnings_,
              ::testing::UnorderedElementsAre(HasSubstr("what was changed of team \"a\""),
                                              HasSubstr("what was changed of team \"b\""),
                                              HasSubstr("team \"c\" goes")));
  const auto revision = stored->versions()->find("team", "a")->revision;
  EXPECT_EQ(merged(*stored, file), file);
  EXPECT_EQ(stored->versions()->find("team", "a")->revision, revision)
      << "nothing is left to write";
  EXPECT_THAT(warnings_, SizeIs(3));
  EXPECT_EQ(merged(*stored, {}), GovernanceSettings()) << "an empty list has nothing";
}

TEST_F(StoredConfigTest, WhereTheSourceOfTruthHasNoListTheDatabaseCounts) {
  const auto stored = open();
  const GovernanceSettings file = with_teams({team("b", "B")});
  const GovernanceSettings both = with_teams({team("b", "B"), team("a", "A")});
  ASSERT_TRUE(change(*stored, merged(*stored, file), both));
  ruled_ = Kinds{"customer"};
  EXPECT_EQ(merged(*stored, {}), with_teams({team("a", "A"), team("b", "B")}));
  ruled_.reset();
  EXPECT_EQ(merged(*stored, {}), with_teams({team("a", "A")})) << "the file's own goes with it";
}

TEST_F(StoredConfigTest, EntriesOfTheApiStandBehindThoseOfTheFile) {
  const auto stored = open();
  const GovernanceSettings empty = merged(*stored, {});
  ASSERT_TRUE(change(*stored, empty, with_teams({team("z", "Z")})));
  clock_.advance(std::chrono::seconds(1));
  ASSERT_TRUE(
      change(*stored, with_teams({team("z", "Z")}), with_teams({team("z", "Z"), team("b", "B")})));
  const GovernanceSettings both = merged(*stored, with_teams({team("a", "A")}));
  EXPECT_EQ(both, with_teams({team("a", "A"), team("z", "Z"), team("b", "B")}));
  ASSERT_TRUE(change(*stored, both, with_teams({team("a", "A"), team("b", "B")})));
  EXPECT_EQ(merged(*stored, {}), with_teams({team("b", "B")})) << "the file's own goes with it";
}

TEST_F(StoredConfigTest, WhatWasDeletedOfTheFileStaysDeletedUntilTheFileSaysSomethingElse) {
  const GovernanceSettings file = with_teams({team("a", "A"), team("b", "B")});
  {
    const auto stored = open();
    ASSERT_TRUE(change(*stored, merged(*stored, file), with_teams({team("b", "B")})));
    EXPECT_FALSE(stored->versions()->find("team", "a"));
  }
  const auto stored = open();
  EXPECT_EQ(merged(*stored, file), with_teams({team("b", "B")}));
  const GovernanceSettings changed = with_teams({team("a", "A 2"), team("b", "B")});
  EXPECT_EQ(merged(*stored, changed), changed);
}

// Gateways on one database may have files that differ, as those of a rolling update do.
TEST_F(StoredConfigTest, WhatWasDeletedStaysDeletedAfterTheStartOfAGatewayWhoseFileLacksIt) {
  const GovernanceSettings file = with_teams({team("a", "A")});
  {
    const auto stored = open();
    ASSERT_TRUE(change(*stored, merged(*stored, file), {}));
  }
  EXPECT_EQ(merged(*open(), {}), GovernanceSettings());
  EXPECT_EQ(merged(*open(), file), GovernanceSettings());
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("team \"a\"")));
  ruled_ = Kinds{"team"};
  merged(*open(), {});
  ruled_.reset();
  EXPECT_EQ(merged(*open(), file), file) << "one that is the source of truth rules over the API";
}

// Its row went with the start of another gateway, whose file lacks it.
TEST_F(StoredConfigTest, WhatOnlyTheFileOfOneGatewayHasIsEditedAndDeletedThere) {
  const GovernanceSettings file = with_teams({team("a", "A"), team("b", "B"), team("c", "C")});
  const GovernanceSettings changed = with_teams({team("a", "A"), team("b", "edited")});
  {
    const auto one = open();
    merged(*one, file);
    merged(*open(), {});
    file_ = managed(file);
    auto plan = one->follow(managed(file), environment_, warnings_);
    ASSERT_TRUE(plan) << plan.error().message;
    ASSERT_EQ(plan->settings.governance, file);
    ASSERT_TRUE(one->carry_out(*plan, clock_.wall()));
    ASSERT_TRUE(change(*one, file, changed));
    plan = one->follow(managed(file), environment_, warnings_);
    ASSERT_TRUE(plan) << plan.error().message;
    EXPECT_EQ(plan->settings.governance, changed);
  }
  EXPECT_EQ(merged(*open(), file), changed);
}

// The hash of what its file says of it hangs on the key, and nobody knows it who has another file.
TEST_F(StoredConfigTest, WhatWasDeletedOrEditedStaysSoThroughAnotherKeyByAGatewayWhoseFileLacksIt) {
  const GovernanceSettings file = with_keys({virtual_key("a", "A"), virtual_key("b", "B")});
  const GovernanceSettings changed = with_keys({virtual_key("b", "edited")});
  {
    const auto stored = open();
    ASSERT_TRUE(change(*stored, merged(*stored, file), changed));
    ASSERT_TRUE(stored->reseal({}, environment_, {.text = "next", .file = "f"}));
  }
  passphrase_ = "next";
  EXPECT_EQ(merged(*open(), {}), changed);
  EXPECT_EQ(merged(*open(), file), changed);
  const GovernanceSettings other = with_keys({virtual_key("a", "A 2"), virtual_key("b", "B 2")});
  EXPECT_EQ(merged(*open(), other), other) << "what the file says is known again";
}

TEST_F(StoredConfigTest, WhatGoesFromTheFileGoesUnlessItWasEdited) {
  const GovernanceSettings file = with_teams({team("a", "A"), team("b", "B")});
  const auto stored = open();
  ASSERT_TRUE(
      change(*stored, merged(*stored, file), with_teams({team("a", "A"), team("b", "B 2")})));
  EXPECT_EQ(merged(*stored, {}), with_teams({team("b", "B 2")}));
  EXPECT_THAT(warnings_, SizeIs(1));
  EXPECT_FALSE(stored->versions()->find("team", "a"));
  // Another id is another entry, and no second one of the same name.
  EXPECT_EQ(merged(*stored, with_teams({team("c", "A")})),
            with_teams({team("c", "A"), team("b", "B 2")}));
}

TEST_F(StoredConfigTest, WhatTheFileCouldNotSayIsRefused) {
  const auto stored = open();
  const GovernanceSettings empty = merged(*stored, {});
  const auto refused = change(*stored, empty, with_teams({team("a", "")}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidRequest);
  EXPECT_THAT(refused.error().message, HasSubstr("name: "));
}

TEST_F(StoredConfigTest, SecretsComeBackAndReferencesStayReferences) {
  environment_.set("BOB", "sk-bf-bob");
  GovernanceSettings file;
  file.virtual_keys = {virtual_key("alice", "alice"), virtual_key("bob", "bob")};
  file.virtual_keys.edit(0).value = config::Secret("env.no-reference");
  file.virtual_keys.edit(1).value = config::Secret("sk-bf-bob", "env.BOB");
  {
    const auto stored = open();
    merged(*stored, file);
  }
  environment_.set("BOB", "sk-bf-other");
  const auto stored = open();
  const GovernanceSettings again = merged(*stored, file);
  EXPECT_EQ(again.virtual_keys.at(0).value.reveal(), "env.no-reference");
  EXPECT_EQ(again.virtual_keys.at(1).value.reveal(), "sk-bf-other");
}

TEST_F(StoredConfigTest, OfTwoWhoWriteTheSecondIsTold) {
  const auto first = open();
  const auto second = open();
  const GovernanceSettings empty = merged(*first, {});
  merged(*second, {});
  ASSERT_TRUE(change(*first, empty, with_teams({team("a", "A")})));
  const auto late = change(*second, empty, with_teams({team("b", "B")}));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kConflict);
}

TEST_F(StoredConfigTest, APlanThatIsNotCarriedOutChangesNothing) {
  const auto stored = open();
  merged(*stored, with_teams({team("a", "A")}));
  const std::int64_t before = stored->versions()->find("team", "a")->revision;
  ASSERT_TRUE(stored->merge(managed(with_teams({team("a", "B"), team("b", "B")})), ruled_,
                            environment_, warnings_));
  EXPECT_EQ(stored->versions()->find("team", "a")->revision, before);
  EXPECT_FALSE(stored->versions()->find("team", "b"));
  EXPECT_EQ(merged(*stored, with_teams({team("a", "A")})), with_teams({team("a", "A")}));
}

TEST_F(StoredConfigTest, TheHashIsThatOfWhatIsSet) {
  // As a version writes it that knows no settings but these two.
  const auto stored = open();
  merged(*stored, with_teams({team("a", "A")}));
  const auto connection = *store::sqlite::open((folder_ / "config.db").string());
  const auto rows = connection->execute("SELECT file_hash FROM config_entity WHERE kind = 'team'");
  ASSERT_TRUE(rows && rows->size() == 1);
  EXPECT_EQ((*rows)[0].text(0), store::sha256(R"({"id":"a","name":"A"})"));
}

TEST_F(StoredConfigTest, AKeyThatCannotBeReadIsLeftOutAndALimitIsNot) {
  environment_.set("BOB", "sk-bf-bob");
  GovernanceSettings file;
  file.virtual_keys = {virtual_key("bob", "bob")};
  file.virtual_keys.edit(0).value = config::Secret("sk-bf-bob", "env.BOB");
  {
    const auto stored = open();
    const GovernanceSettings before = merged(*stored, file);
    GovernanceSettings after = before;
    after.teams = {team("a", "A")};
    ASSERT_TRUE(change(*stored, before, after));
  }
  environment_ = {};
  EXPECT_THAT(merged(*open(), {}).virtual_keys, IsEmpty());
  EXPECT_THAT(warnings_, ::testing::Contains(HasSubstr("the key is left out")));
  ASSERT_TRUE((*store::sqlite::open((folder_ / "config.db").string()))
                  ->execute("UPDATE config_entity SET body = '{' WHERE kind = 'team'"));
  EXPECT_FALSE(open()->merge({}, ruled_, environment_, warnings_));
}

provider::KeySettings key(std::string id, std::string name, std::string value) {
  provider::KeySettings made;
  made.id = std::move(id);
  made.name = std::move(name);
  made.value = config::Secret(std::move(value));
  return made;
}

TEST_F(StoredConfigTest, KeysOfTheApiOutliveAChangeOfTheirProviderInTheFile) {
  ManagedSettings file;
  file.providers.append("openai").keys = {key("", "of-file", "sk-1")};
  {
    const auto stored = open();
    const ManagedSettings before = merged_all(*stored, file);
    ManagedSettings after = before;
    after.providers.find("openai")->keys.push_back(key("k2", "of-api", "sk-2"));
    ASSERT_TRUE(change_all(*stored, before, after));
    EXPECT_TRUE(stored->versions()->find("provider_key", "openai/k2"));
  }
  const auto stored = open();
  file.providers.find("openai")->network.max_retries = 3;
  const ManagedSettings now = merged_all(*stored, file);
  ASSERT_EQ(now.providers.size(), 1U);
  EXPECT_EQ(now.providers.find("openai")->network.max_retries, 3);
  EXPECT_EQ(now.providers.find("openai")->keys,
            (std::vector{key("", "of-file", "sk-1"), key("k2", "of-api", "sk-2")}));
}

TEST_F(StoredConfigTest, AKeyOfTheApiSleepsWhileTheFileLacksItsProvider) {
  ManagedSettings file;
  file.providers.append("openai").keys = {key("", "of-file", "sk-1")};
  const auto stored = open();
  const ManagedSettings before = merged_all(*stored, file);
  ManagedSettings after = before;
  after.providers.find("openai")->keys.push_back(key("k2", "of-api", "sk-2"));
  ASSERT_TRUE(change_all(*stored, before, after));
  EXPECT_TRUE(merged_all(*stored, {}).providers.empty());
  EXPECT_THAT(warnings_, ::testing::Contains(HasSubstr(R"(provider_key "openai/k2" is left out)")));
  EXPECT_FALSE(stored->versions()->find("provider_key", "openai/of-file"));
  EXPECT_TRUE(stored->versions()->find("provider_key", "openai/k2"));
  EXPECT_THAT(merged_all(*stored, file).providers.find("openai")->keys, SizeIs(2));
}

TEST_F(StoredConfigTest, WhoFollowsTheStoreWritesNothingWhateverHisFileSays) {
  const auto one = open();
  const auto other = open();
  const GovernanceSettings old_file = with_teams({team("a", "A"), team("c", "C")});
  merged(*one, old_file);
  const GovernanceSettings new_file = with_teams({team("a", "A 2"), team("b", "B")});
  merged(*other, new_file);
  EXPECT_TRUE(*one->is_behind());
  auto plan = one->follow(managed(old_file), environment_, warnings_);
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_THAT(plan->changes, IsEmpty());
  EXPECT_EQ(plan->settings.governance,
            with_teams({team("a", "A 2"), team("c", "C"), team("b", "B")}))
      << "the store's, and what only this file has";
  ASSERT_TRUE(one->carry_out(*plan, clock_.wall()));
  EXPECT_FALSE(*one->is_behind());
  EXPECT_FALSE(*other->is_behind());
}

TEST_F(StoredConfigTest, ASealThatIsAnotherOnesIsSeen) {
  const auto running = open();
  GovernanceSettings file;
  file.virtual_keys = {virtual_key("bob", "bob")};
  file.virtual_keys.edit(0).value = config::Secret("sk-bf-bob");
  merged(*running, file);
  ASSERT_TRUE(open()->reseal(managed(file), environment_, {.text = "next"}));
  const auto plan = running->follow(managed(file), environment_, warnings_);
  ASSERT_FALSE(plan);
  EXPECT_THAT(plan.error().message, HasSubstr("sealed anew with another key"));
  EXPECT_FALSE(running->merge(managed(file), ruled_, environment_, warnings_));
}

TEST_F(StoredConfigTest, AProviderOfALaterVersionIsLeftOutAndStays) {
  const auto stored = open();
  ManagedSettings file;
  file.providers.append("openai").keys = {key("", "of-file", "sk-1")};
  const ManagedSettings before = merged_all(*stored, file);
  ManagedSettings after = before;
  after.providers.append("of-tomorrow");
  ASSERT_TRUE(change_all(*stored, before, after));
  const ManagedSettings now = merged_all(*stored, file);
  EXPECT_FALSE(now.providers.contains("of-tomorrow"));
  EXPECT_TRUE(stored->versions()->find("provider", "of-tomorrow"));
  EXPECT_THAT(warnings_, ::testing::Contains(HasSubstr("does not know it")));
}

// As a later version has written it, which runs on the same database.
TEST_F(StoredConfigTest, OfARowOfALaterVersionWhatIsKnownCounts) {
  {
    const auto stored = open();
    ASSERT_TRUE(change(*stored, merged(*stored, {}), with_teams({team("a", "A")})));
    const auto connection = *store::sqlite::open((folder_ / "config.db").string());
    ASSERT_TRUE(
        connection->execute("UPDATE config_entity SET body = "
                            "'{\"id\":\"a\",\"name\":\"A\",\"colour\":\"red\"}'"));
    ASSERT_TRUE(connection->execute(
        "INSERT INTO config_entity (kind, id, body, file_hash, revision, created_at, updated_at) "
        "VALUES ('of_tomorrow', 'x', '{\"a\":1}', '', 1, 0, 0)"));
  }
  const auto stored = open();
  const GovernanceSettings now = merged(*stored, {});
  EXPECT_EQ(now, with_teams({team("a", "A")}));
  EXPECT_THAT(warnings_, ::testing::Contains(HasSubstr("colour")));
  // What this version changes of it takes nothing else away.
  ASSERT_TRUE(change(*stored, now, with_teams({team("a", "A"), team("b", "B")})));
  const auto connection = *store::sqlite::open((folder_ / "config.db").string());
  EXPECT_EQ(connection->execute("SELECT id FROM config_entity WHERE kind = 'of_tomorrow'")->size(),
            1U);
  const auto row = connection->execute("SELECT body FROM config_entity WHERE id = 'a'");
  EXPECT_THAT(row->front().text(0), HasSubstr("colour")) << "it was not edited";
}

TEST_F(StoredConfigTest, AReferenceInPlaceOfTheSameTextIsAChange) {
  environment_.set("BOB", "sk-bf-bob");
  const auto stored = open();
  GovernanceSettings settings;
  settings.virtual_keys = {virtual_key("bob", "bob")};
  settings.virtual_keys.edit(0).value = config::Secret("sk-bf-bob");
  GovernanceSettings referring = settings;
  referring.virtual_keys.edit(0).value = config::Secret("sk-bf-bob", "env.BOB");
  ASSERT_TRUE(change(*stored, merged(*stored, {}), settings));
  ASSERT_TRUE(change(*stored, settings, referring));
  environment_.set("BOB", "sk-bf-other");
  EXPECT_EQ(merged(*open(), {}).virtual_keys.at(0).value.reveal(), "sk-bf-other");
}

TEST_F(StoredConfigTest, EditsOfTheClientStayWhileTheFileSaysTheSame) {
  ManagedSettings file;
  {
    const auto stored = open();
    const ManagedSettings before = merged_all(*stored, file);
    ManagedSettings after = before;
    after.client.max_request_body_size_mb = 7;
    ASSERT_TRUE(change_all(*stored, before, after));
  }
  const auto stored = open();
  EXPECT_EQ(merged_all(*stored, file).client.max_request_body_size_mb, 7);
  file.client.drop_excess_requests = true;
  EXPECT_EQ(merged_all(*stored, file).client, file.client);
}

// Of the sections that there are one of: the price sheet's, the proxy of all, the administrator.
ManagedSettings with_proxy(std::string url, std::string_view password = {}) {
  ManagedSettings settings;
  settings.proxy.url = std::move(url);
  settings.proxy.password = config::Secret(std::string(password));
  return settings;
}

TEST_F(StoredConfigTest, ASectionIsAnEntryThatIsThereOrNot) {
  const ManagedSettings file = with_proxy("http://of.file", "hush");
  {
    const auto stored = open();
    EXPECT_EQ(merged_all(*stored, {}), ManagedSettings());
    EXPECT_FALSE(stored->versions()->find(exchange::kGlobalProxyKind, exchange::kGlobalProxyKind));
    EXPECT_EQ(merged_all(*stored, file), file);
    ManagedSettings edited = with_proxy("http://of.api", "hush");
    edited.framework.pricing.url = "http://sheet?key=hush";
    ASSERT_TRUE(change_all(*stored, file, edited));
    EXPECT_TRUE(stored->versions()->find(exchange::kFrameworkKind, exchange::kFrameworkKind));
  }
  const auto stored = open();
  const ManagedSettings kept = merged_all(*stored, file);
  EXPECT_EQ(kept.proxy.url, "http://of.api");
  EXPECT_EQ(kept.proxy.password.reveal(), "hush");
  EXPECT_EQ(kept.framework.pricing.url, "http://sheet?key=hush");
  // What says nothing any more is gone, and stays so while the file says what it said.
  ASSERT_TRUE(change_all(*stored, kept, {}));
  EXPECT_EQ(merged_all(*stored, file), ManagedSettings());
  EXPECT_EQ(merged_all(*stored, with_proxy("http://anew")).proxy.url, "http://anew");
}

}  // namespace
}  // namespace bifrost::app
