// Runs a fuzz target over files, without libFuzzer: the corpus as a normal test in every build.
//
// Usage: <target>_fuzz <file or folder>... A folder that does not exist yet counts as empty; the
// empty input always runs.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

// A copy of exactly the right size on the heap, so that the address sanitizer sees a read past the
// end.
void run_bytes(std::string_view bytes) {
  const std::vector<std::uint8_t> copy(bytes.begin(), bytes.end());
  LLVMFuzzerTestOneInput(copy.data(), copy.size());
}

void run_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  run_bytes(std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()));
}

}  // namespace

int main(int argc, char** argv) {
  run_bytes({});
  for (const char* argument : std::span(argv, static_cast<std::size_t>(argc)).subspan(1)) {
    const std::filesystem::path path(argument);
    if (std::filesystem::is_directory(path)) {
      for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
        if (entry.is_regular_file()) run_file(entry.path());
      }
    } else if (std::filesystem::exists(path)) {
      run_file(path);
    }
  }
  return 0;
}
