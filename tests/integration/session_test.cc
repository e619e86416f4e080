// A caller's session keeps the key that it was served with.
#include "tests/integration/gateway_fixture.h"

#include <set>

namespace bifrost::test {
namespace {

using ::testing::HasSubstr;

class SessionTest : public GatewayTest {
 protected:
  void SetUp() override {
    start({.providers = {{.keys = {"a", "b", "c"},
                          .network = R"("max_retries": 1, "retry_backoff_initial": 100)"}}});
  }
  // The key of one request; the provider answers well.
  std::string key_for(const http::Headers& headers) {
    provider.push(unified().reply());
    EXPECT_EQ(connect().request("POST", unified().path, headers, unified().request).status, 200);
    return std::string(provider.requests().back().headers.get("authorization"));
  }
  std::set<std::string> keys_for(const http::Headers& headers, int requests = 30) {
    std::set<std::string> keys;
    for (int i = 0; i < requests; ++i) keys.insert(key_for(headers));
    return keys;
  }
};

TEST_F(SessionTest, KeepsItsKey) {
  EXPECT_EQ(keys_for({{"x-bf-session-id", "talk"}}).size(), 1U);
  EXPECT_GT(keys_for({}).size(), 1U);
  std::set<std::string> keys;
  for (int i = 0; i < 30; ++i) keys.insert(key_for({{"x-bf-session-id", std::to_string(i)}}));
  EXPECT_GT(keys.size(), 1U);
}

TEST_F(SessionTest, IsNamedByCodingAgentsToo) {
  for (const std::string_view name :
       {"x-claude-code-session-id", "session_id", "session-id", "x-opencode-session"}) {
    EXPECT_EQ(keys_for({{name, "talk"}}, 12).size(), 1U) << name;
  }
  const http::Headers both = {{"x-bf-session-id", "mine"}, {"session_id", "theirs"}};
  EXPECT_EQ(key_for(both), key_for({{"x-bf-session-id", "mine"}}));
}

TEST_F(SessionTest, MovesToAnotherKeyWithTheRequest) {
  const http::Headers session = {{"x-bf-session-id", "talk"}};
  const std::string first = key_for(session);
  provider.push(Script::json(429, openai_error("slow down", "rate_limit_error")));
  const std::string other = key_for(session);
  EXPECT_NE(other, first);
  EXPECT_EQ(keys_for(session, 12), std::set{other});
}

TEST_F(SessionTest, StaysWithItsKeyWhenTheServerFails) {
  const http::Headers session = {{"x-bf-session-id", "talk"}};
  const std::string first = key_for(session);
  for (int i = 0; i < 8; ++i) {  // within the retry budget of a caller
    provider.push(Script::json(503, openai_error("overloaded")));
    EXPECT_EQ(key_for(session), first);
  }
}

TEST_F(SessionTest, MayBeSwitchedOff) {
  EXPECT_GT(keys_for({{"x-bf-session-id", "talk"}, {"x-bf-session-affinity", "off"}}).size(), 1U);
}

TEST_F(SessionTest, RefusesWhatItCannotKeep) {
  const std::string long_id(256, 'x');
  const http::Headers bad[] = {{{"x-bf-session-id", long_id}},
                               {{"x-bf-session-id", "s"}, {"x-bf-session-ttl", "soon"}},
                               {{"x-bf-session-id", "s"}, {"x-bf-session-ttl", "0"}}};
  for (const http::Headers& headers : bad) {
    const Response reply = connect().request("POST", unified().path, headers, unified().request);
    EXPECT_EQ(reply.status, 400);
    EXPECT_THAT(reply.body, HasSubstr("x-bf-session-"));
  }
  EXPECT_EQ(keys_for({{"x-bf-session-id", "s"}, {"x-bf-session-ttl", "30m"}}, 12).size(), 1U);
}

}  // namespace
}  // namespace bifrost::test
