#include "net/resolver.h"

#include "base/assert.h"
#include "base/strings.h"
#include "base/try.h"
#include "net/shortage.h"

#include <algorithm>
#include <list>
#include <string_view>
#include <utility>

namespace bifrost::net {
namespace {

constexpr CallScope::Expiry kPatienceOver{ErrorCode::kUpstreamConnect, Origin::kUpstream,
                                          Retry::kSameTarget, "the name server is slow"};

constexpr CallScope::Expiry kNobodyWaits{ErrorCode::kClientGone, Origin::kClient, Retry::kNo,
                                         "all callers have left"};

Error resolve_error(const std::string& host, Retry retry, std::string_view why) {
  return upstream_error(ErrorCode::kUpstreamConnect, retry,
                        "cannot resolve " + host + ": " + std::string(why));
}

// Nobody else's failure: another name may be resolved.
Error crowded(const std::string& host, std::string_view what) {
  return resolve_error(host, Retry::kOtherTarget,
                       std::string(what) + "; check that its name servers answer");
}

}  // namespace

// One question and who waits for its answer. Shared by the task that asks and the callers.
struct Resolver::LookUp {
  std::list<WaitSlot*> callers;
  CallScope* scope = nullptr;  // of the task, while it runs
  std::optional<Known> answer;
  bool over = false;
  bool abandoned = false;  // nobody wants the answer, another question may be under way
};

// A caller's place; being destroyed, he has left.
class Resolver::Caller {
 public:
  Caller(Resolver& resolver, const std::string& key, LookUp& look_up)
      : resolver_(resolver),
        key_(key),
        look_up_(look_up),
        place_(look_up.callers.insert(look_up.callers.end(), &slot_)) {}
  ~Caller() {
    look_up_.callers.erase(place_);
    resolver_.leave(key_, look_up_);
  }
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  [[nodiscard]] WaitSlot& slot() { return slot_; }

