// Virtual keys that get another value while callers still show the one before.
#include "tests/integration/management_fixture.h"
#include "tests/support/transport.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <vector>

namespace bifrost::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kRotate = "/api/governance/virtual-keys/rotate";

class RotationTest : public ManagementTest {
 protected:
  [[nodiscard]] ConfigText with_grace(std::string_view cooldown) const {
    ConfigText config = kept({});
    config.client += fmt::format(R"(, "vk_rotation_cooldown": "{}")", cooldown);
    return config;
  }
  // Of the key that was made last; its new value.
  std::string rotated(const std::string& id) {
    const Response reply = call("POST", fmt::format("{}/{}/rotate", kKeys, id));
    EXPECT_EQ(reply.status, 200) << reply.body;
    EXPECT_THAT(reply.body, Not(HasSubstr(value_))) << "the one before is shown no more";
    return json_text(reply.body, "value");
  }
  Response rotate_all(const std::vector<std::string>& ids, std::string_view query = {}) {
    return call("POST", std::string(kRotate).append(query),
                fmt::format(R"({{"ids": ["{}"]}})", fmt::join(ids, R"(", ")")));
  }
  // True once callers who show the value are not known.
  bool is_forgotten(const std::string& value) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (std::chrono::steady_clock::now() < end) {
      if (status_of(value) == 401) return true;
    }
    return false;
  }
};

TEST_F(RotationTest, TheValueBeforeIsGoodForAWhile) {
  start(with_grace("1h"));
  const std::string id = made_key("alice");
  const std::string now = rotated(id);
  EXPECT_NE(now, value_);
  EXPECT_EQ(status_of(now), 200);
  EXPECT_EQ(status_of(value_), 200);
  const Response shown = call("GET", fmt::format("{}/{}", kKeys, id));
  EXPECT_THAT(part(shown.body, {"virtual_key", "former_values"}), HasSubstr("valid_until"));
  EXPECT_THAT(shown.body, Not(HasSubstr(value_)));

  gateway.reset();
  start(with_grace("1h"));
  EXPECT_EQ(status_of(now), 200);
  EXPECT_EQ(status_of(value_), 200) << "after a restart too";
}

TEST_F(RotationTest, BothValuesUseTheSameLimits) {
  start(with_grace("1h"));
  const std::string id = made_key("alice", std::string(kAllProviders) +
                                               R"(, "rate_limit": {"request_max_limit": 2,
                                 "request_reset_duration": "1d"})");
  const std::string now = rotated(id);
  EXPECT_EQ(status_of(now), 200);
  EXPECT_EQ(status_of(value_), 200);
  EXPECT_EQ(status_of(now), 429);
  EXPECT_EQ(status_of(value_), 429);
}

TEST_F(RotationTest, TheValueBeforeIsForgottenInTime) {
  start(with_grace("1s"));
  const std::string id = made_key("alice");
  const std::string now = rotated(id);
  EXPECT_TRUE(is_forgotten(value_));
  EXPECT_EQ(status_of(now), 200);
  const auto end = std::chrono::steady_clock::now() + kPatience;
  std::string left;
  do {
    left =
        part(call("GET", fmt::format("{}/{}", kKeys, id)).body, {"virtual_key", "former_values"});
  } while (left != "[]" && std::chrono::steady_clock::now() < end);
  EXPECT_EQ(left, "[]") << "it is not kept either";
}

TEST_F(RotationTest, WithoutGraceItIsRefusedAtOnce) {
  start(with_grace("0"));
  const std::string now = rotated(made_key("alice"));
  EXPECT_EQ(status_of(value_), 401);
  EXPECT_EQ(status_of(now), 200);
}

