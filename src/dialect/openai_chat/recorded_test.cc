// Real traffic through every function of the dialect. The recordings are no part of the project:
// without them these tests say that they were skipped.

#include "base/strings.h"
#include "dialect/chat_codec.h"
#include "dialect/openai_chat/collected_answer.h"
#include "dialect/openai_chat/dialect.h"
#include "dialect/openai_chat/reasoning.h"
#include "dialect/recorded_testing.h"
#include "json/document.h"
#include "json/writer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>

namespace bifrost::dialect::openai_chat {
namespace {

namespace fs = std::filesystem;

using recorded::files_below;
using recorded::report;
using recorded::slurp;
using recorded::Tally;

// Keeps everything that a flavor can keep.
constexpr Flavor kLossless{.keeps_cache_control = true,
                           .developer_role = true,
                           .reasoning_object = true,
                           .reasoning_history = ReasoningHistory::kDetails};

void expect_same_choice(const llm::Choice& a, const llm::Choice& b) {
  EXPECT_EQ(a.index, b.index);
  // OpenAI has no word for "the provider did not say".
  using enum llm::FinishReason;
  EXPECT_EQ(a.finish, b.finish == kUnknown ? kStop : b.finish);
  EXPECT_EQ(a.logprobs, b.logprobs);
  // A message has one place for each kind: compared kind by kind, in order.
  const auto kinds = [](const llm::Choice& choice) {
    std::map<std::size_t, std::vector<llm::Part>> parts;
    for (llm::Part part : choice.parts) {
      if (auto* text = part.as<llm::TextPart>()) {
        for (llm::Citation& citation : text->citations) {
          citation = {.url = citation.url, .title = citation.title};
        }
      }
      parts[part.content.index()].push_back(std::move(part));
    }
    return parts;
  };
  EXPECT_EQ(kinds(a), kinds(b));
}

void check_response(const std::string& body, Tally& tally) {
  const auto response = dialect().chat->decode_response(body);
  const TapState tap = dialect().chat->tap_response(body);
  if (!response) {
    EXPECT_TRUE(tap.error.has_value());
    ADD_FAILURE() << response.error().message;
    return;
  }
  EXPECT_EQ(tap.usage, response->usage);
  EXPECT_EQ(tap.finish, response->choices.front().finish);
  const std::string again = dialect().chat->encode_response(*response, {});
  const auto twice = dialect().chat->decode_response(again);
  ASSERT_TRUE(twice) << again;
  EXPECT_EQ(twice->usage, response->usage);
  ASSERT_EQ(twice->choices.size(), response->choices.size());
  for (std::size_t i = 0; i < twice->choices.size(); ++i) {
    expect_same_choice(twice->choices[i], response->choices[i]);
  }
  ++tally["answers"];
}

std::string encode_all(const std::vector<llm::StreamEvent>& events) {
  AnswerContext context;
  context.include_usage = true;
  const auto encoder = dialect().chat->make_stream_encoder(context);
  std::string out;
  for (const llm::StreamEvent& event : events) encoder->event(event, out);
  return out;
}

void check_stream(const std::string& text, bool fails, Tally& tally) {
  const auto decode = [](std::string_view bytes, std::size_t piece) {
    return collect(decode_in_pieces(*dialect().chat->make_stream_decoder(), bytes, piece));
  };
  const auto events = decode_in_pieces(*dialect().chat->make_stream_decoder(), text, text.size());
  const CollectedAnswer whole = collect(events);
  EXPECT_EQ(whole.failure.empty(), !fails) << whole.failure;
  // Byte by byte cuts at every place at once; two pieces find what one cut alone would break.
  EXPECT_EQ(decode(text, 1), whole);
  for (std::size_t piece = 2; piece < text.size(); piece = piece * 4 + 1) {
    EXPECT_EQ(decode(text, piece), whole) << "in pieces of " << piece;
  }

  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, text.size()}) {
    const auto tap = dialect().chat->make_stream_tap();
    for (std::size_t at = 0; at < text.size(); at += piece) {
      tap->feed(std::string_view(text).substr(at, piece));
    }
    tap->finish();
    EXPECT_EQ(tap->state().usage, whole.usage);
    EXPECT_EQ(tap->state().error.has_value(), fails);
    EXPECT_EQ(tap->state().ended, !fails);
    if (fails) continue;
    EXPECT_EQ(tap->state().finish, whole.choices.begin()->second.finish);
    EXPECT_EQ(tap->state().model, whole.model);
    EXPECT_EQ(tap->state().content_events > 0, std::ranges::any_of(events, llm::is_content));
  }
  ++tally[fails ? "streams that end in an error" : "streams"];
  if (fails) return;

  EXPECT_EQ(whole.starts, 1U);
  EXPECT_EQ(whole.ends, 1U);
  for (const auto& [index, choice] : whole.choices) EXPECT_EQ(choice.finishes, 1U);
  const std::string again = encode_all(events);
  EXPECT_EQ(decode(again, again.size()), whole) << again.substr(0, 4000);
}

