#include "config/shared_list.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

namespace bifrost::config {
namespace {

using Texts = SharedList<std::string>;

static_assert(std::random_access_iterator<Texts::const_iterator>);
static_assert(List<Texts> && List<std::vector<int>> && !List<std::string>);

std::vector<std::string> texts(const std::vector<Texts::Entry>& entries) {
  std::vector<std::string> out;
  out.reserve(entries.size());
  for (const Texts::Entry& entry : entries) out.push_back(*entry);
  return out;
}

TEST(SharedList, IsReadLikeAVector) {
  const Texts list = {"a", "b", "c"};
  EXPECT_EQ(list.size(), 3);
  EXPECT_EQ(list[1], "b");
  EXPECT_EQ(list.front() + list.back(), "ac");
  const auto found = std::ranges::find(list, "b");
  EXPECT_EQ(found - list.begin(), 1);
  EXPECT_EQ(*(found + 1), "c");
  EXPECT_TRUE(Texts().empty());
}

TEST(SharedList, ACopyKeepsWhatIsChangedInTheOther) {
  const Texts before = {"a", "b", "c"};
  Texts after = before;
  after.edit(1) = "B";
  after.emplace_back() = "d";
  after.erase(after.begin());
  EXPECT_EQ(before, (Texts{"a", "b", "c"}));
  EXPECT_EQ(after, (Texts{"B", "c", "d"}));
  EXPECT_EQ(after.entries()[1], before.entries()[2]) << "what is not changed is shared";
  EXPECT_EQ(after.erase_if([](const std::string& text) { return text > "b"; }), 2);
  after.edit_back() = "x";
  EXPECT_EQ(after, (Texts{"x"}));
}

TEST(SharedList, TellsWhatIsNotTheSame) {
  const Texts before = {"a", "b", "c", "d", "e"};
  Texts after = before;
  EXPECT_TRUE(difference(before, after).gone.empty());
  EXPECT_TRUE(difference(before, after).come.empty());

  after.edit(1) = "B";
  after.erase(after.begin() + 3);
  after.push_back("f");
  EXPECT_EQ(texts(difference(before, after).gone), (std::vector<std::string>{"b", "d"}));
  EXPECT_EQ(texts(difference(before, after).come), (std::vector<std::string>{"B", "f"}));

  EXPECT_EQ(texts(difference(before, {}).gone).size(), 5);
  EXPECT_EQ(texts(difference({}, before).come).size(), 5);
}

TEST(SharedList, WhatWasMovedIsTheSame) {
  const Texts before = {"a", "b", "c"};
  Texts after;
  after.push_back(before.entries()[2]);
  after.push_back(before.entries()[0]);
  EXPECT_EQ(texts(difference(before, after).gone), (std::vector<std::string>{"b"}));
  EXPECT_TRUE(difference(before, after).come.empty());
}

}  // namespace
}  // namespace bifrost::config
