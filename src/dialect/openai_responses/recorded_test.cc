// Real traffic through every function for answers. The recordings are no part of the project:
// without them these tests say that they were skipped.

#include "base/strings.h"
#include "dialect/chat_codec.h"
#include "dialect/openai_chat/collected_answer.h"
#include "dialect/openai_responses/functions.h"
#include "dialect/openai_responses/order_testing.h"
#include "dialect/openai_responses/sealed.h"
#include "dialect/recorded_testing.h"
#include "http/sse/parser.h"
#include "json/document.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>

namespace bifrost::dialect::openai_responses {
namespace {

namespace fs = std::filesystem;

using recorded::files_below;
using recorded::report;
using recorded::slurp;
using recorded::Tally;

using openai_chat::collect;
using openai_chat::CollectedAnswer;

// Annotations are completed on writing.
std::vector<llm::Part> without_raw(std::vector<llm::Part> parts) {
  for (llm::Part& part : parts) {
    auto* text = part.as<llm::TextPart>();
    if (text == nullptr) continue;
    for (llm::Citation& citation : text->citations) {
      citation = {.url = citation.url, .title = citation.title};
    }
  }
  return parts;
}

void check_response(const std::string& body, Tally& tally) {
  const auto response = decode_response(body);
  const TapState tap = tap_response(body);
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_FALSE(tap.error);
  EXPECT_EQ(tap.usage, response->usage);
  EXPECT_EQ(tap.finish, response->choices.front().finish);
  EXPECT_EQ(tap.model, response->model);
  const std::string again = encode_response(*response, {});
  const auto twice = decode_response(again);
  ASSERT_TRUE(twice) << again;
  EXPECT_EQ(twice->id, response->id);
  EXPECT_EQ(twice->usage, response->usage);
  const llm::Choice& first = response->choices.front();
  const llm::Choice& second = twice->choices.front();
  EXPECT_EQ(without_raw(second.parts), without_raw(first.parts)) << again;
  EXPECT_EQ(second.logprobs, first.logprobs);
  if (first.finish != llm::FinishReason::kUnknown) EXPECT_EQ(second.finish, first.finish);
  ++tally["answers"];
}

CollectedAnswer decode(std::string_view bytes, std::size_t piece) {
  return collect(openai_chat::decode_in_pieces(*make_stream_decoder(), bytes, piece));
}

std::string encode(const std::vector<llm::StreamEvent>& events) {
  const auto encoder = make_stream_encoder({});
  std::string out;
  for (const llm::StreamEvent& event : events) encoder->event(event, out);
  return out;
}

void check_tap(const std::string& text, const CollectedAnswer& whole, bool fails) {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, text.size()}) {
    const auto tap = make_stream_tap();
    for (std::size_t at = 0; at < text.size(); at += piece) {
      tap->feed(std::string_view(text).substr(at, piece));
    }
    EXPECT_EQ(tap->finish(), "");
    EXPECT_EQ(tap->state().usage, whole.usage);
    EXPECT_EQ(tap->state().error.has_value(), fails);
    EXPECT_EQ(tap->state().ended, !fails);
    if (fails) continue;
    EXPECT_EQ(tap->state().finish, whole.choices.at(0).finish);
    EXPECT_EQ(tap->state().model, whole.model);
    EXPECT_EQ(tap->state().id, whole.id);
  }
}

// What the last event repeats is what the events before it have said.
void check_against_last(const std::string& text, const CollectedAnswer& whole) {
  http::sse::Parser parser;
  std::vector<http::sse::Event> events;
  ASSERT_TRUE(parser.feed(text, events));
  if (events.back().data == "[DONE]") events.pop_back();
  const auto document = json::Document::parse(events.back().data);
  ASSERT_TRUE(document);
  const json::Value output = document->root()["response"]["output"];
  if (output.size() == 0) return;
  // Whoever recorded it has shortened the pieces and not their sum.
  if (output.raw().find("Hello from container!") != std::string_view::npos) return;
  const auto response = decode_response(document->root()["response"].raw());
  ASSERT_TRUE(response);
  std::string said;
  std::size_t calls = 0;
  std::size_t citations = 0;
  for (const llm::Part& part : response->choices.front().parts) {
    if (const auto* piece = part.as<llm::TextPart>()) {
      said += piece->text;
      citations += piece->citations.size();
    }
    if (part.as<llm::ToolCallPart>() != nullptr) ++calls;
  }
  EXPECT_EQ(whole.choices.at(0).text, said);
  EXPECT_EQ(whole.choices.at(0).calls.size(), calls);
  EXPECT_EQ(whole.choices.at(0).citations.size(), citations);
}

