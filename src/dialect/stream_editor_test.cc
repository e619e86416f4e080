#include "dialect/stream_editor.h"

#include "base/limits.h"
#include "dialect/chat_codec.h"
#include "dialect/openai_chat/dialect.h"

#include <gtest/gtest.h>

#include <functional>

namespace bifrost::dialect {
namespace {

constexpr StreamWishes kBoth{.without_usage = true, .extra_fields = true};

class Passing {
 public:
  explicit Passing(StreamWishes wishes) { tap_->look_for(wishes); }

  std::string feed(std::string_view bytes) {
    tap_->feed(bytes);
    return std::string(editor_.feed(bytes, *tap_));
  }
  std::string finish() {
    const std::string missing = tap_->finish();
    return std::string(editor_.finish(*tap_)) + missing;
  }
  [[nodiscard]] const TapState& state() const { return tap_->state(); }

 private:
  std::unique_ptr<StreamTap> tap_ = openai_chat::dialect().chat->make_stream_tap();
  StreamEditor editor_{[](ChunkPlace chunk) { return std::to_string(chunk.number); }};
};

// The stream as the caller gets it, in pieces that end at the cuts.
std::string passed(std::string_view text, StreamWishes wishes, std::vector<std::size_t> cuts = {}) {
  Passing passing(wishes);
  std::string out;
  std::size_t from = 0;
  cuts.push_back(text.size());
  for (const std::size_t cut : cuts) {
    out += passing.feed(text.substr(from, cut - from));
    from = cut;
  }
  return out + passing.finish();
}

void expect_for_all_cuts(const std::string& text, StreamWishes wishes,
                         const std::string& expected) {
  EXPECT_EQ(passed(text, wishes), expected);
  std::vector<std::size_t> every;
  for (std::size_t cut = 1; cut < text.size(); ++cut) {
    ASSERT_EQ(passed(text, wishes, {cut}), expected) << cut;
    every.push_back(cut);
  }
  EXPECT_EQ(passed(text, wishes, every), expected);
}

std::string with_line_ends(std::string_view text, std::string_view line_end) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += line_end;
    } else {
      out += c;
    }
  }
  return out;
}

constexpr std::string_view kFirst =
    "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n";
constexpr std::string_view kMiddle =
    ": alive\n\nid: 7\ndata: "
    "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"b\"}}],\"usage\":null}\n\n";
constexpr std::string_view kLast =
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
constexpr std::string_view kUsage =
    ": before\n\nevent: message\ndata: {\"choices\":[],\n: within\ndata: "
    "\"usage\":{\"prompt_tokens\":1}}\n\n";
constexpr std::string_view kDone = "data: [DONE]\n\n";

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const std::string_view part : parts) out += part;
  return out;
}

TEST(StreamEditor, LeavesTheUsageChunkOutAndNothingElse) {
  const std::string text = joined({kFirst, kMiddle, kLast, kUsage, kDone});
  const std::string expected = joined({kFirst, kMiddle, kLast, ": before\n\n", kDone});
  for (const std::string_view line_end : {"\n", "\r\n", "\r"}) {
    expect_for_all_cuts(with_line_ends(text, line_end), {.without_usage = true},
                        with_line_ends(expected, line_end));
  }
}

TEST(StreamEditor, PassesEverythingWhenNothingIsToBeEdited) {
  const std::string text = joined({kFirst, kMiddle, kLast, kUsage, kDone});
  expect_for_all_cuts(text, {}, text);
}

TEST(StreamEditor, PutsExtraFieldsIntoTheFirstAndTheLastChunk) {
  std::string first(kFirst);
  first.insert(first.rfind('}'), ",\"extra_fields\":0");
  std::string last(kLast);
  last.insert(last.rfind('}'), ",\"extra_fields\":2");
  expect_for_all_cuts(joined({kFirst, kMiddle, kLast, kUsage, kDone}), kBoth,
                      joined({first, kMiddle, last, ": before\n\n", kDone}));
}

TEST(StreamEditor, ReplacesTheExtraFieldsOfAnotherGateway) {
  const std::string text =
      "data: {\"extra_fields\":{\"provider\":\"x\"} "
      ",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n";
  const std::string expected =
      "data: {\"extra_fields\":0 ,\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n";
  expect_for_all_cuts(joined({text, kLast, kDone}), {.extra_fields = true},
                      joined({expected,
                              "data: {\"choices\":[{\"index\":0,\"delta\":{},"
                              "\"finish_reason\":\"stop\"}],\"extra_fields\":1}\n\n",
                              kDone}));
}

TEST(StreamEditor, LeavesAnEventAloneWhoseObjectEndsOnALineOfItsOwn) {
  const std::string text =
      joined({"data: {\"choices\":[{\"index\":0}]\ndata: }\ndata:  \n\n", kDone});
  expect_for_all_cuts(text, kBoth, text);
}

TEST(StreamEditor, GivesEventsWhenTheyAreWhole) {
  Passing passing(kBoth);
  EXPECT_EQ(passing.feed(kMiddle.substr(0, 20)), ": alive\n\n");
  EXPECT_EQ(passing.feed(kMiddle.substr(20, 40)), "");
  EXPECT_NE(passing.feed(kMiddle.substr(60)), "");
  EXPECT_EQ(passing.feed(": alive\n"), ": alive\n");
}

TEST(StreamEditor, EditsLargeEventsLikeOthers) {
  std::string large(kUsage);
  large.insert(large.find("\"usage\""), "\"pad\":\"" + std::string(1'000'000, 'x') + "\",");
  const std::string text = joined({kFirst, large, kLast, kDone});
  const std::string expected = joined({kFirst, ": before\n\n", kLast, kDone});
  EXPECT_EQ(passed(text, {.without_usage = true}), expected);
  for (const std::size_t piece : {std::size_t{1000}, std::size_t{32 * 1024}}) {
    std::vector<std::size_t> cuts;
    for (std::size_t cut = piece; cut < text.size(); cut += piece) cuts.push_back(cut);
    EXPECT_EQ(passed(text, {.without_usage = true}, cuts), expected);
  }
}

// An error may follow, which is no part of it.
TEST(StreamEditor, GivesNothingOfAnEventThatIsTooLarge) {
  Passing passing({});
  EXPECT_EQ(passing.feed(kFirst), kFirst);
  EXPECT_EQ(passing.feed("data: "), "");
  const std::string piece(64 * 1024, 'x');
  for (std::size_t sent = 0; sent <= limits::kStreamEventBytesMax; sent += piece.size()) {
    ASSERT_EQ(passing.feed(piece), "");
  }
  EXPECT_TRUE(passing.state().unreadable);
  EXPECT_EQ(passing.state().error->code, ErrorCode::kUpstreamProtocol);
}

TEST(StreamEditor, AddsAnEndBehindAnEventWithoutItsBlankLine) {
  const std::string text = joined({kFirst, kLast.substr(0, kLast.size() - 2)});
  expect_for_all_cuts(text, {}, joined({kFirst, kLast, kDone}));
}

}  // namespace
}  // namespace bifrost::dialect
