#include "provider/settings/key_parts.h"

#include "config/facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bifrost::provider {
namespace {

// A part that names a server, and one that does not.
struct Local {
  static constexpr std::string_view kSection = "local_key_config";
  static constexpr std::string_view kText = "A server.";
  std::string url;
  [[nodiscard]] OwnServer server() const { return {.url = url}; }
  friend bool operator==(const Local&, const Local&) = default;
};
struct Cloud {
  static constexpr std::string_view kSection = "cloud_key_config";
  static constexpr std::string_view kText = "A region.";
  std::string region;
  friend bool operator==(const Cloud&, const Cloud&) = default;
};
struct Names {
  void field(std::string_view name, const auto& /*part*/, const config::Facts& /*facts*/) {
    names.emplace_back(name);
  }
  std::vector<std::string> names;
};
using Parts = KeyParts<Cloud, Local>;

TEST(KeyParts, HoldWhatWasSet) {
  Parts parts;
  EXPECT_EQ(parts.find<Cloud>(), nullptr);
  parts.set(Cloud{.region = "north"});
  ASSERT_NE(parts.find<Cloud>(), nullptr);
  EXPECT_EQ(parts.find<Cloud>()->region, "north");
  EXPECT_EQ(parts.find<Local>(), nullptr);
  EXPECT_NE(parts, Parts());
}

TEST(KeyParts, NameTheServerOfThePartThatHasOne) {
  Parts parts;
  parts.set(Cloud{.region = "north"});
  EXPECT_EQ(parts.server().url, "");
  parts.set(Local{.url = "http://gpu:8000"});
  EXPECT_EQ(parts.server().url, "http://gpu:8000");
}

TEST(KeyParts, StandInTheFileInTheOrderOfTheirList) {
  Parts parts;
  Names visit;
  parts.describe(visit);
  EXPECT_THAT(visit.names, testing::ElementsAre("cloud_key_config", "local_key_config"));
}

}  // namespace
}  // namespace bifrost::provider
