// What an operation works with: the tools of one worker, kept from request to request.
//
// Belongs to the worker's thread. References outlive it.
#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "client/dns_meter.h"
#include "client/pool.h"
#include "exchange/model_list.h"
#include "exchange/router.h"
#include "exchange/services.h"
#include "exchange/snapshot.h"
#include "exchange/surface.h"
#include "json/scan.h"
#include "ledger/journal.h"
#include "net/dns_client.h"
#include "net/resolver.h"
#include "overload/byte_budget.h"
#include "overload/door.h"
#include "record/access_log.h"
#include "record/meter.h"
#include "upstream/attempt.h"

#include <array>
#include <span>

namespace bifrost::exchange {

struct WorkerKit {
  WorkerKit(Services& process, std::span<const Surface> routes, net::Loop& the_loop,
            const Clock& the_clock, telemetry::Shard& shard, ledger::Journal* the_journal);

  Services& services;
  std::span<const Surface> surfaces;
  Router router;  // over them
  net::Loop& loop;
  const Clock& clock;
  ledger::Journal* const journal;  // null: usage is not kept
  Random random;
  net::DnsClient dns;
  client::DnsMeter dns_meter;
  net::Resolver resolver;
  client::Pool pool;
  json::Scanner scanner;
  overload::BytePurse memory;  // that its requests may hold
  overload::Door door;
  record::Meter meter;
  record::AccessLog access_log;
  std::array<record::Sink*, 2> sinks;  // that are told what happens to requests
  upstream::Credentials credentials;
  ModelList models;

  // For what begins from now on.
  void configure(const Snapshot& snapshot);
  [[nodiscard]] upstream::HeavyWork heavy() { return {&services.heavy}; }
  [[nodiscard]] upstream::Client client() { return {pool, clock, random, &credentials, heavy()}; }
  // Ends what goes on beside requests; to be awaited before the end of the worker.
  net::Task<Result<void>> stop(net::CallScope& scope);
};

}  // namespace bifrost::exchange