TEST_F(RotationTest, ManyAreRotatedAtOnce) {
  start(with_grace("1h"));
  const std::string alice = made_key("alice");
  const std::string of_alice = value_;
  const std::string bob = made_key("bob");
  const std::string of_bob = value_;
  const Response reply = rotate_all({bob, alice});
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(part(reply.body, {"count"}), "2");
  const auto document = json::Document::parse(reply.body);
  const json::Value keys = document->root()["virtual_keys"];
  EXPECT_TRUE(keys.at(0)["name"].equals("bob")) << "in the order in which they were asked for";
  EXPECT_TRUE(keys.at(1)["name"].equals("alice"));
  for (const std::string_view before : {of_alice, of_bob}) {
    EXPECT_EQ(status_of(before), 200) << "it is good for a while";
    EXPECT_THAT(reply.body, Not(HasSubstr(std::string(before))));
  }
  for (const json::Value key : keys.children()) {
    EXPECT_EQ(status_of(key["value"].string_or("")), 200);
    EXPECT_EQ(key["former_values"].size(), 1U);
  }
  const Response records = call("GET", "/api/governance/audit-logs?search=/rotate");
  EXPECT_EQ(part(records.body, {"total_count"}), "2") << records.body;
  for (const std::string& id : {alice, bob}) {
    EXPECT_EQ(part(call("GET", "/api/governance/audit-logs?search=" + id).body, {"total_count"}),
              "2")
        << "one of its making and one of its rotation";
  }
}

TEST_F(RotationTest, OfManyAllAreRotatedOrNone) {
  start(with_grace("0"));
  const std::string alice = made_key("alice");
  const Response refused = rotate_all({alice, "nobody", alice + "x"});
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body,
              AllOf(HasSubstr(R"(ids[1]: there is no virtual key with the id \"nobody\")"),
                    HasSubstr("ids[2]: there is no virtual key")));
  EXPECT_EQ(status_of(value_), 200) << "nothing was changed";
  const Response tried = rotate_all({alice}, "?dry_run=true");
  EXPECT_EQ(tried.status, 200) << tried.body;
  EXPECT_EQ(status_of(value_), 200) << "it was only tried";
  EXPECT_EQ(rotate_all({alice}).status, 200);
  EXPECT_EQ(status_of(value_), 401);
}

TEST_F(RotationTest, WhichOnesHasToBeSaid) {
  start(with_grace("1h"));
  const auto said = [&](std::string_view body) {
    const Response reply = call("POST", kRotate, body);
    EXPECT_EQ(reply.status, 400);
    return reply.body;
  };
  EXPECT_THAT(said("{}"), HasSubstr("ids: required"));
  EXPECT_THAT(said(R"({"ids": []})"), HasSubstr("ids: names no virtual key"));
  EXPECT_THAT(said(R"({"ids": ["a", ""]})"), HasSubstr("ids[1]: "));
  EXPECT_THAT(said(R"({"ids": ["a", "b", "a"]})"), HasSubstr("ids[2]: is ids[0] once more"));
  EXPECT_THAT(said(R"({"ids": "a"})"), HasSubstr("ids: "));
  EXPECT_THAT(said(R"({"id": "a"})"), HasSubstr("id: "));
  const std::vector<std::string> many(1001, "a");
  EXPECT_THAT(said(fmt::format(R"({{"ids": ["{}"]}})", fmt::join(many, R"(", ")"))),
              HasSubstr("ids: has 1001 entries; at most 1000 are rotated at once"));
}

TEST_F(RotationTest, OtherGatewaysOnTheDatabaseKnowBoth) {
  start(with_grace("1h"));
  const std::string id = made_key("alice");
  auto first = std::move(gateway);
  start(with_grace("1h"));
  const std::string now = rotated(id);
  std::swap(gateway, first);
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (status_of(now) != 200 && std::chrono::steady_clock::now() < end) {
  }
  EXPECT_EQ(status_of(now), 200);
  EXPECT_EQ(status_of(value_), 200);
  TearDown();
  std::swap(gateway, first);
}

}  // namespace
}  // namespace bifrost::test
