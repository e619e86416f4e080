#include "exchange/model_list.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/try.h"
#include "llm/model_name.h"
#include "provider/prepare.h"
#include "routing/permit.h"

#include <algorithm>
#include <string>
#include <unordered_set>
#include <utility>

namespace bifrost::exchange {
namespace {

using dialect::ModelRow;

constexpr auto kFresh = std::chrono::minutes(5);
constexpr auto kFreshFailure = std::chrono::seconds(15);
constexpr std::size_t kPagesMax = 20;
constexpr std::size_t kRowsMax = 10'000;  // of one key

constexpr net::CallScope::Expiry kSlow{ErrorCode::kUpstreamHeaderTimeout, Origin::kUpstream,
                                       Retry::kNo,
                                       "the provider's list of models took more than 10 seconds"};
constexpr auto kPatience = std::chrono::seconds(10);

// Of a question that was never answered nor refused: an exception ended it.
Error no_answer() {
  return gateway_error(ErrorCode::kInternal,
                       "the question for the provider's models was broken off");
}

bool allows_all(const provider::Key& key) {
  return std::ranges::find(key.settings.models, provider::kEverything) != key.settings.models.end();
}

// Those who have to ask: what the others may use, they name themselves.
std::vector<const provider::Key*> askers(const provider::Endpoint& endpoint) {
  std::vector<const provider::Key*> found;
  for (const provider::Key& key : endpoint.keys) {
    if (key.settings.enabled && allows_all(key)) found.push_back(&key);
  }
  if (endpoint.keyless && found.empty()) found.push_back(nullptr);
  return found;
}

// The rows of one provider, each id once. A caller's "openai/x" is "x" to openai, and so is the
// "x" that openai lists; but a model that it lists as "openai/x" is "openai/openai/x" to callers.
class Rows {
 public:
  explicit Rows(const provider::Endpoint& endpoint)
      : endpoint_(endpoint), prefix_(endpoint.name + "/") {}

  void add_listed(ModelRow row) {
    const std::string_view model = endpoint_.canonical_model(row.id);
    if (row.name.empty()) row.name = model;
    row.id = prefix_ + std::string(model);
    add(std::move(row));
  }
  // As the configuration writes it.
  void add_named(std::string_view name) {
    if (has(endpoint_.canonical_model(name))) return;
    const std::string_view model = routing::without_endpoint(endpoint_, name);
    add({.id = prefix_ + std::string(model), .name = std::string(model)});
  }
  [[nodiscard]] std::vector<ModelRow> take() { return std::move(rows_); }

 private:
  [[nodiscard]] bool has(std::string_view model) const {
    return seen_.contains(prefix_ + std::string(model));
  }
  // A name that no request may have, and one that no key may use, are left out.
  void add(ModelRow row) {
    const std::string_view model = std::string_view(row.id).substr(prefix_.size());
    if (has(model) || !llm::check_model_name(row.id) ||
        !routing::allows(routing::best_permit(endpoint_, model))) {
      return;
    }
    seen_.insert(row.id);
    row.provider = endpoint_.name;
    rows_.push_back(std::move(row));
  }

