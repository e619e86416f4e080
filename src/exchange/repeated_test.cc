#include "exchange/repeated.h"

#include <gtest/gtest.h>

namespace bifrost::exchange {
namespace {

TEST(SaysItRepeats, ByTheHeadersOfSdksAndProxies) {
  EXPECT_TRUE(says_it_repeats({{"x-stainless-retry-count", "1"}}));
  EXPECT_TRUE(says_it_repeats({{"X-Stainless-Retry-Count", " 2 "}}));
  EXPECT_TRUE(says_it_repeats({{"grpc-previous-rpc-attempts", "1"}}));
  EXPECT_TRUE(says_it_repeats({{"x-envoy-attempt-count", "2"}}));
  EXPECT_TRUE(says_it_repeats({{"amz-sdk-request", "attempt=2; max=3"}}));
  EXPECT_TRUE(says_it_repeats({{"amz-sdk-request", "ttl=20260101T000000Z; Attempt=3"}}));
}

TEST(SaysItRepeats, NotInAFirstAttempt) {
  EXPECT_FALSE(says_it_repeats({}));
  EXPECT_FALSE(says_it_repeats({{"x-stainless-retry-count", "0"}}));
  EXPECT_FALSE(says_it_repeats({{"x-stainless-retry-count", "many"}}));
  EXPECT_FALSE(says_it_repeats({{"x-stainless-retry-count", "-1"}}));
  EXPECT_FALSE(says_it_repeats({{"x-envoy-attempt-count", "1"}}));
  EXPECT_FALSE(says_it_repeats({{"amz-sdk-request", "attempt=1; max=3"}}));
  EXPECT_FALSE(says_it_repeats({{"amz-sdk-request", "max=3"}}));
}

}  // namespace
}  // namespace bifrost::exchange
