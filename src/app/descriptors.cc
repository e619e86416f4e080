#include "app/descriptors.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <sys/resource.h>

namespace bifrost::app {
namespace {

constexpr std::size_t kKeptShare = 16;
constexpr std::size_t kKeptMin = 8;
constexpr std::size_t kKeptMax = 128;  // twice as many as operators have connections
constexpr std::size_t kOfCaller = 2;
// The loop's two, the listener, and the one that this holds back.
constexpr std::size_t kOfWorker = 4;

}  // namespace

void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

std::optional<std::size_t> descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) {
    return std::nullopt;
  }
  return limit.rlim_cur;
}

DescriptorPlan DescriptorPlan::of(std::size_t limit, std::size_t in_use) {
  constexpr std::size_t kNumbers = std::numeric_limits<int>::max();
  const std::size_t kept = std::clamp(limit / kKeptShare, kKeptMin, kKeptMax);
  const std::size_t sockets = std::min(limit - std::min(kept, limit), kNumbers);
  // As many again are not promised to anybody: questions to name servers, connections in parallel.
  const std::size_t others = std::min(in_use + kept, sockets);
  return {.connections_max = std::max<std::size_t>((sockets - others) / kOfCaller, 1),
          .sockets_max = static_cast<int>(sockets)};
}

std::size_t DescriptorPlan::least(std::size_t in_use) { return in_use + 2 * kKeptMin + kOfCaller; }

Result<void> check_descriptors(std::size_t limit, std::size_t in_use, std::size_t workers) {
  const std::size_t least = DescriptorPlan::least(in_use + kOfWorker * workers);
  if (limit >= least) return {};
  return gateway_error(
      ErrorCode::kConfigInvalid,
      fmt::format(
          "the process may have {} file descriptors, and needs at least {} to serve anybody "
          "with {} threads: raise the limit (LimitNOFILE, ulimit -Hn), or start fewer with "
          "--workers",
          limit, least, workers));
}

}  // namespace bifrost::app
