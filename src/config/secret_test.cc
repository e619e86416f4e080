#include "config/secret.h"

#include <gtest/gtest.h>

#include <sstream>

namespace bifrost::config {
namespace {

TEST(Secret, IsNeverPrinted) {
  const Secret secret("sk-123", "env.KEY");
  std::ostringstream stream;
  stream << secret;
  EXPECT_EQ(stream.str(), "<redacted>");
  EXPECT_EQ(to_string(secret), "<redacted>");
  EXPECT_EQ(format_as(secret), "<redacted>");
  EXPECT_EQ(testing::PrintToString(secret), "<redacted>");
  EXPECT_EQ(secret.reveal(), "sk-123");
}

TEST(Secret, IsComparedByItsTextAndWhereItComesFrom) {
  EXPECT_EQ(Secret("a"), Secret("a"));
  EXPECT_NE(Secret("a", "env.A"), Secret("a"));
  EXPECT_NE(Secret("a"), Secret("b"));
}

}  // namespace
}  // namespace bifrost::config
