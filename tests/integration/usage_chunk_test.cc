// The usage of an OpenAI stream: always asked for and counted, shown to whoever asked for it.
#include "tests/integration/gateway_fixture.h"

#include <fmt/format.h>

namespace bifrost::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kUsage = R"({"prompt_tokens":3,"completion_tokens":2,"total_tokens":5})";

std::string usage_chunk() {
  return sse_event(
      fmt::format(R"({{"id":"chatcmpl-7","object":"chat.completion.chunk","created":1700000000,)"
                  R"("model":"gpt-test","choices":[],"usage":{}}})",
                  kUsage));
}

std::string ask_for_usage() {
  std::string request = openai().stream_request;
  request.insert(1, R"("stream_options":{"include_usage":true},)");
  return request;
}

class UsageChunkTest : public GatewayTest {
 protected:
  UsageChunkTest() { events.insert(events.end() - 1, usage_chunk()); }

  [[nodiscard]] std::string text() const {
    std::string all;
    for (const std::string& event : events) all += event;
    return all;
  }
  [[nodiscard]] Response stream(std::string_view request) const {
    return post(openai().stream_path, request);
  }

  std::vector<std::string> events = openai().events;
};

TEST_F(UsageChunkTest, IsLeftOutWhenNobodyAskedForIt) {
  start();
  provider.push(Script::events(events));
  EXPECT_EQ(stream(openai().stream_request).body, openai().stream_text());
  EXPECT_THAT(provider.requests()[0].body, HasSubstr(R"("include_usage":true)"));
}

TEST_F(UsageChunkTest, IsPassedOnWhenTheCallerAskedForIt) {
  start();
  provider.push(Script::events(events));
  EXPECT_EQ(stream(ask_for_usage()).body, text());
}

TEST_F(UsageChunkTest, IsCountedEitherWay) {
  start();
  provider.push(Script::events(events));
  provider.push(Script::events(events));
  EXPECT_EQ(stream(openai().stream_request).status, 200);
  EXPECT_EQ(stream(ask_for_usage()).status, 200);
  EXPECT_TRUE(metric_reaches("bifrost_input_tokens_total", 6));
  EXPECT_TRUE(metric_reaches("bifrost_output_tokens_total", 4));
}

TEST_F(UsageChunkTest, StaysWhenItStandsBesideChoices) {
  start();
  events = openai().events;
  std::string& last = events[events.size() - 2];
  last.insert(last.rfind('}'), fmt::format(R"(,"usage":{})", kUsage));
  provider.push(Script::events(events));
  EXPECT_EQ(stream(openai().stream_request).body, text());
}

TEST_F(UsageChunkTest, IsCutOutWhereverThePacketsAreCut) {
  start();
  const std::string all = text();
  provider.push(Script::events({all}));
  EXPECT_EQ(stream(openai().stream_request).body, openai().stream_text());
  for (std::size_t cut = 1; cut < all.size(); ++cut) {
    provider.push(Script::events({all.substr(0, cut), all.substr(cut)}));
    ASSERT_EQ(stream(openai().stream_request).body, openai().stream_text()) << cut;
  }
  provider.push(Script::events({all}).in_pieces_of(1));
  EXPECT_EQ(stream(openai().stream_request).body, openai().stream_text());
}

TEST_F(UsageChunkTest, IsCutOutOfAStreamThatWaitsBetweenThePackets) {
  start();
  const std::string chunk = usage_chunk();
  for (const std::size_t cut : {std::size_t{1}, chunk.size() / 2, chunk.size() - 1}) {
    Gate seen;
    Script script;
    script.head(200, {{"content-type", "text/event-stream"}, {"transfer-encoding", "chunked"}});
    for (std::size_t i = 0; i + 2 < events.size(); ++i) script.chunk(events[i]);
    script.chunk(chunk.substr(0, cut)).wait(seen).chunk(chunk.substr(cut));
    provider.push(std::move(script.chunk(events.back()).chunk("")));
    Client client = connect();
    client.send_request("POST", openai().stream_path, {}, openai().stream_request);
    EXPECT_EQ(client.read_head().status, 200);
    std::string text;
    while (const auto event = client.next_event()) {
      text += event->raw + "\n\n";
      if (event->data.contains("\"stop\"")) seen.open();  // what follows is half an event
    }
    EXPECT_EQ(text, openai().stream_text());
    EXPECT_EQ(client.end(), End::kComplete);
  }
}

// The end marker is missing, and so is the blank line before it.
TEST_F(UsageChunkTest, IsLeftOutAtTheEndOfTheBytes) {
  start();
  events.pop_back();
  events.back().resize(events.back().size() - 2);
  provider.push(Script::events(events));
  EXPECT_THAT(stream(openai().stream_request).body, Not(HasSubstr("usage")));
  provider.push(Script::events(events));
  const Response asked = stream(ask_for_usage());
  EXPECT_EQ(asked.body, text() + "\n\ndata: [DONE]\n\n");
}

}  // namespace
}  // namespace bifrost::test
