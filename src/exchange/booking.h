// What a request writes into the ledger on its way: what it holds before it goes to a provider,
// what was seen of a stream while it runs, and what it has used at its end.
#pragma once

#include "base/result.h"
#include "exchange/exchange.h"
#include "exchange/used.h"
#include "ledger/journal.h"

namespace bifrost::exchange {

// Fails with kBusy when the journal is full and the configuration says so. A null journal has room.
Result<void> check_room(const Exchange& exchange, const ledger::Journal* journal);

// For the target that was admitted, in place of the one before. Should this be the last that is
// heard of the request, its input counts: the provider is likely to have read it.
void hold_in_ledger(Exchange& exchange, ledger::Journal* journal);

// What the request holds on its limits has changed. Should this be the last that is heard of it,
// all of its use counts in the windows that are now: more than it used there, and never less.
void book_growth(Exchange& exchange);

// Of a stream that is relayed: what was seen counts from now on.
void book_progress(Exchange& exchange, const Used& used);

// The end: a row of usage, if a provider had a part in it. Only the first call counts.
void book(Exchange& exchange, const Used& used);

}  // namespace bifrost::exchange
