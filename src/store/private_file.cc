#include "store/private_file.h"

#include "base/strings.h"
#include "base/try.h"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace bifrost::store {
namespace {

Error cannot(std::string_view what, const std::string& path, int why) {
  return gateway_error(ErrorCode::kStoreUnavailable,
                       "cannot " + std::string(what) + " " + quoted(path, 256) + ": " +
                           std::generic_category().message(why) +
                           "; give the gateway a folder that it may write (--app-dir)");
}

// Closed when it goes.
class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_;
};

Result<void> make(const std::string& path, int flags, std::string_view text) {
  const auto folder = std::filesystem::path(path).parent_path();
  std::error_code failed;
  if (!folder.empty()) std::filesystem::create_directories(folder, failed);
  if (failed) return cannot("make the folder", folder.string(), failed.value());
  const File file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | flags, S_IRUSR | S_IWUSR));
  if (file.get() < 0) return cannot("open", path, errno);
  const auto size = static_cast<ssize_t>(text.size());
  if (::write(file.get(), text.data(), text.size()) != size || ::fsync(file.get()) != 0) {
    return cannot("write", path, errno);
  }
  return {};
}

}  // namespace

Result<void> make_private_file(const std::string& path) { return make(path, 0, {}); }

Result<void> write_private_file(const std::string& path, std::string_view text) {
  return make(path, O_EXCL, text);
}

}  // namespace bifrost::store
