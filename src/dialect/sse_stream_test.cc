#include "dialect/sse_stream.h"

#include "base/limits.h"
#include "dialect/chat_codec.h"
#include "dialect/dialect.h"
#include "dialect/stream_editor.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <variant>
#include <vector>

namespace bifrost::dialect {
namespace {

using Events = std::vector<llm::StreamEvent>;

// "end" ends, "enough" makes a missing end acceptable, anything else is text.
class EchoDecoder final : public SseDecoder {
 private:
  void on_event(const http::sse::Event& event, Events& out) override {
    if (event.data == "end") {
      end(out);
    } else if (event.data == "bad") {
      fail(upstream_error(ErrorCode::kUpstreamServerError, Retry::kNo, "bad"), out);
    } else {
      enough_ = enough_ || event.data == "enough";
      out.emplace_back(llm::TextDelta{.text = event.data});
    }
  }
  void on_bytes_end(Events& out) override {
    if (enough_) end(out);
  }

  bool enough_ = false;
};

class EchoTap final : public SseTap {
 private:
  void on_event(const http::sse::Event& event) override {
    if (event.data == "end") state_.ended = true;
    enough_ = enough_ || event.data == "enough";
  }
  std::string on_bytes_end() override {
    if (!enough_) return {};
    state_.ended = true;
    return "data: end\n\n";
  }

