#include "exchange/relay.h"

#include "dialect/chat_codec.h"
#include "exchange/finish.h"
#include "exchange/process_fixture.h"
#include "server/request_fixture.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost::exchange {
namespace {

std::shared_ptr<governance::Limit> limit(governance::Unit unit) {
  return std::make_shared<governance::Limit>(
      governance::LimitTerms{.owner = "virtual key test", .unit = unit, .amount = 1000},
      WallTime());
}

std::string delta(std::string_view text) {
  return R"(data: {"id":"x","choices":[{"index":0,"delta":{"content":")" + std::string(text) +
         "\"}}]}\n\n";
}

constexpr std::string_view kEnd =
    R"(data: {"id":"x","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],)"
    R"("usage":{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9}})"
    "\n\ndata: [DONE]\n\n";

// A provider's pieces; before one of them the caller leaves.
class Pieces final : public client::ByteSource {
 public:
  Pieces(std::deque<std::string> pieces, server::SimulatedRequest& caller,
         std::size_t leaves_before)
      : pieces_(std::move(pieces)), caller_(caller), leaves_before_(leaves_before) {}

  net::Task<Result<std::string_view>> read(net::CallScope& /*scope*/) override {
    if (next_ == leaves_before_) caller_.leave();
    if (next_ == pieces_.size()) co_return std::string_view();
    co_return std::string_view(pieces_[next_++]);
  }

 private:
  std::deque<std::string> pieces_;
  server::SimulatedRequest& caller_;
  std::size_t leaves_before_;
  std::size_t next_ = 0;
};

constexpr std::size_t kStays = 1000;

// Not asked for anything where bytes pass.
class NoCall final : public Call {
 public:
  [[nodiscard]] llm::RequestType type() const override { return {llm::Operation::kChat, true}; }
  [[nodiscard]] const dialect::Dialect& inbound() const override {
    return *dialect::find("openai_chat");
  }
  [[nodiscard]] std::string path(const provider::Side& /*side*/,
                                 std::string_view /*model*/) const override {
    return {};
  }
  Result<dialect::EncodedRequest> encode(const provider::Side& /*side*/,
                                         std::string_view /*model*/) override {
    return gateway_error(ErrorCode::kInternal, "not asked");
  }
  Result<dialect::TapState> judge(const provider::Side& /*side*/,
                                  std::string_view /*body*/) override {
    return gateway_error(ErrorCode::kInternal, "not asked");
  }
  [[nodiscard]] llm::Usage expected_usage(std::size_t /*body_bytes*/,
                                          std::int64_t /*output_tokens_max*/) const override {
    return {};
  }
  [[nodiscard]] std::string translated_body(
      const dialect::AnswerContext& /*context*/) const override {
    return {};
  }
};

const Operation kOperation{.name = "chat_completion"};

class RelayTest : public ::testing::Test {
 protected:
  // What a stream of two words settles whose caller leaves before that piece.
  std::int64_t settled(std::size_t leaves_before) {
    limits_ = {limit(governance::Unit::kTokens)};
    process_.run([&](net::CallScope& scope) { return leave(scope, *this, leaves_before); });
    return limits_.front()->state(process_.clock.wall()).used;
  }
  // The answer comes as `last`, and its caller reads it only after a while.
  void read_late(const std::string& last) {
    limits_ = {limit(governance::Unit::kConcurrent)};
    process_.run([&](net::CallScope& scope) { return read_late(scope, *this, last); });
  }

 private:
  [[nodiscard]] std::int64_t running() {
    return limits_.front()->state(process_.clock.wall()).held;
  }

  using Caller = std::optional<server::SimulatedRequest>;
  static void come(net::CallScope& scope, Caller& caller) {
    caller.emplace(scope, http::RequestHead{.method = "POST", .target = "/v1/x", .headers = {}});
  }

  static net::Task<void> read_late(net::CallScope& scope, RelayTest& test, std::string last) {
    Caller caller;
    net::TaskGroup tasks(scope.loop());
    tasks.spawn("relay", [&](net::CallScope& own) {
      come(own, caller);
      return relay(test, *caller, {delta("a"), std::move(last)}, kStays);
    });
    EXPECT_TRUE(co_await net::sleep_for(scope, std::chrono::milliseconds(1)));
    EXPECT_EQ(test.running(), 1) << "what nobody reads is running";
    co_await net::read_until(scope, caller->far(), "data: [DONE]\n");
    EXPECT_EQ(test.running(), 0) << "the last byte is still to come";
    co_await net::read_until(scope, caller->far(), "\r\n0\r\n\r\n");
    EXPECT_TRUE(co_await tasks.drained(scope));
  }

  static net::Task<void> leave(net::CallScope& scope, RelayTest& test, std::size_t leaves_before) {
    Caller caller;
    come(scope, caller);
    co_await relay(test, *caller, {delta("a"), delta("b"), std::string(kEnd)}, leaves_before);
  }

  static net::Task<void> relay(RelayTest& test, server::SimulatedRequest& caller,
                               std::deque<std::string> pieces, std::size_t leaves_before) {
    Exchange exchange{caller.request(), test.process_.snapshot, "id"};
    exchange.route.surface = &test.surface_;
    test.serve(exchange, std::make_unique<Pieces>(std::move(pieces), caller, leaves_before));
    {
      StreamWriter writer(exchange, test.meter_);
      const NoCall call;
      auto relayed = co_await relay_stream(
          {.exchange = exchange, .call = call, .clock = test.process_.clock, .meter = test.meter_},
          writer);
      EXPECT_EQ(relayed.has_value(), leaves_before == kStays);
      if (!relayed) exchange.error = std::move(relayed).error();
    }
    finish(exchange, test.process_.clock, {});
  }

  void serve(Exchange& exchange, std::unique_ptr<client::ByteSource> pieces) {
    ModelCall& call = exchange.call.emplace();
    call.form = &dialect::find("openai_chat")->chat->stream;
    call.reservation = *governance::Reservation::hold({}, limits_, {.requests = 1, .concurrent = 1},
                                                      process_.clock.wall());
    upstream::Served& served = call.served.emplace();
    served.target = &target_;
    served.side = &target_.endpoint->usual_side();
    served.same_dialect = true;
    served.answer = std::make_unique<upstream::Answer>();
    served.answer->stream = std::make_unique<upstream::AnswerStream>(
        std::move(pieces), dialect::find("openai_chat")->chat->make_stream_tap(), "", false,
        upstream::AnswerStream::Limits{.endpoint = *target_.endpoint}, upstream::Permit());
  }

  SimulatedProcess process_;
  std::vector<std::shared_ptr<governance::Limit>> limits_;
  routing::Target target_{.endpoint = process_.snapshot->registry.find("openai"), .model = "m"};
  Surface surface_{.method = "POST",
                   .pattern = "/v1/x",
                   .operation = &kOperation,
                   .dialect = dialect::find("openai_chat")};
  std::vector<std::string> labels_;
  record::Meter meter_{process_.worker, labels_, process_.services.key_states};
};

TEST_F(RelayTest, SettlesWhatTheProviderCounted) { EXPECT_EQ(settled(kStays), 9); }

TEST_F(RelayTest, SettlesWhatWasSeenOfAStreamThatWasLeft) {
  EXPECT_EQ(settled(1), 2) << "the second word was on its way";
  EXPECT_EQ(settled(2), 9) << "its end was";
}

// More than the kernel holds, and the end is in it.
TEST_F(RelayTest, AnAnswerThatNobodyReadsIsRunning) {
  read_late(delta(std::string(200'000, 'x')) + std::string(kEnd));
}

}  // namespace
}  // namespace bifrost::exchange
