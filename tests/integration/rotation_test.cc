// Virtual keys that get another value while callers still show the one before.
#include "tests/integration/management_fixture.h"
#include "tests/support/transport.h"

#include <fmt/format.h>

#include <chrono>

namespace bifrost::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

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
