#include "overload/memory_limit.h"

#include "base/read_file.h"
#include "base/strings.h"

#include <algorithm>
#include <limits>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace bifrost::overload {
namespace {

constexpr std::size_t kFileBytesMax = std::size_t{256} * 1024;
constexpr std::uint64_t kUnknownMachine = std::uint64_t{1} << 30U;
constexpr std::size_t kGroupDepthMax = 64;

// Where groups of one version are, and what their files are called.
struct Hierarchy {
  std::string_view controller;  // in /proc/self/cgroup; empty: version 2
  std::vector<std::string_view> limit_files;
  std::string_view usage_file;
  std::string_view reclaimable;
};

std::uint64_t page_bytes() { return static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)); }

std::string text_of(const std::filesystem::path& path) {
  return read_file(path.string(), kFileBytesMax);
}

// A line "<name> <number> …" of a file such as memory.stat or meminfo.
std::optional<std::uint64_t> number_behind(std::string_view text, std::string_view name) {
  for (const std::string_view line : split(text, '\n')) {
    if (!line.starts_with(name)) continue;
    const std::string_view rest = trim(line.substr(name.size()));
    const auto number = parse_int(rest.substr(0, rest.find(' ')));
    if (number && *number >= 0) return static_cast<std::uint64_t>(*number);
  }
  return std::nullopt;
}

// Of a limit file; nothing for "max" and for the enormous number that version 1 writes for it.
std::optional<std::uint64_t> limit_in(const std::filesystem::path& file, std::uint64_t machine) {
  const auto number = parse_int(trim(text_of(file)));
  if (!number || *number <= 0 || static_cast<std::uint64_t>(*number) >= machine) {
    return std::nullopt;
  }
  return static_cast<std::uint64_t>(*number);
}

std::uint64_t machine_bytes(const std::filesystem::path& root) {
  const auto kilobytes = number_behind(text_of(root / "proc/meminfo"), "MemTotal:");
  return kilobytes ? *kilobytes * 1024 : kUnknownMachine;
}

// The process's group in the hierarchy: "/kubepods/pod1/container".
std::optional<std::string> group_of(std::string_view cgroups, std::string_view controller) {
  for (const std::string_view line : split(cgroups, '\n')) {
    const auto parts = split(line, ':');
    if (parts.size() < 3) continue;
    const auto names = split(parts[1], ',');
    const bool ours = controller.empty() ? parts[0] == "0" && parts[1].empty()
                                         : std::ranges::find(names, controller) != names.end();
    if (ours) return std::string(line.substr(parts[0].size() + parts[1].size() + 2));
  }
  return std::nullopt;
}

struct Mount {
  std::string group;  // that is seen at the mount point
  std::string point;
};

// Where the hierarchy is mounted, by the lines of /proc/self/mountinfo:
//   36 35 0:29 <group> <point> rw,nosuid - cgroup2 cgroup2 rw
//   34 25 0:28 <group> <point> rw,relatime - cgroup cgroup rw,memory
std::optional<Mount> mount_of(std::string_view mounts, std::string_view controller) {
  for (const std::string_view line : split(mounts, '\n')) {
    const auto halves = line.find(" - ");
    if (halves == std::string_view::npos) continue;
    const auto fields = split(line.substr(0, halves), ' ');
    const auto kind = split(line.substr(halves + 3), ' ');
    if (fields.size() < 5 || kind.size() < 3) continue;
    const auto options = split(kind[2], ',');
    const bool ours =
        controller.empty()
            ? kind[0] == "cgroup2"
            : kind[0] == "cgroup" && std::ranges::find(options, controller) != options.end();
    if (ours) return Mount{.group = std::string(fields[3]), .point = std::string(fields[4])};
  }
  return std::nullopt;
}

// From the process's group up to what is mounted. Where the two name different worlds, as in a
// container without a namespace for groups, what is mounted is the container's own group.
std::vector<std::filesystem::path> folders(const std::filesystem::path& root, const Mount& mount,
                                           std::string_view group) {
  const std::filesystem::path top = root / mount.point.substr(1);
  std::string_view below;
  if (mount.group == "/") {
    below = group;
  } else if (group.starts_with(mount.group)) {
    below = group.substr(mount.group.size());
  }
  std::vector<std::filesystem::path> found;
  std::filesystem::path folder = top / below.substr(below.starts_with('/') ? 1 : 0);
  for (std::size_t depth = 0; depth < kGroupDepthMax && folder != top; ++depth) {
    if (folder.has_filename()) found.push_back(folder);
    folder = folder.parent_path();
  }
  found.push_back(top);
  return found;
}

}  // namespace

std::string_view name_of(LimitSource source) {
  switch (source) {
    case LimitSource::kSetting:
      return "setting";
    case LimitSource::kControlGroup:
      return "cgroup";
    case LimitSource::kMachine:
      return "machine";
  }
  return "machine";
}

MemoryLimit MemoryLimit::find(std::uint64_t configured, const std::filesystem::path& root) {
  MemoryLimit limit;
  limit.root_ = root;
  const std::uint64_t machine = machine_bytes(root);
  limit.bytes_ = configured > 0 ? configured : machine;
  if (configured > 0) {
    limit.source_ = LimitSource::kSetting;
    return limit;
  }
  const std::string cgroups = text_of(root / "proc/self/cgroup");
  const std::string mounts = text_of(root / "proc/self/mountinfo");
  const Hierarchy hierarchies[] = {
      {.controller = "",
       .limit_files = {"memory.max", "memory.high"},
       .usage_file = "memory.current",
       .reclaimable = "inactive_file "},
      {.controller = "memory",
       .limit_files = {"memory.limit_in_bytes"},
       .usage_file = "memory.usage_in_bytes",
       .reclaimable = "total_inactive_file "},
  };
  for (const Hierarchy& hierarchy : hierarchies) {
    const auto group = group_of(cgroups, hierarchy.controller);
    const auto mount = mount_of(mounts, hierarchy.controller);
    if (!group || !mount || !mount->point.starts_with('/')) continue;
    for (const auto& folder : folders(root, *mount, *group)) {
      for (const std::string_view file : hierarchy.limit_files) {
        const auto bytes = limit_in(folder / file, machine);
        if (!bytes || *bytes >= limit.bytes_) continue;
        limit.bytes_ = *bytes;
        limit.source_ = LimitSource::kControlGroup;
        limit.usage_file_ = (folder / hierarchy.usage_file).string();
        limit.stat_file_ = (folder / "memory.stat").string();
        limit.reclaimable_ = hierarchy.reclaimable;
      }
    }
  }
  return limit;
}

std::optional<std::uint64_t> MemoryLimit::used() const {
  if (usage_file_.empty()) {
    const std::string text = text_of(root_ / "proc/self/statm");
    const auto fields = split(text, ' ');
    const auto pages = fields.size() > 1 ? parse_int(fields[1]) : std::nullopt;
    if (!pages || *pages < 0) return std::nullopt;
    return static_cast<std::uint64_t>(*pages) * page_bytes();
  }
  const auto all = parse_int(trim(text_of(usage_file_)));
  if (!all || *all < 0) return std::nullopt;
  const auto used = static_cast<std::uint64_t>(*all);
  return used - std::min(used, number_behind(text_of(stat_file_), reclaimable_).value_or(0));
}

}  // namespace bifrost::overload
