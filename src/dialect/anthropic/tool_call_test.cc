#include "dialect/anthropic/tool_call.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>

namespace bifrost::dialect::anthropic {
namespace {

bool fits_the_api(std::string_view id) {
  return !id.empty() && std::ranges::all_of(id, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
  });
}

TEST(ToolId, KeepsWhatFits) {
  EXPECT_EQ(wire_tool_id("toolu_01A-b_C"), "toolu_01A-b_C");
  EXPECT_EQ(wire_tool_id("call_abc123"), "call_abc123");
}

TEST(ToolId, MakesAnyIdFitAndUndoesIt) {
  for (const std::string_view id : {"", "functions.f:0", "a b", "bfx_", "bfx_!", "\xC3\xA9\xFF"}) {
    const std::string wire = wire_tool_id(id);
    EXPECT_TRUE(fits_the_api(wire)) << wire;
    EXPECT_EQ(hub_tool_id(wire).id, id);
    EXPECT_EQ(hub_tool_id(wire).signature, "");
  }
}

TEST(ToolId, CarriesASignature) {
  const std::string wire = wire_tool_id("call.1", "CiQB+/4==");
  EXPECT_TRUE(fits_the_api(wire)) << wire;
  EXPECT_EQ(hub_tool_id(wire).id, "call.1");
  EXPECT_EQ(hub_tool_id(wire).signature, "CiQB+/4==");
}

TEST(ToolInput, KeepsTheBytesOfAnObject) {
  EXPECT_EQ(tool_input(" {\"b\": 1.0,\"a\":2} ", false), "{\"b\": 1.0,\"a\":2}");
}

TEST(ToolInput, IsAlwaysAnObject) {
  EXPECT_EQ(tool_input("", false), "{}");
  EXPECT_EQ(tool_input(" \n", false), "{}");
  EXPECT_EQ(tool_input("[1]", false), "{\"input\":[1]}");
  EXPECT_EQ(tool_input("{\"a\":", false), "{\"input\":\"{\\\"a\\\":\"}");
  EXPECT_EQ(tool_input("{\"a\":1}", true), "{\"input\":\"{\\\"a\\\":1}\"}");
}

}  // namespace
}  // namespace bifrost::dialect::anthropic
