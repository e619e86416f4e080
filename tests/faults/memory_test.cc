// Callers and providers that want more memory than there is.
#include "tests/faults/memory_group.h"
#include "tests/integration/gateway_fixture.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <thread>

namespace bifrost::test {
namespace {

using ::testing::AnyOf;
using ::testing::Eq;
using ::testing::HasSubstr;

constexpr std::size_t kMiB = 1024 * 1024;

// "element,element,…", about so many bytes.
std::string many(std::string_view element, std::size_t bytes) {
  std::string list;
  while (list.size() < bytes) list.append(element).append(",");
  list.pop_back();
  return list;
}

class MemoryFaultTest : public GatewayTest {
 protected:
  // `openai` at the first provider, `anthropic` at the second: a chat to it is translated.
  static ConfigText config(std::string server) {
    return {.providers = {{}, {.name = "anthropic", .url = "${second_url}"}},
            .server = std::move(server)};
  }
  // What requests may hold; what else the process uses, with a sanitizer much, has no say.
  static std::string budget(int limit_mb, double share) {
    return fmt::format(
        R"("overload": {{"memory_limit_mb": {}, "memory_share": {},)"
        R"( "stop_keep_alive_at": 2, "refuse_large_bodies_at": 2, "close_idle_at": 2,)"
        R"( "refuse_low_priority_at": 2, "refuse_at": 2}})",
        limit_mb, share);
  }
  static std::string translated(std::string_view messages) {
    return fmt::format(R"({{"model":"anthropic/claude-test","messages":[{}]}})", messages);
  }
  static std::string one_message(std::size_t bytes) {
    return R"({"role":"user","content":")" + std::string(bytes, 'x') + "\"}";
  }
  [[nodiscard]] std::unique_ptr<Client> begin_body(std::size_t announced, std::size_t sent) const {
    auto client = std::make_unique<Client>(gateway->port());
    client->send(fmt::format("POST {} HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n",
                             unified().path, announced));
    client->send(std::string(sent, 'x'));
    return client;
  }
  [[nodiscard]] double held() const {
    return gateway->metrics().sum("bifrost_request_memory_bytes");
  }
};

TEST_F(MemoryFaultTest, UnfinishedBodiesHoldNoMoreThanTheirShare) {
  start(config(budget(256, 0.25)));
  const std::size_t before = gateway->resident_bytes();
  std::vector<std::unique_ptr<Client>> callers;
  callers.reserve(20);
  for (int i = 0; i < 20; ++i) callers.push_back(begin_body(9 * kMiB, 8 * kMiB));
  // Each stands still, or was sent away.
  ASSERT_TRUE(metric_reaches("bifrost_active_requests", 6, {{"method", "POST"}}));
  expect_resident_below(before + 80 * kMiB);
  EXPECT_GT(held(), 40.0 * kMiB);
  EXPECT_EQ(gateway->metrics().sum("bifrost_refused_total", {{"reason", "memory"}}), 14);
  int refused = 0;
  for (const auto& caller : callers) {
    caller->wait_at_most(200ms);
    const Response reply = caller->read_response();
    if (reply.status == 0) continue;
    ++refused;
    EXPECT_EQ(reply.status, 503);
    EXPECT_EQ(json_text(reply.body, "type"), "busy");
    EXPECT_TRUE(reply.headers.contains("retry-after"));
  }
  EXPECT_EQ(refused, 14);
  // Ordinary requests go on, and what was held comes back.
  provider.push(unified().reply());
  EXPECT_EQ(ask().status, 200);
  callers.clear();
  EXPECT_TRUE(metric_reaches("bifrost_active_requests", 0, {{"method", "POST"}}));
  EXPECT_LT(held(), 1.0 * kMiB);
}

TEST_F(MemoryFaultTest, ABodyThatCanNeverFitIsRefusedBeforeItIsSent) {
  start(config(budget(64, 0.25)));
  Client client = connect();
  client.send(
      fmt::format("POST {} HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\n"
                  "content-length: {}\r\n\r\n",
                  unified().path, 15 * kMiB));
  const Response reply = client.read_response();
  EXPECT_EQ(reply.status, 413);
  EXPECT_TRUE(reply.interim.empty());
  EXPECT_EQ(json_text(reply.body, "type"), "too_large_for_memory");
  EXPECT_THAT(reply.body, HasSubstr("server.overload.memory_share"));
}

// Callers of a native route read it in their own dialect.
TEST_F(MemoryFaultTest, ARefusalSpeaksTheDialectOfItsCaller) {
  start(config(budget(64, 0.25)));
  const Response reply =
      post(anthropic().path,
           R"({"model":"claude-test","max_tokens":1,"messages":[)" + one_message(16 * kMiB) + "]}");
  EXPECT_EQ(reply.status, 413);
  EXPECT_EQ(json_text(reply.body, "type"), "error");
  EXPECT_THAT(reply.body, HasSubstr("\"request_too_large\""));
}

// A body of brackets weighs many times its size once it is decoded.
TEST_F(MemoryFaultTest, WhatWouldNotFitDecodedIsNotDecoded) {
  start(config(budget(256, 0.25)));
  const std::size_t before = gateway->resident_bytes();
  const Response reply =
      post(unified().path, translated(R"({"role":"user","content":[)" +
                                      many(R"({"type":"text","text":""})", 4 * kMiB) + "]}"));
  EXPECT_EQ(reply.status, 413);
  EXPECT_EQ(json_text(reply.body, "type"), "too_large_for_memory");
  EXPECT_EQ(second.request_count(), 0U);
  expect_resident_below(before + 60 * kMiB);
  // Of one long text there is room for as many bytes.
  second.push(anthropic().reply());
  EXPECT_EQ(post(unified().path, translated(one_message(4 * kMiB))).status, 200);
}

TEST_F(MemoryFaultTest, AnAnswerThatDoesNotFitIsTheProvidersFault) {
  start(config(budget(64, 0.25)));
  provider.push(Script::json(200, std::string(20 * kMiB, ' ')));
  const Response reply = ask();
  EXPECT_EQ(reply.status, 502);
  EXPECT_EQ(json_text(reply.body, "type"), "upstream_protocol");
}

// 4 MiB of brackets take four bytes each to index and ten to decode, and nothing keeps that: no
// thread, and no connection that stays.
TEST_F(MemoryFaultTest, WhatWorkTookGoesBackAfterABurst) {
  constexpr std::size_t kBurst = 4 * kMiB;
  constexpr int kCallers = 2;
  // Large blocks are the kernel's from the first to the last one, not the allocator's to keep.
  GatewayOptions options{.config = config_text(config(budget(64 * 1024, 0.5))),
                         .environment = {{"MALLOC_MMAP_THRESHOLD_", "131072"}},
                         .arguments = {"--workers", "1"}};
  second.handle([](const ReceivedRequest&) { return anthropic().reply(); });
  start_with(std::move(options));
  const auto body = [](std::size_t bytes) {
    return fmt::format(R"({{"model":"anthropic/claude-test","messages":[{}],"x":[{}]}})",
                       R"({"role":"user","content":"hi"})", many("[]", bytes));
  };
  const std::string small = body(100);
  const std::string large = body(kBurst);
  ASSERT_EQ(post(unified().path, small).status, 200);
  const std::size_t before = gateway->resident_bytes();
  std::vector<Client> callers;
  callers.reserve(kCallers);
  for (int i = 0; i < kCallers; ++i) callers.push_back(connect());
  {
    std::vector<std::jthread> threads;
    threads.reserve(kCallers);
    for (Client& caller : callers) {
      threads.emplace_back([&] {
        const Response reply = caller.post(unified().path, large);
        EXPECT_EQ(reply.status, 200) << reply.body;
      });
    }
  }
  ASSERT_TRUE(metric_reaches("bifrost_active_requests", 0, {{"method", "POST"}}));
  EXPECT_LT(held(), 2.0 * kMiB);  // what the worker has drawn, and what asks
  if (!GatewayProcess::resident_is_held()) return;
  EXPECT_GT(gateway->peak_resident_bytes(), before + 6 * kBurst);
  EXPECT_TRUE(comes_true([&] { return gateway->resident_bytes() < before + 2 * kBurst; }))
      << gateway->resident_bytes() << " after " << before;
  for (Client& caller : callers) EXPECT_EQ(caller.post(unified().path, small).status, 200);
}

// Everything at once, in a control group of 256 MiB where one can be made: the kernel ends a
// process that goes beyond it. Elsewhere the limit is a setting, and what was used at most is
// looked at.
TEST_F(MemoryFaultTest, TheWorstMixIsRefusedAndTheProcessLives) {
  constexpr std::size_t kLimit = 256 * kMiB;
  const bool measured = GatewayProcess::resident_is_held();
  const auto group = measured ? MemoryGroup::make(kLimit) : nullptr;
  GatewayOptions options{.config = config_text(config(group ? "" : budget(256, 0.5)))};
  if (group) options.binary = group->starter(gateway_binary());
  provider.handle([](const ReceivedRequest&) {
    return Script::json(200, std::string(12 * kMiB, ' ') + unified().answer);
  });
  second.handle([](const ReceivedRequest&) { return anthropic().reply(); });
  start_with(std::move(options));
  if (group) EXPECT_TRUE(gateway->wait_for_log("by=cgroup"));

  const std::string decoded[] = {
      translated(one_message(10 * kMiB)),
      translated(many(R"({"role":"user","content":"hi"})", 512 * 1024)),
      translated(R"({"role":"user","content":[)" + many(R"({"type":"text","text":"a"})", 2 * kMiB) +
                 "]}"),
      translated(R"({"role":"user","content":"hi","x":[)" + many("[]", 8 * kMiB) + "]}"),
  };
  std::vector<std::unique_ptr<Client>> unfinished;
  unfinished.reserve(8);
  for (int i = 0; i < 8; ++i) unfinished.push_back(begin_body(40 * kMiB, 6 * kMiB));
  std::atomic<int> served{0};
  std::atomic<int> refused{0};
  std::atomic<int> other{0};
  const auto caller = [&](std::size_t number) {
    for (std::size_t round = 0; round < 12; ++round) {
      const std::size_t kind = (number + round) % 5;
      const Response reply = kind == 4 ? ask() : post(unified().path, decoded[kind]);
      const bool sent_away = reply.status == 503 || reply.status == 413 || reply.status == 502;
      ++(reply.status == 200 ? served : sent_away ? refused : other);
    }
  };
  {
    std::vector<std::jthread> callers;
    callers.reserve(8);
    for (std::size_t i = 0; i < 8; ++i) callers.emplace_back([&, i] { caller(i); });
  }
  EXPECT_GT(served, 0);
  EXPECT_GT(refused, 0);
  EXPECT_EQ(other, 0);
  if (measured) EXPECT_LT(gateway->peak_resident_bytes(), kLimit);
  unfinished.clear();
  ASSERT_TRUE(metric_reaches("bifrost_active_requests", 0, {{"method", "POST"}}));
  EXPECT_EQ(post(unified().path, translated(one_message(100))).status, 200);
  gateway->send_signal(SIGTERM);
  EXPECT_TRUE(gateway->exits_with(0));
}

}  // namespace
}  // namespace bifrost::test
