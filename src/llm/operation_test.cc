#include "llm/operation.h"

#include <gtest/gtest.h>

#include <set>

namespace bifrost::llm {
namespace {

TEST(Operations, EachNameIsFoundAndMeansOneRequestType) {
  std::set<std::string_view> seen;
  for (const std::string_view name : request_type_names()) {
    EXPECT_TRUE(seen.insert(name).second) << name << " stands twice";
    const auto type = find_request_type(name);
    ASSERT_TRUE(type) << name;
    EXPECT_EQ(name_of(*type), name);
  }
  EXPECT_FALSE(find_request_type("frobnicate"));
  EXPECT_FALSE(find_request_type("")) << "an operation that does not stream has no second name";
}

TEST(Operations, AWholeAnswerAndAStreamAreTwoTypes) {
  EXPECT_EQ(find_request_type("chat_completion"), (RequestType{Operation::kChat, false}));
  EXPECT_EQ(find_request_type("chat_completion_stream"), (RequestType{Operation::kChat, true}));
  EXPECT_EQ(name_of(Operation::kChat), "chat_completion");
}

TEST(RequestTypes, HoldsWhatWasNamed) {
  constexpr RequestTypes kChats = {{Operation::kChat, false}, {Operation::kChat, true}};
  static_assert(kChats.has({Operation::kChat, true}));
  EXPECT_EQ(kChats.size(), 2);
  EXPECT_FALSE(kChats.has({Operation::kListModels}));
  const RequestTypes whole = kChats.without({Operation::kChat, true});
  EXPECT_TRUE(whole.has({Operation::kChat}));
  EXPECT_FALSE(whole.has({Operation::kChat, true}));
  EXPECT_EQ(RequestTypes().size(), 0);
}

}  // namespace
}  // namespace bifrost::llm
