#include "store/password_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>

namespace bifrost::store {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

PasswordCommand shell(std::string script) {
  return {.command = "/bin/sh", .args = {"-c", std::move(script)}};
}

class PasswordCommandTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::string message(const PasswordCommand& command) const {
    const auto printed = run_password_command(command, clock_);
    return printed ? "no error" : printed.error().message;
  }

  const SystemClock clock_;
};

TEST_F(PasswordCommandTest, IsWhatTheProgramPrints) {
  EXPECT_EQ(*run_password_command({.command = "echo", .args = {"$HOME `id` 'x'"}}, clock_),
            "$HOME `id` 'x'")
      << "no shell reads it";
  EXPECT_EQ(*run_password_command(shell("echo loud >&2; printf 'p w\\r\\n'"), clock_), "p w");
  EXPECT_EQ(*run_password_command(shell("cat; echo nothing to read"), clock_), "nothing to read");
}

TEST_F(PasswordCommandTest, WhatGoesWrongIsToldWithoutWhatWasPrinted) {
  EXPECT_THAT(message({.command = "/no/such/program"}),
              AllOf(HasSubstr("config_store.config.password_command"),
                    HasSubstr("No such file or directory")));
  EXPECT_THAT(message(shell("echo hush; echo hush >&2; exit 3")),
              AllOf(HasSubstr("ended with the status 3"), Not(HasSubstr("hush"))));
  EXPECT_THAT(message(shell("true")), HasSubstr("printed nothing"));
  EXPECT_THAT(message(shell("echo hush; echo hush")),
              AllOf(HasSubstr("printed more than a password"), Not(HasSubstr("hush"))));
  EXPECT_THAT(message(shell("kill -9 $$")), HasSubstr("was ended by a signal"));
  EXPECT_THAT(message(shell("yes")), HasSubstr("printed more than 16384 bytes"));
}

TEST_F(PasswordCommandTest, TakesNoLongerThanItMay) {
  for (const std::string script : {"tail -f /dev/null", "exec >/dev/null; tail -f /dev/null",
                                   "tail -f /dev/null & echo good"}) {
    PasswordCommand command = shell(script);
    command.timeout = milliseconds(50);
    EXPECT_THAT(message(command), HasSubstr("took longer than 50 ms")) << script;
  }
}

TEST_F(PasswordCommandTest, IsKeptForAWhile) {
  FakeClock clock;
  const auto counter = std::filesystem::path(::testing::TempDir()) / "bifrost-password-counter";
  std::filesystem::remove(counter);
  PasswordCommand command =
      shell("echo x >> " + counter.string() + "; grep -c x " + counter.string());
  command.cache_ttl = std::chrono::seconds(60);
  Password password(command, clock);
  EXPECT_EQ(*password.get(), "1");
  EXPECT_FALSE(password.renew()) << "it was a new one: another is as bad";
  EXPECT_EQ(*password.get(), "2");
  EXPECT_EQ(*password.get(), "2");
  EXPECT_TRUE(password.renew());
  EXPECT_EQ(*password.get(), "3");
  clock.advance(std::chrono::seconds(60));
  EXPECT_EQ(*password.get(), "4");
  std::filesystem::remove(counter);
}

}  // namespace
}  // namespace bifrost::store
