#include "record/model_names.h"

#include "base/limits.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bifrost::record {
namespace {

using telemetry::kOther;
using telemetry::LabelValue;
using telemetry::Standing;

class ModelNamesTest : public ::testing::Test {
 protected:
  void try_junk(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      ignore_value(names_.tried("openai", fmt::format("junk{}", i)));
    }
  }
  static void ignore_value(const LabelValue& /*value*/) {}

  ModelNames names_;
};

TEST_F(ModelNamesTest, ANameIsAcceptedOnceItWasServed) {
  EXPECT_EQ(names_.served("openai", "gpt-4o").standing, Standing::kAccepted);
  const LabelValue failed = names_.tried("openai", "gpt-4o");
  EXPECT_EQ(failed.text, "gpt-4o");
  EXPECT_EQ(failed.standing, Standing::kAccepted);
  EXPECT_EQ(names_.unknown("openai", "gpt-4o").text, "gpt-4o");
}

TEST_F(ModelNamesTest, AFewOfThoseThatWereTriedAreShown) {
  try_junk(limits::kTriedModelsMax - 1);
  const LabelValue last = names_.tried("openai", "gpt-5");
  EXPECT_EQ(last.text, "gpt-5");
  EXPECT_EQ(last.standing, Standing::kTried);
  EXPECT_EQ(names_.tried("openai", "gpt-6").text, kOther);
  EXPECT_EQ(names_.tried("openai", "gpt-6").standing, Standing::kOurs);
  EXPECT_EQ(names_.tried("openai", "gpt-5").text, "gpt-5") << "as before";
  EXPECT_EQ(names_.tried("anthropic", "claude").text, "claude") << "each provider has its own";
}

TEST_F(ModelNamesTest, JunkTakesNoPlaceOfARealName) {
  try_junk(10'000);
  EXPECT_EQ(names_.served("openai", "gpt-4o").text, "gpt-4o");
  EXPECT_EQ(names_.served("openai", "junk3").standing, Standing::kAccepted) << "no junk after all";
  EXPECT_EQ(names_.tried("openai", "gpt-5").text, "gpt-5") << "in the place that became free";
}

TEST_F(ModelNamesTest, AProviderThatServesAnyNameHasABound) {
  for (std::size_t i = 0; i < limits::kServedModelsMax; ++i) {
    EXPECT_NE(names_.served("openai", fmt::format("name{}", i)).text, kOther);
  }
  EXPECT_EQ(names_.served("openai", "one-more").text, kOther);
  EXPECT_EQ(names_.served("openai", "name0").text, "name0");
  names_.configure(std::vector<ConfiguredModels>{{"openai", {"one-more"}}});
  EXPECT_EQ(names_.served("openai", "one-more").text, "one-more");
}

TEST_F(ModelNamesTest, WhatAProviderDoesNotKnowIsNeverNew) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(names_.unknown("openai", "gpt-0").text, kOther);
  try_junk(limits::kTriedModelsMax - 1);
  EXPECT_EQ(names_.tried("openai", "gpt-5").text, "gpt-5") << "it took no place";
}

TEST_F(ModelNamesTest, ConfiguredNamesAreListedUntilTheyAreNotConfiguredAnyMore) {
  ignore_value(names_.tried("openai", "b"));
  ignore_value(names_.served("openai", "c"));
  names_.configure(std::vector<ConfiguredModels>{{"openai", {"a", "b", "c"}}, {"groq", {}}});
  for (const char* name : {"a", "b", "c"}) {
    EXPECT_EQ(names_.unknown("openai", name).standing, Standing::kListed) << name;
  }
  ignore_value(names_.served("openai", "d"));
  names_.configure(std::vector<ConfiguredModels>{{"openai", {"a"}}});
  EXPECT_EQ(names_.unknown("openai", "a").standing, Standing::kListed);
  EXPECT_EQ(names_.unknown("openai", "b").text, kOther);
  EXPECT_EQ(names_.unknown("openai", "d").text, "d") << "it was served";
}

TEST_F(ModelNamesTest, AreCleanAndCut) {
  const std::string written = "a\xFF\n" + std::string(500, 'x');
  const std::string published = telemetry::clean_label_value(written);
  EXPECT_EQ(names_.tried("openai", written).text, published);
  EXPECT_EQ(names_.tried("openai", published).text, published);
  EXPECT_EQ(names_.served("openai", written + "y").text, published) << "the same when cut";
  try_junk(limits::kTriedModelsMax);
  EXPECT_NE(names_.tried("openai", "junk31").text, kOther) << "it took one place only";
}

}  // namespace
}  // namespace bifrost::record