 private:
  Resolver& resolver_;
  const std::string& key_;
  LookUp& look_up_;
  WaitSlot slot_;
  std::list<WaitSlot*>::iterator place_;
};

// The task of a question; whatever ends it, the callers are woken.
class Resolver::Running {
 public:
  Running(Resolver& resolver, const std::string& key, LookUp& look_up, CallScope& scope)
      : resolver_(resolver), key_(key), look_up_(look_up) {
    look_up_.scope = &scope;
  }
  ~Running() {
    look_up_.scope = nullptr;
    resolver_.end(key_, look_up_);
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  Resolver& resolver_;
  const std::string& key_;
  LookUp& look_up_;
};

Resolver::Resolver(Loop& loop, NameSource& source, ResolverObserver& observer)
    : loop_(loop), source_(source), observer_(observer), tasks_(loop) {}

Task<Result<std::vector<Address>>> Resolver::resolve(CallScope& scope, std::string host,
                                                     std::uint16_t port) {
  if (auto literal = Address::from_literal(host, port)) co_return std::vector<Address>{*literal};
  const std::string key = ascii_lower(host);
  Name& name = name_of(key);
  name.used = loop_.now();
  Result<std::vector<Address>> addresses;
  if (const auto remembered = known(name)) {
    addresses = told(*remembered);
  } else {
    BF_CO_TRY(auto look_up, join(key, name));
    addresses = co_await wait(scope, key, std::move(look_up));
  }
  if (addresses) {
    for (Address& address : *addresses) address = address.with_port(port);
  }
  co_return addresses;
}

Task<Result<void>> Resolver::stop(CallScope& scope) {
  tasks_.cancel_all(kGoingDown);
  co_return co_await tasks_.drained(scope);
}

Resolver::Name& Resolver::name_of(const std::string& key) {
  const auto found = names_.find(key);
  if (found != names_.end()) return found->second;
  if (names_.size() >= kNamesMax) evict();
  return names_[key];
}

// Of the names that nobody asks for, the one that was not wanted for the longest time. There is
// one: kLookUpsMax are fewer than kNamesMax.
void Resolver::evict() {
  auto oldest = names_.end();
  for (auto name = names_.begin(); name != names_.end(); ++name) {
    if (name->second.look_up) continue;
    if (oldest == names_.end() || name->second.used < oldest->second.used) oldest = name;
  }
  BF_ASSERT(oldest != names_.end());
  names_.erase(oldest);
}

bool Resolver::stale_is_usable(const Name& name) const {
  return !name.addresses.empty() && loop_.now() < name.fresh_until + kStaleMax;
}

// What may be said without asking.
std::optional<Resolver::Known> Resolver::known(const Name& name) const {
  if (!name.addresses.empty() && loop_.now() < name.fresh_until) return Known{name.addresses};
  if (!name.failure || loop_.now() >= name.failed_until) return std::nullopt;
  if (stale_is_usable(name)) return Known{name.addresses, true};
  return Known{*name.failure};
}

Result<std::vector<Address>> Resolver::told(const Known& known) {
  if (known.stale) observer_.served_stale();
  return known.addresses;
}

// The question about the name that is under way, or a new one.
Result<std::shared_ptr<Resolver::LookUp>> Resolver::join(const std::string& key, Name& name) {
  if (name.look_up) {
    if (name.look_up->callers.size() < kCallersMax) return name.look_up;
    return crowded(key, "too many callers wait for its address");
  }
  if (tasks_.size() >= kLookUpsMax) return crowded(key, "too many look-ups are under way");
  const auto asked = std::make_shared<LookUp>();
  tasks_.spawn("resolve", [this, key, asked](CallScope& own) { return run(own, key, asked); });
  name.look_up = asked;  // only now: one that never began would never end
  return asked;
}

Task<Result<std::vector<Address>>> Resolver::wait(CallScope& scope, std::string key,
                                                  std::shared_ptr<LookUp> look_up) {
  Caller caller(*this, key, *look_up);
  {
    std::optional<CallScope::Deadline> patience;
    if (stale_is_usable(names_.at(key))) patience.emplace(scope, kStalePatience, kPatienceOver);
    while (!look_up->over && !scope.interruption()) co_await scope.wait(caller.slot());
  }
  if (look_up->answer) co_return told(*look_up->answer);
  if (auto interruption = scope.interruption()) co_return *std::move(interruption);
  if (look_up->over) {
    co_return resolve_error(key, Retry::kSameTarget, "the look-up was broken off");
  }
  // Patience is over. The name is still there, its question is under way.
  co_return told({names_.at(key).addresses, true});
}

Task<void> Resolver::run(CallScope& scope, std::string key, std::shared_ptr<LookUp> look_up) {
  if (look_up->abandoned) co_return;  // before it began
  const Running running(*this, key, *look_up, scope);
  const SteadyTime begun = loop_.now();
  NameAnswer answer = co_await source_.look_up(scope, key);
  if (look_up->abandoned || scope.cancelled()) co_return;
  observer_.looked_up(answer.outcome, loop_.now() - begun);
  Name& name = names_.at(key);
  settle(key, name, std::move(answer));
  look_up->answer = known(name);
}

void Resolver::settle(const std::string& key, Name& name, NameAnswer answer) const {
  using Outcome = NameAnswer::Outcome;
  const SteadyTime now = loop_.now();
  if (answer.outcome == Outcome::kFound) {
    BF_ASSERT(!answer.addresses.empty());
    name.addresses = std::move(answer.addresses);
    const auto keep = answer.keep_for.value_or(kFreshMin);
    name.fresh_until = now + std::clamp<std::chrono::seconds>(keep, kFreshMin, kFreshMax);
    name.failure.reset();
    return;
  }
  if (answer.outcome == Outcome::kNoSuchName) {
    name.addresses.clear();
    name.failure = resolve_error(key, Retry::kOtherTarget, answer.why);
    name.failed_until =
        now + std::clamp(answer.keep_for.value_or(kAbsentDefault), kAbsentMin, kAbsentMax);
    return;
  }
  if (answer.outcome == Outcome::kShortage) {
    name.failure = shortage_error("the gateway cannot look up " + key, answer.why);
    name.failed_until = now + kFailureKept;  // no server is spared by peace
    return;
  }
  name.failure = resolve_error(key, Retry::kSameTarget, answer.why);
  name.failed_until = now + (stale_is_usable(name) ? kStaleRecheck : kFailureKept);
}

void Resolver::leave(const std::string& key, LookUp& look_up) {
  if (look_up.over || look_up.abandoned || !look_up.callers.empty()) return;
  Name& name = names_.at(key);
  if (stale_is_usable(name)) return;  // the answer is for whoever comes next
  look_up.abandoned = true;
  if (look_up.scope != nullptr) {
    look_up.scope->cancel(kNobodyWaits);
  }
  name.look_up.reset();
}

void Resolver::end(const std::string& key, LookUp& look_up) {
  look_up.over = true;
  for (WaitSlot* slot : look_up.callers) loop_.wake(*slot);
  if (!look_up.abandoned) names_.at(key).look_up.reset();
}

}  // namespace bifrost::net
