#include "telemetry/process.h"

#include "base/log.h"
#include "base/read_file.h"
#include "base/strings.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace bifrost::telemetry {
namespace {

constexpr std::size_t kProcFileBytesMax = 64 * 1024;
constexpr std::uint64_t kFdsCountedMax = 1'000'000;

std::string read_proc_file(const char* path) { return read_file(path, kProcFileBytesMax); }

std::optional<double> field(std::string_view text, std::size_t index) {
  const std::vector<std::string_view> parts = split(text, ' ');
  return index < parts.size() ? parse_double(trim(parts[index])) : std::nullopt;
}

std::optional<double> cpu_seconds() {
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) != 0) return std::nullopt;
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::optional<std::uint64_t> resident_bytes() {
  const std::optional<double> pages = field(read_proc_file("/proc/self/statm"), 1);
  if (!pages) return std::nullopt;
  return static_cast<std::uint64_t>(*pages) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

// Field 22 of stat is the start in clock ticks since boot. The name in field 2 may hold anything,
// so counting begins behind its closing parenthesis.
std::optional<double> start_time_seconds() {
  const std::string stat = read_proc_file("/proc/self/stat");
  const std::size_t name_end = stat.rfind(") ");
  const std::string system = read_proc_file("/proc/stat");
  const std::size_t boot = system.find("\nbtime ");
  if (name_end == std::string::npos || boot == std::string::npos) return std::nullopt;
  const std::optional<double> ticks = field(std::string_view(stat).substr(name_end + 2), 19);
  const std::string_view boot_line = std::string_view(system).substr(boot + 7);
  const std::optional<double> boot_time = parse_double(boot_line.substr(0, boot_line.find('\n')));
  if (!ticks || !boot_time) return std::nullopt;
  return *boot_time + *ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace

// Since Linux 6.2 the size of the folder is the number; before, it is 0 and they are counted.
std::optional<std::uint64_t> open_fds() {
  struct stat folder{};
  if (stat("/proc/self/fd", &folder) == 0 && folder.st_size > 0) {
    return static_cast<std::uint64_t>(folder.st_size);
  }
  std::error_code failed;
  std::filesystem::directory_iterator entry("/proc/self/fd", failed);
  std::uint64_t count = 0;
  while (!failed && entry != std::filesystem::directory_iterator() && count < kFdsCountedMax) {
    ++count;
    entry.increment(failed);
  }
  if (failed) return std::nullopt;
  return count == 0 ? 0 : count - 1;  // without the one that reads the folder
}

ProcessSample sample_process() {
  return {.cpu_seconds = cpu_seconds(),
          .resident_bytes = resident_bytes(),
          .open_fds = open_fds(),
          .start_time_seconds = start_time_seconds(),
          .log_lines_dropped = log::dropped()};
}

}  // namespace bifrost::telemetry
