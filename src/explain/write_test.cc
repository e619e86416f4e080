// Both forms of one explanation.
#include "explain/write_json.h"
#include "explain/write_text.h"
#include "json/document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bifrost::explain {
namespace {

using ::testing::HasSubstr;

Explanation refused() {
  Explanation out{.route = {.method = "POST",
                            .path = "/v1/chat/completions",
                            .pattern = "/v1/chat/completions",
                            .operation = "chat_completion",
                            .dialect = "openai_chat"}};
  out.caller = CallerStep{.known = true, .virtual_key = {.id = "vk-1", .name = "alice"}};
  out.asked = AskedStep{.model = "gpt-4o", .stream = true, .fallbacks = {"a/b"}, .body_bytes = 9};
  out.rules = {{.rule = {.id = "r", .name = "rule"}, .result = "error", .why = "no such key"}};
  out.grants = {{.provider = "openai", .weight = 1, .drawn = true, .chance = 1},
                {.provider = "azure", .why = "it has no weight"}};
  TargetStep target{.provider = "openai", .model = "gpt-4o", .dialect = "openai_chat"};
  target.keys = {{.key = {.id = "k", .name = "main"}, .weight = 1, .chance = 1},
                 {.key = {.id = "l", .name = "old"}, .why = "disabled"}};
  target.estimate = EstimateStep{.input_tokens = 10, .output_tokens = 20};
  target.limits = {{.owner = "virtual key alice",
                    .unit = governance::Unit::kNanoDollars,
                    .window = "1d",
                    .amount = 10'000'000'000,
                    .used = 9'999'000'000,
                    .left = 1'000'000,
                    .takes = 2'000'000,
                    .resets_at = WallTime(std::chrono::seconds(1'700'000'000)),
                    .fits = false}};
  out.refusal = Refusal{.status = 402,
                        .code = "budget_exceeded",
                        .message = "budget exceeded",
                        .body = R"({"error":1})"};
  target.refusal = out.refusal;
  out.targets.push_back(target);
  return out;
}

TEST(ExplanationText, SaysEachStep) {
  EXPECT_EQ(to_text(refused()),
            "route: POST /v1/chat/completions, operation chat_completion in the format "
            "openai_chat\n"
            "caller: virtual key alice\n"
            "asks for: model gpt-4o, as a stream, else a/b\n"
            "rule rule: does not match: no such key\n"
            "provider config openai: drawn first with 100 %\n"
            "provider config azure: not drawn: it has no weight\n"
            "target 1: openai/gpt-4o\n"
            "  key main: weight 1, asked first with 100 %\n"
            "  key old: not used: disabled\n"
            "  expected: 10 tokens in, 20 out, price unknown\n"
            "  limit of virtual key alice: $9.999 of $10.00 in each 1d; $0.001 left, "
            "takes $0.002, resets at 2023-11-14T22:13:20Z: FULL\n"
            "  sent as it is, in openai_chat as model \n"
            "  passed over: budget exceeded\n"
            "outcome: refused with 402 budget_exceeded\n"
            "  budget exceeded\n");
}

TEST(ExplanationJson, IsOneDocument) {
  const std::string text = to_json(refused());
  const auto parsed = json::Document::parse(text);
  ASSERT_TRUE(parsed) << text;
  const json::Value root = parsed->root();
  EXPECT_TRUE(root["outcome"].equals("refused"));
  EXPECT_EQ(root["refused"]["body"].raw(), R"({"error":1})");
  EXPECT_EQ(root["provider_configs"].at(1)["weight"].raw(), "null");
  const json::Value target = root["targets"].at(0);
  EXPECT_TRUE(target["keys"].at(1)["out"].equals("disabled"));
  EXPECT_EQ(target["limits"].at(0)["left"].raw(), "0.001");
  EXPECT_TRUE(target["estimate"]["cost"].equals("price unknown"));
}

TEST(ExplanationJson, LeavesOutWhatItDidNotComeTo) {
  const std::string text = to_json({.route = {.method = "GET", .path = "/none"}});
  EXPECT_EQ(text, R"({"outcome":"answered here","route":{"method":"GET","path":"/none"}})");
}

}  // namespace
}  // namespace bifrost::explain
