#include "exchange/booking.h"

#include "store/ledger_store.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace bifrost::exchange {
namespace {

using store::UsageRow;

static_assert(std::is_same_v<WallTime::duration, std::chrono::nanoseconds>,
              "moments in the ledger are nanoseconds");
static_assert(governance::Reservation::kLimitsMax <= ledger::kSharesMax);

store::UsageUnit unit_of(governance::Unit unit) {
  switch (unit) {
    case governance::Unit::kTokens:
      return store::UsageUnit::kTokens;
    case governance::Unit::kNanoDollars:
      return store::UsageUnit::kNanoDollars;
    case governance::Unit::kRequests:
    case governance::Unit::kConcurrent:  // never written
      return store::UsageUnit::kRequests;
  }
  std::unreachable();
}

// The limits of a request as the ledger writes them, in the entry's scratch.
class Shares {
 public:
  explicit Shares(const ledger::Entry& entry) : shares_(entry.scratch()) {}

  // What settling `used` adds to each.
  void use(const governance::Reservation& reservation, const governance::Amount& used) {
    reservation.each_use(used, [this](const auto& limit, const auto& taken, std::int64_t amount) {
      if (amount > 0) add(limit, taken, amount);
    });
  }
  // What is held on each.
  void hold(const governance::Reservation& reservation) {
    reservation.each_use({}, [this](const auto& limit, const auto& taken, std::int64_t /*used*/) {
      add(limit, taken, taken.amount);
    });
  }
  [[nodiscard]] std::span<const ledger::Share> all() const { return shares_.first(count_); }

 private:
  void add(const governance::Limit& limit, const governance::Limit::Taken& taken,
           std::int64_t amount) {
    shares_[count_++] = {.limit = limit.id(),
                         .unit = unit_of(limit.unit()),
                         .window = {.start = taken.window_start, .end = taken.window_end},
                         .amount = amount};
  }

  std::span<ledger::Share> shares_;
  std::size_t count_ = 0;
};

std::string_view id_of(const std::shared_ptr<const governance::Named>& named) {
  return named == nullptr ? std::string_view() : named->id;
}

// Whose request it is, and where it went.
ledger::Settlement settlement_of(const Exchange& exchange) {
  const ModelCall& call = *exchange.call;
  const governance::Principal& caller = *exchange.caller.principal;
  const bool served = call.served.has_value();
  const routing::Target& target = served ? *call.served->target : *call.admitted;
  ledger::Settlement out{.time = call.entry.journal()->now(),
                         .request_id = exchange.request_id,
                         .virtual_key = caller.id,
                         .team = id_of(caller.team),
                         .customer = id_of(caller.customer),
                         .provider = target.endpoint->name,
                         .model = target.model};
  if (served) {
    out.provider_key = call.served->key_id;
    out.model = call.served->model;
  }
  if (call.facts.stream) out.flags |= UsageRow::kStream;
  return out;
}

// What is expected, and what is held for it, in place of what was written before. What was seen
// since stays written.
void write_hold(Exchange& exchange) {
  ModelCall& call = *exchange.call;
  ledger::Settlement held = settlement_of(exchange);
  held.usage.input = call.expected.input;
  if (const catalog::Price* price = call.expected_facts.price()) {
    held.nano_dollars = catalog::cost(*price, held.usage);
  } else {
    held.flags |= UsageRow::kUnpriced;
  }
  Shares shares(call.entry);
  shares.hold(call.reservation);
  held.shares = shares.all();
  call.entry.hold(held);
}

}  // namespace

Result<void> check_room(const Exchange& exchange, const ledger::Journal* journal) {
  if (journal == nullptr || exchange.snapshot->ledger.on_full == ledger::OnFull::kServe ||
      journal->has_room()) {
    return {};
  }
  return gateway_error(ErrorCode::kBusy,
                       "usage cannot be written down any more, because the database has been away "
                       "for too long (ledger.on_ledger_full)");
}

void hold_in_ledger(Exchange& exchange, ledger::Journal* journal) {
  if (journal == nullptr) return;
  ModelCall& call = *exchange.call;
  if (!call.entry) call.entry = journal->begin();
  write_hold(exchange);
}

void book_growth(Exchange& exchange) {
  if (exchange.call->entry) write_hold(exchange);
}

void book_progress(Exchange& exchange, const Used& used) {
  ModelCall& call = *exchange.call;
  if (!call.entry || call.seen().content_events == 0) return;
  call.entry.progress(used.usage, used.nano_dollars);
}

void book(Exchange& exchange, const Used& used) {
  ModelCall& call = *exchange.call;
  if (!call.entry) return;
  if (!call.served && !call.reached) {
    call.entry.drop();
    return;
  }
  ledger::Settlement row = settlement_of(exchange);
  row.usage = used.usage;
  row.nano_dollars = used.nano_dollars;
  if (used.estimated) row.flags |= UsageRow::kEstimated;
  if (used.anything && used.price == nullptr) row.flags |= UsageRow::kUnpriced;
  if (exchange.error) row.flags |= UsageRow::kFailed;
  Shares shares(call.entry);
  shares.use(call.reservation, used.amount());
  row.shares = shares.all();
  call.entry.end(row);
}

}  // namespace bifrost::exchange
