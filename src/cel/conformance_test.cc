// The cases of the CEL specification that concern what is served of the language: see
// conformance/README.md.
#include "base/read_file.h"
#include "base/strings.h"
#include "cel/evaluation_fixture.h"

#include <algorithm>
#include <array>
#include <memory>

namespace bifrost::cel {
namespace {

constexpr std::string_view kError = "error";

class Conformance : public testing::TestWithParam<std::string_view> {};

void check_case(std::string_view line, const std::string& where) {
  const auto parts = split(line, '\t');
  ASSERT_GE(parts.size(), 2U) << where << ": an expression, a tab, and what it gives";
  NamedValues variables;
  std::vector<std::unique_ptr<Ran>> values;
  for (const std::string_view binding : std::span(parts).subspan(2)) {
    const std::size_t equals = binding.find(" = ");
    ASSERT_NE(equals, std::string_view::npos) << where << ": name = value";
    const Ran& value = *values.emplace_back(std::make_unique<Ran>(binding.substr(equals + 3)));
    ASSERT_FALSE(value.failed()) << where << ": " << value.why();
    variables.add(binding.substr(0, equals), value.value());
  }
  const Ran run(parts[0], variables);
  if (parts[1] == kError) {
    EXPECT_TRUE(run.failed()) << where << ": " << parts[0];
    return;
  }
  const Ran expected(parts[1]);
  ASSERT_FALSE(expected.failed()) << where << ": " << expected.why();
  ASSERT_FALSE(run.failed()) << where << ": " << parts[0] << "\n" << run.why();
  EXPECT_TRUE(same(run.value(), expected.value())) << where << ": " << parts[0];
  // And so does what is printed of it.
  const Ran again(print(run.program()), variables);
  ASSERT_FALSE(again.failed()) << where << ": " << print(run.program()) << "\n" << again.why();
  EXPECT_TRUE(same(again.value(), expected.value())) << where << ": " << print(run.program());
}

TEST_P(Conformance, HoldsAsTheSpecificationSays) {
  const std::string file = "src/cel/conformance/" + std::string(GetParam()) + ".txt";
  const std::string text = read_file(file, std::size_t{1} << 20);
  std::size_t number = 0;
  std::size_t cases = 0;
  for (const std::string_view line : split(text, '\n')) {
    ++number;
    if (line.empty() || line.starts_with("# ")) continue;
    check_case(line, file + ":" + std::to_string(number));
    ++cases;
  }
  EXPECT_GT(cases, 0U) << file;
}

INSTANTIATE_TEST_SUITE_P(Sections, Conformance,
                         testing::Values("basic", "comparisons", "conversions", "fields", "fp_math",
                                         "integer_math", "lists", "logic", "macros", "parse",
                                         "plumbing", "string"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace bifrost::cel
