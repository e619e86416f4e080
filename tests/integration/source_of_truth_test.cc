// `source_of_truth`: which of file and database counts.
#include "tests/integration/management_fixture.h"

#include <csignal>

namespace bifrost::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kAlice =
    R"("virtual_keys": [{"id": "vk-1", "name": "alice", "value": "sk-bf-alice", "allow_all_providers": true}])";
constexpr std::string_view kTeams = "/api/governance/teams";

class SourceOfTruthTest : public ManagementTest {
 protected:
  [[nodiscard]] ConfigText ruling(std::string_view governance) const {
    ConfigText config = kept(governance);
    config.sections += R"(, "source_of_truth": "config.json")";
    return config;
  }
  void restart(const ConfigText& config) {
    gateway->send_signal(SIGTERM);
    EXPECT_TRUE(gateway->exits_with(0));
    start(config);
  }
  std::string keys() { return call("GET", kKeys).body; }
};

TEST_F(SourceOfTruthTest, TheFileCountsForTheListsThatItHas) {
  start(ruling(kAlice));
  EXPECT_EQ(call("PUT", std::string(kKeys) + "/vk-1", R"({"name": "edited"})").status, 200);
  made_key("bob");
  EXPECT_EQ(call("POST", kTeams, R"({"name": "of the API"})").status, 200);
  EXPECT_EQ(call("POST", "/api/providers/openai/keys",
                 R"({"name": "more", "value": "sk-more", "models": ["*"]})")
                .status,
            200);
  EXPECT_THAT(keys(), AllOf(HasSubstr("edited"), HasSubstr("bob"))) << "until the next start";
  restart(ruling(kAlice));
  EXPECT_THAT(keys(), AllOf(HasSubstr("alice"), Not(HasSubstr("edited")), Not(HasSubstr("bob"))));
  EXPECT_THAT(call("GET", "/api/keys").body, Not(HasSubstr("more")));
  EXPECT_THAT(call("GET", kTeams).body, HasSubstr("of the API"))
      << "of teams the file says nothing";
  EXPECT_TRUE(gateway->wait_for_log("which is the source of truth"));
  EXPECT_EQ(status_of(value_), 401);
}

TEST_F(SourceOfTruthTest, AnEmptyListHasNothingAndAMissingOneSaysNothing) {
  start(ruling(R"("virtual_keys": [])"));
  EXPECT_EQ(call("POST", kTeams, R"({"name": "of the API"})").status, 200);
  made_key("bob");
  restart(ruling({}));
  EXPECT_THAT(keys(), HasSubstr("bob"));
  restart(ruling(R"("virtual_keys": [], "teams": [])"));
  EXPECT_THAT(keys(), Not(HasSubstr("bob")));
  EXPECT_THAT(call("GET", kTeams).body, Not(HasSubstr("of the API")));
}

TEST_F(SourceOfTruthTest, WithoutItWhatWasEditedCounts) {
  start_kept(kAlice);
  EXPECT_EQ(call("PUT", std::string(kKeys) + "/vk-1", R"({"name": "edited"})").status, 200);
  restart(kept(kAlice));
  EXPECT_THAT(keys(), HasSubstr("edited"));
}

}  // namespace
}  // namespace bifrost::test
