#include "upstream/told_limit.h"

#include <gtest/gtest.h>

namespace bifrost::upstream {
namespace {

using namespace std::chrono_literals;

std::string told(ErrorCode code, const provider::NetworkSettings& network) {
  Error error = upstream_error(code, Retry::kSameTarget, "too slow");
  tell_limit(error, "mine", network);
  return error.message;
}

TEST(ToldLimit, NamesTheSettingAndTheValueInForce) {
  provider::NetworkSettings network;
  network.request_timeout = 7s;
  network.stream_idle_timeout = 2500ms;
  EXPECT_EQ(told(ErrorCode::kUpstreamHeaderTimeout, network),
            "too slow (providers.mine.network_config.default_request_timeout_in_seconds is 7)");
  EXPECT_EQ(told(ErrorCode::kUpstreamIdleTimeout, network),
            "too slow (providers.mine.network_config.stream_idle_timeout_in_seconds is 2.5)");
  EXPECT_EQ(told(ErrorCode::kUpstreamFirstTokenTimeout, network),
            told(ErrorCode::kUpstreamIdleTimeout, network))
      << "the first token has no limit of its own";
  network.first_token_timeout = 10ms;
  EXPECT_EQ(told(ErrorCode::kUpstreamFirstTokenTimeout, network),
            "too slow (providers.mine.network_config.first_token_timeout_in_seconds is 0.01)");
}

TEST(ToldLimit, LeavesOtherErrorsAlone) {
  EXPECT_EQ(told(ErrorCode::kUpstreamServerError, {}), "too slow");
  Error reported = upstream_error(ErrorCode::kUpstreamHeaderTimeout, Retry::kSameTarget, "504");
  reported.upstream_status = 504;
  tell_limit(reported, "mine", {});
  EXPECT_EQ(reported.message, "504");
}

}  // namespace
}  // namespace bifrost::upstream
