#include "upstream/credentials.h"

#include "upstream/credentials_fixture.h"

#include <gmock/gmock.h>

#include <string>
#include <utility>

namespace bifrost::upstream {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Sent = ScriptedTransport::Sent;

constexpr net::CallScope::Expiry kLeft{ErrorCode::kClientGone, Origin::kClient, Retry::kNo,
                                       "the caller has had enough"};

TEST_F(CredentialsTest, TheFirstCallFetchesAndTheOthersGoOnWithIt) {
  run([](Steps its) -> net::Task<void> {
    for (int i = 0; i < 3; ++i) co_await its.expect_served();
  });
  EXPECT_EQ(asked(), 1U);
  EXPECT_EQ(transport.sent()[0].body, "secret-main at 1700000000");
  EXPECT_FALSE(transport.sent()[0].headers.get("user-agent").empty());
  EXPECT_THAT(shown(), ElementsAre("Bearer token-1", "Bearer token-1", "Bearer token-1"));
  EXPECT_FALSE(transport.sent()[1].headers.contains("x-api-key")) << "the secret stays here";
}

TEST_F(CredentialsTest, FiftyCallersAskOnce) {
  login_takes = 2s;
  run([](Steps its) -> net::Task<void> {
    net::TaskGroup callers(its.scope.loop());
    its.spawn_chats(callers, 50);
    EXPECT_TRUE(co_await callers.drained(its.scope));
  });
  EXPECT_EQ(asked(), 1U);
  EXPECT_EQ(shown().size(), 50U);
}

TEST_F(CredentialsTest, TheFetchTakesNoPlaceAtTheProvidersGate) {
  login_takes = 2s;
  run([](Steps its) -> net::Task<void> {
    net::TaskGroup callers(its.scope.loop());
    its.spawn_chats(callers, 1);
    co_await its.pass(1s);
    EXPECT_EQ(its.test.asked(), 1U);
    EXPECT_EQ(its.test.gate().in_flight(), 0U);
    EXPECT_TRUE(co_await callers.drained(its.scope));
  });
}

TEST_F(CredentialsTest, ATokenIsRenewedBesideTheCallsBeforeItEnds) {
  run([](Steps its) -> net::Task<void> {
    co_await its.expect_served();
    co_await its.pass(54min);
    co_await its.expect_served();
    EXPECT_EQ(its.test.asked(), 1U);
    co_await its.pass(2min);
    its.test.login_takes = 3s;
    const SteadyTime now = its.test.clock_.now();
    for (int i = 0; i < 3; ++i) co_await its.expect_served();
    EXPECT_EQ(its.test.clock_.now(), now) << "nobody waits for it";
    co_await its.pass(4s);
    co_await its.expect_served();
  });
  EXPECT_EQ(asked(), 2U);
  EXPECT_EQ(shown()[4], "Bearer token-1");
  EXPECT_EQ(shown()[5], "Bearer token-2");
}

TEST_F(CredentialsTest, AShortTokenIsRenewedInItsLastFifth) {
  login = [this](const Sent&) {
    return ScriptedReply::json(200, "token token-" + std::to_string(asked()) + " 60");
  };
  run([](Steps its) -> net::Task<void> {
    co_await its.expect_served();
    co_await its.pass(47s);
    co_await its.expect_served();
    EXPECT_EQ(its.test.asked(), 1U);
    co_await its.pass(2s);
    co_await its.expect_served();
    EXPECT_EQ(its.test.shown().back(), "Bearer token-1");
    co_await its.pass(1s);
    EXPECT_EQ(its.test.asked(), 2U);
  });
}

TEST_F(CredentialsTest, ATokenThatNobodyUsesIsNotRenewed) {
  run([](Steps its) -> net::Task<void> {
    co_await its.expect_served();
    co_await its.pass(10h);
    EXPECT_EQ(its.test.asked(), 1U);
    co_await its.expect_served();
  });
  EXPECT_THAT(shown(), ElementsAre("Bearer token-1", "Bearer token-2"));
}

TEST_F(CredentialsTest, NoTokenIsBelievedForMoreThanADay) {
  login = [](const Sent&) { return ScriptedReply::json(200, "token t 9223372036854775807"); };
  run([](Steps its) -> net::Task<void> {
    co_await its.expect_served();
    co_await its.pass(23h);
    co_await its.expect_served();
    EXPECT_EQ(its.test.asked(), 1U);
    co_await its.pass(1h);
    co_await its.expect_served();
    EXPECT_EQ(its.test.asked(), 2U);
  });
}

TEST_F(CredentialsTest, TheOldTokenServesWhileItIsGoodAndNoNewOneComes) {
  run([](Steps its) -> net::Task<void> {
    co_await its.expect_served();
    its.test.login = [](const Sent&) { return ScriptedReply::json(503, ""); };
    co_await its.pass(56min);
    for (int i = 0; i < 30; ++i) {
      co_await its.expect_served();
      co_await its.pass(1s);
    }
    EXPECT_EQ(its.test.asked(), 3U) << "the first, and every 15 seconds another";
    co_await its.pass(4min);
    const auto failed = co_await its.chat(its.scope);
    EXPECT_FALSE(failed);
    if (!failed) EXPECT_EQ(failed.error().code, ErrorCode::kUpstreamNoToken);
  });
}

// ---------------------------------------------------------------------------------------------
// Refused by the provider

TEST_F(CredentialsTest, AWithdrawnTokenIsReplacedAndTheCallMadeOnceMore) {
  run([](Steps its) -> net::Task<void> {
    co_await its.expect_served();
    co_await its.pass(10min);
    its.test.refused = {"Bearer token-1"};
    co_await its.expect_served();
  });
  EXPECT_EQ(asked(), 2U);
  EXPECT_THAT(shown(), ElementsAre("Bearer token-1", "Bearer token-1", "Bearer token-2"));
  ASSERT_EQ(attempts_.notes.size(), 3U);
  EXPECT_EQ(attempts_.notes[1].error, ErrorCode::kUpstreamAuth);
  EXPECT_FALSE(attempts_.notes[1].rotated);
}

TEST_F(CredentialsTest, FiftyRefusedCallersAskOnce) {
  run([](Steps its) -> net::Task<void> {
    co_await its.expect_served();
    co_await its.pass(10min);
    its.test.refused = {"Bearer token-1"};
    its.test.cloud_takes = 1s;
    net::TaskGroup callers(its.scope.loop());
    its.spawn_chats(callers, 50);
    EXPECT_TRUE(co_await callers.drained(its.scope));
  });
  EXPECT_EQ(asked(), 2U);
  EXPECT_EQ(shown().size(), 101U);
}

TEST_F(CredentialsTest, AProviderThatRefusesEveryTokenMakesNoLoop) {
  refuses_all = true;
  run([](Steps its) -> net::Task<void> {
    for (int i = 0; i < 20; ++i) {
      const auto failed = co_await its.chat(its.scope);
      EXPECT_FALSE(failed);
      if (!failed) EXPECT_EQ(failed.error().code, ErrorCode::kUpstreamAuth);
    }
    EXPECT_EQ(its.test.asked(), 1U) << "a new one was not refused for its age";
    EXPECT_EQ(its.test.shown().size(), 20U);
    co_await its.pass(2min);
    for (int i = 0; i < 20; ++i) EXPECT_FALSE(co_await its.chat(its.scope));
  });
  EXPECT_EQ(asked(), 2U);
  EXPECT_EQ(shown().size(), 41U);
}

TEST_F(CredentialsTest, TheRepetitionIsNoneOfTheConfiguredRetries) {
  set_up({cloud(1)});
  run([](Steps its) -> net::Task<void> {
    co_await its.expect_served();
    co_await its.pass(10min);
    its.test.refused = {"Bearer token-1"};
    its.test.outage = "Bearer token-2";
    co_await its.expect_served();
  });
  EXPECT_THAT(shown(),
              ElementsAre("Bearer token-1", "Bearer token-1", "Bearer token-2", "Bearer token-2"));
}

TEST_F(CredentialsTest, TheRepetitionIsOneOfTheRequestsAttempts) {
  terms_.settings.max_attempts_per_request = 1;
  run([](Steps its) -> net::Task<void> {
    co_await its.expect_served();
    co_await its.pass(10min);
    its.test.refused = {"Bearer token-1"};
    const auto failed = co_await its.chat(its.scope);
    EXPECT_FALSE(failed);
    if (!failed) EXPECT_THAT(failed.error().message, HasSubstr("max_attempts_per_request is 1"));
    co_await its.expect_served();
  });
  EXPECT_EQ(attempts_.notes.at(1).denied, record::Budget::kAttempts);
}

// ---------------------------------------------------------------------------------------------
// No token

TEST_F(CredentialsTest, AServerThatIsDownIsToldAndLeftAloneForAWhile) {
  login = [](const Sent&) { return ScriptedReply::json(503, ""); };
  run([](Steps its) -> net::Task<void> {
    for (int i = 0; i < 20; ++i) {
      const auto failed = co_await its.chat(its.scope);
      EXPECT_FALSE(failed);
      if (failed) co_return;
      EXPECT_EQ(failed.error().status(), 502);
      EXPECT_EQ(failed.error().name(), "upstream_no_token");
      EXPECT_EQ(failed.error().message,
                "provider cloud: no token for key \"main\": login.test answered 503");
      EXPECT_EQ(failed.error().retry_after, 15s);
    }
    co_await its.pass(5s);
    const auto later = co_await its.chat(its.scope);
    EXPECT_EQ(later.error().retry_after, 10s);
    EXPECT_EQ(its.test.asked(), 1U);
    its.test.login = nullptr;
    co_await its.pass(10s);
    co_await its.expect_served();
    EXPECT_EQ(its.test.asked(), 2U);
  });
  EXPECT_EQ(shown().size(), 1U) << "nothing is sent without a token";
  EXPECT_EQ(attempts_.notes.front().error, ErrorCode::kUpstreamNoToken);
  EXPECT_EQ(attempts_.notes.front().key, "main");
}

// No key is blamed for it, and no other one would get further.
TEST_F(CredentialsTest, OurOwnShortageIsToldAsOurs) {
  SimulatedProvider two = cloud(3);
  two.keys.push_back(secret_key("other"));
  set_up({std::move(two)});
  login = [](const Sent&) {
    Error busy = gateway_error(ErrorCode::kBusy, "the gateway has no socket left");
    busy.retry = Retry::kOtherTarget;
    busy.retry_after = 1s;
    return ScriptedReply{.refused = std::move(busy)};
  };
  run([](Steps its) -> net::Task<void> {
    for (int i = 0; i < 2; ++i) {
      const auto failed = co_await its.chat(its.scope);
      EXPECT_FALSE(failed);
      if (failed) co_return;
      EXPECT_EQ(failed.error().code, ErrorCode::kBusy);
      EXPECT_EQ(failed.error().origin, Origin::kGateway);
      EXPECT_THAT(failed.error().message, HasSubstr("the gateway has no socket left"));
      EXPECT_EQ(failed.error().retry_after, 1s);
    }
    its.test.login = nullptr;
    co_await its.pass(1s);
    co_await its.expect_served();
  });
  ASSERT_EQ(attempts_.notes.size(), 3U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(attempts_.notes[i].error, ErrorCode::kBusy);
    EXPECT_FALSE(attempts_.notes[i].rotated);
  }
}

TEST_F(CredentialsTest, SurvivesAnExceptionInAFetch) {
  login = [](const Sent&) { return std::function<ScriptedReply()>()(); };  // throws
  run([](Steps its) -> net::Task<void> {
    const auto failed = co_await its.chat(its.scope);
    EXPECT_FALSE(failed);
    if (failed) co_return;
    EXPECT_EQ(failed.error().message,
              "provider cloud: no token for key \"main\": the fetch was broken off");
    EXPECT_EQ(failed.error().retry_after, 15s);
    its.test.login = nullptr;
    co_await its.pass(15s);
    co_await its.expect_served();
  });
}

TEST_F(CredentialsTest, AServerIsLeftAloneAsLongAsItAsksWithinReason) {
  login = [](const Sent&) {
    ScriptedReply reply = ScriptedReply::json(429, "");
    reply.headers.add("retry-after", "3000");
    return reply;
  };
  run([](Steps its) -> net::Task<void> {
    const auto failed = co_await its.chat(its.scope);
    EXPECT_FALSE(failed);
    if (!failed) EXPECT_EQ(failed.error().retry_after, 5min);
    co_await its.pass(4min);
    EXPECT_FALSE(co_await its.chat(its.scope));
    EXPECT_EQ(its.test.asked(), 1U);
    its.test.login = nullptr;
    co_await its.pass(1min);
    co_await its.expect_served();
  });
}

TEST_F(CredentialsTest, ARefusedSecretIsNamedByItsKeyAndNeverShown) {
  login = [](const Sent& sent) { return ScriptedReply::json(401, sent.body); };
  run([](Steps its) -> net::Task<void> {
    const auto failed = co_await its.chat(its.scope);
    EXPECT_FALSE(failed);
    if (failed) co_return;
    EXPECT_THAT(failed.error().message,
                HasSubstr("key \"main\": login.test answered 401; correct the key in "
                          "providers.cloud.keys"));
    EXPECT_THAT(failed.error().message + failed.error().upstream_body,
                Not(HasSubstr("secret-main")));
    EXPECT_EQ(failed.error().status(), 502) << "the caller's own credential is not at fault";
  });
}

TEST_F(CredentialsTest, AnswersThatHoldNoTokenAreRefused) {
  const std::pair<std::string, std::string_view> cases[] = {
      {"<html>", "there is no token in it"},
      {"token  3600", "its text is empty, too long, or no header's"},
      {"token a\r\nb:c 3600", "its text is empty, too long, or no header's"},
      {"token " + std::string(20'000, 'x') + " 3600", "too long"},
      {"token t 0", "it had expired when it came"},
      {"token t -9000", "it had expired when it came"},
      {std::string(300'000, ' '), "larger than 262144 bytes"},
      {"next /again", "it takes more than 4 requests"},
      {"next /a\r\nb", "such as a line break"},
  };
  for (const auto& [body, why] : cases) {
    SCOPED_TRACE(why);
    login = [&body](const Sent&) { return ScriptedReply::json(200, body); };
    run([](Steps its) -> net::Task<void> {
      const auto failed = co_await its.chat(its.scope);
      EXPECT_FALSE(failed);
      if (!failed) its.test.said = failed.error().message;
    });
    EXPECT_THAT(said, HasSubstr(why));
  }
  EXPECT_THAT(shown(), IsEmpty());
}

TEST_F(CredentialsTest, ATokenMayTakeSeveralRequests) {
  login = [](const Sent& sent) {
    return ScriptedReply::json(200, sent.target == "/token" ? "next /exchange" : "token t 3600");
  };
  run([](Steps its) -> net::Task<void> { co_await its.expect_served(); });
  EXPECT_EQ(transport.sent()[1].target, "/exchange");
  EXPECT_THAT(shown(), ElementsAre("Bearer t"));
}

TEST_F(CredentialsTest, TheFetchHasTheLimitOfACall) {
  login_takes = 10h;
  run([](Steps its) -> net::Task<void> {
    const SteadyTime began = its.test.clock_.now();
    const auto failed = co_await its.chat(its.scope);
    EXPECT_EQ(its.test.clock_.now() - began, 30s);
    EXPECT_FALSE(failed);
    if (failed) co_return;
    EXPECT_EQ(failed.error().code, ErrorCode::kUpstreamNoToken);
    EXPECT_THAT(failed.error().message,
                HasSubstr("did not come in time (providers.cloud.network_config."
                          "default_request_timeout_in_seconds is 30)"));
  });
}

TEST_F(CredentialsTest, AnotherKeyIsTriedAndThenAnotherTarget) {
  SimulatedProvider two = cloud(1);
  two.keys = {secret_key("bad", 1), secret_key("good", 0)};
  set_up({two, {.name = "openai"}});
  login = [](const Sent& sent) {
    return sent.body.starts_with("secret-bad") ? ScriptedReply::json(401, "")
                                               : ScriptedReply::json(200, "token t 3600");
  };
  run([](Steps its) -> net::Task<void> {
    const auto served = co_await its.chat(its.scope);
    EXPECT_TRUE(served);
    if (served) EXPECT_EQ(*served, "good");
    EXPECT_TRUE(its.test.attempts_.notes.at(0).rotated);
    co_await its.pass(2h);
    its.test.login = [](const Sent&) { return ScriptedReply::json(500, ""); };
    EXPECT_TRUE(co_await its.chat({"openai/m"}));
    EXPECT_EQ(its.test.attempts_.notes.back().provider, "openai");
  });
}

// ---------------------------------------------------------------------------------------------
// Who waits, and what is kept

net::Task<void> leave(net::CallScope& own, CredentialsTest::Steps its) {
  const net::CallScope::Deadline patience(own, 1s, kLeft);
  const auto left = co_await its.chat(own);
  EXPECT_FALSE(left);
  if (!left) EXPECT_EQ(left.error().code, ErrorCode::kClientGone);
}

TEST_F(CredentialsTest, ACallerWhoLeavesDoesNotEndTheFetchForTheOthers) {
  login_takes = 2s;
  run([](Steps its) -> net::Task<void> {
    net::TaskGroup callers(its.scope.loop());
    callers.spawn("leaves", [its](net::CallScope& own) { return leave(own, its); });
    co_await its.pass(500ms);
    its.spawn_chats(callers, 3);
    EXPECT_TRUE(co_await callers.drained(its.scope));
  });
  EXPECT_EQ(asked(), 1U);
  EXPECT_THAT(shown(), ElementsAre("Bearer token-1", "Bearer token-1", "Bearer token-1"));
}

net::Task<void> expect_going_down(net::CallScope& own, CredentialsTest::Steps its) {
  const auto cut = co_await its.chat(own);
  EXPECT_FALSE(cut);
  if (!cut) EXPECT_EQ(cut.error().code, ErrorCode::kShuttingDown);
}

TEST_F(CredentialsTest, TheEndOfTheWorkerEndsTheFetch) {
  login_takes = 20s;
  run([](Steps its) -> net::Task<void> {
    net::TaskGroup callers(its.scope.loop());
    callers.spawn("caller", [its](net::CallScope& own) { return expect_going_down(own, its); });
    co_await its.pass(1s);
    EXPECT_TRUE(co_await its.credentials.stop(its.scope));
    EXPECT_TRUE(co_await callers.drained(its.scope));
  });
}

TEST_F(CredentialsTest, AReloadKeepsTheTokenOfAKeyThatDidNotChange) {
  run([](Steps its) -> net::Task<void> {
    co_await its.expect_served();
    its.test.set_up({cloud(), {.name = "openai"}});
    co_await its.expect_served();
    EXPECT_EQ(its.test.asked(), 1U);
    EXPECT_EQ(its.credentials.size(), 1U);
    SimulatedProvider changed = cloud();
    changed.keys.front().value = config::Secret("secret-other");
    its.test.set_up({changed});
    co_await its.expect_served();
    EXPECT_EQ(its.test.asked(), 2U);
    EXPECT_EQ(its.credentials.size(), 1U) << "that of the key before is forgotten";
  });
  EXPECT_EQ(shown().back(), "Bearer token-2");
}

TEST_F(CredentialsTest, AFetchOutlivesItsConfiguration) {
  login_takes = 2s;
  run([](Steps its) -> net::Task<void> {
    net::TaskGroup callers(its.scope.loop());
    callers.spawn("leaves", [its](net::CallScope& own) { return leave(own, its); });
    EXPECT_TRUE(co_await callers.drained(its.scope));
    its.test.set_up({cloud()});
    co_await its.expect_served();
  });
  EXPECT_EQ(asked(), 1U);
}

TEST_F(CredentialsTest, AKeyThatNeedsNoTokenIsShownItself) {
  SimulatedProvider plain = cloud();
  plain.keys = {simulated_key("plain")};
  set_up({plain});
  run([](Steps its) -> net::Task<void> {
    co_await its.expect_served();
    EXPECT_EQ(its.credentials.size(), 0U);
  });
  EXPECT_EQ(asked(), 0U);
  EXPECT_EQ(transport.sent().at(0).headers.get("x-api-key"), "sk-plain");
}

SimulatedProvider with_proxy(std::string name) {
  SimulatedProvider simulated{.name = std::move(name), .keys = {secret_key("main")}};
  simulated.proxy = {.type = provider::ProxyType::kHttp, .url = "http://proxy.test:3128"};
  return simulated;
}

TEST_F(CredentialsTest, TheAddressesOfTokensAreThoseOfTheRowOnly) {
  set_up({with_proxy("cloud")});
  const provider::Endpoint& endpoint = *registry_.find("cloud");
  const provider::Key& key = endpoint.keys.front();
  const TokenTerms& terms = *network_.token_terms(endpoint, key);
  EXPECT_EQ(network_.origin(endpoint, key.token_urls.front()), nullptr);
  EXPECT_EQ(terms.origin(endpoint.usual_side().base), nullptr);
  ASSERT_NE(terms.origin(key.token_urls.front()), nullptr);
  EXPECT_FALSE(terms.origin(key.token_urls.front())->allow_link_local);
  EXPECT_NE(terms.origin(key.token_urls.front())->proxy, nullptr);
}

TEST_F(CredentialsTest, OnlyTokensOfTheMachineMayComeFromALinkLocalAddressAndWithoutAProxy) {
  set_up({with_proxy("machine")});
  const provider::Endpoint& endpoint = *registry_.find("machine");
  const provider::Key& key = endpoint.keys.front();
  const auto origin = network_.token_terms(endpoint, key)->origin(key.token_urls.front());
  ASSERT_NE(origin, nullptr);
  EXPECT_TRUE(origin->allow_link_local);
  EXPECT_EQ(origin->proxy, nullptr);
  const auto usual = network_.origin(endpoint, endpoint.usual_side().base);
  EXPECT_FALSE(usual->allow_link_local);
  EXPECT_NE(usual->proxy, nullptr);
}

}  // namespace
}  // namespace bifrost::upstream