std::vector<std::pair<std::string, std::string>> sorted_extras(const llm::Request& request) {
  std::vector<std::pair<std::string, std::string>> out;
  out.reserve(request.extras.size());
  for (const llm::Extra& extra : request.extras) out.emplace_back(extra.path, extra.json);
  std::ranges::sort(out);
  return out;
}

void check_request(std::string body, Tally& tally) {
  json::reserve_padding(body);
  const auto request = dialect().chat->decode_request({.body = body});
  ASSERT_TRUE(request) << request.error().message;
  const auto encoded = dialect().chat->encode_request(*request, {request->model, kLossless});
  ASSERT_TRUE(encoded);
  EXPECT_TRUE(encoded->dropped.lost.empty()) << encoded->dropped.lost.front();
  std::string again = encoded->body;
  const auto twice = dialect().chat->decode_request({.body = again});
  ASSERT_TRUE(twice) << twice.error().message;
  EXPECT_EQ(twice->model, request->model);
  EXPECT_EQ(twice->messages, request->messages);
  EXPECT_EQ(twice->tools, request->tools);
  EXPECT_EQ(twice->raw_tools, request->raw_tools);
  EXPECT_EQ(twice->tool_choice, request->tool_choice);
  EXPECT_EQ(twice->response_format, request->response_format);
  EXPECT_EQ(twice->reasoning, request->reasoning);
  EXPECT_EQ(twice->max_tokens, request->max_tokens);
  EXPECT_EQ(twice->temperature, request->temperature);
  EXPECT_EQ(twice->stop, request->stop);
  EXPECT_EQ(sorted_extras(*twice), sorted_extras(*request));

  json::Scanner scanner;
  const auto facts = dialect().chat->peek({.body = body}, scanner);
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->model, request->model);
  EXPECT_EQ(facts->stream, request->stream);
  EXPECT_EQ(facts->include_usage, request->include_usage);
  constexpr Flavor kUntouched{.keeps_cache_control = true,
                              .injects_usage_option = false,
                              .developer_role = true,
                              .reasoning_object = true};
  const auto same =
      dialect().chat->edit_request({.body = body}, *facts, {request->model, kUntouched});
  ASSERT_TRUE(same);
  EXPECT_FALSE(same->body.has_value());
  constexpr Flavor kPlain{};
  const auto edited = dialect().chat->edit_request({.body = body}, *facts, {"another", kPlain});
  ASSERT_TRUE(edited && edited->body.has_value());
  const auto document = json::Document::parse(*edited->body);
  ASSERT_TRUE(document) << document.error().message;
  EXPECT_TRUE(document->root()["model"].equals("another"));
  ++tally["requests"];
}

bool is_chat(std::string_view path) {
  return path.substr(0, path.find('?')).ends_with("chat/completions");
}

void check_exchange(json::Value exchange, Tally& tally) {
  check_request(exchange["request_text"].string_or(""), tally);
  const std::string text = exchange["response_text"].string_or("");
  const auto status = exchange["status"].integer().value_or(0);
  if (status != 200) {
    const Error error =
        dialect().family.decode_error({.status = static_cast<int>(status), .body = text});
    EXPECT_EQ(error.status(), status);
    EXPECT_FALSE(error.message.empty());
    EXPECT_EQ(error.message.find("answered with status"), std::string::npos) << error.message;
    ++tally["errors"];
  } else if (text.starts_with('{')) {
    check_response(text, tally);
  } else {
    check_stream(text, text.find("event: error") != std::string::npos, tally);
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
      if (!is_chat(exchange["path"].string_or(""))) {
        ++tally["left out: another operation"];
        continue;
      }
      SCOPED_TRACE(file.filename().string() + " " + exchange["id"].string_or(""));
      check_exchange(exchange, tally);
    }
  }
  report("recorded exchanges", tally);
  EXPECT_GT(tally["requests"], 0);
}

TEST(Recorded, FixturesSurviveEveryWay) {
  const auto chunk_files = files_below(recorded::folder() / "streams", ".chunks.txt");
  if (chunk_files.empty()) GTEST_SKIP() << "no recordings at " << recorded::folder();
  Tally tally;
  for (const fs::path& file : chunk_files) {
    const std::string text = slurp(file);
    const bool chat = text.find("chat.completion.chunk") != std::string::npos ||
                      text.find(R"("delta":{"content")") != std::string::npos;
    if (!chat || text.find(R"("choices")") == std::string::npos) {
      ++tally["left out: another operation"];
      continue;
    }
    SCOPED_TRACE(file.string());
    std::string stream;
    for (const std::string_view line : split(text, '\n')) {
      if (!trim(line).empty()) stream += "data: " + std::string(trim(line)) + "\n\n";
    }
    check_stream(stream, false, tally);
    check_stream(stream + "data: [DONE]\n\n", false, tally);
  }
  for (const fs::path& file : files_below(recorded::folder() / "streams", ".json")) {
    const std::string text = slurp(file);
    const auto document = json::Document::parse(text);
    if (!document || !document->root()["choices"].is_array()) {
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
}  // namespace bifrost::dialect::openai_chat
