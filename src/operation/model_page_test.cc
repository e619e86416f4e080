#include "operation/model_page.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace bifrost::operation {
namespace {

// The ids of a page of the models a to e, and behind a slash the token of the next page.
std::string page(dialect::ModelQuery query) {
  query.after_name = "after_id";
  query.before_name = "before_id";
  std::vector<dialect::ModelRow> rows;
  for (const char id : std::string("abcde")) rows.push_back({.id = std::string(1, id)});
  const auto got = page_of(std::move(rows), query);
  if (!got) return got.error().param + ": " + got.error().message;
  std::string out;
  for (const dialect::ModelRow& row : got->rows) out += row.id;
  return got->next.empty() ? out : out + "/" + got->next;
}

TEST(ModelPage, HasAllWithoutAQuery) {
  EXPECT_EQ(page({}), "abcde");
  EXPECT_TRUE(page_of({}, {.limit = 1})->rows.empty());
}

TEST(ModelPage, EndsAtTheLimit) {
  EXPECT_EQ(page({.limit = 2}), "ab/b");
  EXPECT_EQ(page({.limit = 4}), "abcd/d");
  EXPECT_EQ(page({.limit = 5}), "abcde");
  EXPECT_EQ(page({.limit = 6}), "abcde");
}

TEST(ModelPage, GoesOnBehindAModel) {
  EXPECT_EQ(page({.limit = 2, .after = "b"}), "cd/d");
  EXPECT_EQ(page({.limit = 2, .after = "d"}), "e");
  EXPECT_EQ(page({.limit = 2, .after = "e"}), "");
  EXPECT_EQ(page({.after = "a"}), "bcde");
}

TEST(ModelPage, GoesBackwardsFromAModel) {
  EXPECT_EQ(page({.limit = 2, .before = "e"}), "cd/c");
  EXPECT_EQ(page({.limit = 2, .before = "c"}), "ab");
  EXPECT_EQ(page({.limit = 2, .before = "a"}), "");
}

TEST(ModelPage, LiesBetweenTwoModels) {
  EXPECT_EQ(page({.after = "a", .before = "d"}), "bc");
  EXPECT_EQ(page({.limit = 1, .after = "a", .before = "d"}), "b/b");
  EXPECT_EQ(page({.after = "d", .before = "a"}), "");
}

TEST(ModelPage, RefusesAModelThatIsNotThere) {
  EXPECT_EQ(page({.after = "x"}),
            "after_id: after_id \"x\" is no model of this list; begin again without after_id");
  EXPECT_EQ(page({.before = "x"}),
            "before_id: before_id \"x\" is no model of this list; begin again without before_id");
}

}  // namespace
}  // namespace bifrost::operation
