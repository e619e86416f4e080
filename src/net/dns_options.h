// Whom the DNS client asks, and how long it waits.
#pragma once

#include "net/address.h"

#include <chrono>
#include <string>
#include <vector>

namespace bifrost::net {

struct DnsOptions {
  std::vector<Address> servers = {};  // with their ports; empty: those of resolv.conf
  std::string resolv_conf = "/etc/resolv.conf";
  std::string hosts_file = "/etc/hosts";
  // A server that is silent is asked again, and the next server after it. Each round waits twice as
  // long as the one before.
  std::chrono::milliseconds first_try{std::chrono::seconds(1)};
  int tries = 3;
  std::chrono::milliseconds look_up_max{std::chrono::seconds(5)};  // all of it, search included
};

}  // namespace bifrost::net
