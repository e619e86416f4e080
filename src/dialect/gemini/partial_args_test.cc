#include "dialect/gemini/partial_args.h"

#include <gtest/gtest.h>

#include <initializer_list>

namespace bifrost::dialect::gemini {
namespace {

std::string assemble(std::initializer_list<std::string_view> pieces) {
  PartialArgs args;
  std::string text;
  for (const std::string_view piece : pieces) {
    const auto document = json::Document::parse(piece);
    EXPECT_TRUE(document) << piece;
    if (document) text += args.add(document->root());
  }
  return text + args.finish();
}

TEST(PartialArgsTest, NoValueIsAnEmptyObject) { EXPECT_EQ(assemble({}), "{}"); }

TEST(PartialArgsTest, AStringGrowsUntilItIsThrough) {
  EXPECT_EQ(assemble({R"({"jsonPath":"$.city","stringValue":"San \"F","willContinue":true})",
                      R"({"jsonPath":"$.city","stringValue":"rancisco\"","willContinue":true})",
                      R"({"jsonPath":"$.city","stringValue":""})"}),
            R"({"city":"San \"Francisco\""})");
}

TEST(PartialArgsTest, AnUnfinishedStringIsClosed) {
  EXPECT_EQ(assemble({R"({"jsonPath":"$.a.b[0]","stringValue":"x","willContinue":true})"}),
            R"({"a":{"b":["x"]}})");
}

TEST(PartialArgsTest, ContainersAreClosedWhenTheNextPathLeavesThem) {
  EXPECT_EQ(assemble({R"({"jsonPath":"$.list[0].name","stringValue":"a"})",
                      R"({"jsonPath":"$.list[0].price","numberValue":0.50})",
                      R"({"jsonPath":"$.list[1].name","nullValue":"NULL_VALUE"})",
                      R"({"jsonPath":"$.done","boolValue":true})"}),
            R"({"list":[{"name":"a","price":0.50},{"name":null}],"done":true})");
}

TEST(PartialArgsTest, NestedArraysAndQuotedNames) {
  EXPECT_EQ(assemble({R"({"jsonPath":"$['a.b'][0][0]","numberValue":1})",
                      R"({"jsonPath":"$['a.b'][0][1]","numberValue":2})",
                      R"({"jsonPath":"$['a.b'][1][0]","numberValue":3})"}),
            R"({"a.b":[[1,2],[3]]})");
}

TEST(PartialArgsTest, SnakeCaseIsRead) {
  EXPECT_EQ(assemble({R"({"json_path":"$.a","string_value":"x","will_continue":true})"}),
            R"({"a":"x"})");
}

TEST(PartialArgsTest, BrokenPathsAddNothing) {
  for (const std::string_view path :
       {"", "a", "$", "$.", "$[0]", "$.a[", "$.a[x]", "$.a['b", "$.a['b'", "$..a", "$.a[]"}) {
    EXPECT_EQ(assemble({R"({"jsonPath":")" + std::string(path) + R"(","numberValue":1})"}), "{}")
        << path;
  }
}

TEST(PartialArgsTest, DeepPathsAreFollowedUpToTheBound) {
  std::string path = "$";
  for (int i = 0; i < 64; ++i) path += ".a";
  EXPECT_NE(assemble({R"({"jsonPath":")" + path + R"(","numberValue":1})"}), "{}");
  EXPECT_EQ(assemble({R"({"jsonPath":")" + path + R"(.a","numberValue":1})"}), "{}");
}

}  // namespace
}  // namespace bifrost::dialect::gemini
