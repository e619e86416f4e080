#include "bench/load/wire_format.h"

#include "json/document.h"

#include <gtest/gtest.h>

namespace bifrost::bench {
namespace {

using std::chrono::nanoseconds;

class WireFormatEach : public testing::TestWithParam<WireFormat> {};
INSTANTIATE_TEST_SUITE_P(All, WireFormatEach,
                         testing::Values(WireFormat::kOpenAi, WireFormat::kAnthropic,
                                         WireFormat::kGemini));

TEST_P(WireFormatEach, AsksInARequestThatIsReadBack) {
  for (const bool stream : {false, true}) {
    const Recipe recipe{.answer_bytes = 77, .events = 5};
    const RequestOptions options{GetParam(), "openai/" + model_name(recipe), stream, 1024};
    const std::string body = request_body(options);
    EXPECT_EQ(body.size(), 1024U);
    EXPECT_TRUE(json::Document::parse(body));
    const auto asked = read_request(request_path(options), body);
    ASSERT_TRUE(asked);
    EXPECT_EQ(asked->format, GetParam());
    EXPECT_EQ(asked->recipe, recipe);
    EXPECT_EQ(asked->stream, stream);
  }
}

TEST_P(WireFormatEach, RefusesAPromptWithoutItsEnd) {
  const RequestOptions options{GetParam(), "bench", false, 1024};
  std::string body = request_body(options);
  body.erase(body.find(kPromptEnd), 3);
  EXPECT_FALSE(read_request(request_path(options), body));
}

TEST_P(WireFormatEach, AnswersWithJson) {
  const std::string body = answer_body(GetParam(), {.answer_bytes = 2000});
  EXPECT_GT(body.size(), 2000U);
  EXPECT_TRUE(json::Document::parse(body));
  EXPECT_TRUE(json::Document::parse(error_body(GetParam(), 429)));
}

TEST(EventText, HoldsItsMark) {
  const EventMark mark{1234567, nanoseconds(0x0123456789abcdef)};
  const std::string text = event_text(mark, 64);
  EXPECT_EQ(text.size(), 64U);
  EXPECT_EQ(find_mark("xx" + text), 2U);
  EXPECT_EQ(parse_mark(text), mark);
  EXPECT_EQ(event_text(mark, 0).size(), kMarkBytes);
}

TEST(EventText, IsNoMarkWhenDamaged) {
  const std::string text = event_text({5, nanoseconds(6)}, 64);
  for (std::size_t i = 0; i < kMarkBytes; ++i) {
    std::string damaged = text;
    damaged[i] = '~';
    EXPECT_FALSE(parse_mark(damaged)) << i;
  }
  EXPECT_FALSE(parse_mark(text.substr(0, kMarkBytes - 1)));
}

}  // namespace
}  // namespace bifrost::bench
