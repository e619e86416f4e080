#include "tests/faults/memory_group.h"

#include <fstream>
#include <string>
#include <system_error>
#include <unistd.h>

namespace bifrost::test {
namespace {

bool write(const std::filesystem::path& file, std::string_view text) {
  std::ofstream out(file);
  out << text;
  out.close();
  return !out.fail();
}

}  // namespace

std::unique_ptr<MemoryGroup> MemoryGroup::make(std::size_t bytes_max) {
  struct Version {
    const char* top;
    const char* limit;
  };
  constexpr Version kVersions[] = {{"/sys/fs/cgroup/memory", "memory.limit_in_bytes"},
                                   {"/sys/fs/cgroup", "memory.max"}};
  for (const Version& version : kVersions) {
    std::unique_ptr<MemoryGroup> group(new MemoryGroup());
    group->folder_ =
        std::filesystem::path(version.top) / ("bifrost_test_" + std::to_string(::getpid()));
    std::error_code failed;
    if (!std::filesystem::create_directory(group->folder_, failed)) continue;
    if (!std::filesystem::exists(group->folder_ / version.limit, failed)) continue;
    if (write(group->folder_ / version.limit, std::to_string(bytes_max))) return group;
  }
  return nullptr;
}

MemoryGroup::~MemoryGroup() {
  std::error_code failed;  // what is still there keeps the folder
  std::filesystem::remove(folder_, failed);
}

std::filesystem::path MemoryGroup::starter(const std::filesystem::path& binary) const {
  const std::filesystem::path script =
      scripts_.write("start", "#!/bin/sh\necho $$ > " + (folder_ / "cgroup.procs").string() +
                                  "\nexec " + binary.string() + " \"$@\"\n");
  std::filesystem::permissions(script, std::filesystem::perms::owner_all);
  return script;
}

}  // namespace bifrost::test
