#include "record/custom_labels.h"

#include "base/limits.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bifrost::record {
namespace {

using ::testing::ElementsAre;

class CustomLabelsTest : public ::testing::Test {
 protected:
  std::vector<std::string> values(const http::Headers& headers) {
    std::vector<telemetry::LabelValue> out;
    labels_.append_values(headers, out);
    std::vector<std::string> texts;
    texts.reserve(out.size());
    for (const telemetry::LabelValue& value : out) texts.emplace_back(value.text);
    return texts;
  }

  CustomLabels labels_{std::vector<std::string>{"team", "task_id"}};
};

TEST_F(CustomLabelsTest, AreWhatTheCallerSaysInHeaders) {
  EXPECT_THAT(values({{"x-bf-dim-team", "red"}, {"x-bf-dim-task_id", "7"}}),
              ElementsAre("red", "7"));
  EXPECT_THAT(values({{"x-bf-dim-task-id", "8"}}), ElementsAre("", "8"));
  EXPECT_THAT(values({}), ElementsAre("", ""));
}

TEST_F(CustomLabelsTest, AreCleanAndCut) {
  const std::string written = "\xFF" + std::string(500, 'x');
  EXPECT_THAT(values({{"x-bf-dim-team", written}}),
              ElementsAre(telemetry::clean_label_value(written), ""));
}

TEST_F(CustomLabelsTest, HaveABoundedNumberOfValuesEach) {
  for (std::size_t i = 0; i < limits::kCustomLabelValuesMax; ++i) {
    const std::string value = fmt::format("team{}", i);
    EXPECT_THAT(values({{"x-bf-dim-team", value}}), ElementsAre(value, ""));
  }
  EXPECT_THAT(values({{"x-bf-dim-team", "late"}, {"x-bf-dim-task-id", "9"}}),
              ElementsAre("other", "9"));
  EXPECT_THAT(values({{"x-bf-dim-team", "team0"}}), ElementsAre("team0", ""));
  EXPECT_THAT(values({}), ElementsAre("", ""));
}

}  // namespace
}  // namespace bifrost::record
