#include "exchange/model_list.h"

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
constexpr std::size_t kPagesMax = 20;

constexpr net::CallScope::Expiry kSlow{ErrorCode::kUpstreamHeaderTimeout, Origin::kUpstream,
                                       Retry::kNo, "the provider's list of models took too long"};
constexpr auto kPatience = std::chrono::seconds(10);

bool allows_all(const provider::Key& key) {
  return std::ranges::find(key.settings.models, provider::kEverything) != key.settings.models.end();
}

// What a key names itself: its allow-list and its aliases.
std::vector<std::string> named_models(const provider::Key& key) {
  std::vector<std::string> names;
  for (const std::string& model : key.settings.models) {
    if (model != provider::kEverything) names.push_back(model);
  }
  for (const auto& [alias, target] : key.settings.aliases) names.push_back(alias);
  if (!key.only_model.empty()) names.push_back(key.only_model);
  return names;
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
  const SteadyTime now = client_.clock.now();
  std::erase_if(kept_, [&](const auto& entry) { return entry.second.until <= now; });
  auto round = std::make_shared<Round>();
  for (const provider::Endpoint& endpoint : snapshot->registry) {
    if (!only_provider.empty() && endpoint.name != only_provider) continue;
    if (!endpoint.allows({llm::Operation::kListModels})) continue;
    if (const auto kept = kept_.find(&endpoint); kept != kept_.end()) {
      round->rows[&endpoint] = kept->second.rows;
      continue;
    }
    ++round->pending;
    asking_.spawn("list models", [this, snapshot, &endpoint, round](net::CallScope& own) {
      return ask(own, snapshot, endpoint, round);
    });
  }
  while (round->pending > 0) {
    co_await scope.wait(round->done);
    if (auto interruption = scope.interruption()) co_return *std::move(interruption);
  }
  Listing listing{.failure = round->failure};
  for (const provider::Endpoint& endpoint : snapshot->registry) {
    const auto found = round->rows.find(&endpoint);
    if (found == round->rows.end()) continue;
    std::ranges::copy(found->second, std::back_inserter(listing.rows));
  }
  co_return std::move(listing);
}

net::Task<void> ModelList::ask(net::CallScope& scope, SnapshotPtr snapshot,
                               const provider::Endpoint& endpoint, std::shared_ptr<Round> round) {
  std::vector<ModelRow> rows;
  std::optional<Error> failure;
  bool asked = false;
  for (const provider::Key& key : endpoint.keys) {
    if (!key.settings.enabled) continue;
    for (std::string& name : named_models(key)) rows.push_back({.id = std::move(name)});
    if (!allows_all(key)) continue;
    asked = true;
    auto listed = co_await fetch_all(scope, *snapshot, endpoint, &key);
    if (listed) {
      std::ranges::move(*listed, std::back_inserter(rows));
    } else {
      failure = listed.error();
      BF_LOG(kWarn, "models", "a provider's models are not known", {"provider", endpoint.name},
             {"key", key.settings.name}, {"why", listed.error().message});
    }
  }
  if (endpoint.keyless && !asked) {
    auto listed = co_await fetch_all(scope, *snapshot, endpoint, nullptr);
    if (listed) {
      std::ranges::move(*listed, std::back_inserter(rows));
    } else {
      failure = listed.error();
    }
  }
  rows = usable(endpoint, std::move(rows));
  if (failure) {
    round->failure = std::move(failure);
  } else {
    kept_[&endpoint] = {snapshot, rows, client_.clock.now() + kFresh};
  }
  round->rows[&endpoint] = std::move(rows);
  if (--round->pending == 0) scope.loop().wake(round->done);
}

net::Task<Result<std::vector<ModelRow>>> ModelList::fetch_all(net::CallScope& scope,
                                                              const Snapshot& snapshot,
                                                              const provider::Endpoint& endpoint,
                                                              const provider::Key* key) {
  const net::CallScope::Deadline patience(scope, kPatience, kSlow);
  std::vector<ModelRow> rows;
  std::string token;
  for (std::size_t page = 0; page < kPagesMax; ++page) {
    const provider::Addressee to{.endpoint = endpoint,
                                 .side = endpoint.usual_side(),
                                 .key = key,
                                 .now = client_.clock.wall()};
    BF_CO_TRY(const auto request, provider::prepare_models(to, token));
    BF_CO_TRY(const auto answer,
              co_await upstream::fetch(scope, client_, snapshot.network, endpoint, request));
    BF_CO_TRY(dialect::ModelPage got,
              endpoint.usual_side().dialect().family.decode_models(answer->body));
    std::ranges::move(got.rows, std::back_inserter(rows));
    if (got.next.empty()) break;
    token = std::move(got.next);
  }
  co_return std::move(rows);
}

net::Task<Result<void>> ModelList::stop(net::CallScope& scope) {
  asking_.cancel_all(gateway_error(ErrorCode::kShuttingDown, "going down"));
  co_return co_await asking_.drained(scope);
}

}  // namespace bifrost::exchange
