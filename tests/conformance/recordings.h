// Recorded traffic of real providers, sorted by the dialect it is written in.
//
// It is no part of the project: the folder is named by BIFROST_RECORDED_DIR, or ../shared/recorded.
// What a file holds is told by its content and by the paths of the requests, never by its name.
#pragma once

#include "dialect/dialect.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bifrost::test {

struct Recording {
  std::string name;  // for messages: file and number
  std::string host;  // empty: not known
  const dialect::Dialect* dialect = nullptr;
  std::string path_model;              // that stands in the path
  std::optional<std::string> request;  // a body
  std::string answer;                  // a body, or all bytes of a stream
  int status = 200;
  bool stream = false;  // the answer is one
};

struct Recordings {
  std::vector<Recording> fitting;
  std::map<std::string, int> left_out;  // how many, by reason
};

[[nodiscard]] std::filesystem::path recorded_folder();

// Everything below the folder; empty when it is absent.
[[nodiscard]] Recordings load_recordings(const std::filesystem::path& folder);

}  // namespace bifrost::test
