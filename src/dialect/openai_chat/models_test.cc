#include "dialect/openai_chat/dialect.h"

#include <gtest/gtest.h>

#include <string>

namespace bifrost::dialect::openai_chat {
namespace {

TEST(Models, ReadsListsHoweverTheyAreWritten) {
  const auto rows = [](const char* body) {
    auto page = dialect().family.decode_models(body);
    EXPECT_TRUE(page) << body;
    return page ? page->rows : std::vector<ModelRow>{};
  };
  const auto openai = rows(
      R"({"object":"list","data":[{"id":"gpt","object":"model","created":5,"owned_by":"openai"},{"id":""}]})");
  ASSERT_EQ(openai.size(), 1U);
  EXPECT_EQ(openai[0].id, "gpt");
  EXPECT_EQ(openai[0].created, 5);
  EXPECT_EQ(openai[0].provider, "openai");
  EXPECT_EQ(rows(R"([{"id":"a","context_length":8}])").at(0).context_length, 8);
  EXPECT_EQ(rows(R"({"models":[{"id":"a","context_window":9}]})").at(0).context_length, 9);
  const auto router = rows(
      R"({"data":[{"id":"a/b","name":"B","top_provider":{"context_length":7,"max_completion_tokens":3}}]})");
  EXPECT_EQ(router.at(0).name, "B");
  EXPECT_EQ(router.at(0).context_length, 7);
  EXPECT_EQ(router.at(0).max_output_tokens, 3);
}

TEST(Models, FollowsPages) {
  const auto page =
      dialect().family.decode_models(R"({"data":[],"has_more":true,"last_id":"x y"})");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->next, "x y");
  EXPECT_EQ(dialect().family.models_path(page->next), "/v1/models?after=x%20y");
  EXPECT_EQ(dialect().family.models_path(""), "/v1/models");
}

TEST(Models, RefusesWhatIsNoList) {
  EXPECT_EQ(dialect().family.decode_models("<html>").error().code, ErrorCode::kUpstreamProtocol);
  EXPECT_EQ(dialect().family.decode_models("{}").error().code, ErrorCode::kUpstreamProtocol);
  EXPECT_EQ(dialect().family.decode_models(R"({"error":{"message":"boom"}})").error().message,
            "boom");
}

TEST(Models, WritesOpenAisListAndMore) {
  ModelPage page;
  page.rows.push_back({.id = "openai/gpt", .provider = "openai"});
  page.rows.push_back({.id = "x/y",
                       .name = "Y",
                       .provider = "x",
                       .created = 5,
                       .context_length = 8,
                       .max_output_tokens = 2});
  page.next = "t";
  EXPECT_EQ(
      dialect().family.encode_models(page),
      R"({"object":"list","data":[{"id":"openai/gpt","object":"model","created":0,"owned_by":"openai"},{"id":"x/y","object":"model","created":5,"owned_by":"x","name":"Y","context_length":8,"max_output_tokens":2}],"has_more":true,"last_id":"t","next_page_token":"t"})");
}

}  // namespace
}  // namespace bifrost::dialect::openai_chat
