#include "bench/load/process_usage.h"

#include "base/strings.h"

#include <ctime>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <unistd.h>

namespace bifrost::bench {
namespace {

using std::chrono::nanoseconds;

constexpr std::size_t kMembersMax = 256;

std::string read_file(pid_t pid, const char* name) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/" + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<pid_t> children_of(pid_t pid) {
  std::vector<pid_t> children;
  std::istringstream list(read_file(pid, ("task/" + std::to_string(pid) + "/children").c_str()));
  for (pid_t child = 0; list >> child;) children.push_back(child);
  return children;
}

nanoseconds exact_total(pid_t pid) {
  clockid_t clock{};
  timespec time{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &time) != 0) {
    return nanoseconds(0);
  }
  return std::chrono::seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
}

CpuTime cpu_of(pid_t pid) {
  const std::string stat = read_file(pid, "stat");
  // Behind the name, which may hold anything: state is field 3, utime and stime are 14 and 15.
  const auto name_end = stat.rfind(") ");
  if (name_end == std::string::npos) return {};
  std::istringstream rest(stat.substr(name_end + 2));
  const std::vector<std::string> fields(std::istream_iterator<std::string>(rest), {});
  if (fields.size() < 13) return {};
  const nanoseconds tick(1'000'000'000 / ::sysconf(_SC_CLK_TCK));
  return {exact_total(pid), tick * parse_int(fields[11]).value_or(0),
          tick * parse_int(fields[12]).value_or(0)};
}

// The number behind "Name:" in kilobytes, as bytes.
std::uint64_t kilobytes_field(const std::string& text, const std::string& name) {
  const auto at = text.find("\n" + name + ":");
  if (at == std::string::npos) return 0;
  std::istringstream rest(text.substr(at + name.size() + 2));
  std::uint64_t kilobytes = 0;
  rest >> kilobytes;
  return kilobytes * 1024;
}

std::uint64_t exact_resident(pid_t pid) {
  const std::string rollup = read_file(pid, "smaps_rollup");
  return rollup.empty() ? kilobytes_field(read_file(pid, "status"), "VmRSS")
                        : kilobytes_field(rollup, "Rss");
}

std::uint64_t quick_resident(pid_t pid) {
  std::istringstream pages(read_file(pid, "statm"));
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  pages >> size >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

CpuTime& CpuTime::operator+=(const CpuTime& other) {
  total += other.total;
  user += other.user;
  system += other.system;
  return *this;
}

void ProcessUsage::refresh() {
  members_.clear();
  if (root_ <= 0 || read_file(root_, "stat").empty()) return;
  members_.push_back(root_);
  for (std::size_t i = 0; i < members_.size() && members_.size() < kMembersMax; ++i) {
    for (const pid_t child : children_of(members_[i])) members_.push_back(child);
  }
}

CpuTime ProcessUsage::cpu() const {
  CpuTime sum;
  for (const pid_t pid : members_) sum += cpu_of(pid);
  return sum;
}

std::uint64_t ProcessUsage::resident_bytes() const {
  std::uint64_t sum = 0;
  for (const pid_t pid : members_) sum += exact_resident(pid);
  return sum;
}

std::uint64_t ProcessUsage::resident_bytes_quick() const {
  std::uint64_t sum = 0;
  for (const pid_t pid : members_) sum += quick_resident(pid);
  return sum;
}

}  // namespace bifrost::bench
