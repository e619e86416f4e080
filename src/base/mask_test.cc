#include "base/mask.h"

#include <gtest/gtest.h>

namespace bifrost {
namespace {

constexpr std::string_view kKey = "sk-proj-abcdefghijklmnopqrstuvwxyz";

TEST(Mask, TakesASecretOut) {
  EXPECT_EQ(masked("no key", kKey), "no key");
  EXPECT_EQ(masked("", kKey), "");
  EXPECT_EQ(masked("any", ""), "any");
  EXPECT_EQ(masked("bad key " + std::string(kKey) + ".", kKey), "bad key ***.");
  EXPECT_EQ(masked(std::string(kKey) + std::string(kKey), kKey), "******");
}

TEST(Mask, TakesTellingPartsOut) {
  EXPECT_EQ(masked("key sk-proj-abcdefghijk... is bad", kKey), "key ***... is bad");
  EXPECT_EQ(masked("key ...ijklmnopqrstuvwxyz is bad", kKey), "key ...*** is bad");
  EXPECT_EQ(masked("key sk-proj-abc***wxyz is bad", kKey), "key sk-proj-abc***wxyz is bad")
      << "masked already";
}

TEST(Mask, AShortSecretCountsAsAWhole) {
  EXPECT_EQ(masked("the key abc is bad", "abc"), "the key *** is bad");
  EXPECT_EQ(masked("the key ab is bad", "abc"), "the key ab is bad");
}

TEST(Mask, ALongerPartGoesBeforeAShorterOne) {
  const std::string twice = "aaaaaaaaaaaaaa1aaaaaaaaaaaaaa22";
  EXPECT_EQ(masked("x aaaaaaaaaaaaaa22 y", twice), "x *** y");
}

}  // namespace
}  // namespace bifrost
