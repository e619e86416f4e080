// Several operators who change one entry at the same moment.
#include "tests/integration/management_fixture.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <latch>
#include <set>
#include <thread>
#include <vector>

namespace bifrost::test {
namespace {

class ConcurrentEditsTest : public ManagementTest {
 protected:
  static constexpr int kOperators = 8;

  // Each calls at once, with his number; what they are answered.
  template <class Ask>
  std::vector<Response> together(Ask ask) {
    std::vector<Response> answers(kOperators);
    std::latch ready(kOperators);
    {
      std::vector<std::jthread> operators;
      operators.reserve(kOperators);
      for (int i = 0; i < kOperators; ++i) {
        operators.emplace_back([&, i] {
          ready.arrive_and_wait();
          answers[static_cast<std::size_t>(i)] = ask(i);
        });
      }
    }
    return answers;
  }
  std::string description(const std::string& path) {
    return part(call("GET", path).body, {"virtual_key", "description"});
  }
};

TEST_F(ConcurrentEditsTest, OfThoseWhoHaveSeenTheSameOneChangesIt) {
  start_kept();
  const std::string path = fmt::format("{}/{}", kKeys, made_key("alice"));
  const std::string seen(call("GET", path).headers.get("etag"));
  const auto answers = together([&](int i) {
    return call("PUT", path, fmt::format(R"({{"description": "of {}"}})", i), {{"if-match", seen}});
  });
  EXPECT_EQ(std::ranges::count(answers, 200, &Response::status), 1);
  EXPECT_EQ(std::ranges::count(answers, 412, &Response::status), kOperators - 1);
  const auto winner = std::ranges::find(answers, 200, &Response::status);
  EXPECT_EQ(description(path), fmt::format(R"("of {}")", winner - answers.begin()));
}

TEST_F(ConcurrentEditsTest, WhatOthersChangeMeanwhileStays) {
  start_kept();
  const std::string path = fmt::format("{}/{}", kKeys, made_key("alice"));
  const auto answers = together([&](int i) {
    const std::string body = i % 2 == 0 ? fmt::format(R"({{"description": "of {}"}})", i)
                                        : std::string(R"({"rate_limit": {"request_max_limit": 5,
                                                    "request_reset_duration": "1h"}})");
    return call("PUT", path, body);
  });
  EXPECT_EQ(std::ranges::count(answers, 200, &Response::status), kOperators);
  EXPECT_THAT(description(path), testing::StartsWith(R"("of )"));
  EXPECT_EQ(part(call("GET", path).body, {"virtual_key", "rate_limit", "request_max_limit"}), "5");
}

TEST_F(ConcurrentEditsTest, EachRotationGivesAnotherValueAndTheLastOneCounts) {
  ConfigText config = kept({});
  config.client += R"(, "vk_rotation_cooldown": "1h")";
  start(config);
  const std::string path = fmt::format("{}/{}", kKeys, made_key("alice"));
  const auto answers = together([&](int) { return call("POST", path + "/rotate"); });
  std::set<std::string> values = {value_};
  for (const Response& answer : answers) {
    EXPECT_EQ(answer.status, 200) << answer.body;
    values.insert(json_text(answer.body, "value"));
  }
  EXPECT_EQ(values.size(), kOperators + 1U);
  for (const std::string& value : values) EXPECT_EQ(status_of(value), 200) << "in grace, or now";
}

}  // namespace
}  // namespace bifrost::test
