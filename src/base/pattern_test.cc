#include "base/pattern.h"

#include <gtest/gtest.h>

namespace bifrost {
namespace {

using Case = Pattern::Case;

Pattern pattern(std::string_view text, Case letters = Case::kExact) {
  auto made = Pattern::compile(text, letters);
  EXPECT_TRUE(made.has_value()) << text;
  return *std::move(made);
}

TEST(Pattern, FindsAPartOrTheWhole) {
  EXPECT_TRUE(pattern("gpt-[45]").found_in("openai/gpt-4o"));
  EXPECT_FALSE(pattern("gpt-[45]").matches("openai/gpt-4o"));
  EXPECT_TRUE(pattern(".*gpt-[45]o").matches("openai/gpt-4o"));
  EXPECT_TRUE(pattern("").found_in(""));
}

TEST(Pattern, LooksAtTheCaseUnlessToldNotTo) {
  EXPECT_FALSE(pattern("GPT").found_in("gpt-4o"));
  EXPECT_TRUE(pattern("GPT", Case::kIgnored).found_in("gpt-4o"));
}

TEST(Pattern, SaysWhatIsWrong) {
  const auto made = Pattern::compile("gpt-(4");
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().message, R"(the pattern "gpt-(4" is none: missing ): gpt-(4)");
}

TEST(Pattern, IsBoundedInLengthAndMemory) {
  EXPECT_TRUE(Pattern::compile(std::string(Pattern::kBytesMax, 'a')).has_value());
  EXPECT_FALSE(Pattern::compile(std::string(Pattern::kBytesMax + 1, 'a')).has_value());
  EXPECT_FALSE(Pattern::compile("((((a{100}){100}){100}){100})").has_value());
  EXPECT_FALSE(Pattern::compile("(.{900}){9}").has_value());
}

TEST(Pattern, TakesLinearTime) {
  // Backtracking would take longer than anybody waits.
  const std::string text(20'000, 'a');
  EXPECT_FALSE(pattern("(a+)+b").found_in(text));
  EXPECT_FALSE(pattern("(a|aa)*c").matches(text));
}

}  // namespace
}  // namespace bifrost
