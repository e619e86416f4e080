#include "exchange/worker_kit.h"

#include "base/try.h"

#include <vector>

namespace bifrost::exchange {

WorkerKit::WorkerKit(Services& process, std::span<const Surface> routes, net::Loop& the_loop,
                     const Clock& the_clock, telemetry::Shard& shard, ledger::Journal* the_journal)
    : services(process),
      surfaces(routes),
      router(routes),
      loop(the_loop),
      clock(the_clock),
      journal(the_journal),
      random(Random::from_entropy()),
      dns(loop, {}),
      dns_meter(shard),
      resolver(loop, dns, dns_meter),
      pool(loop, resolver, shard.gauge(telemetry::Metric::kConnections, {"provider"})),
      memory(services.overload.memory()),
      door(services.overload.refusals()),
      meter(shard, services.metrics.custom_labels(), services.key_states),
      access_log(random),
      sinks{&meter, &access_log},
      credentials(loop, pool, clock),
      models(loop, client()) {}

void WorkerKit::configure(const Snapshot& snapshot) {
  dns.set_servers(snapshot.dns_servers);
  access_log.set_share(snapshot.server->access_log_share);
  std::vector<record::ConfiguredModels> configured;
  for (const provider::Endpoint& endpoint : snapshot.registry) {
    configured.push_back({.provider = endpoint.name, .models = endpoint.named_models()});
  }
  meter.configure(configured);
}

net::Task<Result<void>> WorkerKit::stop(net::CallScope& scope) {
  BF_CO_TRY_VOID(co_await models.stop(scope));  // it waits for tokens
  BF_CO_TRY_VOID(co_await credentials.stop(scope));
  co_return co_await resolver.stop(scope);
}

}  // namespace bifrost::exchange
