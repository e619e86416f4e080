#include "tests/support/temporary_directory.h"

#include "base/assert.h"

#include <fstream>
#include <stdlib.h>
#include <string>
#include <system_error>

namespace bifrost::test {

TemporaryDirectory::TemporaryDirectory() {
  std::string name = std::filesystem::temp_directory_path() / "bifrost_test_XXXXXX";
  BF_ASSERT(::mkdtemp(name.data()) != nullptr);
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code failed;  // a folder that stays is no reason to fail
  std::filesystem::remove_all(path_, failed);
}

std::filesystem::path TemporaryDirectory::write(std::string_view name,
                                                std::string_view text) const {
  const std::filesystem::path file = path_ / name;
  const std::filesystem::path draft = file.string() + ".draft";
  std::ofstream(draft, std::ios::binary) << text;
  std::filesystem::rename(draft, file);
  return file;
}

}  // namespace bifrost::test
