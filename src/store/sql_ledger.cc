#include "store/sql_ledger.h"

#include "base/try.h"
#include "json/document.h"
#include "json/writer.h"
#include "store/sql_hours.h"
#include "store/sql_text.h"

#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace bifrost::store {
namespace {

constexpr std::int64_t kPage = 5'000;  // rows that are read at once

std::string limits_json(const UsageRow& row) {
  std::string out;
  json::Writer writer(out);
  writer.begin_array();
  for (const LimitUse& use : row.limits) {
    writer.begin_array();
    writer.string(use.limit).integer(use.window.start).integer(use.window.end).integer(use.amount);
    writer.end_array();
  }
  writer.end_array();
  return out;
}

using Counts = std::map<std::pair<std::string, UsageWindow>, std::int64_t>;

void count_limits(std::string_view limits, Counts& counts) {
  const auto document = json::Document::parse(limits);
  if (!document) return;
  for (const json::Value use : document->root().children()) {
    const UsageWindow window{.start = use.at(1).integer().value_or(0),
                             .end = use.at(2).integer().value_or(0)};
    counts[{use.at(0).string_or(""), window}] += use.at(3).integer().value_or(0);
  }
}

LimitCounter counter_of(const sql::Row& row) {
  return {.limit = row.text(0),
          .window = {.start = row.integer(1), .end = row.integer(2)},
          .used = row.integer(3),
          .opening = row.integer(4)};
}

}  // namespace

Result<void> SqlLedger::append(const LedgerBatch& batch) {
  return sql::in_transaction(*connection_, [&] { return append_all(batch); });
}

Result<void> SqlLedger::append_all(const LedgerBatch& batch) {
  for (const UsageRow& row : batch.rows) {
    BF_TRY_VOID(insert(row));
  }
  BF_TRY_VOID(add_hours(*connection_, batch.rows));
  BF_TRY_VOID(add_counts(batch));
  for (const JournalPosition& position : batch.positions) {
    BF_TRY_VOID(set_position(position));
  }
  return {};
}

Result<void> SqlLedger::insert(const UsageRow& row) {
  const std::string limits = limits_json(row);
  const llm::Usage& used = row.usage;
  BF_TRY_VOID(connection_->execute(
      "INSERT INTO usage (node, worker, sequence, ended_at, request_id, virtual_key, team, "
      "customer, provider, provider_key, model, input_tokens, cache_read_tokens, "
      "cache_write_tokens, cache_write_1h_tokens, input_audio_tokens, input_image_tokens, "
      "output_tokens, reasoning_tokens, output_audio_tokens, output_image_tokens, web_searches, "
      "nano_dollars, flags, limits) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, "
      "$13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)",
      {row.journal.node,
       std::int64_t{row.journal.worker},
       row.sequence,
       row.time,
       Text(row.request_id),
       Text(row.virtual_key),
       Text(row.team),
       Text(row.customer),
       Text(row.provider),
       Text(row.provider_key),
       Text(row.model),
       used.input,
       used.cache_read,
       used.cache_write,
       used.cache_write_1h,
       used.input_audio,
       used.input_image,
       used.output,
       used.reasoning,
       used.output_audio,
       used.output_image,
       used.web_searches,
       row.nano_dollars,
       std::int64_t{row.flags},
       std::string_view(limits)}));
  return {};
}

// In the order of the limits, so that two writers never wait for each other.
Result<void> SqlLedger::add_counts(const LedgerBatch& batch) {
  Counts counts;
  for (const UsageRow& row : batch.rows) {
    for (const LimitUse& use : row.limits) counts[{use.limit, use.window}] += use.amount;
  }
  for (const auto& [name, amount] : counts) {
    const auto& [limit, window] = name;
    BF_TRY_VOID(connection_->execute(
        "INSERT INTO limit_usage (limit_id, window_start, window_end, used, opening) VALUES ($1, "
        "$2, $3, $4, 0) ON CONFLICT (limit_id, window_start, window_end) DO UPDATE SET used = "
        "limit_usage.used + excluded.used",
        {Text(limit), window.start, window.end, amount}));
    BF_TRY_VOID(connection_->execute(
        "DELETE FROM limit_usage WHERE limit_id = $1 AND window_start < $2 AND window_end <= $2",
        {Text(limit), window.start}));
  }
  return {};
}

Result<void> SqlLedger::set_position(const JournalPosition& position) {
  BF_TRY_VOID(connection_->execute(
      "INSERT INTO journal_position (node, worker, next) VALUES ($1, $2, $3) ON CONFLICT (node, "
      "worker) DO UPDATE SET next = excluded.next",
      {position.journal.node, std::int64_t{position.journal.worker}, position.next}));
  return {};
}

Result<void> SqlLedger::open_counters(const std::vector<LimitCounter>& counters) {
  return sql::in_transaction(*connection_, [&]() -> Result<void> {
    for (const LimitCounter& counter : counters) {
      BF_TRY_VOID(connection_->execute(
          "INSERT INTO limit_usage (limit_id, window_start, window_end, used, opening) VALUES ($1, "
          "$2, $3, $4, $5) ON CONFLICT (limit_id, window_start, window_end) DO NOTHING",
          {Text(counter.limit), counter.window.start, counter.window.end, counter.used,
           counter.opening}));
    }
    return {};
  });
}

Result<std::vector<LimitCounter>> SqlLedger::counters() {
  BF_TRY(const sql::Rows rows,
         connection_->execute("SELECT limit_id, window_start, window_end, used, opening FROM "
                              "limit_usage ORDER BY limit_id, window_start, window_end"));
  std::vector<LimitCounter> out;
  out.reserve(rows.size());
  for (const sql::Row& row : rows) out.push_back(counter_of(row));
  return out;
}

Result<std::int64_t> SqlLedger::position(const JournalId& journal) {
  BF_TRY(const sql::Rows rows,
         connection_->execute("SELECT next FROM journal_position WHERE node = $1 AND worker = $2",
                              {journal.node, std::int64_t{journal.worker}}));
  return rows.empty() ? std::int64_t{0} : rows.front().integer(0);
}

Result<void> SqlLedger::forget_positions(std::int64_t node) {
  BF_TRY_VOID(connection_->execute("DELETE FROM journal_position WHERE node = $1", {node}));
  return {};
}

Result<std::vector<Recount>> SqlLedger::recount() {
  return sql::in_transaction(*connection_, [this] { return recount_all(); });
}

Result<std::vector<Recount>> SqlLedger::recount_all() {
  Counts counts;
  std::int64_t node = 0;
  std::int64_t worker = 0;
  std::int64_t sequence = 0;
  for (std::size_t read = static_cast<std::size_t>(kPage); std::cmp_equal(read, kPage);) {
    BF_TRY(const sql::Rows rows,
           connection_->execute(
               "SELECT node, worker, sequence, limits FROM usage WHERE (node, worker, sequence) > "
               "($1, $2, $3) ORDER BY node, worker, sequence LIMIT $4",
               {node, worker, sequence, kPage}));
    for (const sql::Row& row : rows) count_limits(row.text(3), counts);
    read = rows.size();
    if (rows.empty()) break;
    node = rows.back().integer(0);
    worker = rows.back().integer(1);
    sequence = rows.back().integer(2);
  }
  BF_TRY(std::vector<LimitCounter> all, counters());
  std::vector<Recount> out;
  out.reserve(all.size());
  for (LimitCounter& counter : all) {
    const std::int64_t used = counter.opening + counts[{counter.limit, counter.window}];
    out.push_back({.counter = std::move(counter), .used = used});
  }
  return out;
}

}  // namespace bifrost::store
