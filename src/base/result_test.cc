#include "base/result.h"

#include "base/try.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace bifrost {
namespace {

Result<int> half(int value) {
  if (value % 2 != 0) return client_error(ErrorCode::kInvalidRequest, "odd");
  return value / 2;
}

Result<int> quarter(int value) {
  BF_TRY(const int once, half(value));
  BF_TRY(const int twice, half(once));
  return twice;
}

Result<void> check(int value) {
  BF_TRY_VOID(half(value));
  return {};
}

TEST(Result, HoldsAValueOrAnError) {
  const Result<int> good = half(4);
  ASSERT_TRUE(good);
  EXPECT_EQ(*good, 2);
  const Result<int> bad = half(3);
  ASSERT_FALSE(bad.has_value());
  EXPECT_EQ(bad.error().message, "odd");
}

TEST(Result, TryPassesTheFirstErrorOn) {
  EXPECT_EQ(*quarter(8), 2);
  EXPECT_FALSE(quarter(6));
  EXPECT_FALSE(quarter(3));
  EXPECT_TRUE(check(2));
  EXPECT_EQ(check(1).error().message, "odd");
}

TEST(Result, MovesWhatCannotBeCopied) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(5);
  ASSERT_TRUE(result);
  const std::unique_ptr<int> owned = std::move(result).value();
  EXPECT_EQ(*owned, 5);
}

TEST(Result, VoidIsASuccessByDefault) {
  EXPECT_TRUE(Result<void>());
  EXPECT_FALSE(Result<void>(gateway_error(ErrorCode::kInternal, "x")));
}

TEST(Result, ReachesMembersOfItsValue) {
  Result<std::string> text = std::string("abc");
  EXPECT_EQ(text->size(), 3U);
  text->push_back('d');
  EXPECT_EQ(*text, "abcd");
}

}  // namespace
}  // namespace bifrost
