#include "server/address_settings.h"

#include "net/address_block.h"

namespace bifrost::server {
namespace {

constexpr double kRateMin = 0.001;  // slower than one in a thousand seconds is a mistake

}  // namespace

void AddressSettings::check(config::CheckScope& scope) const {
  if (requests_per_second > 0 && requests_per_second < kRateMin) {
    scope.problem("requests_per_second", "must be 0 for no limit, or at least 0.001");
  }
  if (burst > 0 && requests_per_second == 0) {
    scope.problem("burst", "means nothing without requests_per_second: set that too");
  }
  for (const std::string& text : exempt) {
    if (const auto block = net::AddressBlock::from_text(text); !block) {
      scope.problem("exempt",
                    block.error().message + ": write 192.0.2.1, 10.0.0.0/8 or " + "2001:db8::/32");
    }
  }
}

}  // namespace bifrost::server
