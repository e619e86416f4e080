// Real traffic of the API, when it is at hand: BIFROST_RECORDED_DIR or ../shared/recorded.
#include "base/log.h"
#include "dialect/anthropic/functions.h"
#include "dialect/anthropic/stream_testing.h"
#include "dialect/recorded_testing.h"
#include "json/writer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace bifrost::dialect::anthropic {
namespace {

namespace fs = std::filesystem;
using testing::Listener;
using testing::Told;

struct Recorded {
  std::vector<std::pair<std::string, std::string>> requests;  // name, body
  std::vector<std::pair<std::string, std::string>> answers;
  std::vector<std::pair<std::string, std::string>> errors;
  std::vector<std::pair<std::string, std::string>> streams;
  std::map<std::string, int> left_out;  // by reason
};

void add_exchange(json::Value exchange, Recorded& all) {
  const std::string name = exchange["id"].string_or({});
  const std::string path = exchange["path"].string_or({});
  const auto request = exchange["request_text"].string();
  const auto answer = exchange["response_text"].string();
  if (!exchange["method"].equals("POST") || path.substr(0, path.find('?')) != "/v1/messages") {
    ++all.left_out["not a message"];
    return;
  }
  if (request) all.requests.emplace_back(name, *request);
  if (!answer) {
    ++all.left_out["no answer in text"];
  } else if (exchange["status"].integer() != 200) {
    all.errors.emplace_back(name, *answer);
  } else if (answer->starts_with("{")) {
    all.answers.emplace_back(name, *answer);
  } else {
    all.streams.emplace_back(name, *answer);
  }
}

// Payloads, one a line, become events. A file may hold several streams.
void add_stream_file(const fs::path& path, Recorded& all) {
  std::ifstream in(path);
  std::string line;
  std::string stream;
  int number = 0;
  while (std::getline(in, line)) {
    const auto document = json::Document::parse(line);
    if (!document) continue;
    const std::string type = document->root()["type"].string_or({});
    http::sse::append_event(stream, type, line);
    if (type != "message_stop") continue;
    all.streams.emplace_back(path.filename().string() + "#" + std::to_string(number++),
                             std::exchange(stream, {}));
  }
  if (!stream.empty()) ++all.left_out["stream file without an end"];
}

void add_answer_file(const fs::path& path, Recorded& all) {
  std::string body = recorded::slurp(path);
  const auto document = json::Document::parse(body);
  if (document && document->root()["content"].is_array()) {
    all.answers.emplace_back(path.filename().string(), std::move(body));
  } else {
    ++all.left_out["file that is no message"];
  }
}

Recorded load() {
  Recorded all;
  std::ifstream in(recorded::folder() / "exchanges" / "anthropic.jsonl");
  std::string line;
  while (std::getline(in, line)) {
    if (const auto document = json::Document::parse(line)) add_exchange(document->root(), all);
  }
  for (const char* folder : {"anthropic", "harness-claude-code"}) {
    std::error_code error;
    for (const auto& entry :
         fs::directory_iterator(recorded::folder() / "streams" / folder, error)) {
      const std::string name = entry.path().filename().string();
      if (name.ends_with(".chunks.txt")) add_stream_file(entry.path(), all);
      if (name.ends_with(".json")) add_answer_file(entry.path(), all);
    }
  }
  return all;
}

class RecordedAnthropic : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(recorded::folder() / "exchanges" / "anthropic.jsonl")) {
      GTEST_SKIP() << "no recorded traffic here; set BIFROST_RECORDED_DIR";
    }
    all_ = load();
  }

  Recorded all_;
};

// The same value whatever the order of its members and its spelling.
std::string canonical(json::Value value) {
  if (value.is_string()) return json::quoted(value.string_or({}));
  if (value.is_number()) return std::to_string(value.number().value_or(0));
  if (value.is_array()) {
    std::string text = "[";
    for (const json::Value item : value.children()) text += canonical(item) + ",";
    return text + "]";
  }
  if (!value.is_object()) return std::string(value.raw());
  std::vector<std::string> members;
  for (const json::Value member : value.children()) {
    if (member.is_null()) continue;  // said as by leaving it out
    members.push_back(json::quoted(member.key()) + ":" + canonical(member) + ",");
  }
  std::ranges::sort(members);
  std::string text = "{";
  for (const std::string& member : members) text += member;
  return text + "}";
}

