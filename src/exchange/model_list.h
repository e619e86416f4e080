// Which models the configured keys may use.
//
// A key with an allow-list says so itself; for a key that may use everything its provider is asked,
// all keys of all providers at once. A question is asked once however many callers wait, through
// its provider's gate, and also when they have left meanwhile. What is said is kept for a while,
// and that nothing was said for a shorter one; until it is again, what was said before still
// counts. One per worker, not thread-safe.
#pragma once

#include "dialect/family.h"
#include "exchange/snapshot.h"
#include "net/flight.h"
#include "net/task_group.h"
#include "upstream/attempt.h"

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace bifrost::exchange {

class ModelList {
 public:
  ModelList(net::Loop& loop, upstream::Client client)
      : loop_(loop), client_(client), asking_(loop) {}

  struct Listing {
    std::vector<dialect::ModelRow> rows;
    std::optional<Error> failure;  // why rows may be missing: of a key that was not answered
  };

  // The rows of all providers, or of the one that is named, in the order of the configuration. Each
  // id is there once, and a request that names it goes to that model. A key that is not answered
  // has the rows of its last answer; the log says so.
  net::Task<Result<Listing>> list(net::CallScope& scope, SnapshotPtr snapshot,
                                  std::string_view only_provider);

  // Ends what is under way; to be awaited before the end of the worker.
  net::Task<Result<void>> stop(net::CallScope& scope);

 private:
  // What one key is told by its provider.
  struct Question {
    const provider::Key* key;             // null: the provider needs none
    std::vector<dialect::ModelRow> rows;  // of the last answer
    std::optional<Error> failure;         // why there is no newer one
    SteadyTime asked_again_from;
    std::shared_ptr<net::Flight> flight;  // null: it was never asked

    [[nodiscard]] bool asking() const { return flight != nullptr && !flight->over(); }
  };
  // What is known of one provider. Shared with its questions and with those who wait: a new
  // configuration may drop it meanwhile.
  struct Entry {
    SnapshotPtr snapshot;  // keeps the endpoint
    const provider::Endpoint& endpoint;
    std::vector<Question> questions;
    std::optional<std::vector<dialect::ModelRow>> rows;  // of all; nothing: to be made anew

    [[nodiscard]] bool asking() const;
    [[nodiscard]] const std::vector<dialect::ModelRow>& all_rows();
  };

  void forget(const Snapshot& current);
  std::shared_ptr<Entry> entry_of(const SnapshotPtr& snapshot, const provider::Endpoint& endpoint);
  void ask_again(const std::shared_ptr<Entry>& entry);
  [[nodiscard]] static std::vector<std::shared_ptr<net::Flight>> under_way(
      const std::vector<std::shared_ptr<Entry>>& entries);
  net::Task<void> ask(net::CallScope& scope, std::shared_ptr<Entry> entry, std::size_t number,
                      net::Flight::Pilot pilot);
  net::Task<Result<std::vector<dialect::ModelRow>>> fetch_all(net::CallScope& scope,
                                                              const Snapshot& snapshot,
                                                              const provider::Endpoint& endpoint,
                                                              const provider::Key* key);

  net::Loop& loop_;
  upstream::Client client_;
  net::TaskGroup asking_;
  std::map<const provider::Endpoint*, std::shared_ptr<Entry>> entries_;
};

}  // namespace bifrost::exchange
