// Addresses of names from /etc/hosts and the DNS, in the manner of the system's resolver.
//
// Servers, search domains and ndots are those of resolv.conf, read for each look-up, so a change
// counts at once. A and AAAA are asked together. Remembers nothing: that is the Resolver's part.
// Belongs to one loop's thread.
#pragma once

#include "net/dns_channel.h"
#include "net/dns_options.h"
#include "net/loop.h"
#include "net/name_source.h"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost::net {

class DnsClient final : public NameSource {
 public:
  // An answer of the hosts file is kept for so long, and one that lacks a family at most.
  static constexpr std::chrono::seconds kHostsKept{10};
  static constexpr std::chrono::seconds kPartKept{30};
  // With IPv4 addresses in hand, the answer for IPv6 gets so long (RFC 8305, section 3).
  static constexpr std::chrono::milliseconds kResolutionDelay{50};

  // The loop outlives it.
  DnsClient(Loop& loop, DnsOptions options);

  // For the look-ups that begin from now on.
  void set_servers(std::vector<Address> servers) { options_.servers = std::move(servers); }

  Task<NameAnswer> look_up(CallScope& scope, std::string name) override;

 private:
  Loop& loop_;
  DnsOptions options_;
};

// The names to ask for, in this order, when somebody says `name` (resolv.conf(5)).
std::vector<std::string> candidates(std::string_view name, const std::vector<std::string>& search,
                                    int dots_min);

}  // namespace bifrost::net
