#include "dialect/openai_responses/order_testing.h"
#include "dialect/openai_responses/sealed.h"
#include "dialect/openai_responses/stream_testing.h"

#include <gtest/gtest.h>

#include <string>

namespace bifrost::dialect::openai_responses {
namespace {

using enum llm::FinishReason;
using Kind = llm::ReasoningPart::Kind;

// The JSON of each event.
std::vector<json::Document> events_of(const std::string& text) {
  http::sse::Parser parser;
  std::vector<http::sse::Event> events;
  EXPECT_TRUE(parser.feed(text, events));
  std::vector<json::Document> out;
  out.reserve(events.size());
  for (const http::sse::Event& event : events) {
    auto document = json::Document::parse(event.data);
    EXPECT_TRUE(document) << event.data;
    out.push_back(std::move(document).value());
  }
  return out;
}

// The types of the events without what they have in common.
std::string types_of(const std::string& text) {
  std::string types;
  for (const json::Document& document : events_of(text)) {
    const std::string type = document.root()["type"].string_or("");
    types += type.starts_with("response.") ? type.substr(9) : type;
    types += ' ';
  }
  return types;
}

llm::StreamEvent call(std::int64_t index, const std::string& id, const std::string& name) {
  return llm::ToolCallStart{.index = index, .id = id, .name = name};
}
llm::StreamEvent arguments(std::int64_t index, const std::string& text) {
  return llm::ToolCallDelta{.index = index, .arguments = text};
}

TEST(EncodeStream, WritesAnAnswerAsOpenAiWould) {
  const std::string text =
      encode({llm::StreamStart{.id = "resp_1", .model = "m", .created = 5},
              llm::ReasoningDelta{.text = "hm"}, llm::TextDelta{.text = "hel"},
              llm::TextDelta{.text = "lo"}, call(0, "c", "f"), arguments(0, "{}"),
              llm::UsageUpdate{{.input = 1, .output = 2, .known = true}},
              llm::StreamFinish{.reason = kToolCalls}, llm::StreamEnd{}});
  EXPECT_EQ(order_faults(text), "") << text;
  EXPECT_EQ(types_of(text),
            "created in_progress "
            "output_item.added reasoning_summary_part.added reasoning_summary_text.delta "
            "reasoning_summary_text.done reasoning_summary_part.done output_item.done "
            "output_item.added content_part.added output_text.delta output_text.delta "
            "output_text.done content_part.done output_item.done "
            "output_item.added function_call_arguments.delta function_call_arguments.done "
            "output_item.done completed ");
  const auto documents = events_of(text);
  EXPECT_EQ(documents[10].root().raw(),
            R"({"type":"response.output_text.delta","sequence_number":10,"item_id":"msg_1_1",)"
            R"("output_index":1,"content_index":0,"delta":"hel","logprobs":[]})");
  EXPECT_EQ(
      documents[18].root()["item"].raw(),
      R"({"id":"fc_1_2","type":"function_call","status":"completed","call_id":"c","name":"f","arguments":"{}"})");
  const json::Value last = documents.back().root()["response"];
  EXPECT_TRUE(last["status"].equals("completed"));
  EXPECT_TRUE(last["model"].equals("m"));
  EXPECT_EQ(last["created_at"].integer(), 5);
  EXPECT_EQ(last["output"].size(), 3U);
  EXPECT_EQ(
      last["usage"].raw(),
      R"({"input_tokens":1,"input_tokens_details":{"cached_tokens":0,"cache_write_tokens":0},"output_tokens":2,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":3})");
  EXPECT_TRUE(documents[0].root()["response"]["usage"].is_null());
  EXPECT_EQ(text.find("[DONE]"), std::string::npos);
}

TEST(EncodeStream, IsTheSameWheneverItIsWritten) {
  const std::vector<llm::StreamEvent> events = {llm::StreamStart{.id = "chatcmpl-9"},
                                                llm::TextDelta{.text = "a"}, call(0, "", ""),
                                                llm::StreamEnd{}};
  EXPECT_EQ(encode(events), encode(events));
}

TEST(EncodeStream, TellsWhyItEnded) {
  const auto ending = [](llm::FinishReason reason) {
    const std::string text = encode({llm::StreamStart{}, llm::TextDelta{.text = "a"},
                                     llm::StreamFinish{.reason = reason}, llm::StreamEnd{}});
    EXPECT_EQ(order_faults(text), "") << text;
    const auto documents = events_of(text);
    const json::Value last = documents.back().root();
    EXPECT_EQ(last["response"]["output"].at(0)["status"].raw(), last["response"]["status"].raw());
    return last["type"].string_or("") + ":" +
           last["response"]["incomplete_details"]["reason"].string_or("");
  };
  EXPECT_EQ(ending(kStop), "response.completed:");
  EXPECT_EQ(ending(kLength), "response.incomplete:max_output_tokens");
  EXPECT_EQ(ending(kContentFilter), "response.incomplete:content_filter");
}

TEST(EncodeStream, ARefusalWithoutWordsGetsSome) {
  const std::string text = encode(
      {llm::TextDelta{.text = "a"}, llm::StreamFinish{.reason = kRefusal}, llm::StreamEnd{}});
  EXPECT_EQ(order_faults(text), "") << text;
  EXPECT_NE(decode(text).choices.at(0).refusal, "");
  const std::string told = encode(
      {llm::RefusalDelta{.text = "no"}, llm::StreamFinish{.reason = kRefusal}, llm::StreamEnd{}});
  EXPECT_EQ(decode(told).choices.at(0).refusal, "no");
}

// Calls may get their arguments by turns; one that is complete does not wait for the others.
TEST(EncodeStream, KeepsCallsOpenThatAreNotComplete) {
  const std::string text =
      encode({call(0, "a", "f"), arguments(0, "{"), call(1, "b", "g"), arguments(1, "{}"),
              arguments(0, "}"), llm::TextDelta{.text = "x"}, arguments(1, " "),
              llm::StreamFinish{.reason = kToolCalls}, llm::StreamEnd{}});
  EXPECT_EQ(order_faults(text), "") << text;
  const auto answer = decode(text);
  EXPECT_EQ(answer.choices.at(0).calls.at(0).arguments, "{}");
  EXPECT_EQ(answer.choices.at(0).calls.at(1).arguments, "{}");
  // Both are done before the text begins.
  EXPECT_LT(text.rfind("function_call_arguments.done"), text.find("output_text.delta"));
}

TEST(EncodeStream, IsLegalWhateverComes) {
  const std::vector<llm::StreamEvent> odd = {
      llm::CitationDelta{0, {.url = "before", .raw = "", .raw_dialect = ""}},
      arguments(5, "{"),  // before any start
      llm::ToolCallStart{.index = 9, .id = "b", .name = "g", .custom = true},
      arguments(9, "raw"),
      llm::StreamStart{.id = "late"},
      arguments(5, "}"),
      llm::TextDelta{.choice = 2, .text = "never"},
      llm::TextDelta{.choice = -1, .text = "never"},
      llm::TextDelta{.text = "one", .block = 0},
      llm::TextDelta{.text = "two", .block = 1},
      llm::RefusalDelta{0, "no"},
      llm::ReasoningDelta{.text = "a", .block = 7},
      llm::ReasoningDelta{.text = "b", .block = 8},
      llm::CitationDelta{0, {.url = "after", .raw = "", .raw_dialect = ""}},
      llm::ReasoningDelta{.signature = "s", .block = 8},
      llm::ToolCallStart{.index = 9, .id = "again", .name = "h"},
      llm::ToolCallDelta{.choice = 3, .index = 9, .arguments = "never"},
      llm::MediaDelta{},
      llm::MediaDelta{0, {llm::ImagePart{.media = {.data = "AAAA"}}, {}}},
      llm::MediaDelta{0, {llm::AudioPart{.transcript = "said"}, {}}},
      llm::RawDelta{0, {"anthropic", "x", "{}"}},
      llm::RawDelta{0, {std::string(kName), "web_search_call", "{\n\"type\":\"web_search_call\"}"}},
      llm::StreamFinish{.choice = 0, .reason = kToolCalls},
      llm::StreamFinish{.choice = 0, .reason = kLength},
      llm::TextDelta{.text = "behind the finish"},
      arguments(9, "behind"),
      llm::StreamEnd{},
      llm::TextDelta{.text = "behind the end"},
      llm::StreamEnd{},
  };
  const std::string text = encode(odd);
  EXPECT_EQ(order_faults(text), "") << text;
  EXPECT_EQ(text.find("never"), std::string::npos);
  EXPECT_EQ(text.find("behind"), std::string::npos);
  const auto answer = decode(text);
  const auto& choice = answer.choices.at(0);
  EXPECT_EQ(choice.text, "onetwosaid");
  EXPECT_EQ(choice.citations, (std::vector<std::string>{"before", "after"}));
  // The one without a name is known when it is done.
  EXPECT_EQ(choice.calls.at(0).arguments, "raw");
  EXPECT_EQ(choice.calls.at(1).arguments, "{}");
  EXPECT_EQ(choice.calls.at(2).id, "again");
  EXPECT_EQ(choice.media, 1U);
  EXPECT_EQ(choice.raw, 1U);
  EXPECT_EQ(choice.finish, kToolCalls);
}

TEST(EncodeStream, EventsSurviveBothWays) {
  const std::string format(kOwnFormat);
  llm::Citation citation;
  citation.url = "u";
  const std::vector<llm::StreamEvent> events = {
      llm::StreamStart{.id = "resp_1", .model = "m"},
      llm::ReasoningDelta{
          .kind = Kind::kSummary, .text = "a", .id = "rs_1", .format = format, .block = 0},
      llm::ReasoningDelta{
          .kind = Kind::kSummary, .text = "b", .id = "rs_1", .format = format, .block = 1},
      llm::ReasoningDelta{
          .kind = Kind::kEncrypted, .data = "e", .id = "rs_1", .format = format, .block = 2},
      llm::ReasoningDelta{.text = "d", .id = "rs_2", .format = format, .block = 3},
      llm::TextDelta{.text = "x\n\"", .logprobs = R"({"content":[{"token":"x"}]})"},
      llm::CitationDelta{0, citation},
      llm::RefusalDelta{0, "no"},
      llm::MediaDelta{0, {llm::ImagePart{.media = {.data = "AAAA"}}, {}}},
      llm::ToolCallStart{.index = 0, .id = "c", .name = "f", .signature = "t"},
      llm::ToolCallDelta{.index = 0, .arguments = "{}"},
      llm::RawDelta{0, {std::string(kName), "x_call", R"({"type":"x_call","id":"x_1"})"}},
      llm::StreamFinish{.reason = kToolCalls},
      llm::StreamEnd{},
  };
  const std::string text = encode(events);
  EXPECT_EQ(order_faults(text), "") << text;
  auto expected = collect(events);
  auto again = decode(text);
  // Blocks are numbered as the items come.
  const auto reasoning = [](CollectedAnswer& answer) {
    std::vector<llm::ReasoningPart> parts;
    for (const auto& [block, part] : answer.choices.at(0).reasoning) parts.push_back(part);
    answer.choices.at(0).reasoning.clear();
    return parts;
  };
  EXPECT_EQ(reasoning(again), reasoning(expected));
  EXPECT_EQ(again, expected);
}

TEST(EncodeStream, SealsWhatOtherFormatsSigned) {
  const std::string anthropic = "anthropic-claude-v1";
  const std::string text = encode(
      {llm::StreamStart{}, llm::ReasoningDelta{.text = "a", .format = anthropic, .block = 0},
       llm::ReasoningDelta{.signature = "s0", .format = anthropic, .block = 0},
       llm::ReasoningDelta{.signature = "s1", .format = anthropic, .block = 1},
       llm::ReasoningDelta{.kind = Kind::kRedacted, .data = "r", .format = anthropic, .block = 2},
       llm::TextDelta{.text = "plain"}, llm::TextDelta{.text = "signed", .signature = "g1"},
       llm::TextDelta{.signature = "g2"},
       llm::ToolCallStart{.id = "c", .name = "f", .signature = "g3"}, llm::StreamEnd{}});
  EXPECT_EQ(order_faults(text), "") << text;
  const auto documents = events_of(text);
  const json::Value output = documents.back().root()["response"]["output"];
  std::string shown;
  for (const json::Value item : output.children()) {
    shown += item["type"].string_or("");
    if (const auto sealed = unseal(item["encrypted_content"].string_or(""))) {
      shown += "=" + sealed->data;
    }
    shown += ' ';
  }
  EXPECT_EQ(shown,
            "reasoning=s0 reasoning=s1 reasoning=r message reasoning=g1 message reasoning=g2 "
            "message reasoning=g3 function_call ");
  EXPECT_TRUE(output.at(0)["summary"].at(0)["text"].equals("a"));
  const auto answer = decode(text);
  EXPECT_EQ(answer.choices.at(0).text, "plainsigned");
  EXPECT_EQ(answer.choices.at(0).signature, "g1g2");
  EXPECT_EQ(answer.choices.at(0).calls.at(0).signature, "g3");
}

TEST(EncodeStream, RepeatsWhatTheCallerSaid) {
  AnswerContext context;
  context.model = "shown";
  context.echo = "{\n\"temperature\":0.5,\"tools\":[{\"type\":\"function\",\"name\":\"f\"}]}";
  const std::string text = encode({llm::StreamStart{.model = "m"}, llm::StreamEnd{}}, context);
  EXPECT_EQ(order_faults(text), "") << text;
  for (const json::Document& document : events_of(text)) {
    const json::Value response = document.root()["response"];
    EXPECT_EQ(response["temperature"].raw(), "0.5");
    EXPECT_TRUE(response["tools"].at(0)["name"].equals("f"));
    EXPECT_TRUE(response["model"].equals("shown"));
  }
}

TEST(EncodeStream, PutsExtraFieldsOnTheFirstAndTheLastEvent) {
  AnswerContext context;
  context.chunk_extra_fields = [](ChunkPlace chunk) {
    // A line break must not end the event's line.
    return "{\"chunk_index\":\n" + std::to_string(chunk.number) +
           (chunk.last ? ",\"last\":true}" : "}");
  };
  const std::string text =
      encode({llm::StreamStart{}, llm::TextDelta{.text = "a"}, llm::StreamEnd{}}, context);
  EXPECT_EQ(order_faults(text), "") << text;
  const auto documents = events_of(text);
  const auto last = static_cast<std::int64_t>(documents.size()) - 1;
  EXPECT_EQ(documents.front().root()["extra_fields"].raw(), R"({"chunk_index": 0})");
  EXPECT_FALSE(documents[1].root()["extra_fields"].exists());
  EXPECT_EQ(documents.back().root()["extra_fields"]["chunk_index"].integer(), last);
  EXPECT_EQ(documents.back().root()["extra_fields"]["last"].boolean(), true);
}

TEST(EncodeStream, WritesAFailureAsAnErrorThatClientsRaise) {
  Error error = upstream_error(ErrorCode::kUpstreamOverloaded, Retry::kNo, "busy");
  const std::string text =
      encode({llm::StreamStart{}, llm::TextDelta{.text = "a"}, llm::StreamFailure{error},
              llm::TextDelta{.text = "b"}, llm::StreamEnd{}});
  EXPECT_EQ(order_faults(text), "") << text;
  const auto documents = events_of(text);
  const json::Value told = documents[documents.size() - 2].root();
  EXPECT_TRUE(told["message"].equals("busy"));
  EXPECT_TRUE(told["error"]["message"].equals("busy"));
  const json::Value last = documents.back().root()["response"];
  EXPECT_TRUE(last["error"]["code"].equals("server_is_overloaded"));
  EXPECT_TRUE(last["output"].at(0)["content"].at(0)["text"].equals("a"));
  EXPECT_NE(decode(text).failure.find("busy"), std::string::npos);
  const std::string bare = encode_stream_error(error);
  EXPECT_TRUE(bare.starts_with("event: error\ndata: {"));
  EXPECT_NE(decode(bare).failure.find("busy"), std::string::npos);
}

TEST(EncodeStream, AnEmptyAnswerIsStillAnAnswer) {
  const std::string text = encode({llm::StreamEnd{}}, {.fallback_id = "f"});
  EXPECT_EQ(order_faults(text), "") << text;
  EXPECT_EQ(types_of(text), "created in_progress completed ");
  EXPECT_EQ(decode(text).id, "resp_f");
}

TEST(EncodeStream, BoundsItems) {
  std::vector<llm::StreamEvent> events;
  events.reserve(kItemsMax + 2);
  for (std::size_t i = 0; i <= kItemsMax; ++i) {
    events.push_back(call(static_cast<std::int64_t>(i), "c", "f"));
  }
  events.emplace_back(llm::StreamEnd{});
  const std::string text = encode(events);
  EXPECT_EQ(order_faults(text), "");
  EXPECT_EQ(decode(text).choices.at(0).calls.size(), kItemsMax);
}

// The checker itself: it must see what it is there for.
TEST(Order, FaultsAreSeen) {
  const std::string good = encode({llm::StreamStart{}, llm::TextDelta{.text = "hello"},
                                   call(0, "c", "f"), arguments(0, "{}"), llm::StreamEnd{}});
  EXPECT_EQ(order_faults(good), "");
  const auto changed = [&](std::string_view what, std::string_view into) {
    std::string text = good;
    const auto at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return order_faults(text.replace(at, what.size(), into));
  };
  EXPECT_NE(changed(R"("sequence_number":4)", R"("sequence_number":5)"), "");
  EXPECT_NE(changed(R"("delta":"hello")", R"("delta":"hell")"), "");
  EXPECT_NE(changed(R"("text":"hello")", R"("text":"hell")"), "");
  EXPECT_NE(changed(R"("delta":"{}")", R"("delta":"{")"), "");
  EXPECT_NE(changed(R"("output_index":1)", R"("output_index":2)"), "");
  EXPECT_NE(changed("event: response.output_item.added", "event: response.output_item.done"), "");
  EXPECT_NE(order_faults(good.substr(0, good.rfind("event: "))), "");
}

}  // namespace
}  // namespace bifrost::dialect::openai_responses
