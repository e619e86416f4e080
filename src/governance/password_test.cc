#include "governance/password.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bifrost::governance {
namespace {

TEST(PasswordTest, OpensItsOwnHashAndNoOther) {
  const auto hash = hash_password("correct horse");
  ASSERT_TRUE(hash);
  EXPECT_THAT(*hash, testing::StartsWith("$argon2id$v=19$m=19456,t=2,p=1$"));
  EXPECT_TRUE(is_password_hash(*hash));
  EXPECT_EQ(password_hash_problem(*hash), "");
  EXPECT_TRUE(opens_password_hash("correct horse", *hash));
  EXPECT_FALSE(opens_password_hash("correct horsf", *hash));
  EXPECT_FALSE(opens_password_hash("", *hash));
  EXPECT_NE(*hash, *hash_password("correct horse")) << "each has a salt of its own";
}

// Made by the command argon2 of the reference implementation, with the salt "somesaltsomesalt".
TEST(PasswordTest, OpensWhatOthersMade) {
  const std::string hash =
      "$argon2id$v=19$m=4096,t=3,p=1$c29tZXNhbHRzb21lc2FsdA$"
      "BvuA7SfebsIC3f4gSy7/Ei1s6+hsEfaOuCZMbl/y/Sg";
  EXPECT_TRUE(opens_password_hash("password", hash));
  EXPECT_FALSE(opens_password_hash("Password", hash));
}

TEST(PasswordTest, WhatIsNoHashOrTooDearOpensNothing) {
  for (const std::string& hash : {
           std::string("$argon2id$"),
           std::string("$argon2id$v=19$m=4096,t=3,p=1$$"),
           std::string("$argon2id$v=16$m=4096,t=3,p=1$c29tZXNhbHQ$AAAA"),
           std::string("$argon2id$v=19$m=4194304,t=3,p=1$c29tZXNhbHQ$AAAA"),
           std::string("$argon2id$v=19$m=4096,t=1000000,p=1$c29tZXNhbHQ$AAAA"),
           std::string("$argon2id$v=19$m=x,t=3,p=1$c29tZXNhbHQ$AAAA"),
       }) {
    EXPECT_NE(password_hash_problem(hash), "") << hash;
    EXPECT_FALSE(opens_password_hash("", hash)) << hash;
  }
}

}  // namespace
}  // namespace bifrost::governance
