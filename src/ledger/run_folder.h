// The folder of one run's journals, locked as long as the run lives: the kernel gives the lock back
// however it ends.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bifrost::ledger {

class RunFolder {
 public:
  // A new one, for a run with this number. Fails with kStoreUnavailable, in words for whoever
  // starts the program.
  static Result<RunFolder> make(const std::string& parent, std::int64_t node);
  // The ones that nobody locks, locked.
  static std::vector<RunFolder> left_behind(const std::string& parent);

  RunFolder(RunFolder&& other) noexcept;
  RunFolder& operator=(RunFolder&&) = delete;
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;
  ~RunFolder();

  [[nodiscard]] std::int64_t node() const { return node_; }
  [[nodiscard]] std::string journal_path(std::size_t worker) const;
  [[nodiscard]] std::vector<std::string> journals() const;
  // With all that is in it.
  void remove() const;

 private:
  RunFolder(std::string path, std::int64_t node, int lock)
      : path_(std::move(path)), node_(node), lock_(lock) {}
  static std::optional<int> lock(const std::string& path);

  std::string path_;
  std::int64_t node_;
  int lock_;  // descriptor; below 0: moved from
};

}  // namespace bifrost::ledger
