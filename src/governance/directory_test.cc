#include "governance/directory.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

namespace bifrost::governance {
namespace {

std::shared_ptr<const Principal> named(std::string name) {
  return std::make_shared<const Principal>(Principal{.name = std::move(name)});
}

TEST(Directory, KnowsNobodyAtFirst) {
  EXPECT_EQ(Directory().find("sk-bf-1"), nullptr);
  EXPECT_EQ(Directory::Builder().finish().find(""), nullptr);
  EXPECT_EQ(Directory().without("sk-bf-1").size(), 0U);
}

TEST(Directory, FindsEachOfManyAndNobodyElse) {
  constexpr int kMany = 10'000;
  Directory::Builder builder;
  for (int i = 0; i < kMany; ++i) {
    EXPECT_TRUE(builder.add("sk-bf-" + std::to_string(i), named(std::to_string(i))));
  }
  EXPECT_FALSE(builder.add("sk-bf-7", named("another"))) << "one credential, one principal";
  const Directory directory = std::move(builder).finish();
  EXPECT_EQ(directory.size(), std::size_t{kMany});
  for (int i = 0; i < kMany; ++i) {
    const Principal* found = directory.find("sk-bf-" + std::to_string(i));
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->name, std::to_string(i));
  }
  EXPECT_EQ(directory.find("sk-bf-" + std::to_string(kMany)), nullptr);
  EXPECT_EQ(directory.find("sk-bf-7 "), nullptr);
}

TEST(Directory, ChangesShareWhatTheyDoNotTouch) {
  Directory::Builder builder;
  builder.add("a", named("first"));
  builder.add("b", named("second"));
  const Directory before = std::move(builder).finish();
  const Directory replaced = before.with("a", named("third"));
  const Directory removed = replaced.without("b").with("c", named("fourth"));

  EXPECT_EQ(before.find("a")->name, "first");
  EXPECT_EQ(before.size(), 2U);
  EXPECT_EQ(replaced.find("a")->name, "third");
  EXPECT_EQ(replaced.size(), 2U);
  EXPECT_EQ(replaced.find("b"), before.find("b"));
  EXPECT_EQ(removed.find("b"), nullptr);
  EXPECT_EQ(removed.find("c")->name, "fourth");
  EXPECT_EQ(removed.size(), 2U);
}

}  // namespace
}  // namespace bifrost::governance
