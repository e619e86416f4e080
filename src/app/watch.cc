#include "app/watch.h"

#include "app/descriptors.h"
#include "base/log.h"
#include "telemetry/process.h"

#include <algorithm>

namespace bifrost::app {
namespace {

double part(std::size_t of, std::size_t whole) {
  return static_cast<double>(of) / static_cast<double>(std::max<std::size_t>(whole, 1));
}

}  // namespace

std::chrono::nanoseconds WorkerLag::look() {
  const std::chrono::nanoseconds now = probe_.measure();
  lags_[next_++ % lags_.size()] = now;
  return now;
}

Watch::Watch(exchange::Services& services, const Clock& clock)
    : services_(services), clock_(clock), limit_(overload::MemoryLimit::find(0)) {
  using overload::Monitor;
  overload::Control& control = services_.overload;
  control.watch(Monitor::kMemory, [this] { return memory(); });
  control.watch(Monitor::kDescriptors, [this] { return descriptors(); });
  control.watch(Monitor::kQueues, [this] { return queues(); });
  control.watch(Monitor::kConnections, [this] { return connections(); });
}

void Watch::add(net::Loop& loop, overload::Door& door) {
  services_.overload.watch(door, [this, worker = WorkerLag(loop, clock_)] mutable {
    latest_ = std::max(latest_, worker.look());
    const std::chrono::nanoseconds most = settings_.overload.loop_lag_max;
    return part(static_cast<std::size_t>(worker.lasting().count()),
                static_cast<std::size_t>(most.count()));
  });
}

void Watch::configure(const server::Settings& settings) {
  settings_ = settings;
  const overload::Settings& wanted = settings.overload;
  limit_ = overload::MemoryLimit::find(static_cast<std::uint64_t>(wanted.memory_limit_mb) << 20U);
  const auto share =
      static_cast<std::size_t>(wanted.memory_share * static_cast<double>(limit_.bytes()));
  services_.overload.memory().set_limit(share);
  services_.overload.configure(wanted);
  BF_LOG(kInfo, "overload", "memory", {"limit_mb", limit_.bytes() >> 20U},
         {"by", overload::name_of(limit_.source())}, {"requests_mb", share >> 20U});
}

bool Watch::look() {
  const SteadyTime now = clock_.now();
  if (now < due_) return false;
  due_ = now + kInterval;
  latest_ = {};
  services_.overload.look();
  services_.pulse.beat(clock_.now(), latest_);
  return true;
}

double Watch::memory() const { return part(limit_.used().value_or(0), limit_.bytes()); }

double Watch::descriptors() const {
  const auto most = descriptor_limit();
  return most ? part(telemetry::open_fds().value_or(0), *most) : 0;
}

double Watch::queues() const {
  std::size_t waiting = 0;
  for (const auto& [provider, gate] : services_.gates.all()) waiting += gate->waiting();
  return part(waiting, static_cast<std::size_t>(settings_.overload.waiting_max));
}

double Watch::connections() const {
  const server::ConnectionCount& callers = services_.callers.connections;
  return part(callers.open(), callers.places(settings_.connections_max));
}

}  // namespace bifrost::app
