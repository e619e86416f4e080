#include "dialect/anthropic/functions.h"

#include <gtest/gtest.h>

namespace bifrost::dialect::anthropic {
namespace {

TEST(AnthropicModels, AreWrittenAsTheApiDoes) {
  const ModelPage page{
      .rows = {{.id = "openai/gpt-4o", .created = 1739923200},
               {.id = "x", .name = "X", .context_length = 9, .max_output_tokens = 8}},
      .next = "more"};
  EXPECT_EQ(encode_models(page),
            R"({"data":[{"type":"model","id":"openai/gpt-4o","display_name":"openai/gpt-4o",)"
            R"("created_at":"2025-02-19T00:00:00Z"},{"type":"model","id":"x","display_name":"X",)"
            R"("created_at":"1970-01-01T00:00:00Z","max_input_tokens":9,"max_tokens":8}],)"
            R"("has_more":true,"first_id":"openai/gpt-4o","last_id":"x"})");
  EXPECT_EQ(encode_models({}), R"({"data":[],"has_more":false,"first_id":null,"last_id":null})");
}

TEST(AnthropicModels, AreReadBack) {
  const auto page = decode_models(
      R"({"data":[{"type":"model","id":"claude-x","display_name":"X","created_at":"2025-02-19T00:00:00Z"},)"
      R"({"no":"id"},{"id":"y","created_at":"2025-99-99T00:00:00Z"}],"has_more":true,"last_id":"y"})");
  ASSERT_TRUE(page);
  ASSERT_EQ(page->rows.size(), 2U);
  EXPECT_EQ(page->rows[0].name, "X");
  EXPECT_EQ(page->rows[0].created, 1739923200);
  EXPECT_EQ(page->rows[1].created, 0);
  EXPECT_EQ(page->next, "y");
  EXPECT_FALSE(decode_models("{}"));
}

TEST(AnthropicModels, AreAskedForPageByPage) {
  EXPECT_EQ(models_path(""), "/v1/models?limit=1000");
  EXPECT_EQ(models_path("a b"), "/v1/models?limit=1000&after_id=a%20b");
}

}  // namespace
}  // namespace bifrost::dialect::anthropic
