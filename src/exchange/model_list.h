// Which models the configured keys may use.
//
// A key with an allow-list says so itself; for a key that may use everything its provider is
// asked, all providers at once. A provider is asked once however many callers wait, through its
// gate, and also when they have left meanwhile. What it says is kept for a while, and that it did
// not answer for a shorter one; until it does again, what it said before still counts. One per
// worker, not thread-safe.
#pragma once

#include "dialect/dialect.h"
#include "exchange/snapshot.h"
#include "net/task_group.h"
#include "upstream/attempt.h"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::exchange {

class ModelList {
 public:
  ModelList(net::Loop& loop, upstream::Client client) : client_(client), asking_(loop) {}

  struct Listing {
    std::vector<dialect::ModelRow> rows;
    std::optional<Error> failure;  // why rows may be missing: of a provider that did not answer
  };

  // The rows of all providers, or of the one that is named, in the order of the configuration. A
  // provider that does not answer has the rows that its keys name, and those of its last answer;
  // the log says so.
  net::Task<Result<Listing>> list(net::CallScope& scope, SnapshotPtr snapshot,
                                  std::string_view only_provider);

  // Ends what is under way; to be awaited before the end of the worker.
  net::Task<Result<void>> stop(net::CallScope& scope);

 private:
  // Counts the providers that a caller waits for; shared with them, since it may leave.
  struct Waiter {
    std::size_t pending = 0;
    net::WaitSlot done;
  };
  // What is known of one provider. Shared with those who ask and who wait: a new configuration may
  // drop it meanwhile.
  struct Entry {
    SnapshotPtr snapshot;  // keeps the endpoint's address its own
    std::vector<dialect::ModelRow> rows;
    std::optional<Error> failure;  // of the last question
    bool answered = false;         // has it ever been without a failure?
    bool asking = false;
    SteadyTime asked_again_from;
    std::vector<std::shared_ptr<Waiter>> waiters;
  };
  struct Found {
    std::vector<dialect::ModelRow> rows;
    std::optional<Error> failure;
  };

  void forget(const Snapshot& current);
  std::shared_ptr<Entry> entry_of(const SnapshotPtr& snapshot, const provider::Endpoint& endpoint);
  net::Task<void> ask(net::CallScope& scope, SnapshotPtr snapshot,
                      const provider::Endpoint& endpoint, std::shared_ptr<Entry> entry);
  net::Task<Found> find(net::CallScope& scope, const Snapshot& snapshot,
                        const provider::Endpoint& endpoint);
  net::Task<Result<std::vector<dialect::ModelRow>>> fetch_all(net::CallScope& scope,
                                                              const Snapshot& snapshot,
                                                              const provider::Endpoint& endpoint,
                                                              const provider::Key* key);

  upstream::Client client_;
  net::TaskGroup asking_;
  std::map<const provider::Endpoint*, std::shared_ptr<Entry>> entries_;
};

}  // namespace bifrost::exchange