  bool enough_ = false;
};

Events run(std::string_view text) {
  EchoDecoder decoder;
  Events events;
  decoder.feed(text, events);
  decoder.finish(events);
  return events;
}

std::string failure(const Events& events) {
  if (events.empty()) return "nothing";
  const auto* last = std::get_if<llm::StreamFailure>(&events.back());
  return last == nullptr ? "none" : std::string(last->error.name());
}

TEST(SseDecoder, TakesNothingBehindTheEnd) {
  const Events events = run("data: a\n\ndata: end\n\ndata: b\n\n");
  ASSERT_EQ(events.size(), 2U);
  EXPECT_TRUE(std::holds_alternative<llm::StreamEnd>(events.back()));
}

TEST(SseDecoder, TakesNothingBehindAFailure) {
  const Events events = run("data: bad\n\ndata: end\n\n");
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(failure(events), "upstream_server_error");
}

TEST(SseDecoder, TellsACutStreamFromACompleteOne) {
  EXPECT_EQ(failure(run("data: a\n\n")), "upstream_cut_short");
  EXPECT_EQ(failure(run("")), "upstream_cut_short");
  EXPECT_EQ(failure(run("data: enough\n\n")), "none");
  EXPECT_EQ(failure(run("data: enough")), "none");  // only the blank line is missing
}

TEST(SseDecoder, TellsWhatIsNoStream) {
  EXPECT_EQ(failure(run("<html>\n</html>\n")), "upstream_protocol");
  EXPECT_EQ(failure(run("\n {\"error\": \"x\"}")), "upstream_protocol");
  EXPECT_EQ(failure(run("data: a\n\n{\"x\":1}\n")), "upstream_cut_short");
}

TEST(SseDecoder, PassesSignsOfLifeOn) {
  EchoDecoder decoder;
  Events events;
  decoder.feed(": still here\n\n", events);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<llm::Ping>(events.front()));
  decoder.feed("\n", events);
  EXPECT_EQ(events.size(), 1U);
}

TEST(SseDecoder, FailsOnAnEventBeyondTheBound) {
  EchoDecoder decoder;
  Events events;
  const std::string piece(1024 * 1024, 'x');
  decoder.feed("data: ", events);
  for (std::size_t sent = 0; sent <= limits::kStreamEventBytesMax; sent += piece.size()) {
    decoder.feed(piece, events);
  }
  EXPECT_EQ(failure(events), "upstream_protocol");
  decoder.finish(events);
  EXPECT_EQ(events.size(), 1U);
}

TEST(SseTap, KnowsHowAStreamEnded) {
  const auto tap = [](std::string_view text, std::string& missing) {
    EchoTap tap;
    tap.feed(text);
    missing = tap.finish();
    return tap.state();
  };
  std::string missing;
  EXPECT_TRUE(tap("data: a\n\ndata: end\n\n", missing).ended);
  EXPECT_EQ(missing, "");
  EXPECT_TRUE(tap("data: enough\n\n", missing).ended);
  EXPECT_EQ(missing, "data: end\n\n");
  EXPECT_EQ(tap("data: a\n\n", missing).error->code, ErrorCode::kUpstreamCutShort);
  EXPECT_EQ(tap("<html>", missing).error->code, ErrorCode::kUpstreamProtocol);
  EXPECT_EQ(tap("data: a\n\ndata: b\n\n", missing).events, 2U);
}

// "good" is content, "bad" an error, everything else says nothing.
class OpeningTap final : public SseTap {
 private:
  void on_event(const http::sse::Event& event) override {
    if (state_.error) return;
    if (event.data == "good") ++state_.content_events;
    if (event.data == "bad") state_.error = cut_short();
  }
  std::string on_bytes_end() override { return {}; }
};

Opening opening_of(std::string_view text, std::size_t piece_bytes) {
  OpeningTap tap;
  for (std::size_t at = 0; at < text.size(); at += piece_bytes) {
    tap.feed(text.substr(at, piece_bytes));
  }
  return tap.state().opening;
}

TEST(SseTap, TheFirstEventThatSaysAnythingDecides) {
  for (const std::size_t piece : std::initializer_list<std::size_t>{1, 7, 10'000}) {
    EXPECT_EQ(opening_of("data: -\n\ndata: good\n\ndata: bad\n\n", piece), Opening::kGood);
    EXPECT_EQ(opening_of("data: -\n\ndata: bad\n\ndata: good\n\n", piece), Opening::kFailed);
    EXPECT_EQ(opening_of("data: -\n\n: comment\n\ndata: good", piece), Opening::kUnknown);
  }
}

TEST(SseTap, AnErrorBehindTheBoundsOfThePeekIsNoFailureAnyMore) {
  std::string many;
  for (std::size_t i = 0; i < limits::kStreamPeekEventsMax; ++i) many += "data: -\n\n";
  const std::string large = "data: " + std::string(limits::kStreamPeekBytesMax, 'x') + "\n\n";
  for (const std::string& text : {many, large}) {
    for (const std::size_t piece : {std::size_t{1000}, 2 * large.size()}) {
      EXPECT_EQ(opening_of(text + "data: bad\n\n", piece), Opening::kGood);
    }
  }
}

TEST(PlainBody, KeepsABoundedBeginning) {
  PlainBody body;
  body.feed(" \n");
  body.feed("{");
  body.feed(std::string(2 * limits::kErrorBodyBytesMax, 'x'));
  EXPECT_EQ(body.text().size(), limits::kErrorBodyBytesMax);
  PlainBody events;
  events.feed("data: {");
  EXPECT_TRUE(events.empty());
}

// ---------------------------------------------------------------------------------------------
// What is no JSON, in each dialect

struct Beginning {
  std::string_view dialect;
  std::string_view content;  // events that say something
  std::string_view finish;   // an event with the reason why it ends
};

constexpr Beginning kBeginnings[] = {
    {.dialect = "openai_chat",
     .content = "data: {\"id\":\"1\",\"model\":\"m\",\"choices\":[{\"index\":0,"
                "\"delta\":{\"content\":\"Hel\"}}]}\n\n",
     .finish = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"},
    {.dialect = "anthropic",
     .content = "data: {\"type\":\"message_start\",\"message\":{\"id\":\"1\"}}\n\n"
                "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":"
                "{\"type\":\"text_delta\",\"text\":\"Hel\"}}\n\n",
     .finish = "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}\n\n"},
    {.dialect = "gemini",
     .content = "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Hel\"}]}}]}\n\n",
     .finish = "data: {\"candidates\":[{\"content\":{\"parts\":[]},\"finishReason\":\"STOP\"}]}"
               "\n\n"},
};

constexpr std::string_view kWords = "data: no such key: sk-1\n\n";
constexpr std::string_view kHalf = "data: {\"error\":\"no such key: sk-1";

const ChatCodec& codec(const Beginning& beginning) { return *find(beginning.dialect)->chat; }

// The error of a tap, and of a decoder, that have seen all of the bytes; empty: none.
std::string tapped(const Beginning& beginning, const std::string& bytes) {
  const auto tap = codec(beginning).make_stream_tap();
  tap->feed(bytes);
  tap->finish();
  return tap->state().error ? std::string(tap->state().error->name()) : "";
}

std::string decoded(const Beginning& beginning, const std::string& bytes) {
  const auto decoder = codec(beginning).make_stream_decoder();
  Events events;
  decoder->feed(bytes, events);
  decoder->finish(events);
  const std::string error = failure(events);
  return error == "none" ? "" : error;
}

TEST(NoJson, IsAnErrorInTheMiddleOfAStream) {
  for (const Beginning& each : kBeginnings) {
    SCOPED_TRACE(each.dialect);
    const std::string bytes =
        std::string(each.content) + std::string(kWords) + std::string(each.finish);
    EXPECT_EQ(tapped(each, bytes), "upstream_protocol");
    EXPECT_EQ(decoded(each, bytes), "upstream_protocol");
  }
}

TEST(NoJson, IsAFailureAsTheFirstEvent) {
  for (const Beginning& each : kBeginnings) {
    SCOPED_TRACE(each.dialect);
    const auto tap = codec(each).make_stream_tap();
    tap->feed(kWords);
    EXPECT_EQ(tap->state().opening, Opening::kFailed);
  }
}

TEST(NoJson, InWhichTheBytesEndIsHalfAnEvent) {
  for (const Beginning& each : kBeginnings) {
    SCOPED_TRACE(each.dialect);
    const std::string begun = std::string(each.content) + std::string(kHalf);
    EXPECT_EQ(tapped(each, begun), "upstream_cut_short");
    EXPECT_EQ(decoded(each, begun), "upstream_cut_short");
    const std::string complete =
        std::string(each.content) + std::string(each.finish) + std::string(kHalf);
    EXPECT_EQ(tapped(each, complete), "");
    EXPECT_EQ(decoded(each, complete), "");
  }
}

TEST(NoJson, HalfAnEventIsLeftOutOfAnAnswerThatIsComplete) {
  for (const Beginning& each : kBeginnings) {
    SCOPED_TRACE(each.dialect);
    const std::string good = std::string(each.content) + std::string(each.finish);
    const auto tap = codec(each).make_stream_tap();
    StreamEditor editor(nullptr);
    tap->feed(good + std::string(kHalf));
    std::string passed(editor.feed(good + std::string(kHalf), *tap));
    tap->finish();
    passed += editor.finish(*tap);
    EXPECT_EQ(passed, good);
  }
}

}  // namespace
}  // namespace bifrost::dialect
