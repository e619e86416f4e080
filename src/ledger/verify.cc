#include "ledger/verify.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <string>

namespace bifrost::ledger {

std::vector<store::Recount> differences(std::span<const store::Recount> all) {
  std::map<std::string, std::int64_t> latest;  // start of window
  for (const store::Recount& each : all) {
    const std::int64_t start = each.counter.window.start;
    const auto [place, fresh] = latest.emplace(each.counter.limit, start);
    if (!fresh) place->second = std::max(place->second, start);
  }
  std::vector<store::Recount> out;
  std::ranges::copy_if(all, std::back_inserter(out), [&](const store::Recount& each) {
    return each.used != each.counter.used &&
           each.counter.window.start == latest.at(each.counter.limit);
  });
  return out;
}

}  // namespace bifrost::ledger
