// Section `server.per_address`: what one caller's address may have.
#pragma once

#include "config/check_scope.h"
#include "config/facts.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bifrost::server {

struct AddressSettings {
  std::int64_t connections_max = 0;
  double requests_per_second = 0;
  std::int64_t burst = 0;
  std::vector<std::string> exempt;

  void describe(this auto& self, auto& visit) {
    visit.field("max_connections", self.connections_max,
                {.text = "Most connections of one address at once; one more is answered with 429 "
                         "and closed. 0: no limit.",
                 .minimum = 0,
                 .maximum = 10'000'000,
                 .ours = true});
    visit.field("requests_per_second", self.requests_per_second,
                {.text = "Most requests of one address in a second, in the long run; beyond it "
                         "they get 429. `/health` and `/metrics` are not counted. 0: no limit.",
                 .minimum = 0,
                 .maximum = 1'000'000,
                 .ours = true});
    visit.field("burst", self.burst,
                {.text = "Requests that an address may send at once when it has been silent. 0: as "
                         "many as in a second, at least one.",
                 .minimum = 0,
                 .maximum = 1'000'000,
                 .ours = true});
    visit.field(
        "exempt", self.exempt,
        {.text = "Addresses and blocks of them that have no limits: proxies and load "
                 "balancers in front, whose address all of their callers have: `10.0.0.0/8`, "
                 "`2001:db8::1`.",
         .ours = true});
  }

  void check(config::CheckScope& scope) const;

  friend bool operator==(const AddressSettings&, const AddressSettings&) = default;
};

}  // namespace bifrost::server