CollectedAnswer without_ids(CollectedAnswer answer) {
  answer.id.clear();  // only OpenAI's own ids can be told from those of others in a stream
  return answer;
}

void check_stream(const std::string& text, bool fails, Tally& tally) {
  const auto events = openai_chat::decode_in_pieces(*make_stream_decoder(), text, text.size());
  const CollectedAnswer whole = collect(events);
  EXPECT_EQ(whole.failure.empty(), !fails) << whole.failure;
  // Byte by byte cuts at every place at once; two pieces find what one cut alone would break.
  EXPECT_EQ(decode(text, 1), whole);
  for (std::size_t piece = 2; piece < text.size(); piece = piece * 4 + 1) {
    EXPECT_EQ(decode(text, piece), whole) << "in pieces of " << piece;
  }
  check_tap(text, whole, fails);
  const std::string again = encode(events);
  EXPECT_EQ(order_faults(again), "") << again.substr(0, 4000);
  ++tally[fails ? "streams that end in an error" : "streams"];
  if (fails) return;
  EXPECT_EQ(whole.starts, 1U);
  EXPECT_EQ(whole.ends, 1U);
  EXPECT_EQ(whole.choices.at(0).finishes, 1U);
  check_against_last(text, whole);
  EXPECT_EQ(without_ids(decode(again, again.size())), without_ids(whole)) << again.substr(0, 4000);
}

bool is_answer(std::string_view path) {
  const std::string_view plain = path.substr(0, path.find('?'));
  return plain.ends_with("/responses") || plain.contains("/responses/resp_");
}

void check_exchange(json::Value exchange, Tally& tally) {
  const std::string text = exchange["response_text"].string_or("");
  if (exchange["status"].integer() != 200) {
    EXPECT_FALSE(decode_response(text));
    EXPECT_TRUE(tap_response(text).error);
    ++tally["errors"];
  } else if (text.starts_with('{')) {
    check_response(text, tally);
  } else {
    check_stream(text, false, tally);
  }
}

TEST(Recorded, ExchangesSurviveEveryWay) {
  const auto files = files_below(recorded::folder() / "exchanges", ".jsonl");
  if (files.empty()) GTEST_SKIP() << "no recordings at " << recorded::folder();
  Tally tally;
  for (const fs::path& file : files) {
    std::ifstream lines(file, std::ios::binary);
    for (std::string line; std::getline(lines, line);) {
      const auto document = json::Document::parse(line);
      ASSERT_TRUE(document);
      const json::Value exchange = document->root();
      if (!is_answer(exchange["path"].string_or(""))) {
        ++tally["left out: another operation"];
        continue;
      }
      SCOPED_TRACE(file.filename().string() + " " + exchange["id"].string_or(""));
      check_exchange(exchange, tally);
    }
  }
  report("recorded exchanges", tally);
  EXPECT_GT(tally["answers"], 0);
  EXPECT_GT(tally["streams"], 0);
}

std::string text_of(const std::vector<llm::Part>& parts) {
  std::string text;
  for (const llm::Part& part : parts) {
    if (const auto* piece = part.as<llm::TextPart>()) text += piece->text;
  }
  return text;
}

