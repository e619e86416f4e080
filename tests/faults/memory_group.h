// A control group with a memory limit, for a gateway that is started in it. Where nobody may make
// one there is none.
#pragma once

#include "tests/support/temporary_directory.h"

#include <cstddef>
#include <filesystem>
#include <memory>

namespace bifrost::test {

class MemoryGroup {
 public:
  // Of version 1 or 2; null without the right to make one.
  static std::unique_ptr<MemoryGroup> make(std::size_t bytes_max);
  ~MemoryGroup();  // after the end of what runs in it
  MemoryGroup(const MemoryGroup&) = delete;
  MemoryGroup& operator=(const MemoryGroup&) = delete;

  // A program that becomes `binary` in the group, with the arguments that it is given.
  [[nodiscard]] std::filesystem::path starter(const std::filesystem::path& binary) const;

 private:
  MemoryGroup() = default;

  std::filesystem::path folder_;
  TemporaryDirectory scripts_;
};

}  // namespace bifrost::test
