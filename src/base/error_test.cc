#include "base/error.h"

#include <gtest/gtest.h>

#include <set>

namespace bifrost {
namespace {

TEST(Error, EveryCodeHasARowThatACallerCanActOn) {
  EXPECT_EQ(error_table().size(), static_cast<std::size_t>(ErrorCode::kCount));
  std::set<std::string_view> names;
  for (const ErrorInfo& info : error_table()) {
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_GE(info.status, 400);
    EXPECT_LE(info.status, 599);
    EXPECT_FALSE(info.openai_type.empty());
    EXPECT_FALSE(info.error_type.empty());
    EXPECT_TRUE(info.text.ends_with('.')) << info.name;
    EXPECT_EQ(&error_info(info.code), &info);
  }
}

TEST(Error, PassesAProvidersOwnStatusOn) {
  Error error = upstream_error(ErrorCode::kUpstreamRateLimited, Retry::kOtherKey, "slow down");
  EXPECT_EQ(error.status(), 429);
  error.upstream_status = 418;
  EXPECT_EQ(error.status(), 418);
  error.upstream_status = 200;  // an error inside a 200
  EXPECT_EQ(error.status(), 429);
}

TEST(Error, ACallersFaultKeepsItsOwnStatus) {
  Error error = client_error(ErrorCode::kInvalidRequest, "bad", "messages[0]");
  error.upstream_status = 503;
  EXPECT_EQ(error.status(), 400);
  EXPECT_EQ(error.origin, Origin::kClient);
  EXPECT_EQ(error.retry, Retry::kNo);
  EXPECT_EQ(error.param, "messages[0]");
  EXPECT_EQ(error.name(), "invalid_request");
}

}  // namespace
}  // namespace bifrost
