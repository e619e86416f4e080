// A file may be anything: cut short at every byte, changed at every byte.
#include "app/config_reference.h"
#include "app/load_config_fixture.h"
#include "config/document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bifrost::app {
namespace {

class Mutation : public testing::Test {
 protected:
  void SetUp() override {
    auto text = config::read_config_file("examples/full.json");
    ASSERT_TRUE(text);
    // Without the indentation, in which there is nothing to break.
    bool at_line_start = true;
    for (const char c : *text) {
      at_line_start = c == '\n' || (c == ' ' && at_line_start);
      if (!at_line_start) text_ += c;
    }
  }

  // Whatever the text, there is an answer, and it shows no secret.
  static void expect_answer(const std::string& text) {
    const ConfigReport report = inspect_text(text);
    for (const config::Problem& problem : report.problems) {
      ASSERT_FALSE(problem.message.empty());
      ASSERT_EQ(render(problem).find(kHush), std::string::npos);
    }
    if (report.problems.empty()) {
      ASSERT_EQ(redacted_dump(report.config).find(kHush), std::string::npos);
    }
  }

  std::string text_;
};

TEST_F(Mutation, EveryTruncationIsASyntaxError) {
  for (std::size_t length = 1; length < text_.size(); ++length) {
    const auto problems = problems_of(std::string_view(text_).substr(0, length));
    ASSERT_EQ(problems.size(), 1U) << length;
    ASSERT_THAT(problems.front(), testing::StartsWith("invalid JSON at line")) << length;
  }
}

TEST_F(Mutation, EveryChangedByteHasAnAnswer) {
  constexpr std::string_view kReplacements("\"}9\0\xff\\,", 7);
  for (std::size_t at = 0; at < text_.size(); ++at) {
    std::string changed = text_;
    changed[at] = kReplacements[at % kReplacements.size()];
    expect_answer(changed);
    if (HasFatalFailure()) FAIL() << "byte " << at;
  }
}

TEST_F(Mutation, RemovedByteHasAnAnswer) {
  for (std::size_t at = 0; at < text_.size(); at += 7) {
    std::string changed = text_;
    changed.erase(at, 1);
    expect_answer(changed);
    if (HasFatalFailure()) FAIL() << "byte " << at << " removed";
  }
}

TEST_F(Mutation, EveryValueOfAnotherTypeHasAnAnswer) {
  for (const std::string_view value : {"null", "-1e308", "[{}]", "{\"\":[]}", "\"env.\"", "true"}) {
    for (std::size_t at = text_.find(": "); at != std::string::npos;
         at = text_.find(": ", at + 1)) {
      std::string changed = text_;
      changed.insert(at + 2, std::string(value) + ",\"rest\":");
      expect_answer(changed);
      if (HasFatalFailure()) FAIL() << value << " inserted at " << at;
    }
  }
}

}  // namespace
}  // namespace bifrost::app
