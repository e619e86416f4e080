#include "routing/session_keys.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace bifrost::routing {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime kStart = SteadyTime(1h);
constexpr SessionKeys::Place kPlace{.session = "s", .provider = "openai", .model = "m"};

TEST(SessionKeys, RemembersUntilTheTimeIsOver) {
  SessionKeys keys;
  EXPECT_EQ(keys.find(kPlace, kStart), "");
  keys.bind(kPlace, "a", kStart + 10s);
  EXPECT_EQ(keys.find(kPlace, kStart + 9s), "a");
  EXPECT_EQ(keys.find(kPlace, kStart + 10s), "");
  EXPECT_EQ(keys.find(kPlace, kStart), "") << "it is gone";
}

TEST(SessionKeys, KeepsSessionsProvidersAndModelsApart) {
  SessionKeys keys;
  keys.bind(kPlace, "a", kStart + 10s);
  for (const SessionKeys::Place& other :
       {SessionKeys::Place{"t", "openai", "m"}, SessionKeys::Place{"s", "anthropic", "m"},
        SessionKeys::Place{"s", "openai", "n"}}) {
    EXPECT_EQ(keys.find(other, kStart), "");
  }
}

TEST(SessionKeys, MovesAndForgets) {
  SessionKeys keys;
  keys.bind(kPlace, "a", kStart + 10s);
  keys.bind(kPlace, "b", kStart + 20s);
  EXPECT_EQ(keys.find(kPlace, kStart + 15s), "b");
  keys.forget(kPlace);
  keys.forget(kPlace);
  EXPECT_EQ(keys.find(kPlace, kStart), "");
}

TEST(SessionKeys, LetsTheOneGoThatNobodyAskedForLongest) {
  SessionKeys keys(2);
  const auto place = [](std::string_view session) {
    return SessionKeys::Place{.session = session, .provider = "openai", .model = "m"};
  };
  keys.bind(place("1"), "a", kStart + 10s);
  keys.bind(place("2"), "b", kStart + 10s);
  EXPECT_EQ(keys.find(place("1"), kStart), "a");
  keys.bind(place("3"), "c", kStart + 10s);
  EXPECT_EQ(keys.find(place("1"), kStart), "a");
  EXPECT_EQ(keys.find(place("2"), kStart), "");
  EXPECT_EQ(keys.find(place("3"), kStart), "c");
}

TEST(SessionKeys, LookingIsNoAsking) {
  SessionKeys keys(2);
  const auto place = [](std::string_view session) {
    return SessionKeys::Place{.session = session, .provider = "openai", .model = "m"};
  };
  keys.bind(place("1"), "a", kStart + 10s);
  keys.bind(place("2"), "b", kStart + 10s);
  EXPECT_EQ(keys.peek(place("1"), kStart), "a");
  EXPECT_EQ(keys.peek(place("1"), kStart + 10s), "");
  EXPECT_EQ(keys.peek(place("3"), kStart), "");
  keys.bind(place("3"), "c", kStart + 10s);
  EXPECT_EQ(keys.find(place("1"), kStart), "") << "nobody has asked for it since";
}

TEST(SessionKeysThreads, AreSharedByWorkers) {
  SessionKeys keys(8);
  {
    std::vector<std::jthread> workers;
    workers.reserve(4);
    for (int worker = 0; worker < 4; ++worker) {
      workers.emplace_back([&keys, worker] {
        for (int i = 0; i < 2000; ++i) {
          const std::string session = std::to_string((i * 7 + worker) % 16);
          const SessionKeys::Place place{.session = session, .provider = "p", .model = "m"};
          if (i % 3 == 0) keys.bind(place, session, kStart + 10s);
          if (i % 5 == 0) keys.forget(place);
          const std::string found = keys.find(place, kStart);
          EXPECT_TRUE(found.empty() || found == session);
        }
      });
    }
  }
}

}  // namespace
}  // namespace bifrost::routing
