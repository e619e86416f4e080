// Recorded traffic of providers, for the tests of each dialect. It is no part of the project: the
// folder is named by BIFROST_RECORDED_DIR, or ../shared/recorded.
#pragma once

#include "base/log.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace bifrost::dialect::recorded {

namespace fs = std::filesystem;

inline fs::path folder() {
  if (const char* named = std::getenv("BIFROST_RECORDED_DIR")) return named;
  return "../shared/recorded";
}

inline std::string slurp(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline std::vector<fs::path> files_below(const fs::path& folder, std::string_view ending) {
  std::vector<fs::path> found;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
    if (entry.path().string().ends_with(ending)) found.push_back(entry.path());
  }
  std::ranges::sort(found);
  return found;
}

// Counts of what was run and what was left out, by reason.
using Tally = std::map<std::string, int>;

inline void report(std::string_view what, const Tally& tally) {
  for (const auto& [reason, count] : tally) {
    BF_LOG(kInfo, "test", what, {"kind", reason}, {"count", count});
  }
}

}  // namespace bifrost::dialect::recorded
