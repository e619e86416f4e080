#include "dialect/withheld.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bifrost::dialect {
namespace {

using enum Parameter;

constexpr Parameters kEverything = {
    kTemperature, kTopP,      kTopK, kPresencePenalty,   kFrequencyPenalty, kLogprobs,
    kTopLogprobs, kLogitBias, kStop, kParallelToolCalls, kReasoning,        kResponseFormat,
    kOutputEffort};

llm::Request with_everything() {
  llm::Request request;
  request.model = "m";
  request.temperature = 0.5;
  request.top_p = 0.5;
  request.top_k = 1;
  request.presence_penalty = 0.5;
  request.frequency_penalty = 0.5;
  request.logprobs = true;
  request.top_logprobs = 2;
  request.logit_bias = "{}";
  request.stop = {"a"};
  request.parallel_tool_calls = false;
  request.reasoning = llm::Reasoning{.effort = "low"};
  request.response_format = llm::ResponseFormat{.kind = llm::ResponseFormat::Kind::kJsonObject};
  return request;
}

TEST(Withheld, TakesWhatIsRefusedAndGivesItBack) {
  llm::Request request = with_everything();
  {
    const Withheld withheld(request, {.always = kEverything});
    EXPECT_EQ(withheld.names(),
              (std::vector<std::string>{"temperature", "top_p", "top_k", "presence_penalty",
                                        "frequency_penalty", "logprobs", "top_logprobs",
                                        "logit_bias", "stop", "parallel_tool_calls",
                                        "reasoning_effort", "response_format"}));
    EXPECT_EQ(request.temperature, std::nullopt);
    EXPECT_TRUE(request.stop.empty());
    EXPECT_TRUE(request.logit_bias.empty());
    EXPECT_EQ(request.reasoning, std::nullopt);
    EXPECT_EQ(request.response_format, std::nullopt);
    EXPECT_EQ(request.model, "m");
  }
  EXPECT_EQ(request.temperature, 0.5);
  EXPECT_EQ(request.stop, std::vector<std::string>{"a"});
  EXPECT_EQ(request.logit_bias, "{}");
  EXPECT_EQ(request.parallel_tool_calls, false);
  EXPECT_EQ(request.reasoning->effort, "low");
  EXPECT_EQ(request.response_format->kind, llm::ResponseFormat::Kind::kJsonObject);
}

TEST(Withheld, LeavesWhatIsNotRefused) {
  llm::Request request = with_everything();
  const Withheld withheld(request, {.always = {kStop}});
  EXPECT_EQ(withheld.names(), std::vector<std::string>{"stop"});
  EXPECT_EQ(request.temperature, 0.5);
}

TEST(Withheld, NamesWhatWasThereByTheCallersOwnPath) {
  constexpr llm::FieldName kNames[] = {{"stop", "generationConfig.stopSequences"}};
  llm::Request request;
  request.source = llm::Source(kNames);
  request.stop = {"a"};
  const Withheld withheld(request, {.always = kEverything});
  EXPECT_EQ(withheld.names(), std::vector<std::string>{"generationConfig.stopSequences"});
}

TEST(Withheld, SeesWhatTheRefusalHangsOn) {
  const auto taken = [](const llm::Request& request, const Refusals& refusals) {
    llm::Request copy = request;
    return Withheld(copy, refusals).names().size();
  };
  constexpr Refusals kThinking{.thinking = {kTopP}};
  constexpr Refusals kUnlessTold{.thinking = {kTopP}, .thinks_unless_told = true};
  llm::Request request;
  request.top_p = 0.5;
  EXPECT_EQ(taken(request, kThinking), 0U);
  EXPECT_EQ(taken(request, kUnlessTold), 1U);
  EXPECT_EQ(taken(request, {.with_tools = {kTopP}}), 0U);
  EXPECT_EQ(taken(request, {.with_temperature = {kTopP}}), 0U);
  request.reasoning = llm::Reasoning{.budget_tokens = 0};
  EXPECT_EQ(taken(request, kUnlessTold), 0U);
  request.reasoning = llm::Reasoning{.effort = "none"};
  EXPECT_EQ(taken(request, kThinking), 0U);
  request.reasoning = llm::Reasoning{.budget_tokens = 1024};
  EXPECT_EQ(taken(request, kThinking), 1U);
  request.raw_tools.push_back({.dialect = "gemini", .type = "googleSearch", .json = "{}"});
  EXPECT_EQ(taken(request, {.with_tools = {kTopP}}), 1U);
  request.temperature = 1;
  EXPECT_EQ(taken(request, {.with_temperature = {kTopP}}), 1U);
}

TEST(Withheld, NamesNothingThatLosesNothing) {
  llm::Request request;
  request.reasoning = llm::Reasoning{.budget_tokens = 0};
  request.response_format = llm::ResponseFormat{};
  const Withheld withheld(request, {.always = kEverything});
  EXPECT_TRUE(withheld.names().empty());
  EXPECT_EQ(request.reasoning, std::nullopt);
}

}  // namespace
}  // namespace bifrost::dialect
