// Section `server.dns`: how names of providers and proxies become addresses.
#pragma once

#include "config/facts.h"

#include <string>
#include <vector>

namespace bifrost::server {

struct DnsSettings {
  std::vector<std::string> servers;  // empty: those of /etc/resolv.conf

  void describe(this auto& self, auto& visit) {
    visit.field(
        "servers", self.servers,
        {.text = "DNS servers to ask in place of those in `/etc/resolv.conf`: IP addresses, "
                 "each with a port if it is not 53.",
         .form = config::Form::kIpAddress,
         .ours = true});
  }

  friend bool operator==(const DnsSettings&, const DnsSettings&) = default;
};

}  // namespace bifrost::server