// A string of content is one text block, and what is left out is its default.
std::string canonical_blocks(json::Value content) {
  if (content.is_string()) {
    return "[{\"text\":" + json::quoted(content.string_or({})) + ",\"type\":\"text\",},]";
  }
  std::string text = "[";
  for (const json::Value block : content.children()) {
    if (!block["type"].equals("tool_result")) {
      text += canonical(block) + ",";
      continue;
    }
    text += "result " + block["tool_use_id"].string_or({}) + canonical_blocks(block["content"]) +
            (block["is_error"].boolean().value_or(false) ? "error" : "") + ",";
  }
  return text + "]";
}

// Neighbours of one role joined.
std::string canonical_messages(json::Value messages) {
  std::string text;
  std::string role;
  for (const json::Value message : messages.children()) {
    if (!message["role"].equals(role)) text += "\n" + (role = message["role"].string_or({})) + ":";
    text += canonical_blocks(message["content"]);
  }
  for (auto seam = text.find("]["); seam != std::string::npos; seam = text.find("][", seam)) {
    text.erase(seam, 2);
  }
  return text;
}

std::string canonical_tools(json::Value tools) {
  std::vector<std::string> all;
  constexpr std::string_view kNoDescription = R"("description":"",)";
  for (const json::Value tool : tools.children()) {
    std::string one = canonical(tool);
    if (const auto at = one.find(kNoDescription); at != std::string::npos) {
      one.erase(at, kNoDescription.size());  // said as by leaving it out
    }
    all.push_back(std::move(one));
  }
  std::ranges::sort(all);
  std::string text;
  for (const std::string& tool : all) text += tool + "\n";
  return text;
}

TEST_F(RecordedAnthropic, RequestsSurviveTheirOwnTranslation) {
  int run = 0;
  for (const auto& [name, body] : all_.requests) {
    SCOPED_TRACE(name);
    const auto request = decode_request({.body = body});
    ASSERT_TRUE(request) << request.error().message << " " << request.error().param;
    const Flavor flavor;
    const auto encoded = encode_request(*request, {.model = request->model, .flavor = flavor});
    ASSERT_TRUE(encoded) << encoded.error().message;
    const auto before = json::Document::parse(body);
    const auto after = json::Document::parse(encoded->body);
    ASSERT_TRUE(before && after) << encoded->body;
    EXPECT_EQ(canonical_messages(before->root()["messages"]),
              canonical_messages(after->root()["messages"]));
    EXPECT_EQ(canonical_blocks(before->root()["system"]),
              canonical_blocks(after->root()["system"]));
    EXPECT_EQ(canonical_tools(before->root()["tools"]), canonical_tools(after->root()["tools"]));
    for (const json::Value member : before->root().children()) {
      const std::string key = member.key();
      const bool compared = key == "messages" || key == "system" || key == "tools";
      const bool is_default = key == "stream" && member.boolean() == false;
      if (compared || is_default) continue;
      // An effort that its model refuses is mapped to the nearest one.
      if (key == "output_config" && request->model == "claude-opus-4-6" &&
          member["effort"].equals("xhigh")) {
        continue;
      }
      const bool dropped =
          std::ranges::find(encoded->dropped.lost, key) != encoded->dropped.lost.end();
      if (!dropped) {
        EXPECT_EQ(canonical(member), canonical(after->root()[key])) << key;
      }
    }
    ++run;
  }
  BF_LOG(kInfo, "recorded", "requests", {"run", run});
  for (const auto& [reason, count] : all_.left_out) {
    BF_LOG(kInfo, "recorded", "left out", {"reason", reason}, {"count", count});
  }
  EXPECT_GT(run, 0);
}

TEST_F(RecordedAnthropic, AnswersSurviveTheirOwnTranslation) {
  for (const auto& [name, body] : all_.answers) {
    SCOPED_TRACE(name);
    const auto answer = decode_response(body);
    ASSERT_TRUE(answer) << answer.error().message;
    const auto again = decode_response(encode_response(*answer, {}));
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(answer->choices.front().parts, again->choices.front().parts);
    EXPECT_EQ(answer->choices.front().finish, again->choices.front().finish);
    EXPECT_EQ(answer->choices.front().stop_sequence, again->choices.front().stop_sequence);
    EXPECT_EQ(answer->usage, again->usage);
    EXPECT_EQ(answer->id, again->id);
    EXPECT_EQ(answer->service_tier, again->service_tier);

    const TapState tapped = tap_response(body);
    EXPECT_EQ(tapped.usage, answer->usage);
    EXPECT_EQ(tapped.finish, answer->choices.front().finish);
  }
  BF_LOG(kInfo, "recorded", "answers", {"run", all_.answers.size()});
  EXPECT_FALSE(all_.answers.empty());
}

