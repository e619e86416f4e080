#include "cel/evaluation.h"

#include "cel/evaluation_fixture.h"

#include <array>

namespace bifrost::cel {
namespace {

TEST(Evaluation, SaysWhereItFailsAndWhy) {
  EXPECT_EQ(Ran("{'a': 1}['b'] == 1").why(), "line 1, column 9: there is no such key");
  EXPECT_EQ(Ran("true &&\n 'a' < 1").why(),
            "line 2, column 6: this cannot be done with values of these types");
  EXPECT_EQ(Ran("1 / 0 == 1").why(), "line 1, column 3: this divides by zero");
  EXPECT_EQ(Ran("[1][1] == 1").why(), "line 1, column 4: the list has no such element");
  EXPECT_EQ(Ran("'a' ? 1 : 2").why(),
            "line 1, column 5: this cannot be done with values of these types");
}

// Asked for one that it must not come to, it fails the test.
class Watched final : public Variables {
 public:
  static constexpr std::array<std::string_view, 2> kNames = {"cheap", "dear"};
  [[nodiscard]] std::optional<Value> get(std::size_t variable) const override {
    EXPECT_EQ(kNames[variable], "cheap");
    return Value(true);
  }
};

TEST(Evaluation, AsksOnlyForVariablesThatItComesTo) {
  const Watched variables;
  for (const std::string_view text : {"cheap || dear", "cheap ? true : dear", "!cheap && dear"}) {
    const auto program = Program::compile(text, Watched::kNames);
    ASSERT_TRUE(program.has_value());
    EXPECT_TRUE(Evaluation(*program, variables).run().has_value());
  }
}

class Unknown final : public Variables {
 public:
  [[nodiscard]] std::optional<Value> get(std::size_t /*variable*/) const override {
    return std::nullopt;
  }
};

TEST(Evaluation, FailsWhereAVariableIsNotKnown) {
  static constexpr std::array<std::string_view, 1> kNames = {"tier"};
  const Unknown variables;
  const auto run = [&](std::string_view text) {
    const auto program = Program::compile(text, kNames);
    EXPECT_TRUE(program.has_value());
    return Evaluation(*program, variables).run().has_value();
  };
  EXPECT_FALSE(run("tier != 'x'"));
  EXPECT_TRUE(run("tier != 'x' || true"));
}

TEST(Evaluation, EndsAfterSomeSteps) {
  const std::string ten = "[0,1,2,3,4,5,6,7,8,9]";
  std::string text = "true";
  for (const char* name : {"a", "b", "c"}) text.insert(0, ten + ".all(" + name + ", ").append(")");
  const Ran within(text);
  EXPECT_TRUE(within.truth());
  EXPECT_GT(within.steps(), 1000U);
  const Ran beyond(ten + ".all(d, " + ten + ".all(e, " + text + "))");
  EXPECT_TRUE(beyond.failed());
  EXPECT_TRUE(beyond.why().ends_with("this takes too many steps")) << beyond.why();
  EXPECT_EQ(beyond.steps(), Evaluation::kStepsMax);
  // What decides comes too late.
  EXPECT_TRUE(Ran("(" + ten + ".all(d, " + ten + ".all(e, " + text + "))) || true").failed());
}

TEST(Evaluation, CountsTextsByTheirLength) {
  NamedValues variables;
  const std::string text(64 * 1024, 'a');
  variables.add("text", Value(std::string_view(text)));
  EXPECT_TRUE(Ran("text == text", variables).truth());
  EXPECT_TRUE(Ran("text + text == text", variables).failed() == false);
  EXPECT_FALSE(Ran("text.matches('b$')", variables).failed() &&
               Ran("text.size() == 1", variables).failed());
  std::string sum = "text";
  for (int i = 0; i < 20; ++i) sum += " + text";
  EXPECT_TRUE(Ran(sum + " == ''", variables).failed());
}

TEST(Evaluation, CountsASearchByItsWorstCase) {
  NamedValues variables;
  const std::string text(32 * 1024, 'a');
  const std::string wanted = std::string(16 * 1024, 'a') + "b";
  variables.add("text", Value(std::string_view(text)));
  variables.add("wanted", Value(std::string_view(wanted)));
  EXPECT_FALSE(Ran("text.contains('aab')", variables).truth());
  EXPECT_TRUE(Ran("text.contains(wanted)", variables).failed());
}

TEST(Evaluation, CountsALookUpByTheKeysOfTheMap) {
  std::string map = "{";
  for (int i = 0; i < 100; ++i) map += std::to_string(i) + ": 0, ";
  const Ran run(map + "}[99] == 0");
  EXPECT_TRUE(run.truth());
  // A node for each key and value, every two keys compared, and the look-up.
  EXPECT_GT(run.steps(), 200U + 100U * 99 / 2 + 100U / 8);
}

TEST(Evaluation, FindsPatternsAnywhereInAText) {
  EXPECT_TRUE(Ran("'openai/gpt-4o'.matches('gpt-[45]')").truth());
  EXPECT_FALSE(Ran("'openai/gpt-4o'.matches('^gpt')").truth());
}

TEST(Evaluation, HidesVariablesBehindTheNamesOfMacros) {
  NamedValues variables;
  variables.add("x", Value(std::int64_t{7}));
  EXPECT_TRUE(Ran("[1].all(x, [x + 1].all(x, x == 2)) && x == 7", variables).truth());
}

}  // namespace
}  // namespace bifrost::cel
