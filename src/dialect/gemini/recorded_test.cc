// Real traffic of Google's APIs through every function of the dialect. The recordings are not part
// of the project: without them these tests are skipped and say so.
#include "dialect/chat_codec.h"
#include "dialect/gemini/dialect.h"
#include "dialect/recorded_testing.h"
#include "json/document.h"
#include "json/scan.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace bifrost::dialect::gemini {
namespace {

namespace fs = std::filesystem;

// Streams up to this size are cut in two at each of their bytes, longer ones at some of them; all
// are fed byte by byte.
constexpr std::size_t kEveryCutBytesMax = 2048;
constexpr std::size_t kCutsOfLongStreams = 40;

struct Recorded {
  std::string name;
  std::string model;
  std::string request;
  std::string response;
  int status = 200;
  bool stream = false;
};

// "gemini-2.5-pro" of "/v1beta/models/gemini-2.5-pro:generateContent?x"; empty for other calls.
std::string model_in(const std::string& path) {
  const auto at = path.find("models/");
  const auto colon = path.find(':', at == std::string::npos ? 0 : at);
  if (at == std::string::npos || colon == std::string::npos) return {};
  const std::string verb = path.substr(colon + 1, path.find('?') - colon - 1);
  if (verb != "generateContent" && verb != "streamGenerateContent") return {};
  return path.substr(at + 7, colon - at - 7);
}

// Counts what a test looked at and why the rest was left out, and prints it at the end.
class Tally {
 public:
  explicit Tally(std::string what) : what_(std::move(what)) {}
  Tally(const Tally&) = delete;
  Tally& operator=(const Tally&) = delete;
  ~Tally() {
    std::string text = what_ + ": " + std::to_string(run_) + " run";
    for (const auto& [reason, count] : left_out_) {
      text += ", " + std::to_string(count) + " left out: " + reason;
    }
    GTEST_LOG_(INFO) << text;
  }
  void run() { ++run_; }
  void left_out(const std::string& reason) { ++left_out_[reason]; }
  [[nodiscard]] int runs() const { return run_; }

 private:
  std::string what_;
  int run_ = 0;
  std::map<std::string, int> left_out_;
};

void add_exchanges(const fs::path& path, Tally& tally, std::vector<Recorded>& out) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const auto document = json::Document::parse(line);
    ASSERT_TRUE(document) << path;
    const json::Value root = document->root();
    Recorded one{.name = root["id"].string_or(""),
                 .model = model_in(root["path"].string_or("")),
                 .request = root["request_text"].string_or(""),
                 .response = root["response_text"].string_or(""),
                 .status = static_cast<int>(root["status"].integer().value_or(0)),
                 .stream = root["path"].string_or("").find(":stream") != std::string::npos};
    if (one.model.empty()) {
      tally.left_out("other operations");
    } else if (root["path"].string_or("").find("publishers/anthropic") != std::string::npos) {
      tally.left_out("other publishers");
    } else {
      out.push_back(std::move(one));
    }
  }
}

void add_streams(const fs::path& directory, Tally& tally, std::vector<Recorded>& out) {
  if (!fs::exists(directory)) return;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory)) {
    const std::string text = recorded::slurp(entry.path());
    Recorded one{.name = entry.path().filename().string(), .response = text};
    if (text.find("\"candidates\"") == std::string::npos) {
      tally.left_out("other operations");
      continue;
    }
    if (one.name.ends_with(".chunks.txt")) {
      one.stream = true;
      one.response.clear();
      std::istringstream lines(text);
      for (std::string line; std::getline(lines, line);) {
        if (!line.empty()) one.response += "data: " + line + "\r\n\r\n";
      }
    }
    out.push_back(std::move(one));
  }
}

std::vector<Recorded> recordings(Tally& tally) {
  std::vector<Recorded> all;
  const fs::path directory = recorded::folder();
  for (const char* name : {"gemini.jsonl", "vertex.jsonl"}) {
    add_exchanges(directory / "exchanges" / name, tally, all);
  }
  for (const char* name : {"google", "google-vertex"}) {
    add_streams(directory / "streams" / name, tally, all);
  }
  return all;
}

bool absent() { return !fs::exists(recorded::folder() / "exchanges"); }

// -- requests

llm::Request decode(const std::string& body, const std::string& model) {
  std::string padded = body;
  json::reserve_padding(padded);
  auto request = dialect().chat->decode_request({.body = padded, .path_model = model});
  EXPECT_TRUE(request) << request.error().message;
  return request ? std::move(*request) : llm::Request{};
}

