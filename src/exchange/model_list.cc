#include "exchange/model_list.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/try.h"
#include "provider/prepare.h"
#include "routing/permit.h"

#include <algorithm>
#include <set>
#include <utility>

namespace bifrost::exchange {
namespace {

using dialect::ModelRow;

constexpr auto kFresh = std::chrono::minutes(5);
constexpr auto kFreshFailure = std::chrono::seconds(15);
constexpr std::size_t kPagesMax = 20;
constexpr std::size_t kRowsMax = 10'000;  // of one key

constexpr net::CallScope::Expiry kSlow{ErrorCode::kUpstreamHeaderTimeout, Origin::kUpstream,
                                       Retry::kNo, "the provider's list of models took too long"};
constexpr auto kPatience = std::chrono::seconds(10);

bool allows_all(const provider::Key& key) {
  return std::ranges::find(key.settings.models, provider::kEverything) != key.settings.models.end();
}

// Shown under the provider's name, as callers write it.
ModelRow shown(const provider::Endpoint& endpoint, ModelRow row) {
  const std::string prefix = endpoint.name + "/";
  row.name = row.name.empty() ? row.id : row.name;
  if (!row.id.starts_with(prefix)) row.id = prefix + row.id;
  row.provider = endpoint.name;
  return row;
}

// One row per model, only those that some key may use.
std::vector<ModelRow> usable(const provider::Endpoint& endpoint, std::vector<ModelRow> rows) {
  std::vector<ModelRow> out;
  std::set<std::string, std::less<>> seen;
  for (ModelRow& row : rows) {
    if (!routing::allows(routing::best_permit(endpoint, row.id)) || !seen.insert(row.id).second) {
      continue;
    }
    out.push_back(shown(endpoint, std::move(row)));
  }
  return out;
}

}  // namespace

net::Task<Result<ModelList::Listing>> ModelList::list(net::CallScope& scope, SnapshotPtr snapshot,
                                                      std::string_view only_provider) {
  forget(*snapshot);
  std::vector<std::shared_ptr<Entry>> wanted;
  auto waiter = std::make_shared<Waiter>();
  for (const provider::Endpoint& endpoint : snapshot->registry) {
    if (!only_provider.empty() && endpoint.name != only_provider) continue;
    if (!endpoint.allows({llm::Operation::kListModels})) continue;
    Entry& entry = *wanted.emplace_back(entry_of(snapshot, endpoint));
    if (!entry.asking) continue;
    ++waiter->pending;
    entry.waiters.push_back(waiter);
  }
  while (waiter->pending > 0) {
    co_await scope.wait(waiter->done);
    if (auto interruption = scope.interruption()) co_return *std::move(interruption);
  }
  Listing listing;
  for (const auto& entry : wanted) {
    if (entry->failure) listing.failure = entry->failure;
    std::ranges::copy(entry->rows, std::back_inserter(listing.rows));
  }
  co_return std::move(listing);
}

// Entries of other configurations, unless their providers are being asked.
void ModelList::forget(const Snapshot& current) {
  std::erase_if(entries_, [&](const auto& each) {
    return each.second->snapshot.get() != &current && !each.second->asking;
  });
}

// What is known, with a question under way when that is nothing or too old.
std::shared_ptr<ModelList::Entry> ModelList::entry_of(const SnapshotPtr& snapshot,
                                                      const provider::Endpoint& endpoint) {
  std::shared_ptr<Entry>& entry = entries_[&endpoint];
  if (entry == nullptr) {
    entry = std::make_shared<Entry>();
    entry->snapshot = snapshot;
    entry->asked_again_from = client_.clock.now();
  }
  if (!entry->asking && entry->asked_again_from <= client_.clock.now()) {
    entry->asking = true;
    asking_.spawn("list models", [this, snapshot, &endpoint, entry](net::CallScope& own) {
      return ask(own, snapshot, endpoint, entry);
    });
  }
  return entry;
}

net::Task<void> ModelList::ask(net::CallScope& scope, SnapshotPtr snapshot,
                               const provider::Endpoint& endpoint, std::shared_ptr<Entry> entry) {
  Found found = co_await find(scope, *snapshot, endpoint);
  const bool good = !found.failure;
  if (good || !entry->answered) entry->rows = usable(endpoint, std::move(found.rows));
  entry->answered = entry->answered || good;
  entry->failure = std::move(found.failure);
  entry->asked_again_from = client_.clock.now() + (good ? kFresh : kFreshFailure);
  entry->asking = false;
  for (const auto& waiter : std::exchange(entry->waiters, {})) {
    if (--waiter->pending == 0) scope.loop().wake(waiter->done);
  }
}

net::Task<ModelList::Found> ModelList::find(net::CallScope& scope, const Snapshot& snapshot,
                                            const provider::Endpoint& endpoint) {
  Found found;
  std::vector<const provider::Key*> askers;
  for (const provider::Key& key : endpoint.keys) {
    if (!key.settings.enabled) continue;
    for (std::string& name : key.named_models()) found.rows.push_back({.id = std::move(name)});
    if (allows_all(key)) askers.push_back(&key);
  }
  if (endpoint.keyless && askers.empty()) askers.push_back(nullptr);
  for (const provider::Key* key : askers) {
    auto listed = co_await fetch_all(scope, snapshot, endpoint, key);
    if (listed) {
      std::ranges::move(*listed, std::back_inserter(found.rows));
      continue;
    }
    BF_LOG(kWarn, "models", "a provider's models are not known", {"provider", endpoint.name},
           {"key", key != nullptr ? std::string_view(key->settings.name) : "none"},
           {"why", listed.error().message});
    found.failure = std::move(listed).error();
  }
  co_return found;
}

net::Task<Result<std::vector<ModelRow>>> ModelList::fetch_all(net::CallScope& scope,
                                                              const Snapshot& snapshot,
                                                              const provider::Endpoint& endpoint,
                                                              const provider::Key* key) {
  const net::CallScope::Deadline patience(scope, kPatience, kSlow);
  std::vector<ModelRow> rows;
  std::string page_token;
  upstream::TokenPtr token;
  if (upstream::needs_token(key)) {
    BF_CO_TRY(token,
              co_await upstream::token_for(scope, client_, snapshot.network, endpoint, *key));
  }
  for (std::size_t page = 0; page < kPagesMax; ++page) {
    const provider::Addressee to{.endpoint = endpoint,
                                 .side = endpoint.usual_side(),
                                 .key = key,
                                 .now = client_.clock.wall(),
                                 .token = upstream::text_of(token)};
    const dialect::Family& family = to.side.dialect().family;
    BF_CO_TRY(const auto request, provider::prepare(to, {.type = {llm::Operation::kListModels},
                                                         .method = "GET",
                                                         .path = family.models_path(page_token)}));
    BF_CO_TRY(const auto answer,
              co_await upstream::fetch(scope, client_, snapshot.network, to, request));
    BF_CO_TRY(dialect::ModelPage got, family.decode_models(answer->body));
    std::erase_if(got.rows,
                  [](const ModelRow& row) { return row.id.size() > limits::kModelNameBytesMax; });
    got.rows.resize(std::min(got.rows.size(), kRowsMax - rows.size()));
    std::ranges::move(got.rows, std::back_inserter(rows));
    if (got.next.empty() || got.next == page_token || rows.size() == kRowsMax) break;
    page_token = std::move(got.next);
  }
  co_return std::move(rows);
}

net::Task<Result<void>> ModelList::stop(net::CallScope& scope) {
  asking_.cancel_all(gateway_error(ErrorCode::kShuttingDown, "going down"));
  co_return co_await asking_.drained(scope);
}

}  // namespace bifrost::exchange
