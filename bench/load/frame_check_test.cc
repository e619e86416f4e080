#include "bench/load/frame_check.h"

#include <gtest/gtest.h>

#include <functional>

namespace bifrost::bench {
namespace {

using std::chrono::nanoseconds;

constexpr Recipe kRecipe{.events = 3, .event_bytes = 40};

std::vector<std::string> sent_frames(WireFormat format) {
  std::vector<std::string> frames = opening_frames(format);
  for (std::uint32_t i = 0; i < kRecipe.events; ++i) {
    append_frame(frames.emplace_back(), format,
                 event_text({i, nanoseconds(1000 * i)}, kRecipe.event_bytes));
  }
  for (std::string& frame : closing_frames(format, kRecipe)) frames.push_back(std::move(frame));
  return frames;
}

StreamFaults check(const std::vector<std::string>& frames, FrameCheckOptions options = {}) {
  options.recipe = kRecipe;
  Histogram delays;
  FrameCheck check(options, delays);
  for (const std::string& frame : frames) check.feed(frame, true, SteadyTime(nanoseconds(5000)));
  check.finish();
  return check.faults();
}

class FrameCheckOfEachFormat : public testing::TestWithParam<WireFormat> {};
INSTANTIATE_TEST_SUITE_P(All, FrameCheckOfEachFormat,
                         testing::Values(WireFormat::kOpenAi, WireFormat::kAnthropic,
                                         WireFormat::kGemini));

TEST_P(FrameCheckOfEachFormat, FindsNoFaultInWhatWasSent) {
  const auto frames = sent_frames(GetParam());
  EXPECT_EQ(check(frames, {.format = GetParam(), .exact = true}).total(), 0U);
  EXPECT_EQ(check(frames, {.format = GetParam(), .exact = false}).total(), 0U);
}

TEST_P(FrameCheckOfEachFormat, DoesNotMindHowTheBytesAreCut) {
  std::string bytes;
  for (const std::string& frame : sent_frames(GetParam())) bytes += frame;
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    Histogram delays;
    FrameCheck check({.format = GetParam(), .recipe = kRecipe}, delays);
    check.feed(std::string_view(bytes).substr(0, cut), false, {});
    check.feed(std::string_view(bytes).substr(cut), true, {});
    check.finish();
    ASSERT_EQ(check.faults().total(), 0U) << "cut at " << cut;
    ASSERT_EQ(check.counts().events, 3U);
  }
}

// On its own routes the gateway says in some chunks who answered.
TEST(FrameCheck, TakesExtraFieldsBesideWhatWasSent) {
  std::vector<std::string> frames = sent_frames(WireFormat::kOpenAi);
  frames.front().insert(frames.front().rfind('}'), R"(,"extra_fields":{"provider":"openai"})");
  EXPECT_EQ(check(frames).total(), 0U);
  frames.front().insert(frames.front().rfind('}'), " ");
  EXPECT_EQ(check(frames).altered, 1U);
}

TEST(FrameCheck, CountsTheTimeFromSendingToArrival) {
  Histogram delays;
  FrameCheck check({.recipe = kRecipe}, delays);
  for (const std::string& frame : sent_frames(WireFormat::kOpenAi)) {
    check.feed(frame, true, SteadyTime(nanoseconds(2500)));
  }
  EXPECT_EQ(delays.count(), 3U);
  EXPECT_EQ(delays.longest(), nanoseconds(2500));
  EXPECT_EQ(delays.percentile(50), nanoseconds(1500));
}

TEST(FrameCheck, MissesALostEvent) {
  auto frames = sent_frames(WireFormat::kOpenAi);
  frames.erase(frames.begin() + 2);
  EXPECT_EQ(check(frames).lost, 1U);
  EXPECT_EQ(check(frames).total(), 1U);
}

TEST(FrameCheck, MissesALostEventAtTheEnd) {
  auto frames = sent_frames(WireFormat::kOpenAi);
  frames.erase(frames.begin() + 3);
  EXPECT_EQ(check(frames).lost, 1U);
}

TEST(FrameCheck, NoticesEventsOutOfOrderAndTwice) {
  auto frames = sent_frames(WireFormat::kOpenAi);
  std::swap(frames[1], frames[2]);
  EXPECT_EQ(check(frames).misplaced, 1U);
  frames = sent_frames(WireFormat::kOpenAi);
  frames.insert(frames.begin() + 2, frames[1]);
  EXPECT_EQ(check(frames).misplaced, 1U);
}

TEST(FrameCheck, NoticesTwoEventsInOneFrame) {
  auto frames = sent_frames(WireFormat::kOpenAi);
  const std::string text =
      event_text({0, nanoseconds(0)}, 40) + event_text({1, nanoseconds(1000)}, 40);
  frames[1].clear();
  append_frame(frames[1], WireFormat::kOpenAi, text);
  frames.erase(frames.begin() + 2);
  const StreamFaults faults = check(frames, {.exact = false});
  EXPECT_EQ(faults.merged, 1U);
  EXPECT_GE(faults.lost, 1U);
}

TEST(FrameCheck, NoticesAByteThatIsNotTheSame) {
  auto frames = sent_frames(WireFormat::kOpenAi);
  frames[2][frames[2].find(';') + 2] = '!';
  EXPECT_EQ(check(frames, {.exact = false}).altered, 1U);
  frames = sent_frames(WireFormat::kOpenAi);
  frames[0].insert(6, " ");
  EXPECT_GE(check(frames, {.exact = true}).total(), 1U);
  EXPECT_EQ(check(frames, {.exact = false}).altered, 0U);
}

TEST(FrameCheck, NoticesAnEndThatIsMissingOrCut) {
  auto frames = sent_frames(WireFormat::kOpenAi);
  frames.back() = "data: [DO";
  const StreamFaults faults = check(frames);
  EXPECT_EQ(faults.cut, 1U);
  EXPECT_EQ(faults.unfinished, 1U);
}

TEST(FrameCheck, PassesOverCommentsAndCountsJoinedChunks) {
  auto frames = sent_frames(WireFormat::kOpenAi);
  frames.insert(frames.begin() + 1, ": keep-alive\n\n");
  frames[2] += frames[3];
  frames.erase(frames.begin() + 3);
  Histogram delays;
  FrameCheck check({.recipe = kRecipe}, delays);
  for (const std::string& frame : frames) check.feed(frame, true, {});
  check.finish();
  EXPECT_EQ(check.faults().total(), 0U);
  EXPECT_EQ(check.counts().comments, 1U);
  EXPECT_EQ(check.counts().joined_chunks, 1U);
}

}  // namespace
}  // namespace bifrost::bench
