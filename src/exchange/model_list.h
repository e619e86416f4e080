// Which models the configured keys may use.
//
// A key with an allow-list says so itself; for a key that may use everything its provider is
// asked, all providers at once. Answers are kept for a while, also for callers that have left
// meanwhile. One per worker, not thread-safe.
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
  // provider that does not answer is left out with a line in the log.
  net::Task<Result<Listing>> list(net::CallScope& scope, SnapshotPtr snapshot,
                                  std::string_view only_provider);

  // Ends what is under way; to be awaited before the end of the worker.
  net::Task<Result<void>> stop(net::CallScope& scope);

 private:
  // One round of questions; shared by the tasks that ask and the caller that waits.
  struct Round {
    std::size_t pending = 0;
    net::WaitSlot done;
    std::map<const provider::Endpoint*, std::vector<dialect::ModelRow>> rows;
    std::optional<Error> failure;
  };
  struct Kept {
    SnapshotPtr snapshot;  // keeps the endpoint's address its own
    std::vector<dialect::ModelRow> rows;
    SteadyTime until;
  };

  net::Task<void> ask(net::CallScope& scope, SnapshotPtr snapshot,
                      const provider::Endpoint& endpoint, std::shared_ptr<Round> round);
  net::Task<Result<std::vector<dialect::ModelRow>>> fetch_all(net::CallScope& scope,
                                                              const Snapshot& snapshot,
                                                              const provider::Endpoint& endpoint,
                                                              const provider::Key* key);

  upstream::Client client_;
  net::TaskGroup asking_;
  std::map<const provider::Endpoint*, Kept> kept_;
};

}  // namespace bifrost::exchange
