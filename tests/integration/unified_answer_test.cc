// What the gateway's own /v1 says about an answer beside the answer: `extra_fields` and headers.
#include "json/document.h"
#include "tests/integration/gateway_fixture.h"

namespace bifrost::test {
namespace {

using ::testing::HasSubstr;

std::string extra_text(std::string_view data, std::string_view key) {
  const auto document = json::Document::parse(data);
  if (!document) return "not JSON";
  const json::Value value = document->root()["extra_fields"][key];
  return value.is_string() ? value.string_or("") : std::string(value.raw());
}

class UnifiedAnswerTest : public GatewayTest {};

TEST_F(UnifiedAnswerTest, NamesWhatWasDroppedInAHeaderToo) {
  start({.providers = {{.name = "anthropic"}}});
  provider.push(anthropic().reply());
  const Response reply = post(
      unified().path,
      R"({"model":"anthropic/claude-test","seed":7,"messages":[{"role":"user","content":"Hi"}]})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.get("x-bifrost-dropped-fields"), "seed");
  EXPECT_EQ(extra_text(reply.body, "dropped_compat_plugin_params"), R"(["seed"])");
}

TEST_F(UnifiedAnswerTest, AsksForAsFewTokensAsTheCallerWants) {
  start();
  for (const std::string_view limit : {R"("max_tokens": 1)", R"("max_completion_tokens": 1)"}) {
    provider.push(unified().reply());
    EXPECT_EQ(post(unified().path, unified_request(limit)).status, 200);
    EXPECT_THAT(provider.requests().back().body, HasSubstr(limit));
  }
}

}  // namespace
}  // namespace bifrost::test
