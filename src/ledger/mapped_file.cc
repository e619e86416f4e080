#include "ledger/mapped_file.h"

#include "base/descriptor.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace bifrost::ledger {
namespace {

Error failure(const std::string& path, std::string_view what, int code) {
  return gateway_error(ErrorCode::kStoreUnavailable, path + ": " + std::string(what) + ": " +
                                                         std::generic_category().message(code));
}

std::byte* map(int descriptor, std::size_t bytes, int protection) {
  void* const at = ::mmap(nullptr, bytes, protection, MAP_SHARED, descriptor, 0);
  return at == MAP_FAILED ? nullptr : static_cast<std::byte*>(at);
}

}  // namespace

Result<MappedFile> MappedFile::create(const std::string& path, std::size_t bytes) {
  const Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (file.number() < 0) return failure(path, "cannot be made", errno);
  if (const int code = ::posix_fallocate(file.number(), 0, static_cast<off_t>(bytes)); code != 0) {
    return failure(path, "there is no room for it", code);
  }
  std::byte* const data = map(file.number(), bytes, PROT_READ | PROT_WRITE);
  if (data == nullptr) return failure(path, "cannot be mapped", errno);
  return MappedFile(data, bytes);
}

Result<MappedFile> MappedFile::open(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status{};
  if (file.number() < 0 || ::fstat(file.number(), &status) != 0) {
    return failure(path, "cannot be read", errno);
  }
  const auto bytes = static_cast<std::size_t>(status.st_size);
  if (bytes == 0) return MappedFile(nullptr, 0);
  std::byte* const data = map(file.number(), bytes, PROT_READ);
  if (data == nullptr) return failure(path, "cannot be mapped", errno);
  return MappedFile(data, bytes);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(data_, bytes_);
}

}  // namespace bifrost::ledger