// Roles and parts one after the other: encoding joins the turns of one role. The stand-in for a
// missing signature is not the caller's.
std::vector<std::pair<std::string, llm::Part>> flat(const llm::Request& request) {
  std::vector<std::pair<std::string, llm::Part>> parts;
  for (const llm::Message& message : request.messages) {
    for (llm::Part part : message.parts) {
      if (auto* call = part.as<llm::ToolCallPart>();
          call != nullptr && call->signature.starts_with("c2tpcF90aG91Z2h0")) {
        call->signature.clear();
      }
      parts.emplace_back(message.role == llm::Role::kAssistant ? "model" : "user", part);
    }
  }
  return parts;
}

TEST(GeminiRecordedTest, RequestsSurviveOurModel) {
  if (absent()) GTEST_SKIP() << "no recordings at " << recorded::folder();
  Tally tally("requests");
  for (const Recorded& one : recordings(tally)) {
    SCOPED_TRACE(one.name);
    if (one.request.empty()) {
      tally.left_out("without a request");
      continue;
    }
    const llm::Request first = decode(one.request, one.model);
    const Flavor flavor;
    auto encoded = dialect().chat->encode_request(first, {.model = one.model, .flavor = flavor});
    ASSERT_TRUE(encoded);
    EXPECT_TRUE(encoded->dropped.lost.empty()) << encoded->dropped.lost.front();
    const llm::Request second = decode(encoded->body, one.model);
    EXPECT_EQ(flat(first), flat(second)) << encoded->body;
    EXPECT_EQ(first.tools, second.tools);
    EXPECT_EQ(first.raw_tools, second.raw_tools);
    EXPECT_EQ(first.tool_choice, second.tool_choice);
    EXPECT_EQ(first.response_format, second.response_format);
    EXPECT_EQ(first.reasoning, second.reasoning);
    EXPECT_EQ(first.stop, second.stop);
    EXPECT_EQ(first.modalities, second.modalities);
    EXPECT_EQ(first.temperature, second.temperature);
    EXPECT_EQ(first.extras.size(), second.extras.size());
    tally.run();
  }
  EXPECT_GT(tally.runs(), 0);
}

TEST(GeminiRecordedTest, SameDialectRequestsAreNotTouched) {
  if (absent()) GTEST_SKIP() << "no recordings at " << recorded::folder();
  Tally tally("untouched requests");
  json::Scanner scanner;
  for (Recorded& one : recordings(tally)) {
    SCOPED_TRACE(one.name);
    if (one.request.empty()) continue;
    json::reserve_padding(one.request);
    const RequestInput input{
        .body = one.request, .path_model = one.model, .path_stream = one.stream};
    auto facts = dialect().chat->peek(input, scanner);
    ASSERT_TRUE(facts);
    EXPECT_EQ(facts->model, one.model);
    const Flavor flavor;
    auto edited =
        dialect().chat->edit_request(input, *facts, {.model = one.model, .flavor = flavor});
    ASSERT_TRUE(edited);
    EXPECT_FALSE(edited->body.has_value());
    tally.run();
  }
  EXPECT_GT(tally.runs(), 0);
}

// -- whole answers

TEST(GeminiRecordedTest, AnswersSurviveOurModel) {
  if (absent()) GTEST_SKIP() << "no recordings at " << recorded::folder();
  Tally tally("answers");
  for (const Recorded& one : recordings(tally)) {
    SCOPED_TRACE(one.name);
    if (one.stream || one.status != 200) {
      tally.left_out(one.stream ? "streams" : "errors");
      continue;
    }
    auto first = dialect().chat->decode_response(one.response);
    ASSERT_TRUE(first) << first.error().message;
    ASSERT_FALSE(first->choices.empty());
    const std::string encoded = dialect().chat->encode_response(*first, {});
    auto second = dialect().chat->decode_response(encoded);
    ASSERT_TRUE(second) << encoded;
    EXPECT_EQ(first->id, second->id);
    EXPECT_EQ(first->model, second->model);
    EXPECT_EQ(first->created, second->created);
    EXPECT_EQ(first->usage, second->usage);
    ASSERT_EQ(first->choices.size(), second->choices.size());
    for (std::size_t i = 0; i < first->choices.size(); ++i) {
      EXPECT_EQ(first->choices[i].parts, second->choices[i].parts) << encoded;
      EXPECT_EQ(first->choices[i].finish, second->choices[i].finish);
      EXPECT_EQ(first->choices[i].finish_raw, second->choices[i].finish_raw);
      EXPECT_EQ(first->choices[i].logprobs, second->choices[i].logprobs);
      EXPECT_NE(first->choices[i].finish, llm::FinishReason::kUnknown);
    }
    const TapState tapped = dialect().chat->tap_response(one.response);
    EXPECT_EQ(tapped.usage, first->usage);
    EXPECT_EQ(tapped.finish, first->choices[0].finish);
    EXPECT_EQ(tapped.id, first->id);
    EXPECT_EQ(tapped.model, first->model);
    EXPECT_TRUE(first->usage.known);
    tally.run();
  }
  EXPECT_GT(tally.runs(), 0);
}

