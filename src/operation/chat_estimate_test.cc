#include "operation/chat_estimate.h"

#include <gtest/gtest.h>

#include <string_view>

namespace bifrost::operation {
namespace {

// The output that is expected of a chat with this member, of a model that writes so much at most.
std::int64_t output(std::string_view key, std::string_view value, std::int64_t most = 0) {
  dialect::RequestFacts facts;
  facts.members = {{key, value}};
  return expected_of_chat(facts, 0, most).output;
}

TEST(ChatEstimate, InputIsItsLengthUpToThatOfAText) {
  EXPECT_EQ(expected_of_chat({}, 4000, 0).input, 1000);
  EXPECT_EQ(expected_of_chat({}, 100'000'000, 0).input, 32'768) << "pictures are few tokens";
}

TEST(ChatEstimate, OutputIsWhatIsAskedForInEachFormat) {
  EXPECT_EQ(output("max_tokens", "100"), 100);
  EXPECT_EQ(output("max_completion_tokens", "100"), 100);
  EXPECT_EQ(output("generationConfig", R"({"maxOutputTokens": 100})"), 100);
  EXPECT_EQ(output("max_tokens", "\"many\""), output("none", "1")) << "the usual";
}

TEST(ChatEstimate, NobodyAsksForMoreThanTheModelWrites) {
  EXPECT_EQ(output("max_tokens", "1000000", 8192), 8192);
  EXPECT_EQ(output("max_tokens", "1e999", 8192), 8192);
  EXPECT_EQ(output("max_tokens", "-5", 8192), output("none", "1"));
}

TEST(ChatEstimate, EachChoiceCounts) {
  EXPECT_EQ(output("n", "3"), 3 * output("n", "1"));
  EXPECT_EQ(output("n", "1000000"), 128 * output("n", "1"));
}

}  // namespace
}  // namespace bifrost::operation
