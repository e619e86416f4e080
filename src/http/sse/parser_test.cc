#include "http/sse/parser.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bifrost::http::sse {
namespace {

using Events = std::vector<Event>;

// Feeds the text in pieces that end at each of `cuts`, then flushes.
Events parse(std::string_view text, const std::vector<std::size_t>& cuts = {}) {
  Parser parser;
  Events events;
  std::size_t from = 0;
  for (const std::size_t cut : cuts) {
    EXPECT_TRUE(parser.feed(text.substr(from, cut - from), events));
    from = cut;
  }
  EXPECT_TRUE(parser.feed(text.substr(from), events));
  parser.flush(events);
  return events;
}

const std::string kEverything =
    "\xEF\xBB\xBF"
    "data: one\n\n"
    ": a comment\r\n"
    "event: named\r\ndata:two\r\ndata: lines\r\n\r\n"
    "data\rdata:  padded\r\r"
    "id: 7\nretry: 10\nunknown: x\ndata: four\n\n"
    "event: empty\n\n"
    "\n\r\n\r"
    "data: five";

const Events kExpected = {{"", "one"},  {"named", "two\nlines"}, {"", "\n padded"},
                          {"", "four"}, {"empty", ""},           {"", "five"}};

TEST(SseParser, ReadsLfCrAndCrlfWithBomAndComments) { EXPECT_EQ(parse(kEverything), kExpected); }

TEST(SseParser, SurvivesOneCutAnywhere) {
  for (std::size_t cut = 0; cut <= kEverything.size(); ++cut) {
    EXPECT_EQ(parse(kEverything, {cut}), kExpected) << "cut at " << cut;
  }
}

TEST(SseParser, SurvivesTwoCutsAnywhere) {
  for (std::size_t first = 0; first <= kEverything.size(); ++first) {
    for (std::size_t second = first; second <= kEverything.size(); ++second) {
      ASSERT_EQ(parse(kEverything, {first, second}), kExpected) << first << " and " << second;
    }
  }
}

TEST(SseParser, SurvivesSingleBytes) {
  Parser parser;
  Events events;
  for (const char& byte : kEverything) ASSERT_TRUE(parser.feed({&byte, 1}, events));
  parser.flush(events);
  EXPECT_EQ(events, kExpected);
}

TEST(SseParser, TakesABomOnlyAtTheVeryStart) {
  EXPECT_EQ(parse("\n\xEF\xBB\xBF"
                  "data: x\n\n"),
            Events{});
}

TEST(SseParser, DropsOneSpaceBehindTheColon) {
  EXPECT_EQ(parse("data:a\n\ndata: b\n\ndata:  c\n\n"), (Events{{"", "a"}, {"", "b"}, {"", " c"}}));
}

TEST(SseParser, JoinsEmptyDataLines) {
  EXPECT_EQ(parse("data\ndata\n\n"), (Events{{"", "\n"}}));
  EXPECT_EQ(parse("data:\n\n"), (Events{{"", ""}}));
}

TEST(SseParser, DeliversNothingForCommentsAndBlankLines) {
  Parser parser;
  Events events;
  ASSERT_TRUE(parser.feed(": one\n\n:two\n\n\n", events));
  EXPECT_TRUE(events.empty());
  EXPECT_EQ(parser.comments(), 2U);
  EXPECT_FALSE(parser.inside_event());
}

TEST(SseParser, FlushDeliversWhatLacksItsBlankLine) {
  Parser parser;
  Events events;
  ASSERT_TRUE(parser.feed("event: last\ndata: x", events));
  EXPECT_TRUE(events.empty());
  EXPECT_TRUE(parser.inside_event());
  parser.flush(events);
  EXPECT_EQ(events, (Events{{"last", "x"}}));
  parser.flush(events);
  EXPECT_EQ(events.size(), 1U);
}

TEST(SseParser, HoldsAnEventOfExactlyTheBound) {
  constexpr std::size_t kBound = 16;
  Events events;
  Parser exact(kBound);
  EXPECT_TRUE(exact.feed("data: 0123456789\n\n", events));  // a line of 16 bytes
  EXPECT_EQ(events, (Events{{"", "0123456789"}}));
  Parser beyond(kBound);
  const auto fed = beyond.feed("data: 0123456789A\n\n", events);
  ASSERT_FALSE(fed);
  EXPECT_EQ(fed.error().code, ErrorCode::kUpstreamProtocol);
}

TEST(SseParser, BoundsAnEventOfManyLines) {
  Parser parser(64);
  Events events;
  bool failed = false;
  for (int i = 0; i < 64 && !failed; ++i) failed = !parser.feed("data: 0123456789\n", events);
  EXPECT_TRUE(failed);
  EXPECT_TRUE(events.empty());
}

TEST(SseParser, BoundsALineThatNeverEnds) {
  Parser parser(64);
  Events events;
  bool failed = false;
  for (int i = 0; i < 64 && !failed; ++i) failed = !parser.feed("xxxx", events);
  EXPECT_TRUE(failed);
}

TEST(SseParser, FailsForGood) {
  Parser parser(8);
  Events events;
  EXPECT_FALSE(parser.feed("data: 0123456789\n\n", events));
  EXPECT_FALSE(parser.feed("\n\ndata: x\n\n", events));
  parser.flush(events);
  EXPECT_TRUE(events.empty());
}

TEST(SseParser, ReadsBackWhatIsWritten) {
  for (const Event& event :
       {Event{"", "x"}, Event{"a", "{}"}, Event{"b", "two\nlines\n"}, Event{"c", ""}}) {
    std::string bytes;
    append_event(bytes, event.type, event.data);
    EXPECT_EQ(parse(bytes), Events{event});
  }
}

TEST(SseParser, LeavesNothingOfARecycledEventInTheNextOne) {
  Parser parser;
  std::vector<Event> events;
  ASSERT_TRUE(parser.feed("event: a\ndata: 1\n\ndata: 2\n\n", events));
  parser.recycle(events);
  EXPECT_TRUE(events.empty());
  ASSERT_TRUE(parser.feed("data: 3\n\ndata: 4", events));
  EXPECT_EQ(events, (std::vector<Event>{{"", "3"}}));
  parser.recycle(events);  // while the next is being collected
  ASSERT_TRUE(parser.feed("\ndata: 5\n", events));
  parser.recycle(events);
  ASSERT_TRUE(parser.feed("\n", events));
  EXPECT_EQ(events, (std::vector<Event>{{"", "4\n5"}}));
}

// Each event with its bytes, as they stand in the text.
std::vector<std::string> places(std::string_view text, const Events& events) {
  std::vector<std::string> out;
  for (const Event& event : events) {
    out.emplace_back(text.substr(event.begin, event.end - event.begin));
    out.emplace_back(text.substr(event.data_end, 1));
  }
  return out;
}

TEST(SseParser, TellsWhereEachEventStands) {
  const std::string text =
      "data: one\n\n: comment\n\nid: 1\ndata: two\n\nevent: x\r\ndata: 3\r\n\r\n";
  const std::vector<std::string> expected = {
      "data: one\n\n", "\n", "id: 1\ndata: two\n\n", "\n", "event: x\r\ndata: 3\r\n\r\n", "\r"};
  EXPECT_EQ(places(text, parse(text)), expected);
  for (std::size_t cut = 1; cut + 1 < text.size(); ++cut) {  // not between CR and LF of the end
    EXPECT_EQ(places(text, parse(text, {cut})), expected) << cut;
  }
  EXPECT_EQ(places(text, parse(text, {text.size() - 1}))[4], "event: x\r\ndata: 3\r\n\r");
}

TEST(SseParser, TellsHowManyBytesAreComplete) {
  Parser parser;
  Events events;
  const auto complete = [&](std::string_view bytes) {
    EXPECT_TRUE(parser.feed(bytes, events));
    return parser.complete();
  };
  EXPECT_EQ(complete(": alive\n"), 8U);  // a comment needs no blank line
  EXPECT_EQ(complete("da"), 8U);
  EXPECT_EQ(complete("ta: x\n"), 8U);
  EXPECT_EQ(complete(": within\n"), 8U);
  EXPECT_EQ(complete("\n"), 26U);
  EXPECT_EQ(complete("data: y\n\ndata"), 35U);
  EXPECT_EQ(parser.fed(), 39U);
  EXPECT_EQ(complete(": z\n\nid: 1\n"), 44U);
  parser.recycle(events);
  EXPECT_EQ(parser.complete(), 44U);
}

}  // namespace
}  // namespace bifrost::http::sse
