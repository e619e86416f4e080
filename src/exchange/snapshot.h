// What requests need of one configuration, and all that was made from it. Immutable; a request
// holds the one that it began with to its end, so a reload never changes a request that is running.
#pragma once

#include "catalog/catalog.h"
#include "exchange/client_settings.h"
#include "governance/build_rules.h"
#include "governance/operators.h"
#include "ledger/settings.h"
#include "net/address.h"
#include "net/tls.h"
#include "provider/registry.h"
#include "routing/rules.h"
#include "server/address_limits.h"
#include "server/settings.h"
#include "store/audit_settings.h"
#include "upstream/network.h"

#include <memory>
#include <vector>

namespace bifrost::exchange {

struct Snapshot {
  ClientSettings client;
  provider::Registry registry;
  governance::Rules rules;
  routing::RuleSet routing;
  governance::Operators operators;
  store::AuditSettings audit;
  ledger::Settings ledger;
  std::shared_ptr<const catalog::Catalog> catalog = catalog::Catalog::shared_built_in();
  upstream::Network network;
  std::shared_ptr<const server::Settings> server;               // never null
  std::shared_ptr<const net::TlsContext> tls;                   // null: plain HTTP
  std::vector<net::Address> dns_servers;                        // empty: those of the system
  std::shared_ptr<const server::AddressLimits> address_limits;  // null: none
};

using SnapshotPtr = std::shared_ptr<const Snapshot>;

}  // namespace bifrost::exchange