TEST(GeminiRecordedTest, RecordedTotalsAreOurTotals) {
  if (absent()) GTEST_SKIP() << "no recordings at " << recorded::folder();
  Tally tally("totals");
  for (const Recorded& one : recordings(tally)) {
    SCOPED_TRACE(one.name);
    if (one.stream || one.status != 200) continue;
    const auto document = json::Document::parse(one.response);
    ASSERT_TRUE(document);
    auto response = dialect().chat->decode_response(one.response);
    ASSERT_TRUE(response);
    const auto total = document->root()["usageMetadata"]["totalTokenCount"].integer();
    EXPECT_EQ(response->usage.total(), total);
    tally.run();
  }
  EXPECT_GT(tally.runs(), 0);
}

TEST(GeminiRecordedTest, ErrorsAreUnderstoodAndKept) {
  if (absent()) GTEST_SKIP() << "no recordings at " << recorded::folder();
  Tally tally("errors");
  for (const Recorded& one : recordings(tally)) {
    SCOPED_TRACE(one.name);
    if (one.status == 200) continue;
    const Error error = dialect().family.decode_error({.status = one.status, .body = one.response});
    EXPECT_EQ(error.upstream_status, one.status);
    EXPECT_FALSE(error.upstream_type.empty());
    EXPECT_EQ(dialect().family.encode_error(error), one.response);
    tally.run();
  }
}

// -- streams

// What a stream adds up to, as text that can be compared and read.
class Transcript {
 public:
  explicit Transcript(const std::vector<llm::StreamEvent>& events) {
    for (const llm::StreamEvent& event : events) {
      std::visit([this](const auto& it) { on(it); }, event);
    }
  }

  [[nodiscard]] std::string text() const {
    std::string all = head_;
    for (const auto& [name, value] : values_) {
      all.append(name).append("=").append(value).append("\n");
    }
    return all;
  }
  [[nodiscard]] const llm::Usage& usage() const { return usage_; }
  [[nodiscard]] const std::optional<llm::StreamFinish>& finish() const { return finish_; }
  [[nodiscard]] int ends() const { return ends_; }
  [[nodiscard]] int failures() const { return failures_; }
  // The arguments of each call.
  [[nodiscard]] std::vector<std::string> arguments() const {
    std::vector<std::string> all;
    for (const auto& [name, value] : values_) {
      if (name.find("arguments") != std::string::npos) all.push_back(value);
    }
    return all;
  }

 private:
  std::string& value(std::int64_t choice, const std::string& name) {
    return values_[std::to_string(choice) + "." + name];
  }
  void on(const llm::StreamStart& start) { head_ = start.id + "|" + start.model + "\n"; }
  void on(const llm::TextDelta& delta) {
    value(delta.choice, "text") += delta.text;
    value(delta.choice, "text signature") += delta.signature;
    value(delta.choice, "logprobs") += delta.logprobs;
  }
  void on(const llm::RefusalDelta&) {}
  void on(const llm::ReasoningDelta& delta) {
    const std::string block = "thought " + std::to_string(delta.block);
    value(delta.choice, block) += delta.text;
    value(delta.choice, block + " signature") += delta.signature;
  }
  void on(const llm::ToolCallStart& start) {
    const std::string call = "call " + std::to_string(start.index);
    value(start.choice, call) += start.id + " " + start.name + " " + start.signature;
    value(start.choice, call + " arguments");
  }
  void on(const llm::ToolCallDelta& delta) {
    value(delta.choice, "call " + std::to_string(delta.index) + " arguments") += delta.arguments;
  }
  void on(const llm::CitationDelta& delta) {
    value(delta.choice, "citations") +=
        delta.citation.url + " " + std::to_string(delta.citation.start) + "-" +
        std::to_string(delta.citation.end) + " " + delta.citation.cited_text + "\n";
  }
  void on(const llm::MediaDelta& delta) { value(delta.choice, "media") += "1"; }
  void on(const llm::RawDelta& delta) { value(delta.choice, "raw") += delta.part.json + "\n"; }
  void on(const llm::UsageUpdate& update) { usage_ = update.usage; }
  void on(const llm::StreamFinish& finish) {
    finish_ = finish;
    value(finish.choice, "finish") +=
        std::to_string(static_cast<int>(finish.reason)) + " " + finish.raw;
  }
  void on(const llm::Ping&) {}
  void on(const llm::StreamFailure&) { ++failures_; }
  void on(const llm::StreamEnd&) { ++ends_; }

