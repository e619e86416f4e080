// A file as memory that is shared with the kernel: what is written there is in the file even when
// the process is killed at the next instruction.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <span>
#include <string>

namespace bifrost::ledger {

class MappedFile {
 public:
  // A new file of zeros, with its room on the disk, which only its owner may read. Fails with
  // kStoreUnavailable, in words for whoever starts the program.
  static Result<MappedFile> create(const std::string& path, std::size_t bytes);
  // An existing one, to read.
  static Result<MappedFile> open(const std::string& path);

  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  [[nodiscard]] std::byte* data() const { return data_; }
  [[nodiscard]] std::span<const std::byte> bytes() const { return {data_, bytes_}; }

 private:
  MappedFile(std::byte* data, std::size_t bytes) : data_(data), bytes_(bytes) {}

  std::byte* data_;  // null: moved from, or empty
  std::size_t bytes_;
};

}  // namespace bifrost::ledger