  const provider::Endpoint& endpoint_;
  std::string prefix_;
  std::unordered_set<std::string> seen_;
  std::vector<ModelRow> rows_;
};

}  // namespace

bool ModelList::Entry::asking() const { return std::ranges::any_of(questions, &Question::asking); }

const std::vector<ModelRow>& ModelList::Entry::all_rows() {
  if (rows) return *rows;
  Rows all(endpoint);
  for (const Question& question : questions) {
    for (const ModelRow& row : question.rows) all.add_listed(row);
  }
  for (const provider::Key& key : endpoint.keys) {
    if (!key.settings.enabled) continue;
    for (const std::string& name : key.named_models()) all.add_named(name);
  }
  return rows.emplace(all.take());
}

std::vector<std::shared_ptr<net::Flight>> ModelList::under_way(
    const std::vector<std::shared_ptr<Entry>>& entries) {
  std::vector<std::shared_ptr<net::Flight>> flights;
  for (const auto& entry : entries) {
    for (const Question& question : entry->questions) {
      if (question.asking()) flights.push_back(question.flight);
    }
  }
  return flights;
}

net::Task<Result<ModelList::Listing>> ModelList::list(net::CallScope& scope, SnapshotPtr snapshot,
                                                      std::string_view only_provider) {
  forget(*snapshot);
  std::vector<std::shared_ptr<Entry>> wanted;
  for (const provider::Endpoint& endpoint : snapshot->registry) {
    if (!only_provider.empty() && endpoint.name != only_provider) continue;
    if (!endpoint.allows({llm::Operation::kListModels})) continue;
    ask_again(wanted.emplace_back(entry_of(snapshot, endpoint)));
  }
  for (const auto& flight : under_way(wanted)) {
    co_await flight->wait(scope);
    if (auto interruption = scope.interruption()) co_return *std::move(interruption);
  }
  Listing listing;
  for (const auto& entry : wanted) {
    for (const Question& question : entry->questions) {
      if (question.failure) listing.failure = question.failure;
    }
    std::ranges::copy(entry->all_rows(), std::back_inserter(listing.rows));
  }
  co_return std::move(listing);
}

// Entries of other configurations, unless their providers are being asked.
void ModelList::forget(const Snapshot& current) {
  std::erase_if(entries_, [&](const auto& each) {
    return each.second->snapshot.get() != &current && !each.second->asking();
  });
}

std::shared_ptr<ModelList::Entry> ModelList::entry_of(const SnapshotPtr& snapshot,
                                                      const provider::Endpoint& endpoint) {
  if (const auto found = entries_.find(&endpoint); found != entries_.end()) return found->second;
  auto entry = std::make_shared<Entry>(snapshot, endpoint);
  for (const provider::Key* key : askers(endpoint)) {
    entry->questions.push_back({.key = key,
                                .rows = {},
                                .failure = no_answer(),
                                .asked_again_from = client_.clock.now(),
                                .flight = nullptr});
  }
  entries_.emplace(&endpoint, entry);
  return entry;
}

// Asks what was never asked, and whose answer is too old.
void ModelList::ask_again(const std::shared_ptr<Entry>& entry) {
  const SteadyTime now = client_.clock.now();
  for (std::size_t i = 0; i < entry->questions.size(); ++i) {
    Question& question = entry->questions[i];
    if (question.asking() || now < question.asked_again_from) continue;
    net::Flight::Pilot pilot(loop_);
    auto flight = pilot.flight();
    asking_.spawn("list models",
                  [this, entry, i, pilot = std::move(pilot)](net::CallScope& own) mutable {
                    return ask(own, entry, i, std::move(pilot));
                  });
    question.flight = std::move(flight);
    question.asked_again_from = now + kFreshFailure;
  }
}

net::Task<void> ModelList::ask(net::CallScope& scope, std::shared_ptr<Entry> entry,
                               std::size_t number, net::Flight::Pilot /*pilot*/) {
  Question& question = entry->questions[number];
  auto listed = co_await fetch_all(scope, *entry->snapshot, entry->endpoint, question.key);
  const SteadyTime now = client_.clock.now();
  if (!listed) {
    BF_LOG(
        kWarn, "models", "a provider's models are not known", {"provider", entry->endpoint.name},
        {"key", question.key != nullptr ? std::string_view(question.key->settings.name) : "none"},
        {"why", listed.error().message});
    question.failure = std::move(listed).error();
    question.asked_again_from = now + kFreshFailure;
    co_return;
  }
  question.rows = *std::move(listed);
  question.failure.reset();
  question.asked_again_from = now + kFresh;
  entry->rows.reset();
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
  asking_.cancel_all(net::kGoingDown);
  co_return co_await asking_.drained(scope);
}

}  // namespace bifrost::exchange
