#include "exchange/services.h"

#include "net/loop_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <utility>
#include <vector>

namespace bifrost::exchange {
namespace {

using ::testing::HasSubstr;

std::atomic<std::thread::id> gatherer;

telemetry::ProcessSample note_thread() {
  gatherer = std::this_thread::get_id();
  return {};
}

class ServicesTest : public ::testing::Test {
 protected:
  std::unique_ptr<telemetry::Registry> registry_ =
      *telemetry::Registry::create({.version = "1", .custom_labels = {}, .process = note_thread});
  Services services_{.metrics = *registry_, .shard = registry_->add_shard(), .version = "1"};
};

net::Task<void> scrape_and_read(net::CallScope& scope, Services& services) {
  const auto scrape = co_await services.scrape(scope);
  EXPECT_TRUE(scrape);
  if (scrape) EXPECT_THAT(scrape->text, HasSubstr("bifrost_build_info"));
}

TEST_F(ServicesTest, GathersTheMetricsBesideTheWorker) {
  net::run_on_loop([&](net::CallScope& scope) { return scrape_and_read(scope, services_); });
  EXPECT_NE(gatherer.load(), std::thread::id());
  EXPECT_NE(gatherer.load(), std::this_thread::get_id());
}

net::Task<void> scrape_more_than_fit(net::CallScope& scope, Services& services) {
  std::vector<Services::Scrape> unread;
  for (std::size_t i = 0; i < kScrapesMax; ++i) {
    auto scrape = co_await services.scrape(scope);
    EXPECT_TRUE(scrape);
    if (scrape) unread.push_back(*std::move(scrape));
  }
  const auto refused = co_await services.scrape(scope);
  EXPECT_FALSE(refused);
  if (!refused) EXPECT_EQ(refused.error().code, ErrorCode::kQueueFull);
  unread.pop_back();
  EXPECT_TRUE(co_await services.scrape(scope));
}

TEST_F(ServicesTest, HoldsABoundedNumberOfTextsThatNobodyHasRead) {
  net::run_on_loop([&](net::CallScope& scope) { return scrape_more_than_fit(scope, services_); });
}

}  // namespace
}  // namespace bifrost::exchange