TEST_F(RecordedAnthropic, ErrorsPassByteForByte) {
  for (const auto& [name, body] : all_.errors) {
    SCOPED_TRACE(name);
    const Error error = decode_error({.status = 400, .body = body});
    EXPECT_EQ(error.code, ErrorCode::kUpstreamInvalidRequest);
    EXPECT_EQ(encode_error(error), body);
  }
  BF_LOG(kInfo, "recorded", "errors", {"run", all_.errors.size()});
}

TEST_F(RecordedAnthropic, StreamsSurviveTheirOwnTranslation) {
  for (const auto& [name, bytes] : all_.streams) {
    SCOPED_TRACE(name);
    const std::vector<llm::StreamEvent> events = testing::decode(bytes, bytes.size());
    const Told told = Listener().tell(events);
    EXPECT_EQ(told.error, "");
    EXPECT_EQ(told.starts, 1);
    EXPECT_EQ(told.finishes, 1);
    EXPECT_TRUE(told.ended);

    const std::string encoded = testing::encode(events);
    EXPECT_EQ(testing::stream_fault(encoded), "");
    EXPECT_EQ(Listener().tell(testing::decode(encoded, encoded.size())), told);

    const auto tap = make_stream_tap();
    tap->feed(bytes);
    EXPECT_EQ(tap->finish(), "");
    EXPECT_EQ(tap->state().usage, told.usage);
    EXPECT_TRUE(tap->state().ended);
    EXPECT_FALSE(tap->state().error);
    EXPECT_EQ(tap->state().id, told.id);
    EXPECT_EQ(tap->state().model, told.model);
  }
  BF_LOG(kInfo, "recorded", "streams", {"run", all_.streams.size()});
  EXPECT_FALSE(all_.streams.empty());
}

TEST_F(RecordedAnthropic, StreamsMayBeCutIntoAnyPieces) {
  for (const auto& [name, bytes] : all_.streams) {
    SCOPED_TRACE(name);
    const Told whole = Listener().tell(testing::decode(bytes, bytes.size()));
    for (const std::size_t piece_bytes : {1U, 2U, 3U, 7U, 64U, 1000U}) {
      EXPECT_EQ(Listener().tell(testing::decode(bytes, piece_bytes)), whole) << piece_bytes;
    }
    const auto tap = make_stream_tap();
    for (const char& byte : bytes) tap->feed({&byte, 1});
    EXPECT_EQ(tap->finish(), "");
    EXPECT_EQ(tap->state().usage, whole.usage);
  }
}

// A hundred places in each stream, and every one near its end.
TEST_F(RecordedAnthropic, StreamsCutShortAreReportedAtAnyByte) {
  int cuts = 0;
  for (const auto& [name, bytes] : all_.streams) {
    SCOPED_TRACE(name);
    const std::size_t step = std::max<std::size_t>(bytes.size() / 100, 1);
    for (std::size_t at = 0; at < bytes.size(); at += bytes.size() - at < 250 ? 1 : step) {
      const std::string_view prefix = std::string_view(bytes).substr(0, at);
      const std::vector<llm::StreamEvent> events = testing::decode(prefix, prefix.size() + 1);
      const Told told = Listener().tell(events);
      ASSERT_NE(told.ended, !told.error.empty()) << at;
      if (told.ended) {
        ASSERT_EQ(told.finishes, 1) << at;
      }
      ASSERT_EQ(testing::stream_fault(testing::encode(events)), "") << at;

      const auto tap = make_stream_tap();
      tap->feed(prefix);
      const std::string missing = tap->finish();
      ASSERT_EQ(tap->state().ended, told.ended) << at;
      ASSERT_EQ(tap->state().error.has_value(), !told.error.empty()) << at;
      ++cuts;
    }
  }
  BF_LOG(kInfo, "recorded", "cuts", {"run", cuts});
}

}  // namespace
}  // namespace bifrost::dialect::anthropic
