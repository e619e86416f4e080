#include "dialect/fallbacks.h"

#include "base/limits.h"
#include "dialect/chat_codec.h"
#include "dialect/dialect.h"
#include "json/scan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bifrost::dialect {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Result<std::vector<std::string>> read(std::string_view list) {
  const auto document = json::Document::parse(list);
  EXPECT_TRUE(document) << list;
  return read_fallbacks(document->root());
}

std::string list_of(std::size_t count) {
  std::string list = "[";
  for (std::size_t i = 0; i < count; ++i) list += i == 0 ? R"("a/b")" : R"(,"a/b")";
  return list + "]";
}

TEST(Fallbacks, AreNamesOrProvidersWithModels) {
  EXPECT_THAT(*read(R"(["openai/a",{"provider":"groq","model":"b"},{"model":"c"}])"),
              ElementsAre("openai/a", "groq/b", "c"));
  EXPECT_THAT(*read("null"), IsEmpty());
  EXPECT_THAT(*read_fallbacks({}), IsEmpty());
}

TEST(Fallbacks, FaultsNameThePlace) {
  EXPECT_EQ(read("7").error().param, "fallbacks");
  EXPECT_EQ(read(R"(["a",7])").error().param, "fallbacks[1]");
  EXPECT_EQ(read(R"([{"provider":7,"model":"a"}])").error().param, "fallbacks[0].provider");
  EXPECT_EQ(read(R"([{"provider":"a"}])").error().param, "fallbacks[0].model");
  EXPECT_EQ(read("7").error().message,
            "'fallbacks' must be an array of strings, but is a number; write \"provider/model\"");
}

// On both ways of a request, in each dialect.
TEST(Fallbacks, AreBounded) {
  for (const Dialect* dialect : all()) {
    for (const std::size_t over : {0U, 1U}) {
      std::string body =
          R"({"model":"m","max_tokens":1,"messages":[{"role":"user","content":"a"}],)"
          R"("contents":"a","input":"a","fallbacks":)" +
          list_of(limits::kFallbacksMax + over) + "}";
      json::reserve_padding(body);
      json::Scanner scanner;
      EXPECT_EQ(dialect->chat->peek({.body = body}, scanner).has_value(), over == 0)
          << dialect->name;
      EXPECT_EQ(dialect->chat->decode_request({.body = body}).has_value(), over == 0)
          << dialect->name;
    }
  }
}

}  // namespace
}  // namespace bifrost::dialect
