// Real traffic through both ways: unchanged in its own dialect, and with its meaning kept in every
// other one. Without recordings these tests are skipped and say so.
#include "dialect/chat_codec.h"
#include "json/document.h"
#include "json/writer.h"
#include "provider/provider.h"
#include "tests/conformance/recorded_fixture.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace bifrost::test {
namespace {

// Every stream is fed byte by byte. Those up to this size are also cut in two at each of their
// bytes, longer ones at some places: each cut costs a whole stream.
constexpr std::size_t kEveryCutBytesMax = 1200;
constexpr std::size_t kCutsOfLongStreams = 30;

struct RowSide {
  const provider::ProviderSpec* row = nullptr;
  const provider::SideSpec* side = nullptr;
};

// The row of the host that was recorded, or a row of its dialect.
RowSide row_of(const Recording& recording) {
  RowSide of_dialect;
  for (const provider::ProviderSpec& row : provider::all()) {
    const auto side = std::ranges::find(row.sides, recording.dialect, &provider::SideSpec::dialect);
    if (side == row.sides.end() || side->on_request) continue;
    if (!recording.host.empty() && row.base_url.find(recording.host) != std::string_view::npos) {
      return {&row, &*side};
    }
    if (of_dialect.row == nullptr) of_dialect = {&row, &*side};
  }
  return of_dialect;
}

// A flavor that asks for nothing.
constexpr dialect::Flavor kUntouched{.keeps_cache_control = true,
                                     .injects_usage_option = false,
                                     .developer_role = true,
                                     .reasoning_object = true};

TEST_F(RecordedTest, WhatIsHereAndWhatIsLeftOut) {
  for (const Recording& recording : fitting()) {
    const char* kind = recording.status != 200 ? "errors"
                       : recording.stream      ? "streams"
                                               : "answers";
    tally_.add(fmt::format("{}: {}", recording.dialect->name, kind));
    if (recording.request) tally_.add(fmt::format("{}: requests", recording.dialect->name));
  }
  for (const auto& [reason, count] : recordings().left_out) {
    for (int i = 0; i < count; ++i) tally_.add("left out, " + reason);
  }
  EXPECT_FALSE(fitting().empty());
}

// ---------------------------------------------------------------------------------------------
// The same dialect on both sides

// The body with the bytes of its model replaced, found without the code under test.
std::string with_model(const std::string& body, const json::Document& document,
                       std::string_view model) {
  const json::Value value = document.root()["model"];
  return body.substr(0, value.offset()) + json::quoted(model) +
         body.substr(value.offset() + value.raw().size());
}

TEST_F(RecordedTest, RequestsPassWithNothingButTheModelChanged) {
  for (const Recording& recording : fitting()) {
    if (!recording.request) continue;
    SCOPED_TRACE(recording.name);
    const std::string body = padded(*recording.request);
    const dialect::RequestInput input{
        .body = body, .path_model = recording.path_model, .path_stream = recording.stream};
    json::Scanner scanner;
    const auto facts = recording.dialect->chat->peek(input, scanner);
    ASSERT_TRUE(facts) << facts.error().message;
    const auto same = recording.dialect->chat->edit_request(
        input, *facts, {.model = facts->model, .flavor = kUntouched});
    ASSERT_TRUE(same);
    EXPECT_FALSE(same->body.has_value()) << *same->body;

    const auto document = json::Document::parse(body);
    ASSERT_TRUE(document);
    if (!document->root()["model"].exists()) {
      tally_.add("model in the path");
      continue;
    }
    const auto other = recording.dialect->chat->edit_request(
        input, *facts, {.model = "another", .flavor = kUntouched});
    ASSERT_TRUE(other && other->body.has_value());
    EXPECT_EQ(*other->body, with_model(body, *document, "another"));
    tally_.add("model in the body");
  }
}

// What a row may change at the top level of a request.
bool side_may_change(const provider::SideSpec& side, std::string_view key) {
  const auto named = [&](const auto& rename) {
    return rename.first == key || rename.second == key;
  };
  constexpr std::string_view kEdited[] = {"model",     "stream_options",   "messages",   "tools",
                                          "reasoning", "reasoning_effort", "tool_choice"};
  return std::ranges::find(kEdited, key) != std::end(kEdited) ||
         std::ranges::find(side.flavor.removed_fields, key) != side.flavor.removed_fields.end() ||
         std::ranges::any_of(side.flavor.renamed_fields, named) ||
         (key == "user" && side.flavor.user_bytes_max > 0);
}

TEST_F(RecordedTest, RequestsPassToTheirProviderWithOnlyItsEdits) {
  for (const Recording& recording : fitting()) {
    if (!recording.request) continue;
    SCOPED_TRACE(recording.name);
    const auto [row, side] = row_of(recording);
    const std::string body = padded(*recording.request);
    const dialect::RequestInput input{.body = body, .path_model = recording.path_model};
    json::Scanner scanner;
    const auto facts = recording.dialect->chat->peek(input, scanner);
    ASSERT_TRUE(facts) << facts.error().message;
    const auto edited = recording.dialect->chat->edit_request(
        input, *facts, {.model = facts->model, .flavor = side->flavor});
    ASSERT_TRUE(edited) << edited.error().message;
    if (!edited->body) {
      tally_.add(fmt::format("{}: byte for byte", row->name));
      continue;
    }
    const auto before = json::Document::parse(body);
    const auto after = json::Document::parse(*edited->body);
    ASSERT_TRUE(before && after) << *edited->body;
    for (const json::Value member : before->root().children()) {
      if (side_may_change(*side, member.key())) continue;
      EXPECT_EQ(member.raw(), after->root()[member.key()].raw()) << member.key();
    }
    tally_.add(fmt::format("{}: edited", row->name));
  }
}

void expect_same_usage(const llm::Usage& tapped, const llm::Usage& decoded) {
  EXPECT_TRUE(tapped == decoded) << fmt::format("tap: in {} out {}, decoder: in {} out {}",
                                                tapped.input_total(), tapped.output_total(),
                                                decoded.input_total(), decoded.output_total());
}

TEST_F(RecordedTest, AnswersThatPassAreCountedAsIfTheyWereDecoded) {
  for (const Recording& recording : fitting()) {
    if (recording.status != 200 || recording.stream) continue;
    SCOPED_TRACE(recording.name);
    const auto response = recording.dialect->chat->decode_response(recording.answer);
    ASSERT_TRUE(response) << response.error().message;
    const dialect::TapState tap = recording.dialect->chat->tap_response(recording.answer);
    expect_same_usage(tap.usage, response->usage);
    ASSERT_FALSE(response->choices.empty());
    EXPECT_EQ(tap.finish, response->choices.front().finish);
    EXPECT_EQ(tap.model, response->model);
    EXPECT_EQ(tap.id, response->id);
    EXPECT_FALSE(tap.error);
    tally_.add(std::string(recording.dialect->name));
  }
}

// What the provider itself says of the tokens of an answer, read without the code under test.
std::optional<std::int64_t> reported_total(json::Value answer) {
  const json::Value usage = answer["usage"];
  // Cached tokens stand beside the others at Anthropic, and among them everywhere else.
  if (usage["total_tokens"].exists()) return usage["total_tokens"].integer();
  if (usage["input_tokens"].exists() && !usage["iterations"].exists()) {
    std::int64_t total = 0;
    for (const char* field : {"input_tokens", "cache_creation_input_tokens",
                              "cache_read_input_tokens", "output_tokens"}) {
      total += usage[field].integer().value_or(0);
    }
    return total;
  }
  return answer["usageMetadata"]["totalTokenCount"].integer();
}

TEST_F(RecordedTest, TotalsAreThoseOfTheProvider) {
  for (const Recording& recording : fitting()) {
    if (recording.status != 200 || recording.stream) continue;
    SCOPED_TRACE(recording.name);
    const auto document = json::Document::parse(recording.answer);
    ASSERT_TRUE(document);
    const auto total = reported_total(document->root());
    if (!total) {
      tally_.add(fmt::format("{}: reports none", recording.dialect->name));
      continue;
    }
    EXPECT_EQ(recording.dialect->chat->decode_response(recording.answer)->usage.total(), *total)
        << document->root()["usage"].raw();
    tally_.add(std::string(recording.dialect->name));
  }
}

// ---------------------------------------------------------------------------------------------
// Streams

std::string told_stream(const dialect::Dialect& dialect, const Pieces& pieces) {
  return told_between(told_answer(decode(dialect, pieces)), dialect, dialect);
}

Pieces single_bytes(std::string_view text) {
  Pieces pieces;
  for (std::size_t i = 0; i < text.size(); ++i) pieces.push_back(text.substr(i, 1));
  return pieces;
}

TEST_F(RecordedTest, StreamsAreReadAlikeHoweverTheyAreCut) {
  for (const Recording& recording : fitting()) {
    if (!recording.stream) continue;
    SCOPED_TRACE(recording.name);
    const dialect::Dialect& dialect = *recording.dialect;
    const std::string_view text = recording.answer;
    const std::string whole = told_stream(dialect, {text});
    EXPECT_EQ(told_stream(dialect, single_bytes(text)), whole);
    const std::size_t step =
        text.size() <= kEveryCutBytesMax ? 1 : text.size() / kCutsOfLongStreams + 1;
    for (std::size_t cut = 1; cut < text.size(); cut += step) {
      ASSERT_EQ(told_stream(dialect, {text.substr(0, cut), text.substr(cut)}), whole) << cut;
      tally_.add(fmt::format("{}: cuts", dialect.name));
    }
    tally_.add(fmt::format("{}: streams", dialect.name));
  }
}

TEST_F(RecordedTest, StreamsThatPassAreCountedAsIfTheyWereDecoded) {
  for (const Recording& recording : fitting()) {
    if (!recording.stream) continue;
    SCOPED_TRACE(recording.name);
    const dialect::Dialect& dialect = *recording.dialect;
    const ToldAnswer told = told_answer(decode(dialect, {recording.answer}));
    for (const Pieces& pieces : {Pieces{recording.answer}, single_bytes(recording.answer)}) {
      const auto tap = dialect.chat->make_stream_tap();
      for (const std::string_view piece : pieces) tap->feed(piece);
      EXPECT_EQ(tap->finish(), "");
      expect_same_usage(tap->state().usage, told.usage);
      EXPECT_EQ(tap->state().ended, told.ended);
      EXPECT_EQ(tap->state().error.has_value(), !told.failure.empty());
    }
    tally_.add(fmt::format("{}: {}", dialect.name, told.ended ? "complete" : told.failure));
  }
}

// ---------------------------------------------------------------------------------------------
// Another dialect on the other side

TEST_F(RecordedTest, RequestsKeepTheirMeaningInEveryDialect) {
  for (const Recording& recording : fitting()) {
    if (!recording.request) continue;
    const std::string body = padded(*recording.request);
    const auto request =
        recording.dialect->chat->decode_request({.body = body, .path_model = recording.path_model});
    if (needs_kept_answers(request)) continue;
    ASSERT_TRUE(request) << recording.name << ": " << request.error().message;
    for (const dialect::Dialect* to : dialect::all()) {
      SCOPED_TRACE(fmt::format("{} to {}", recording.name, to->name));
      const auto encoded = to->chat->encode_request(*request, {request->model, kLossless});
      if (!encoded) {
        EXPECT_EQ(encoded.error().retry, Retry::kOtherTarget);
        tally_.add("refused: " + encoded.error().message);
        continue;
      }
      const std::string sent = padded(encoded->body);
      const auto again = to->chat->decode_request({.body = sent, .path_model = request->model});
      ASSERT_TRUE(again) << again.error().message << sent;
      EXPECT_EQ(told_request(*again), told_request(*request));
      tally_.add(fmt::format("{} to {}", recording.dialect->name, to->name));
    }
  }
}

TEST_F(RecordedTest, AnswersKeepTheirMeaningInEveryDialect) {
  for (const Recording& recording : fitting()) {
    if (recording.status != 200 || recording.stream) continue;
    const dialect::Dialect& from = *recording.dialect;
    const auto response = from.chat->decode_response(recording.answer);
    ASSERT_TRUE(response) << recording.name << ": " << response.error().message;
    for (const dialect::Dialect* to : dialect::all()) {
      SCOPED_TRACE(fmt::format("{} to {}", recording.name, to->name));
      const std::string encoded = to->chat->encode_response(*response, {});
      const auto again = to->chat->decode_response(encoded);
      ASSERT_TRUE(again) << again.error().message << encoded;
      EXPECT_EQ(told_between(told_answer(*again), from, *to),
                told_between(told_answer(*response), from, *to));
      tally_.add(fmt::format("{} to {}", from.name, to->name));
    }
  }
}

TEST_F(RecordedTest, StreamsKeepTheirMeaningInEveryDialect) {
  for (const Recording& recording : fitting()) {
    if (!recording.stream) continue;
    const dialect::Dialect& from = *recording.dialect;
    const std::vector<llm::StreamEvent> events = decode(from, {recording.answer});
    for (const dialect::Dialect* to : dialect::all()) {
      SCOPED_TRACE(fmt::format("{} to {}", recording.name, to->name));
      const auto encoder = to->chat->make_stream_encoder({.include_usage = true});
      std::string bytes;
      for (const llm::StreamEvent& event : events) encoder->event(event, bytes);
      EXPECT_EQ(told_between(told_answer(decode(*to, {bytes})), from, *to),
                told_between(told_answer(events), from, *to));
      tally_.add(fmt::format("{} to {}", from.name, to->name));
    }
  }
}

TEST_F(RecordedTest, ErrorsKeepStatusAndMessageInEveryDialect) {
  for (const Recording& recording : fitting()) {
    if (recording.status == 200) continue;
    SCOPED_TRACE(recording.name);
    const Error error = recording.dialect->family.decode_error(
        {.status = recording.status, .body = recording.answer});
    EXPECT_EQ(error.status(), recording.status);
    EXPECT_NE(recording.answer.find(json::quoted(error.message).substr(1, 20)), std::string::npos)
        << error.message;
    for (const dialect::Dialect* to : dialect::all()) {
      const Error again = to->family.decode_error(
          {.status = error.status(), .body = to->family.encode_error(error)});
      // Anthropic's errors name the field in front of the message.
      EXPECT_TRUE(again.message.ends_with(error.message)) << to->name << ": " << again.message;
      EXPECT_EQ(again.code, error.code) << to->name;
      tally_.add(fmt::format("{} to {}", recording.dialect->name, to->name));
    }
  }
}

}  // namespace
}  // namespace bifrost::test
