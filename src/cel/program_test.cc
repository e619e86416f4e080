#include "cel/program.h"

#include "cel/evaluation_fixture.h"

#include <array>

namespace bifrost::cel {
namespace {

constexpr std::array<std::string_view, 3> kNames = {"model", "headers", "budget_used"};

std::string fault_of(std::string_view text) {
  const auto program = Program::compile(text, kNames);
  return program ? std::string("it compiles") : program.error().message;
}

TEST(Program, SaysWhereItDoesNotCompileAndWhy) {
  EXPECT_EQ(fault_of("model == "),
            "line 1, column 10: the expression ends where a value was expected");
  EXPECT_EQ(fault_of("model = 'x'"), R"(line 1, column 7: "=" does not belong here)");
  EXPECT_EQ(fault_of("model == 'x\n'"), "line 1, column 10: the text has no end: a ' is missing");
  EXPECT_EQ(fault_of("model ==\n  ('ä' + mode"),
            R"(line 2, column 10: there is no "mode"; did you mean "model"?)");
  EXPECT_EQ(fault_of("model.startWith('x')"),
            R"(line 1, column 7: there is no function "startWith")");
  EXPECT_EQ(fault_of("model.startsWith()"),
            R"(line 1, column 7: "startsWith" takes 2, with what it is called on, and not 1)");
  EXPECT_EQ(fault_of("startsWith(model, 'x')"),
            R"(line 1, column 1: there is no function "startsWith")");
  EXPECT_EQ(fault_of("model 'x'"),
            R"(line 1, column 7: "'x'" where an operator, or the end was expected)");
  EXPECT_EQ(fault_of("has(model)"), R"(line 1, column 1: "has" takes a field: has(a.b))");
  EXPECT_EQ(fault_of("'\\q' == model"),
            R"(line 1, column 2: there is no such escape; for a backslash write \\)");
  EXPECT_EQ(fault_of("1 == 99999999999999999999"), "line 1, column 6: this number is too large");
  EXPECT_EQ(fault_of("package == 1"), R"(line 1, column 1: "package" is a reserved word)");
  EXPECT_EQ(fault_of("[1].exists(1, true)"),
            R"(line 1, column 12: "1" where a name for each element was expected)");
  EXPECT_EQ(fault_of("Message{}"), "line 1, column 1: messages are not supported");
  EXPECT_EQ(fault_of(""), "line 1, column 1: the expression ends where a value was expected");
}

TEST(Program, TakesPatternsOnlyWrittenDown) {
  EXPECT_EQ(fault_of("model.matches(headers['x'])"),
            "line 1, column 22: the pattern of matches has to be a text in quotes");
  EXPECT_EQ(fault_of("model.matches('gpt-(4')"),
            R"(line 1, column 15: the pattern "gpt-(4" is none: missing ): gpt-(4)");
}

TEST(Program, IsBoundedInLength) {
  const std::string fill(Program::kBytesMax - 4, ' ');
  EXPECT_EQ(fault_of("true" + fill), "it compiles");
  EXPECT_EQ(fault_of("true " + fill),
            "an expression may have at most 4096 bytes, and this one has 4097");
}

TEST(Program, IsBoundedInDepth) {
  const auto in_brackets = [](std::size_t depth) {
    return std::string(depth, '(') + "1" + std::string(depth, ')');
  };
  EXPECT_EQ(fault_of(in_brackets(Program::kNestingMax - 1)), "it compiles");
  EXPECT_EQ(fault_of(in_brackets(Program::kNestingMax)), "line 1, column 65: nested too deeply");
  std::string sum = "1";
  for (std::size_t i = 1; i < Program::kNestingMax; ++i) sum += "+1";
  EXPECT_EQ(fault_of(sum), "it compiles");
  EXPECT_EQ(fault_of(sum + "+1"), "line 1, column 128: nested too deeply");
  EXPECT_EQ(fault_of(std::string(Program::kNestingMax, '!') + "true"),
            "line 1, column 1: nested too deeply");
}

TEST(Program, HasRoomForLongChainsOfAlternatives) {
  std::string text = "model == 'a'";
  while (text.size() + 16 < Program::kBytesMax) text += " || model == 'a'";
  EXPECT_EQ(fault_of(text), "it compiles");
}

TEST(Program, KnowsWhichVariablesItAsksFor) {
  const auto program = Program::compile("model == 'x' && budget_used > 80.0", kNames);
  ASSERT_TRUE(program.has_value());
  EXPECT_TRUE(program->uses(0));
  EXPECT_FALSE(program->uses(1));
  EXPECT_TRUE(program->uses(2));
}

TEST(Program, KnowsWhatCanBeNoCondition) {
  const auto is_condition = [](std::string_view text) {
    const auto program = Program::compile(text, kNames);
    EXPECT_TRUE(program.has_value()) << text;
    return program && program->is_condition();
  };
  EXPECT_TRUE(is_condition("model == 'x'"));
  EXPECT_TRUE(is_condition("true"));
  EXPECT_TRUE(is_condition("headers['x-on']"));
  EXPECT_FALSE(is_condition("model + 'x'"));
  EXPECT_FALSE(is_condition("'gpt-4o'"));
  EXPECT_FALSE(is_condition("size(model)"));
}

TEST(Program, TakesTextsOverSeveralLines) {
  const Ran run("'''a\nb''' == 'a\\nb' // and a comment\n && true");
  EXPECT_TRUE(run.truth());
  EXPECT_TRUE(Ran("\"\"\"a\tb\"\"\" == 'a\tb'").truth());
}

TEST(Program, IsPrintedWithAllBrackets) {
  const auto program = Program::compile(
      R"(!(model in ["a", "b"]) || headers.x.matches("\\d") && -budget_used + 2 * 3 > 1.0)",
      kNames);
  ASSERT_TRUE(program.has_value());
  EXPECT_EQ(print(*program), R"(((!(model in ["a", "b"])) || (headers.`x`.matches("\\d") && )"
                             R"((((-budget_used) + (2 * 3)) > 1.0))))");
}

TEST(Program, AMinusBeforeZeroStaysWhenItIsPrinted) {
  for (const std::string_view text : {"-0", "------0", "-0x0", "-1", "--1"}) {
    const auto program = Program::compile(text, {});
    ASSERT_TRUE(program) << text;
    const auto again = Program::compile(print(*program), {});
    ASSERT_TRUE(again) << text;
    EXPECT_EQ(print(*again), print(*program)) << text;
  }
}

}  // namespace
}  // namespace bifrost::cel
