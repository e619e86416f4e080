// GET /api/usage: who used what, and what it cost.
#include "json/document.h"
#include "tests/integration/gateway_fixture.h"
#include "tests/support/temporary_directory.h"

#include <fmt/format.h>

#include <chrono>
#include <thread>

namespace bifrost::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// gpt-4o: 2.50 USD for a million tokens of input, 1.25 of cached input, 10 USD of output.
constexpr std::string_view kAnswer =
    R"({"id":"c","object":"chat.completion","created":1,"model":"gpt-4o","choices":[{"index":0,)"
    R"("message":{"role":"assistant","content":"x"},"finish_reason":"stop"}],"usage":{)"
    R"("prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100,)"
    R"("prompt_tokens_details":{"cached_tokens":400}}})";

class UsageTest : public GatewayTest {
 protected:
  void SetUp() override {
    provider.handle(
        [](const ReceivedRequest& /*request*/) { return Script::json(200, std::string(kAnswer)); });
    ConfigText config{.client = R"("enforce_auth_on_inference": true)",
                      .governance = R"("teams": [{"id": "t", "name": "=Red"}], "virtual_keys": [
        {"id": "vk-a", "name": "alice", "value": "sk-bf-a", "team_id": "t", "allow_all_providers": true},
        {"id": "vk-b", "name": "bob", "value": "sk-bf-b", "allow_all_providers": true}])"};
    config.sections = fmt::format(
        R"("config_store": {{"enabled": true, "type": "sqlite", "config": {{"path": "{}"}}}},
           "ledger": {{"write_interval_in_seconds": "10ms"}})",
        (folder_.path() / "config.db").string());
    start(config);
  }
  void chat(std::string_view key) const {
    const Response answer = connect().request(
        "POST", "/v1/chat/completions", {{"x-bf-vk", key}},
        R"({"model": "openai/gpt-4o", "messages": [{"role": "user", "content": "hi"}]})");
    EXPECT_EQ(answer.status, 200) << answer.body;
  }
  Response usage(std::string_view query, http::Headers headers = {}) const {
    return connect().request("GET", fmt::format("/api/usage?{}", query), std::move(headers), {});
  }
  // Rows get there within the writer's interval.
  void wait_for(std::int64_t requests) const {
    const std::string wanted = fmt::format(R"("requests":{})", requests);
    const Deadline deadline = after(kPatience);
    while (!usage("").body.contains(wanted)) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << usage("").body;
      std::this_thread::yield();
    }
  }

  TemporaryDirectory folder_;
};

TEST_F(UsageTest, SumsUpByWhatIsAskedFor) {
  chat("sk-bf-a");
  chat("sk-bf-a");
  chat("sk-bf-b");
  wait_for(3);
  const Response all = usage("group_by=virtual_key,team");
  ASSERT_EQ(all.status, 200) << all.body;
  EXPECT_THAT(all.body,
              HasSubstr(R"("usage":[{"virtual_key":"vk-a","virtual_key_name":"alice","team":"t",)"
                        R"("team_name":"=Red","requests":2,"failed":0,"estimated":0,"unpriced":0,)"
                        R"("input_tokens":1200,"cache_read_tokens":800,)"));
  // Each: 600 x 2.50 + 400 x 1.25 + 100 x 10 = 3,000 millionths of a dollar.
  EXPECT_THAT(all.body, HasSubstr(R"("nano_dollars":6000000,"cost_usd":"0.006")"));
  EXPECT_THAT(all.body,
              HasSubstr(R"({"virtual_key":"vk-b","virtual_key_name":"bob","team":null,)"));
  EXPECT_THAT(all.body, HasSubstr(R"("count":2,"limit":1000,"offset":0,"truncated":false)"));
  const Response one = usage("group_by=provider,provider_key,model&virtual_key=vk-b");
  EXPECT_THAT(one.body, AllOf(HasSubstr(R"("provider":"openai")"), HasSubstr(R"("model":"gpt-4o")"),
                              HasSubstr(R"("requests":1,)")));
  EXPECT_THAT(usage("virtual_key=nobody").body, HasSubstr(R"("requests":0,)"));
}

TEST_F(UsageTest, GivesATableWithoutFormulas) {
  chat("sk-bf-a");
  wait_for(1);
  for (const Response& table :
       {usage("group_by=team&format=csv"), usage("group_by=team", {{"accept", "text/csv"}})}) {
    EXPECT_EQ(table.status, 200);
    EXPECT_THAT(table.headers.get("content-type"), HasSubstr("text/csv"));
    EXPECT_EQ(table.body,
              "team,team_name,requests,failed,estimated,unpriced,input_tokens,cache_read_tokens,"
              "cache_write_tokens,cache_write_1h_tokens,input_audio_tokens,input_image_tokens,"
              "output_tokens,reasoning_tokens,output_audio_tokens,output_image_tokens,web_searches,"
              "nano_dollars,cost_usd\r\n"
              "t,\"'=Red\",1,0,0,0,600,400,0,0,0,0,100,0,0,0,0,3000000,0.003\r\n");
  }
}

TEST_F(UsageTest, GivesALongAnswerByPages) {
  chat("sk-bf-a");
  chat("sk-bf-b");
  wait_for(2);
  const Response first = usage("group_by=virtual_key&limit=1");
  EXPECT_THAT(first.body,
              AllOf(HasSubstr("vk-a"), Not(HasSubstr("vk-b")), HasSubstr(R"("truncated":true)")));
  const std::string_view link = first.headers.get("link");
  ASSERT_THAT(std::string(link),
              testing::MatchesRegex("</api/usage\\?group_by=virtual_key&limit=1&from=[^&]*&to=[^&]*"
                                    "&offset=1>; rel=\"next\""));
  const std::string_view next = link.substr(1, link.find('>') - 1);
  const Response second = connect().request("GET", next, {}, {});
  EXPECT_THAT(second.body,
              AllOf(HasSubstr("vk-b"), Not(HasSubstr("vk-a")), HasSubstr(R"("truncated":false)")));
  EXPECT_EQ(second.headers.get("link"), "");
}

TEST_F(UsageTest, KeepsToTheTimeThatIsAskedFor) {
  chat("sk-bf-a");
  wait_for(1);
  EXPECT_THAT(usage("to=2026-01-01T00:00:00Z&from=2025-12-01T00:00:00Z").body,
              HasSubstr(R"("requests":0,)"));
  EXPECT_THAT(usage("group_by=hour").body, HasSubstr(R"("usage":[{"hour":"2)"));
  EXPECT_THAT(
      usage("group_by=day,model").body,
      testing::ContainsRegex(R"("usage":\[\{"day":"[0-9]{4}-[0-9]{2}-[0-9]{2}","model":"gpt-4o")"));
}

TEST_F(UsageTest, NamesWhatItCannotRead) {
  const auto refused = [&](std::string_view query, std::string_view what) {
    const Response answer = usage(query);
    EXPECT_EQ(answer.status, 400) << query;
    EXPECT_THAT(answer.body, HasSubstr(std::string(what))) << query;
  };
  refused("groupby=model", "there is no parameter");
  refused("group_by=modle", "group_by is");
  refused("group_by=model,model", "once");
  refused("model=a&model=b", "twice");
  refused("day=2026-01-31", "there is no parameter");
  refused("from=yesterday", "from is");
  refused("from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "later");
  refused("limit=0", "limit is");
  refused("limit=10001", "10000");
  refused("offset=-1", "offset is");
  refused("format=xml", "format is");
}

}  // namespace
}  // namespace bifrost::test
