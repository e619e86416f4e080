// Answers that are cut, lie about their length, or come in odd pieces.
#include "tests/integration/gateway_fixture.h"

#include <fmt/format.h>

#include <algorithm>

namespace bifrost::test {
namespace {

using ::testing::HasSubstr;

class BrokenAnswerTest : public GatewayTest {};

// The same for each dialect, so that each says "cut" in its own words.
class CutStreamTest : public GatewayTest, public testing::WithParamInterface<WireSample> {
 protected:
  void start_provider() { start({.providers = {{.name = GetParam().provider}}}); }
};

INSTANTIATE_TEST_SUITE_P(Dialects, CutStreamTest, testing::ValuesIn(all_samples()),
                         [](const auto& test) { return test.param.name; });

TEST_P(CutStreamTest, IsAnErrorWithoutAnyContent) {
  start_provider();
  for (std::size_t count = 0; count <= GetParam().first_content_at; ++count) {
    provider.push(GetParam().stream({.cut_after_events = count}));
    const Response reply = ask_stream(GetParam());
    EXPECT_EQ(reply.status, 502) << count;
    EXPECT_THAT(reply.headers.get("content-type"), HasSubstr("json"));
  }
}

TEST_P(CutStreamTest, EndsWithAnErrorEventAfterEachEvent) {
  start_provider();
  for (const Ending ending : {Ending::kCut, Ending::kReset}) {
    for (std::size_t count = GetParam().first_content_at + 1; count <= GetParam().finish_at;
         ++count) {
      Gate all_read;
      provider.push(
          GetParam().stream({.before_end = all_read, .cut_after_events = count, .ending = ending}));
      Client client = connect();
      client.send_request("POST", GetParam().stream_path, {}, GetParam().stream_request);
      EXPECT_EQ(client.read_head().status, 200);
      std::string seen;
      for (std::size_t i = 0; i < count; ++i) seen += client.next_event().value().raw + "\n\n";
      all_read.open();
      std::string expected;
      for (std::size_t i = 0; i < count; ++i) expected += GetParam().events[i];
      EXPECT_EQ(seen, expected);
      const auto error = client.next_event();
      ASSERT_TRUE(error.has_value()) << count;
      EXPECT_THAT(error->data, HasSubstr("\"error\""));
      EXPECT_FALSE(client.next_event().has_value());
      EXPECT_EQ(client.end(), End::kComplete);
    }
  }
}

TEST_F(BrokenAnswerTest, AStreamIsCompleteOnceItsEndMarkerCame) {
  start();
  Script cut_behind =
      Script().head(200, {{"content-type", "text/event-stream"}, {"transfer-encoding", "chunked"}});
  for (const std::string& event : openai().events) cut_behind.chunk(event);
  for (const Ending ending : {Ending::kCut, Ending::kReset, Ending::kSilence}) {
    provider.push(Script(cut_behind).end(ending));
    const Response reply = ask_stream(openai());
    EXPECT_EQ(reply.body, openai().stream_text());
    EXPECT_EQ(reply.end, End::kComplete);
  }
}

TEST_F(BrokenAnswerTest, ACutWholeBodyIsAnError) {
  start();
  const std::string text = fmt::format(
      "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
      "content-length: {}\r\n\r\n{}",
      unified().answer.size(), unified().answer);
  for (const std::size_t count :
       {std::size_t{0}, std::size_t{9}, text.find("\r\n\r\n") + 4, text.size() - 1}) {
    provider.push(Script().raw(text).cut_at_byte(count));
    const Response reply = ask();
    EXPECT_EQ(reply.status, 502) << count;
    EXPECT_EQ(json_text(reply.body, "type"), "upstream_cut_short") << count;
  }
}

TEST_F(BrokenAnswerTest, ALengthThatIsTooLongIsACut) {
  start();
  provider.push(unified().reply().with_length(unified().answer.size() + 10));
  const Response reply = ask();
  EXPECT_EQ(reply.status, 502);
  EXPECT_EQ(json_text(reply.body, "type"), "upstream_cut_short");
}

TEST_F(BrokenAnswerTest, WhatFollowsALengthThatIsTooShortBelongsToNobody) {
  start({}, {"--workers", "1"});
  // Cut in the middle the JSON is broken; and its rest must not become the next answer's head.
  provider.push(unified().reply().with_length(unified().answer.size() - 5));
  const Response broken = ask();
  EXPECT_EQ(broken.status, 502);
  EXPECT_EQ(json_text(broken.body, "type"), "upstream_protocol");
  provider.push(unified().reply());
  const Response good = ask(openai());
  EXPECT_EQ(good.status, 200);
  EXPECT_EQ(good.body, openai().answer);
  EXPECT_EQ(provider.connection_count(), 2U);
}

TEST_F(BrokenAnswerTest, OddChunksAreTheSameBody) {
  start();
  for (const std::vector<std::size_t>& sizes :
       {std::vector<std::size_t>{1}, {1, 7, 2}, {3}, {100'000}}) {
    provider.push(
        Script::chunked(200, {{"content-type", "application/json"}}, openai().answer, sizes));
    EXPECT_EQ(ask(openai()).body, openai().answer);
    provider.push(Script::chunked(200, {{"content-type", "text/event-stream"}},
                                  openai().stream_text(), sizes));
    EXPECT_EQ(ask_stream(openai()).body, openai().stream_text());
  }
}

TEST_F(BrokenAnswerTest, OneByteAtATimeIsTheSameAnswer) {
  start();
  provider.push(openai().reply().in_pieces_of(1));
  EXPECT_EQ(ask(openai()).body, openai().answer);
  provider.push(openai().stream().in_pieces_of(1));
  EXPECT_EQ(ask_stream(openai()).body, openai().stream_text());
  provider.push(openai().stream({.chunked = false}).in_pieces_of(1));
  EXPECT_EQ(ask_stream(openai()).body, openai().stream_text());
}

TEST_F(BrokenAnswerTest, ABodyMayEndWithTheConnection) {
  start();
  provider.push(Script()
                    .head(200, {{"content-type", "application/json"}, {"connection", "close"}})
                    .raw(openai().answer)
                    .end(Ending::kClose));
  const Response reply = ask(openai());
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, openai().answer);
}

TEST_F(BrokenAnswerTest, AnInterimAnswerIsSkipped) {
  start();
  provider.push(Script()
                    .raw("HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n"
                         "HTTP/1.1 100 Continue\r\n\r\n")
                    .then(openai().reply()));
  EXPECT_EQ(ask(openai()).body, openai().answer);
}

// A provider that refuses a large body need not read it.
TEST_F(BrokenAnswerTest, AnAnswerMayComeBeforeTheRequestIsThrough) {
  FakeProvider hasty({.answer_before_body = true});
  values["hasty_url"] = hasty.url();
  start({.providers = {{.url = "${hasty_url}"}}});
  hasty.push(Script::json(413, openai_error("too much")));
  const std::string large(8 * 1024 * 1024, 'x');
  const Response reply =
      post(unified().path, unified_request(fmt::format(R"("x_pad": "{}")", large)));
  EXPECT_EQ(reply.status, 413);
  EXPECT_EQ(json_text(reply.body, "message"), "too much");
}

TEST_F(BrokenAnswerTest, WhatIsNotHttpIsAnError) {
  start();
  for (const std::string bytes :
       {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/2.0 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n"}) {
    provider.push(Script().raw(bytes).end(Ending::kClose));
    const Response reply = ask();
    EXPECT_EQ(reply.status, 502) << bytes;
  }
}

TEST_F(BrokenAnswerTest, AHeadWithoutEndIsBounded) {
  start();
  provider.push(Script().raw("HTTP/1.1 200 OK\r\nx: " + std::string(4 * 1024 * 1024, 'a')));
  const Response reply = ask();
  EXPECT_EQ(reply.status, 502);
  EXPECT_EQ(json_text(reply.body, "type"), "upstream_protocol");
}

TEST_F(BrokenAnswerTest, AWebPageIsNoAnswer) {
  start();
  const std::string page = "<!DOCTYPE html><html><body>Login</body></html>";
  for (const bool streamed : {false, true}) {
    provider.push(Script::reply(200, {{"content-type", "text/html"}}, page));
    const Response reply = streamed ? ask_stream() : ask();
    EXPECT_EQ(reply.status, 502);
    EXPECT_EQ(json_text(reply.body, "type"), "upstream_protocol");
    provider.push(Script::reply(503, {{"content-type", "text/html"}}, page));
    EXPECT_EQ((streamed ? ask_stream() : ask()).status, 503);
  }
}

TEST_F(BrokenAnswerTest, AWholeBodyIsNoStream) {
  start_with_fallback();
  provider.push(unified().reply());
  EXPECT_EQ(json_text(ask_stream().body, "type"), "upstream_protocol");
  provider.push(unified().reply());
  second.push(anthropic().stream());
  const Response reply = post("/v1/chat/completions", unified_stream_request(kFallback));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.get("x-bifrost-fallback-index"), "1");
}

TEST_F(BrokenAnswerTest, AnEmptyAnswerIsNone) {
  start();
  provider.push(Script::json(200, ""));
  EXPECT_EQ(ask().status, 502);
  provider.push(Script::json(200, "{}"));
  EXPECT_EQ(ask().status, 502);
  provider.push(Script::events({"data: [DONE]\n\n"}));
  EXPECT_EQ(ask_stream().status, 502);
  provider.push(Script::events({}));
  EXPECT_EQ(ask_stream().status, 502);
}

// A server may close a connection that it kept just when the next request goes out.
TEST_F(BrokenAnswerTest, AConnectionThatWasClosedInBetweenIsReplaced) {
  start({}, {"--workers", "1"});
  provider.handle([](const ReceivedRequest&) { return unified().reply(); });
  EXPECT_EQ(ask().status, 200);
  EXPECT_TRUE(provider.close_idle_connections(1));
  EXPECT_TRUE(provider.wait_for_open_connections(0));
  EXPECT_EQ(ask().status, 200);
  EXPECT_EQ(provider.request_count(), 2U);
}

}  // namespace
}  // namespace bifrost::test
