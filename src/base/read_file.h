// A small file of the system in memory.
#pragma once

#include <cstddef>
#include <string>

namespace bifrost {

// Its first `bytes_max` bytes; nothing of one that cannot be read. Blocks as the disk does.
[[nodiscard]] std::string read_file(const std::string& path, std::size_t bytes_max);

}  // namespace bifrost
