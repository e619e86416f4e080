#include "exchange/compat.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bifrost::exchange {
namespace {

using ::testing::HasSubstr;

constexpr CompatSettings kOff{};
constexpr CompatSettings kOn{.should_drop_params = true};

CompatSettings settings_with(const CompatSettings& configured, const http::Headers& headers) {
  const auto settings = compat_of(configured, headers);
  EXPECT_TRUE(settings) << settings.error().message;
  return settings ? *settings : CompatSettings{};
}

CompatSettings with_header(const CompatSettings& configured, std::string_view value) {
  return settings_with(configured, {{"x-bf-compat", value}});
}

TEST(Compat, IsAsConfiguredWithoutTheHeader) {
  EXPECT_EQ(settings_with(kOff, {}), kOff);
  EXPECT_EQ(settings_with(kOn, {}), kOn);
}

TEST(Compat, IsAsTheHeaderSays) {
  for (const std::string_view on : {"true", " true ", R"(["*"])", R"(["should_drop_params"])",
                                    R"([ "convert_text_to_chat", "should_drop_params" ])"}) {
    EXPECT_EQ(with_header(kOff, on), kOn) << on;
  }
  for (const std::string_view off : {"false", "[]", R"(["should_convert_params"])"}) {
    EXPECT_EQ(with_header(kOn, off), kOff) << off;
  }
}

struct Names {
  std::vector<std::string> all;
  void field(std::string_view name, const auto& /*value*/, const config::Facts& /*facts*/) {
    all.emplace_back(name);
  }
  void unserved(std::string_view name, config::Shape /*shape*/, std::string_view /*text*/) {
    all.emplace_back(name);
  }
};

TEST(Compat, TheHeaderKnowsEverySettingOfTheSection) {
  Names names;
  kOn.describe(names);
  EXPECT_EQ(names.all.size(), 6U);
  for (const std::string& name : names.all) {
    EXPECT_EQ(with_header(kOn, "[\"" + name + "\"]").should_drop_params,
              name == "should_drop_params");
  }
}

TEST(Compat, RefusesWhatIsNoSettingAndNamesTheFix) {
  for (const std::string_view bad :
       {"", "yes", "1", "True", "should_drop_params", "[", R"(["drop_params"])", R"([true])",
        R"({"should_drop_params":true})", R"(["should_drop_params", "no"])"}) {
    const auto settings = compat_of(kOff, {{"x-bf-compat", bad}});
    ASSERT_FALSE(settings) << bad;
    EXPECT_EQ(settings.error().code, ErrorCode::kInvalidRequest);
    EXPECT_EQ(settings.error().param, "x-bf-compat");
    EXPECT_THAT(settings.error().message, HasSubstr("\"" + std::string(bad) + "\""));
    EXPECT_THAT(settings.error().message, HasSubstr(R"(["should_drop_params"])"));
  }
}

}  // namespace
}  // namespace bifrost::exchange
