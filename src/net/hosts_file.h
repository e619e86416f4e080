// The system's own list of names: /etc/hosts.
#pragma once

#include "net/address.h"

#include <string>
#include <string_view>
#include <vector>

namespace bifrost::net {

// Every address that a file in the form of hosts(5) has for the name, in its order, with port 0. A
// file that is missing or larger than 1 MiB has none. Reads the file anew: it is small, and asked
// only when the answer is not remembered.
std::vector<Address> addresses_in_hosts_file(const std::string& path, std::string_view name);

// The same of a file's text.
std::vector<Address> addresses_in_hosts_text(std::string_view text, std::string_view name);

}  // namespace bifrost::net
