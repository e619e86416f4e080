// A request that loses its tools or its turns on the way to another dialect: the same rule for
// every dialect that it may go to.
#include "dialect/chat_codec.h"
#include "dialect/dialect.h"
#include "llm/request_testing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::dialect {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;

using Mode = llm::ToolChoice::Mode;

llm::Part text(std::string words) { return {.content = llm::TextPart{.text = std::move(words)}}; }

// Written in a dialect that is none of ours, so that it is a translation everywhere.
llm::Request foreign(std::vector<llm::Message> messages) {
  llm::Request request;
  request.dialect = "elsewhere";
  request.messages = std::move(messages);
  request.max_tokens = 10;
  llm::place_all(request);
  return request;
}

llm::Request asking_for_a_tool() {
  llm::Request request = foreign({{.role = llm::Role::kUser, .parts = {text("hi")}}});
  request.tool_choice = llm::ToolChoice{.mode = Mode::kRequired};
  request.parallel_tool_calls = false;
  return request;
}

class WhatIsLeftTest : public ::testing::TestWithParam<const Dialect*> {
 protected:
  static Result<EncodedRequest> encode(const llm::Request& request, const Flavor& flavor = {}) {
    return GetParam()->chat->encode_request(request, {.model = "model", .flavor = flavor});
  }

  static void expect_no_choice(const Result<EncodedRequest>& encoded) {
    ASSERT_TRUE(encoded) << encoded.error().message;
    for (const char* word : {"tools", "tool_choice", "toolConfig", "parallel_tool"}) {
      EXPECT_THAT(encoded->body, Not(HasSubstr(word)));
    }
    EXPECT_THAT(encoded->dropped.lost, IsSupersetOf({"tool_choice", "parallel_tool_calls"}));
  }

  static void expect_nothing_left(const llm::Request& request) {
    const auto encoded = encode(request);
    ASSERT_FALSE(encoded) << encoded->body;
    EXPECT_EQ(encoded.error().code, ErrorCode::kInvalidRequest);
    EXPECT_EQ(encoded.error().retry, Retry::kOtherTarget);
    EXPECT_EQ(encoded.error().param, "messages");
  }
};

TEST_P(WhatIsLeftTest, WithoutAToolThereIsNoChoice) {
  llm::Request request = asking_for_a_tool();
  request.raw_tools = {{.dialect = "elsewhere", .type = "shell", .json = "{}"}};
  llm::place_all(request);
  const auto encoded = encode(request);
  expect_no_choice(encoded);
  EXPECT_THAT(encoded->dropped.lost, Contains("tools[0]"));
}

TEST_P(WhatIsLeftTest, AllowingParallelCallsNeedsAToolToo) {
  llm::Request request = asking_for_a_tool();
  request.parallel_tool_calls = true;
  expect_no_choice(encode(request));
}

TEST_P(WhatIsLeftTest, ToolsThatTheEndpointRefusesTakeTheChoiceAlong) {
  static constexpr std::array<std::string_view, 1> kRemoved = {"tools"};
  llm::Request request = asking_for_a_tool();
  request.tools = {{.name = "f", .parameters = R"({"type":"object"})"}};
  request.raw_tools = {{.dialect = std::string(GetParam()->name), .type = "x", .json = "{}"}};
  llm::place_all(request);
  const auto encoded = encode(request, {.removed_fields = kRemoved});
  expect_no_choice(encoded);
  EXPECT_THAT(encoded->dropped.lost, Contains("tools"));
}

TEST_P(WhatIsLeftTest, NoToolIsForcedWhereNoneIsLeft) {
  llm::Request request = asking_for_a_tool();
  request.raw_tools = {{.dialect = "elsewhere", .type = "shell", .json = "{}"}};
  llm::place_all(request);
  request.reasoning = llm::Reasoning{.effort = "high"};
  const auto encoded = encode(request, {.forced_tool_ends_thinking = true});
  ASSERT_TRUE(encoded);
  EXPECT_THAT(encoded->body, Not(HasSubstr("disabled")));
  EXPECT_THAT(encoded->dropped.lost, Not(Contains("reasoning_effort")));
}

TEST_P(WhatIsLeftTest, AConversationOfWhichNothingIsLeftIsRefused) {
  const llm::Part block{.content = llm::RawPart{.dialect = "elsewhere", .type = "x", .json = "{}"}};
  expect_nothing_left(foreign({{.role = llm::Role::kUser, .parts = {block}}}));
  expect_nothing_left(foreign({{.role = llm::Role::kSystem, .parts = {block}},
                               {.role = llm::Role::kAssistant, .parts = {block}}}));
  expect_nothing_left(foreign({{.role = llm::Role::kUser}, {.role = llm::Role::kAssistant}}));
}

TEST_P(WhatIsLeftTest, ATurnWithoutPartsIsLeftOut) {
  const auto encoded =
      encode(foreign({{.role = llm::Role::kUser, .parts = {text("hi")}},
                      {.role = llm::Role::kAssistant},
                      {.role = llm::Role::kUser, .parts = {text("still there?")}}}));
  ASSERT_TRUE(encoded);
  EXPECT_THAT(encoded->body, Not(HasSubstr("null")));
  EXPECT_THAT(encoded->body, Not(HasSubstr("assistant")));
  EXPECT_THAT(encoded->body, Not(HasSubstr(R"("role":"model")")));
}

INSTANTIATE_TEST_SUITE_P(Dialects, WhatIsLeftTest, ::testing::ValuesIn(all().begin(), all().end()),
                         [](const auto& each) { return std::string(each.param->name); });

}  // namespace
}  // namespace bifrost::dialect
