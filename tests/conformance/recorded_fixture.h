// What the suites over recorded traffic share: the recordings, a table for the output, and
// decoding.
#pragma once

#include "dialect/chat_codec.h"
#include "json/scan.h"
#include "tests/conformance/recordings.h"
#include "tests/conformance/told.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::test {

// Rows of a table: what ran, what was left out and why.
class Tally {
 public:
  void add(const std::string& row) { ++rows_[row]; }
  [[nodiscard]] int count(const std::string& row) const {
    const auto found = rows_.find(row);
    return found == rows_.end() ? 0 : found->second;
  }
  void print(std::string_view title) const {
    std::cout << "[ table    ] " << title << '\n';
    for (const auto& [row, count] : rows_) {
      std::cout << fmt::format("[ table    ] {:6}  {}\n", count, row);
    }
  }

 private:
  std::map<std::string, int> rows_;
};

class RecordedTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { recordings() = load_recordings(recorded_folder()); }
  static void TearDownTestSuite() { recordings() = {}; }

  void SetUp() override {
    if (recordings().fitting.empty()) GTEST_SKIP() << "no recordings at " << recorded_folder();
  }
  void TearDown() override {
    if (!recordings().fitting.empty())
      tally_.print(::testing::UnitTest::GetInstance()->current_test_info()->name());
  }

  static Recordings& recordings() {
    static Recordings all;
    return all;
  }
  static const std::vector<Recording>& fitting() { return recordings().fitting; }

  // Can a request only be passed, since it refers to what its provider keeps?
  bool needs_kept_answers(const Result<llm::Request>& request) {
    if (request || request.error().retry != Retry::kOtherTarget) return false;
    tally_.add("needs kept answers: " + request.error().param);
    return true;
  }

  Tally tally_;
};

inline std::string padded(std::string_view text) {
  std::string body(text);
  json::reserve_padding(body);
  return body;
}

// Keeps all that a dialect can carry.
inline constexpr dialect::Flavor kLossless{
    .keeps_cache_control = true,
    .developer_role = true,
    .reasoning_object = true,
    .reasoning_history = dialect::ReasoningHistory::kDetails};

using Pieces = std::vector<std::string_view>;

inline std::vector<llm::StreamEvent> decode(const dialect::Dialect& dialect, const Pieces& pieces) {
  const auto decoder = dialect.chat->make_stream_decoder();
  std::vector<llm::StreamEvent> events;
  for (const std::string_view piece : pieces) decoder->feed(piece, events);
  decoder->finish(events);
  return events;
}

}  // namespace bifrost::test
