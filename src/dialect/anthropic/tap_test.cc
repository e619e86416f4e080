#include "dialect/anthropic/functions.h"

#include <gtest/gtest.h>

namespace bifrost::dialect::anthropic {
namespace {

constexpr std::string_view kStart =
    "event: message_start\n"
    R"(data: {"type":"message_start","message":{"id":"msg_1","model":"m","usage":{"input_tokens":9,"output_tokens":1}}})"
    "\n\n";
constexpr std::string_view kText =
    "event: content_block_delta\ndata: {\"type\":\"content_block_delta\"}\n\n";
constexpr std::string_view kFinish =
    "event: message_delta\n"
    R"(data: {"type":"message_delta","delta":{"stop_reason":"max_tokens"},"usage":{"output_tokens":4}})"
    "\n\n";
constexpr std::string_view kStop = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

TEST(AnthropicTap, ReadsAlong) {
  const auto tap = make_stream_tap();
  for (const std::string_view bytes : {kStart, kText, kText, kFinish, kStop}) tap->feed(bytes);
  EXPECT_EQ(tap->finish(), "");
  EXPECT_EQ(tap->state().id, "msg_1");
  EXPECT_EQ(tap->state().usage, (llm::Usage{.input = 9, .output = 4, .known = true}));
  EXPECT_EQ(tap->state().finish, llm::FinishReason::kLength);
  EXPECT_EQ(tap->state().events, 5U);
  EXPECT_EQ(tap->state().content_events, 2U);
  EXPECT_TRUE(tap->state().ended);
}

// A caller's SDK believes the data, so usage is counted by it too.
TEST(AnthropicTap, BelievesTheDataWhereTheLineBeforeItDiffers) {
  const auto tap = make_stream_tap();
  tap->feed(kStart);
  tap->feed("event: content_block_delta\n" + std::string(kFinish.substr(kFinish.find('\n') + 1)));
  tap->feed("event: content_block_stop\n" + std::string(kStop.substr(kStop.find('\n') + 1)));
  EXPECT_EQ(tap->finish(), "");
  EXPECT_EQ(tap->state().usage, (llm::Usage{.input = 9, .output = 4, .known = true}));
  EXPECT_EQ(tap->state().finish, llm::FinishReason::kLength);
  EXPECT_EQ(tap->state().content_events, 0U);
  EXPECT_TRUE(tap->state().ended);
}

TEST(AnthropicTap, TakesTheTypeFromTheLineBeforeDataWithoutOne) {
  const auto tap = make_stream_tap();
  tap->feed(kStart);
  tap->feed("event: message_delta\ndata: {\"usage\":{\"output_tokens\":4}}\n\n");
  EXPECT_EQ(tap->state().usage, (llm::Usage{.input = 9, .output = 4, .known = true}));
}

TEST(AnthropicTap, AddsTheMissingEnd) {
  const auto tap = make_stream_tap();
  tap->feed(kStart);
  tap->feed(kFinish);
  const std::string missing = tap->finish();
  EXPECT_TRUE(missing.ends_with(kStop));
  EXPECT_TRUE(tap->state().ended);
  EXPECT_FALSE(tap->state().error);
}

TEST(AnthropicTap, ReportsAStreamThatWasCut) {
  const auto tap = make_stream_tap();
  tap->feed(kStart);
  tap->feed(kText);
  EXPECT_EQ(tap->finish(), "");
  ASSERT_TRUE(tap->state().error);
  EXPECT_EQ(tap->state().error->code, ErrorCode::kUpstreamCutShort);
}

TEST(AnthropicTap, ReportsAnErrorInside) {
  const auto tap = make_stream_tap();
  tap->feed(kStart);
  tap->feed(
      "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\","
      "\"message\":\"slow\"}}\n\n");
  EXPECT_EQ(tap->finish(), "");
  ASSERT_TRUE(tap->state().error);
  EXPECT_EQ(tap->state().error->code, ErrorCode::kUpstreamRateLimited);
}

}  // namespace
}  // namespace bifrost::dialect::anthropic