  std::string head_;
  std::map<std::string, std::string> values_;
  llm::Usage usage_;
  std::optional<llm::StreamFinish> finish_;
  int ends_ = 0;
  int failures_ = 0;
};

std::vector<llm::StreamEvent> decode_pieces(const std::vector<std::string_view>& pieces) {
  const auto decoder = dialect().chat->make_stream_decoder();
  std::vector<llm::StreamEvent> events;
  for (const std::string_view piece : pieces) decoder->feed(piece, events);
  decoder->finish(events);
  return events;
}

std::string encode(const std::vector<llm::StreamEvent>& events) {
  const auto encoder = dialect().chat->make_stream_encoder({});
  std::string out;
  for (const llm::StreamEvent& event : events) encoder->event(event, out);
  return out;
}

std::vector<std::string_view> bytes_of(std::string_view text) {
  std::vector<std::string_view> pieces;
  pieces.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) pieces.push_back(text.substr(i, 1));
  return pieces;
}

TEST(GeminiRecordedTest, StreamsAreReadAlikeHoweverTheyAreCut) {
  if (absent()) GTEST_SKIP() << "no recordings at " << recorded::folder();
  Tally tally("cut streams");
  for (const Recorded& one : recordings(tally)) {
    SCOPED_TRACE(one.name);
    if (!one.stream) continue;
    const std::string_view text = one.response;
    const Transcript whole(decode_pieces({text}));
    EXPECT_EQ(Transcript(decode_pieces(bytes_of(text))).text(), whole.text());
    const std::size_t step =
        text.size() <= kEveryCutBytesMax ? 1 : text.size() / kCutsOfLongStreams + 1;
    for (std::size_t cut = 1; cut < text.size(); cut += step) {
      const Transcript parts(decode_pieces({text.substr(0, cut), text.substr(cut)}));
      ASSERT_EQ(parts.text(), whole.text()) << "cut at " << cut;
      ASSERT_EQ(parts.usage(), whole.usage()) << "cut at " << cut;
    }
    tally.run();
  }
  EXPECT_GT(tally.runs(), 0);
}

TEST(GeminiRecordedTest, StreamsSurviveOurModelAndTheTapAgrees) {
  if (absent()) GTEST_SKIP() << "no recordings at " << recorded::folder();
  Tally tally("streams");
  for (const Recorded& one : recordings(tally)) {
    SCOPED_TRACE(one.name);
    if (!one.stream) {
      tally.left_out("whole answers");
      continue;
    }
    const auto events = decode_pieces({one.response});
    const Transcript first(events);
    const bool complete = one.response.find("finishReason") != std::string::npos;
    EXPECT_EQ(first.ends(), complete ? 1 : 0);
    EXPECT_EQ(first.failures(), complete ? 0 : 1);
    for (const std::string& arguments : first.arguments()) {
      EXPECT_TRUE(json::Document::parse(arguments)) << arguments;
    }

    const auto tap = dialect().chat->make_stream_tap();
    tap->feed(one.response);
    EXPECT_EQ(tap->finish(), "");
    EXPECT_EQ(tap->state().usage, first.usage());
    EXPECT_EQ(tap->state().error.has_value(), !complete);
    if (!complete) {
      tally.left_out("ends without a finish reason");
      continue;
    }
    EXPECT_EQ(tap->state().finish, first.finish()->reason);
    EXPECT_GT(tap->state().content_events, 0U);
    EXPECT_NE(first.finish()->reason, llm::FinishReason::kUnknown);

    const std::string bytes = encode(events);
    const Transcript second(decode_pieces({bytes}));
    EXPECT_EQ(first.text(), second.text()) << bytes;
    EXPECT_EQ(first.usage(), second.usage());
    tally.run();
  }
  EXPECT_GT(tally.runs(), 0);
}

}  // namespace
}  // namespace bifrost::dialect::gemini
