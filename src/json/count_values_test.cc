#include "json/count_values.h"

#include "json/document.h"

#include <gtest/gtest.h>

#include <string>

namespace bifrost::json {
namespace {

std::size_t in(Value value) {
  std::size_t count = 1;
  for (const Value child : value.children()) count += in(child);
  return count;
}

TEST(CountValues, IsNeverLessThanADocumentHolds) {
  for (const char* text :
       {"1", "\"a\"", "[1,2,3]", R"({"a":1,"b":[true,null]})", "[[1],[2],{\"a\":[3]}]",
        R"(["a,b[c{","d\"e,","\\"])", R"({"a,":"\\\",","b":{"c":[]}})"}) {
    const auto document = Document::parse(text);
    ASSERT_TRUE(document) << text;
    EXPECT_GE(count_values(text), in(document->root())) << text;
  }
  EXPECT_EQ(count_values("[1,2,3]"), 4U);
  EXPECT_EQ(count_values(R"({"a":"x,y[z","b":[true,null]})"), 5U);
}

TEST(CountValues, EmptyContainersCountTwice) { EXPECT_EQ(count_values("[[],[]]"), 5U); }

TEST(CountValues, WhatIsNoJsonDoesNoHarm) {
  EXPECT_EQ(count_values(""), 1U);
  EXPECT_EQ(count_values("\""), 1U);
  EXPECT_EQ(count_values("\"a\\"), 1U);
  EXPECT_EQ(count_values(",,,"), 4U);
  EXPECT_EQ(count_values(std::string(100, '[')), 101U);
}

}  // namespace
}  // namespace bifrost::json
