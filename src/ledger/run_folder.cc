#include "ledger/run_folder.h"

#include <fmt/format.h>

#include <charconv>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace bifrost::ledger {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kJournalEnding = ".journal";
constexpr std::size_t kNameDigits = 16;

std::optional<std::int64_t> node_of(const fs::path& path) {
  const std::string name = path.filename().string();
  std::uint64_t node = 0;
  constexpr int kHex = 16;
  const auto read = std::from_chars(name.data(), name.data() + name.size(), node, kHex);
  if (name.size() != kNameDigits || read.ptr != name.data() + name.size()) return std::nullopt;
  return static_cast<std::int64_t>(node);
}

}  // namespace

// The lock is on a file of its own: the journals come and go.
std::optional<int> RunFolder::lock(const std::string& path) {
  const int file = ::open((path + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return std::nullopt;
  if (::flock(file, LOCK_EX | LOCK_NB) == 0) return file;
  ::close(file);
  return std::nullopt;
}

Result<RunFolder> RunFolder::make(const std::string& parent, std::int64_t node) {
  std::string path = fmt::format("{}/{:016x}", parent, static_cast<std::uint64_t>(node));
  std::error_code code;
  fs::create_directories(path, code);
  if (code) {
    return gateway_error(ErrorCode::kStoreUnavailable,
                         path + ": the folder cannot be made: " + code.message());
  }
  const auto file = lock(path);
  if (!file) {
    return gateway_error(ErrorCode::kStoreUnavailable, path + ": cannot be locked");
  }
  return RunFolder(std::move(path), node, *file);
}

std::vector<RunFolder> RunFolder::left_behind(const std::string& parent) {
  std::vector<RunFolder> out;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(parent, ignored)) {
    const auto node = node_of(entry.path());
    if (!node) continue;
    const std::string path = entry.path().string();
    if (const auto file = lock(path)) out.push_back({path, *node, *file});
  }
  return out;
}

RunFolder::RunFolder(RunFolder&& other) noexcept
    : path_(std::move(other.path_)), node_(other.node_), lock_(std::exchange(other.lock_, -1)) {}

RunFolder::~RunFolder() {
  if (lock_ >= 0) ::close(lock_);
}

std::string RunFolder::journal_path(std::size_t worker) const {
  return fmt::format("{}/worker-{}{}", path_, worker, kJournalEnding);
}

std::vector<std::string> RunFolder::journals() const {
  std::vector<std::string> out;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(path_, ignored)) {
    if (entry.path().extension() == kJournalEnding) out.push_back(entry.path().string());
  }
  return out;
}

void RunFolder::remove() const {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace bifrost::ledger
