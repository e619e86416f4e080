#include "config/restore.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bifrost::config {
namespace {

struct Inner {
  Secret token;
  void describe(this auto& self, auto& visit) {
    visit.field("token", self.token, {.text = "A secret."});
  }
};

struct Outer {
  std::int64_t number = 0;
  Secret secret;
  std::string url;
  std::optional<Inner> inner;
  OrderedMap<Secret> headers;

  void describe(this auto& self, auto& visit) {
    visit.field("number", self.number, {.text = "A number."});
    visit.field("secret", self.secret, {.text = "A secret."});
    visit.unserved("later", Shape::kAny, "Not there.");
    visit.field("url", self.url, {.text = "Address.", .form = Form::kUrl});
    visit.field("inner", self.inner, {.text = "More."});
    visit.field("headers", self.headers, {.text = "Headers."});
  }
};

Secret redacted() { return Secret(std::string(kRedacted)); }

TEST(Restorer, WhatIsRedactedIsWhatItWas) {
  Outer before{.number = 1, .secret = Secret("one", "env.ONE"), .url = "http://u:p@host/"};
  before.inner = Inner{.token = Secret("two")};
  before.headers.append("x-a", Secret("three"));
  Outer after{.number = 2, .secret = redacted(), .url = redacted_url(before.url)};
  after.inner = Inner{.token = redacted()};
  after.headers.append("x-b", Secret("new"));
  after.headers.append("x-a", redacted());
  Problems problems;
  Restorer(problems).restore(before, after);
  EXPECT_TRUE(problems.empty());
  EXPECT_EQ(after.number, 2);
  EXPECT_EQ(after.secret.reveal(), "one");
  EXPECT_EQ(after.secret.reference(), "env.ONE");
  EXPECT_EQ(after.url, before.url);
  EXPECT_EQ(after.inner->token.reveal(), "two");
  EXPECT_EQ(after.headers.find("x-a")->reveal(), "three");
  EXPECT_EQ(after.headers.find("x-b")->reveal(), "new");
}

TEST(Restorer, WhatIsGivenCounts) {
  const Outer before{.secret = Secret("one"), .url = "http://u:p@host/"};
  Outer after{.secret = Secret("two"), .url = "http://other/"};
  Problems problems;
  Restorer(problems).restore(before, after);
  EXPECT_TRUE(problems.empty());
  EXPECT_EQ(after.secret.reveal(), "two");
  EXPECT_EQ(after.url, "http://other/");
}

TEST(Restorer, NothingIsKeptForWhatIsNew) {
  Outer after;
  after.inner = Inner{.token = redacted()};
  after.headers.append("x-a", redacted());
  Problems problems;
  Restorer(problems).restore(Outer(), after);
  const auto found = problems.take();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].path, "inner.token");
  EXPECT_EQ(found[1].path, "headers.x-a");
  EXPECT_THAT(found[1].message, ::testing::HasSubstr("give the value"));
}

}  // namespace
}  // namespace bifrost::config
