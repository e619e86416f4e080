#include "net/dns_client.h"

#include "net/descriptor_fixture.h"
#include "net/dns_server_fixture.h"
#include "net/loop_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace bifrost::net {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;
using Outcome = NameAnswer::Outcome;

constexpr const char* kNowhere = "/nonexistent";

// A file of its own, gone with the object.
class TextFile {
 public:
  explicit TextFile(std::string_view text)
      : path_(testing::TempDir() + "dns_client_test." + std::to_string(::getpid())) {
    std::ofstream(path_) << text;
  }
  ~TextFile() { std::filesystem::remove(path_); }
  TextFile(const TextFile&) = delete;
  TextFile& operator=(const TextFile&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

DnsOptions options_for(const DnsServer& server) {
  return {.servers = {server.address()},
          .resolv_conf = kNowhere,
          .hosts_file = kNowhere,
          .first_try = std::chrono::hours(1),
          .look_up_max = std::chrono::hours(1)};
}

std::vector<std::string> hosts_of(const NameAnswer& answer) {
  std::vector<std::string> hosts;
  hosts.reserve(answer.addresses.size());
  for (const Address& address : answer.addresses) hosts.push_back(address.host());
  return hosts;
}

Task<void> keep_answer(CallScope& scope, DnsClient& client, std::string name, NameAnswer& out) {
  out = co_await client.look_up(scope, std::move(name));
}

NameAnswer look_up(const DnsOptions& options, const std::string& name) {
  NameAnswer answer;
  Loop loop;
  DnsClient client(loop, options);
  run_on(loop, [&](CallScope& scope) { return keep_answer(scope, client, name, answer); });
  return answer;
}

NameAnswer look_up(const DnsServer& server, const std::string& name) {
  return look_up(options_for(server), name);
}

TEST(DnsClient, AsksForBothFamilies) {
  const DnsServer server([](const DnsQuestion&) {
    return DnsSays{.addresses = {"192.0.2.1", "192.0.2.2", "2001:db8::1"}, .ttl = 77};
  });
  const NameAnswer answer = look_up(server, "both.test");
  EXPECT_EQ(answer.outcome, Outcome::kFound);
  EXPECT_THAT(hosts_of(answer), UnorderedElementsAre("192.0.2.1", "192.0.2.2", "2001:db8::1"));
  EXPECT_EQ(answer.keep_for, std::chrono::seconds(77));
  EXPECT_EQ(server.questions().size(), 2U);
}

TEST(DnsClient, FollowsAliases) {
  const DnsServer server([](const DnsQuestion&) {
    return DnsSays{.addresses = {"192.0.2.7"}, .aliases = {"one.test", "two.test", "three.test"}};
  });
  EXPECT_THAT(hosts_of(look_up(server, "alias.test")), ElementsAre("192.0.2.7"));
}

TEST(DnsClient, TakesTheShortestTimeToLive) {
  const DnsServer server([](const DnsQuestion& question) {
    return DnsSays{.addresses = {"192.0.2.1", "2001:db8::1"}, .ttl = question.v6 ? 9U : 90U};
  });
  EXPECT_EQ(look_up(server, "ttl.test").keep_for, std::chrono::seconds(9));
}

TEST(DnsClient, AsksOverTcpWhenAnAnswerIsCut) {
  const DnsServer server(
      [](const DnsQuestion&) { return DnsSays{.addresses = {"192.0.2.1"}, .truncated = true}; });
  EXPECT_THAT(hosts_of(look_up(server, "cut.test")), ElementsAre("192.0.2.1"));
  const auto questions = server.questions();
  EXPECT_TRUE(std::ranges::any_of(questions, &DnsQuestion::tcp));
}

TEST(DnsClient, KeepsNoMoreThanItsBoundOfAHugeAnswer) {
  const DnsServer server([](const DnsQuestion&) {
    DnsSays says{.truncated = true};
    for (int i = 0; i < 1000; ++i) {
      says.addresses.push_back("192.0." + std::to_string(i / 250) + "." + std::to_string(i % 250));
    }
    return says;
  });
  EXPECT_THAT(look_up(server, "huge.test").addresses, SizeIs(DnsChannel::kAddressesMax));
}

TEST(DnsClient, IgnoresAnAnswerToAnotherQuestion) {
  const DnsServer server(
      [](const DnsQuestion&) { return DnsSays{.addresses = {"192.0.2.1"}, .wrong_id = true}; });
  EXPECT_THAT(hosts_of(look_up(server, "spoofed.test")), ElementsAre("192.0.2.1"));
}

TEST(DnsClient, TellsThatANameIsNotThereAndForHowLong) {
  const DnsServer server([](const DnsQuestion&) { return DnsSays{.rcode = 3, .soa_minimum = 42}; });
  const NameAnswer answer = look_up(server, "none.test");
  EXPECT_EQ(answer.outcome, Outcome::kNoSuchName);
  EXPECT_EQ(answer.keep_for, std::chrono::seconds(42));
  EXPECT_THAT(answer.why, HasSubstr("no such name"));
}

TEST(DnsClient, TellsThatANameHasNoAddress) {
  const DnsServer server([](const DnsQuestion&) { return DnsSays{}; });
  const NameAnswer answer = look_up(server, "mail.test");
  EXPECT_EQ(answer.outcome, Outcome::kNoSuchName);
  EXPECT_EQ(answer.keep_for, std::nullopt);
  EXPECT_THAT(answer.why, HasSubstr("no address"));
}

TEST(DnsClient, TellsThatItsServersFail) {
  const DnsServer server([](const DnsQuestion&) { return DnsSays{.rcode = 2}; });
  const NameAnswer answer = look_up(server, "fails.test");
  EXPECT_EQ(answer.outcome, Outcome::kFailed);
  EXPECT_THAT(answer.why, HasSubstr(server.address().text()));
  EXPECT_THAT(answer.why, HasSubstr("server.dns.servers"));
}

TEST(DnsClient, GivesUpWithASilentServerAfterItsTries) {
  const DnsServer server([](const DnsQuestion&) { return DnsSays{.silent = true}; });
  DnsOptions options = options_for(server);
  options.first_try = std::chrono::milliseconds(20);
  options.tries = 2;
  const NameAnswer answer = look_up(options, "dead.test");
  EXPECT_EQ(answer.outcome, Outcome::kTimeout);
  EXPECT_THAT(answer.why, HasSubstr("no DNS server answered in time; check that 127.0.0.1"));
  EXPECT_TRUE(server.wait_until_asked("dead.test", 4)) << "two tries for each family";
}

TEST(DnsClient, GivesUpWhenTheTimeOfALookUpIsOver) {
  const DnsServer server([](const DnsQuestion&) { return DnsSays{.silent = true}; });
  DnsOptions options = options_for(server);
  options.look_up_max = std::chrono::milliseconds(5);
  EXPECT_EQ(look_up(options, "dead.test").outcome, Outcome::kTimeout);
}

TEST(DnsClient, FailsWhenNobodyListensAtTheServersPort) {
  Address gone;
  {
    const DnsServer server([](const DnsQuestion&) { return DnsSays{}; });
    gone = server.address();
  }
  EXPECT_EQ(
      look_up({.servers = {gone}, .resolv_conf = kNowhere, .hosts_file = kNowhere}, "dead.test")
          .outcome,
      Outcome::kFailed);
}

TEST(DnsClient, AsksTheNextServerWhenOneFails) {
  const DnsServer bad([](const DnsQuestion&) { return DnsSays{.rcode = 5}; });
  const DnsServer good([](const DnsQuestion&) { return DnsSays{.addresses = {"192.0.2.1"}}; });
  DnsOptions options = options_for(bad);
  options.servers.push_back(good.address());
  EXPECT_THAT(hosts_of(look_up(options, "next.test")), ElementsAre("192.0.2.1"));
}

// As behind a firewall that drops AAAA questions.
TEST(DnsClient, DoesNotWaitForAFamilyThatIsSilent) {
  const DnsServer server([](const DnsQuestion& question) {
    return DnsSays{.silent = question.v6, .addresses = {"192.0.2.1"}, .ttl = 3600};
  });
  DnsOptions options = options_for(server);
  const NameAnswer answer = look_up(options, "half.test");
  EXPECT_THAT(hosts_of(answer), ElementsAre("192.0.2.1"));
  EXPECT_EQ(answer.keep_for, DnsClient::kPartKept);
}

TEST(DnsClient, LooksIntoTheHostsFileFirst) {
  const DnsServer server([](const DnsQuestion&) { return DnsSays{.addresses = {"192.0.2.1"}}; });
  const TextFile hosts("192.0.2.50 here.test\n");
  DnsOptions options = options_for(server);
  options.hosts_file = hosts.path();
  const NameAnswer answer = look_up(options, "here.test");
  EXPECT_THAT(hosts_of(answer), ElementsAre("192.0.2.50"));
  EXPECT_EQ(answer.keep_for, DnsClient::kHostsKept);
  EXPECT_THAT(hosts_of(look_up(options, "localhost")), ElementsAre("127.0.0.1", "::1"));
  EXPECT_THAT(server.questions(), IsEmpty());
}

TEST(DnsClient, SearchesTheDomainsOfResolvConf) {
  const DnsServer server([](const DnsQuestion& question) {
    if (question.name == "short.two.test") return DnsSays{.addresses = {"192.0.2.1"}};
    return DnsSays{.rcode = 3};
  });
  const TextFile conf("search one.test two.test\n");
  DnsOptions options = options_for(server);
  options.resolv_conf = conf.path();
  EXPECT_THAT(hosts_of(look_up(options, "short")), ElementsAre("192.0.2.1"));
  EXPECT_EQ(server.asked("short.one.test"), 2U);
  EXPECT_EQ(server.asked("short"), 0U);
}

TEST(DnsClient, GoesOnSearchingPastADomainWhoseServerFails) {
  const DnsServer server([](const DnsQuestion& question) {
    if (question.name == "short.two.test") return DnsSays{.addresses = {"192.0.2.1"}};
    return DnsSays{.rcode = question.name.ends_with(".one.test") ? 2 : 3};
  });
  const TextFile conf("search one.test two.test\n");
  DnsOptions options = options_for(server);
  options.resolv_conf = conf.path();
  EXPECT_EQ(look_up(options, "short").outcome, Outcome::kFound);
  EXPECT_EQ(look_up(options, "other").outcome, Outcome::kFailed) << "it may be there";
}

TEST(DnsClient, ReadsResolvConfForEachLookUp) {
  const DnsServer server([](const DnsQuestion& question) {
    return DnsSays{.rcode = question.name == "a.late.test" ? 0 : 3, .addresses = {"192.0.2.1"}};
  });
  DnsOptions options = options_for(server);
  options.resolv_conf = testing::TempDir() + "dns_client_test." + std::to_string(::getpid());
  EXPECT_EQ(look_up(options, "a").outcome, Outcome::kNoSuchName);
  const TextFile conf("search late.test\n");
  EXPECT_EQ(look_up(options, "a").outcome, Outcome::kFound);
}

Task<void> look_up_without_files(CallScope& scope, DnsClient& client, NameAnswer& out) {
  const NoMoreFiles short_of_them;
  out = co_await client.look_up(scope, "any.test");
}

TEST(DnsClient, ToldThatNoFileCanBeOpenedItBlamesNoServer) {
#if __has_feature(address_sanitizer)
  GTEST_SKIP() << "the sanitizer of undefined behaviour needs descriptors for its own checks";
#endif
  NameAnswer answer;
  Loop loop;
  DnsClient client(loop, {});
  run_on(loop, [&](CallScope& scope) { return look_up_without_files(scope, client, answer); });
  EXPECT_EQ(answer.outcome, Outcome::kShortage);
  EXPECT_THAT(answer.why, HasSubstr("cannot open /etc/resolv.conf"));
}

// Where the loop's sockets may have the numbers below the one that is found.
NameAnswer look_up_below(int (*find)(), const DnsServer& server) {
  NameAnswer answer;
  Loop loop;
  loop.set_descriptors_max(find());
  DnsClient client(loop, options_for(server));
  run_on(loop, [&](CallScope& scope) { return keep_answer(scope, client, "a.test", answer); });
  return answer;
}

TEST(DnsClient, WithoutASocketItBlamesNoServer) {
  const DnsServer server([](const DnsQuestion&) { return DnsSays{.addresses = {"192.0.2.1"}}; });
  const NameAnswer answer = look_up_below(NoMoreFiles::lowest_free_descriptor, server);
  EXPECT_EQ(answer.outcome, Outcome::kShortage);
  EXPECT_THAT(answer.why, HasSubstr("Too many open files"));
  EXPECT_THAT(server.questions(), IsEmpty());
}

TEST(DnsClient, WithoutASocketForALongAnswerItBlamesNoServer) {
  const DnsServer server([](const DnsQuestion&) { return DnsSays{.truncated = true}; });
  EXPECT_EQ(look_up_below(NoMoreFiles::second_free_descriptor, server).outcome, Outcome::kShortage);
  EXPECT_THAT(server.questions(), SizeIs(2)) << "one for each family, over UDP";
}

// Begins at the next turn of the loop: the question is on its way by then.
Task<void> leave(DnsServer& server, CallScope& call) {
  EXPECT_TRUE(server.wait_until_asked("dead.test"));
  call.cancel(kLeft);
  co_return;
}

Task<void> look_up_and_leave(CallScope& scope, DnsServer& server) {
  DnsOptions options = options_for(server);
  DnsClient client(scope.loop(), options);
  CallScope call(scope.loop());
  TaskGroup caller(scope.loop());
  caller.spawn("leave", [&](CallScope& /*own*/) { return leave(server, call); });
  const NameAnswer answer = co_await client.look_up(call, "dead.test");
  EXPECT_NE(answer.outcome, Outcome::kFound);
  EXPECT_TRUE(co_await caller.drained(scope));
}

TEST(DnsClient, EndsWithItsCaller) {
  DnsServer server([](const DnsQuestion&) { return DnsSays{.silent = true}; });
  run_on_loop([&](CallScope& scope) { return look_up_and_leave(scope, server); });
}

// As the workers do.
TEST(DnsClient, AsksOnSeveralThreadsAtOnce) {
  const DnsServer server([](const DnsQuestion& question) {
    return DnsSays{.addresses = {"192.0.2.1"}, .truncated = question.name.starts_with("1.")};
  });
  std::array<std::vector<std::string>, 4> got;
  {
    std::vector<std::jthread> threads;
    threads.reserve(got.size());
    for (std::vector<std::string>& hosts : got) {
      threads.emplace_back([&] {
        for (int i = 0; i < 8; ++i) {
          const auto some = hosts_of(look_up(server, std::to_string(i) + ".test"));
          hosts.insert(hosts.end(), some.begin(), some.end());
        }
      });
    }
  }
  for (const auto& hosts : got) EXPECT_THAT(hosts, SizeIs(8));
}

TEST(Candidates, AreThoseOfResolvConf) {
  const std::vector<std::string> search = {"a.test", "b.test"};
  EXPECT_THAT(candidates("x", search, 1), ElementsAre("x.a.test", "x.b.test", "x"));
  EXPECT_THAT(candidates("x.y", search, 1), ElementsAre("x.y", "x.y.a.test", "x.y.b.test"));
  EXPECT_THAT(candidates("x.y", search, 2), ElementsAre("x.y.a.test", "x.y.b.test", "x.y"));
  EXPECT_THAT(candidates("x.y.", search, 5), ElementsAre("x.y."));
  EXPECT_THAT(candidates("x", {"."}, 1), ElementsAre("x"));
}

}  // namespace
}  // namespace bifrost::net
