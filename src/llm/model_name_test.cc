#include "llm/model_name.h"

#include "base/limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace bifrost::llm {
namespace {

using ::testing::HasSubstr;

TEST(CheckModelName, TakesWhatProvidersCallTheirModels) {
  for (const std::string_view name :
       {"gpt-4o", "openai/gpt-4o", "meta-llama/Llama-3.3-70B", "qwen3:8b", "hf.co/a/b.gguf:Q4_K_M",
        "models/gemini-pro", "accounts/fireworks/models/x", "@cf/meta/llama-3", "a..b", "...",
        ".hidden", "100%", "50%-pruned", "ft:gpt-4o:org::id", "anthropic.claude-v2:1",
        "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.x", "модель"}) {
    EXPECT_TRUE(check_model_name(name)) << name;
  }
}

TEST(CheckModelName, RefusesWhatAServerMightReadAsAnotherName) {
  for (const std::string_view name :
       {"..",    ".",     "a/..",  "../a",     "a/../b", "a/./b", "/a",    "a/",
        "a//b",  "/",     "a b",   " a",       "a\t",    "a\nb",  "a\x7F", "a\\b",
        "..\\a", "a%2fb", "a%2Fb", "%2e%2e/a", "a%5cb",  "%252e", "%%32e"}) {
    const auto checked = check_model_name(name);
    ASSERT_FALSE(checked) << name;
    EXPECT_EQ(checked.error().code, ErrorCode::kInvalidRequest) << name;
    EXPECT_EQ(checked.error().param, "model");
    EXPECT_THAT(checked.error().message, HasSubstr(name));
    EXPECT_THAT(checked.error().message, HasSubstr("provider/model"));
  }
  EXPECT_FALSE(check_model_name(std::string_view("a\0b", 3)));
}

TEST(CheckModelName, NamesTheField) {
  const auto missing = check_model_name("", "fallbacks[2]");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().param, "fallbacks[2]");
  EXPECT_EQ(missing.error().message, "fallbacks[2] is missing: write provider/model");
}

TEST(CheckModelName, IsBounded) {
  const std::string longest(limits::kModelNameBytesMax, 'x');
  EXPECT_TRUE(check_model_name(longest));
  const auto refused = check_model_name(longest + "x");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message,
            "model \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"... has "
            "513 bytes; a name has at most 512");
}

}  // namespace
}  // namespace bifrost::llm
