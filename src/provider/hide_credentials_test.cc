#include "provider/hide_credentials.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace bifrost::provider {
namespace {

constexpr std::string_view kText =
    "key sk-of-the-config, token fetched-token, header header-of-operator, team blue";

class HideCredentials : public ::testing::Test {
 protected:
  HideCredentials() {
    key_.settings.value = config::Secret("sk-of-the-config");
    endpoint_.settings.network.extra_headers.append("X-Auth", config::Secret("header-of-operator"));
    endpoint_.settings.network.extra_headers.append("X-Team", config::Secret("blue"));
  }

  [[nodiscard]] std::string searched(std::string_view bytes) const {
    return without_credentials(std::string(bytes), endpoint_, &key_, "fetched-token");
  }

  Endpoint endpoint_;
  Key key_;
};

TEST_F(HideCredentials, TakesThemOutOfAllTextsOfAnError) {
  Error error = upstream_error(ErrorCode::kUpstreamAuth, Retry::kNo, std::string(kText));
  error.upstream_body = kText;
  hide_credentials(error, endpoint_, &key_, "fetched-token");
  constexpr std::string_view kHidden = "key ***, token ***, header ***, team blue";
  EXPECT_EQ(error.message, kHidden);
  EXPECT_EQ(error.upstream_body, kHidden);
}

TEST_F(HideCredentials, TakesThemOutOfBytes) {
  EXPECT_EQ(searched(kText), "key ***, token ***, header ***, team blue");
  EXPECT_EQ(without_credentials("{}", endpoint_, nullptr, {}), "{}");
}

TEST_F(HideCredentials, LeavesTheWordsOfAFormat) {
  key_.settings.value = config::Secret("error");
  EXPECT_EQ(searched(R"({"error":{}})"), R"({"error":{}})");
}

}  // namespace
}  // namespace bifrost::provider
