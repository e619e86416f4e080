// How much memory this process may use, who says so, and how much of it is used.
//
// The setting counts first; else the smallest limit of the control groups that the process is in
// (cgroup v2 or v1, which is what a container is given); else the memory of the machine. What is
// used is measured against the same: a group's use is that of all its processes, and without a
// group's limit it is what this process has in RAM.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace bifrost::overload {

enum class LimitSource : std::uint8_t { kSetting, kControlGroup, kMachine };

[[nodiscard]] std::string_view name_of(LimitSource source);

class MemoryLimit {
 public:
  // Reads /proc and /sys below `root`; another root is for tests. `configured` 0: no setting.
  static MemoryLimit find(std::uint64_t configured, const std::filesystem::path& root = "/");

  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  [[nodiscard]] LimitSource source() const { return source_; }
  // Nothing when the kernel does not say. A few microseconds.
  [[nodiscard]] std::optional<std::uint64_t> used() const;

 private:
  std::filesystem::path root_;
  std::uint64_t bytes_ = 0;
  LimitSource source_ = LimitSource::kMachine;
  // Of the group with the smallest limit; empty when that is not what limits.
  std::string usage_file_;
  std::string stat_file_;
  std::string_view reclaimable_;  // its line in that file: cached files, which go when needed
};

}  // namespace bifrost::overload
