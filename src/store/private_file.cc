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

// Nothing is there yet, neither a file nor a link.
constexpr int kNew = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC;

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

Result<void> make_folder_of(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path();
  std::error_code failed;
  if (!folder.empty()) std::filesystem::create_directories(folder, failed);
  if (failed) return cannot("make the folder", folder.string(), failed.value());
  return {};
}

Result<void> write(const File& file, const std::string& path, std::string_view text) {
  const auto size = static_cast<ssize_t>(text.size());
  if (::write(file.get(), text.data(), text.size()) != size || ::fsync(file.get()) != 0) {
    return cannot("write", path, errno);
  }
  return {};
}

}  // namespace

Result<void> make_private_file(const std::string& path) {
  BF_TRY_VOID(make_folder_of(path));
  const File file(::open(path.c_str(), kNew, S_IRUSR | S_IWUSR));
  if (file.get() < 0 && errno != EEXIST) return cannot("open", path, errno);
  return {};
}

Result<void> make_new_private_file(const std::string& path) {
  BF_TRY_VOID(make_folder_of(path));
  const File file(::open(path.c_str(), kNew, S_IRUSR | S_IWUSR));
  if (file.get() < 0) return cannot("make", path, errno);
  return {};
}

Result<void> write_new_private_file(const std::string& path, std::string_view text) {
  BF_TRY_VOID(make_folder_of(path));
  const File file(::open(path.c_str(), kNew, S_IRUSR | S_IWUSR));
  if (file.get() < 0) return cannot("make", path, errno);
  if (auto written = write(file, path, text); !written) {
    ::unlink(path.c_str());
    return written;
  }
  return {};
}

Result<void> write_private_file(const std::string& path, std::string_view text) {
  BF_TRY_VOID(make_folder_of(path));
  // What a process of the same number left behind is nobody's.
  const std::string draft = path + "." + std::to_string(::getpid());
  ::unlink(draft.c_str());
  BF_TRY_VOID(write_new_private_file(draft, text));
  const int linked = ::link(draft.c_str(), path.c_str());
  const int why = errno;
  ::unlink(draft.c_str());
  if (linked != 0 && why != EEXIST) return cannot("make", path, why);
  return {};
}

}  // namespace bifrost::store
