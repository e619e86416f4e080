// Which worlds a simulation runs: a few in CI, more when asked, one again after it failed.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

namespace bifrost::test {

// 1 to `usual`, or as BIFROST_SIM_SEEDS and BIFROST_SIM_SEED say.
inline std::vector<std::uint64_t> seeds(std::uint64_t usual) {
  if (const char* one = std::getenv("BIFROST_SIM_SEED")) return {std::stoull(one)};
  const char* count = std::getenv("BIFROST_SIM_SEEDS");
  const std::uint64_t last = count != nullptr ? std::stoull(count) : usual;
  std::vector<std::uint64_t> seeds;
  for (std::uint64_t seed = 1; seed <= last; ++seed) seeds.push_back(seed);
  return seeds;
}

}  // namespace bifrost::test
