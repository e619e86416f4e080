#include "base/read_file.h"

#include <algorithm>
#include <array>
#include <fstream>

namespace bifrost {

// The bound may be far above what there is, and some files are read several times a second.
std::string read_file(const std::string& path, std::size_t bytes_max) {
  std::ifstream file(path, std::ios::binary);
  std::string text;
  std::array<char, 4096> piece;
  while (file && text.size() < bytes_max) {
    const std::size_t wanted = std::min(piece.size(), bytes_max - text.size());
    file.read(piece.data(), static_cast<std::streamsize>(wanted));
    text.append(piece.data(), static_cast<std::size_t>(file.gcount()));
  }
  return text;
}

}  // namespace bifrost
