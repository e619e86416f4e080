#include "dialect/anthropic/dialect.h"
#include "dialect/gemini/dialect.h"
#include "dialect/openai_chat/dialect.h"

#include <gtest/gtest.h>

#include <string>

namespace bifrost::dialect {
namespace {

// "limit after before", or the name of the parameter that is refused.
std::string read(const Dialect& dialect, std::string_view query) {
  const auto got = dialect.family.decode_model_query(query);
  if (!got) return "refused: " + got.error().param;
  return std::to_string(got->limit) + " " + got->after + " " + got->before;
}

TEST(ModelQuery, HasTheNamesOfItsDialect) {
  EXPECT_EQ(read(anthropic::dialect(), "limit=2&after_id=openai%2Fa&before_id=b"), "2 openai/a b");
  EXPECT_EQ(read(gemini::dialect(), "key=k&pageSize=3&pageToken=a"), "3 a ");
  EXPECT_EQ(read(openai_chat::dialect(), "page_size=4&page_token=a"), "4 a ");
  EXPECT_EQ(read(openai_chat::dialect(), "limit=4&after=a&before=b"), "4 a b");
  EXPECT_EQ(read(anthropic::dialect(), "pageSize=3&page_token=a"), "0  ") << "another's names";
  EXPECT_EQ(read(gemini::dialect(), ""), "0  ");
}

TEST(ModelQuery, NamesTheParameterThatIsRefused) {
  for (const std::string_view limit : {"0", "-1", "x", "1001", "2.5", "99999999999999999999"}) {
    EXPECT_EQ(read(anthropic::dialect(), "limit=" + std::string(limit)), "refused: limit") << limit;
  }
  EXPECT_EQ(read(anthropic::dialect(), "limit=1000"), "1000  ");
  EXPECT_EQ(read(gemini::dialect(), "pageSize=-1"), "refused: pageSize");
  EXPECT_EQ(read(gemini::dialect(), "pageSize=0&pageToken="), "0  ") << "what is not set";
  EXPECT_EQ(read(openai_chat::dialect(), "page_size=0"), "refused: page_size");
  EXPECT_EQ(read(openai_chat::dialect(), "limit=x"), "refused: limit");
  EXPECT_EQ(openai_chat::dialect().family.decode_model_query("after=a")->after_name, "after");
}

}  // namespace
}  // namespace bifrost::dialect
