// Files that only their owner reads, in a folder that is made where it is missing.
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace bifrost::store {

// Makes it, empty, unless it is there; what is there is not opened. Both fail with
// kStoreUnavailable.
Result<void> make_private_file(const std::string& path);
// Makes it with this text, whole or not at all; what is there stays.
Result<void> write_private_file(const std::string& path, std::string_view text);

// The same, for what must not be there: an error when something is.
Result<void> make_new_private_file(const std::string& path);
Result<void> write_new_private_file(const std::string& path, std::string_view text);

}  // namespace bifrost::store