// An answer of another dialect, which this one's callers can read.
void check_foreign(const Dialect& from, const std::string& text, Tally& tally) {
  if (const auto response = from.chat->decode_response(text)) {
    const auto again = decode_response(encode_response(*response, {}));
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(text_of(again->choices.front().parts), text_of(response->choices.front().parts));
    EXPECT_EQ(again->usage, response->usage);
    ++tally["answers of " + std::string(from.name)];
    return;
  }
  const auto events =
      openai_chat::decode_in_pieces(*from.chat->make_stream_decoder(), text, text.size());
  CollectedAnswer before = collect(events);
  if (!before.failure.empty()) return;
  const std::string stream = encode(events);
  EXPECT_EQ(order_faults(stream), "") << stream.substr(0, 4000);
  CollectedAnswer after = decode(stream, stream.size());
  EXPECT_EQ(after.failure, "");
  EXPECT_EQ(after.choices[0].text, before.choices[0].text);
  EXPECT_EQ(after.choices[0].calls.size(), before.choices[0].calls.size());
  EXPECT_EQ(after.usage, before.usage);
  ++tally["streams of " + std::string(from.name)];
}

TEST(Recorded, AnswersOfOtherDialectsAreLegalHere) {
  const auto files = files_below(recorded::folder() / "exchanges", ".jsonl");
  if (files.empty()) GTEST_SKIP() << "no recordings at " << recorded::folder();
  Tally tally;
  for (const fs::path& file : files) {
    std::ifstream lines(file, std::ios::binary);
    for (std::string line; std::getline(lines, line);) {
      const auto document = json::Document::parse(line);
      ASSERT_TRUE(document);
      const json::Value exchange = document->root();
      if (exchange["status"].integer() != 200 || is_answer(exchange["path"].string_or("")))
        continue;
      const std::string text = exchange["response_text"].string_or("");
      SCOPED_TRACE(file.filename().string() + " " + exchange["id"].string_or(""));
      for (const Dialect* from : all()) {
        if (from->chat != nullptr && from->name != kName) check_foreign(*from, text, tally);
      }
    }
  }
  report("answers of others", tally);
  EXPECT_GT(tally["streams of anthropic"], 0);
  EXPECT_GT(tally["answers of gemini"], 0);
}

// A stream of one event a line; what stands on several lines there belongs to one.
std::string stream_of(const std::string& lines) {
  std::string stream;
  std::string data;
  for (const std::string_view line : split(lines, '\n')) {
    data += trim(line);
    if (data.empty() || !json::Document::parse(data)) continue;
    stream += "data: " + std::exchange(data, {}) + "\n\n";
  }
  return stream;
}

TEST(Recorded, FixturesSurviveEveryWay) {
  const auto chunk_files = files_below(recorded::folder() / "streams", ".chunks.txt");
  if (chunk_files.empty()) GTEST_SKIP() << "no recordings at " << recorded::folder();
  Tally tally;
  for (const fs::path& file : chunk_files) {
    const std::string text = slurp(file);
    if (text.find("\"response.created\"") == std::string::npos) {
      ++tally["left out: another operation"];
      continue;
    }
    SCOPED_TRACE(file.string());
    // Some files hold the answers to several requests, one behind the other.
    std::string rest = stream_of(text);
    while (!rest.empty()) {
      const auto next = rest.find(R"("type":"response.created")", rest.find("\n\n"));
      const auto cut = next == std::string::npos ? rest.size() : rest.rfind("data: ", next);
      const std::string stream = rest.substr(0, cut);
      rest.erase(0, cut);
      const bool fails = stream.find(R"("type":"response.failed")") != std::string::npos;
      check_stream(stream, fails, tally);
      if (!fails) check_stream(stream + "data: [DONE]\n\n", false, tally);
    }
  }
  for (const fs::path& file : files_below(recorded::folder() / "streams", ".json")) {
    const std::string text = slurp(file);
    const auto document = json::Document::parse(text);
    if (!document || !document->root()["output"].is_array()) {
      ++tally["left out: another operation"];
      continue;
    }
    SCOPED_TRACE(file.string());
    check_response(text, tally);
  }
  report("recorded fixtures", tally);
  EXPECT_GT(tally["streams"], 0);
}

}  // namespace
}  // namespace bifrost::dialect::openai_responses
