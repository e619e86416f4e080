#include "pipeline/meter.h"

#include <algorithm>
#include <array>

namespace bifrost::pipeline {
namespace {

using telemetry::Metric;

constexpr std::string_view kNoRoute = "unmatched";
constexpr std::size_t kTargetsKept = 4096;  // beyond, cells are looked up anew

// What model a caller asked for when nobody served it: callers must not be able to make series.
constexpr std::string_view kUnserved = "";

std::array<std::string, 10> fallback_texts() {
  std::array<std::string, 10> texts;
  for (std::size_t i = 0; i < texts.size(); ++i) texts[i] = std::to_string(i);
  return texts;
}

std::string_view fallback_text(std::size_t index) {
  static const std::array<std::string, 10> kTexts = fallback_texts();
  return kTexts[std::min(index, kTexts.size() - 1)];
}

double seconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

// One text for a set of labels, in memory that is used again.
const std::string& joined(const std::vector<std::string_view>& labels, std::string& key) {
  key.clear();
  for (const std::string_view label : labels) {
    key += label;
    key += '\0';
  }
  return key;
}

std::string_view timeout_phase(ErrorCode code) {
  switch (code) {
    case ErrorCode::kQueueTimeout:
      return "queue";
    case ErrorCode::kUpstreamConnectTimeout:
      return "connect";
    case ErrorCode::kUpstreamHeaderTimeout:
      return "response_head";
    case ErrorCode::kUpstreamFirstTokenTimeout:
      return "first_token";
    case ErrorCode::kUpstreamIdleTimeout:
      return "idle";
    case ErrorCode::kUpstreamTotalTimeout:
      return "total";
    default:
      return {};
  }
}

std::string_view rotation_reason(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUpstreamAuth:
      return "authentication_error";
    case ErrorCode::kUpstreamBilling:
      return "billing_error";
    default:
      return "rate_limit_error";
  }
}

}  // namespace

Meter::Labels Meter::custom_values(const Exchange& exchange) const {
  Labels values;
  std::string name;
  for (const std::string& label : custom_labels_) {
    // A label has underscores where a header has dashes.
    name = "x-bf-dim-" + label;
    auto value = exchange.request.head.headers.find(name);
    if (!value) {
      std::ranges::replace(name, '_', '-');
      value = exchange.request.head.headers.find(name);
    }
    values.push_back(value.value_or(""));
  }
  return values;
}

Meter::Labels Meter::served_labels(const Exchange& exchange) const {
  const upstream::Served& served = *exchange.served;
  Labels labels = {served.target->endpoint->name,
                   served.model,
                   served.target->model == served.model ? std::string_view() : served.target->model,
                   operation_name(exchange.surface().operation),
                   served.key_id,
                   served.key_name,
                   fallback_text(served.fallback_index),
                   "",
                   ""};
  std::ranges::copy(custom_values(exchange), std::back_inserter(labels));
  return labels;
}

Meter::Labels Meter::attempt_labels(const Exchange& exchange,
                                    const upstream::AttemptRecord& record) const {
  // A failed attempt may be for a model that does not exist: its name is the caller's invention.
  const bool model_is_real =
      record.error == nullptr || record.error->code != ErrorCode::kUpstreamNotFound;
  Labels labels = {record.target.endpoint->name,
                   model_is_real ? std::string_view(record.target.model) : kUnserved,
                   "",
                   operation_name(exchange.surface().operation),
                   record.key != nullptr ? std::string_view(record.key->id()) : "",
                   record.key != nullptr ? std::string_view(record.key->settings.name) : "",
                   fallback_text(record.target.fallback_index),
                   "",
                   ""};
  std::ranges::copy(custom_values(exchange), std::back_inserter(labels));
  return labels;
}

Meter::RouteCells& Meter::route_cells(const Exchange& exchange, int status) {
  const bool known = exchange.route.surface != nullptr;
  const std::string_view path = known ? exchange.surface().pattern : kNoRoute;
  // The method of an unknown route is whatever the caller made up.
  const std::string_view method = known ? exchange.surface().method : kNoRoute;
  const std::string status_text = std::to_string(status);
  const Labels custom = custom_values(exchange);
  Labels all = {path, method, status_text};
  std::ranges::copy(custom, std::back_inserter(all));
  const std::string& key = joined(all, key_);
  if (const auto cells = routes_.find(key); cells != routes_.end()) return cells->second;
  if (routes_.size() >= kTargetsKept) routes_.clear();
  return routes_
      .emplace(key, RouteCells{.requests = &shard_.counter(Metric::kHttpRequests, custom,
                                                           {path, method, status_text}),
                               .duration = &shard_.histogram(Metric::kHttpRequestDuration, custom,
                                                             {path, method, status_text}),
                               .request_bytes = &shard_.histogram(Metric::kHttpRequestSize, custom,
                                                                  {path, method, status_text}),
                               .response_bytes = &shard_.histogram(
                                   Metric::kHttpResponseSize, custom, {path, method, status_text})})
      .first->second;
}

Meter::TargetCells& Meter::target_cells(const Exchange& exchange) {
  const Labels labels = served_labels(exchange);
  const std::string& key = joined(labels, key_);
  if (const auto cells = targets_.find(key); cells != targets_.end()) return cells->second;
  if (targets_.size() >= kTargetsKept) targets_.clear();
  return targets_
      .emplace(key,
               TargetCells{.successes = &shard_.counter(Metric::kSuccessRequests, labels),
                           .overhead = &shard_.histogram(Metric::kOverheadLatency, labels),
                           .retries = &shard_.histogram(Metric::kRequestRetries, labels),
                           .first_token = &shard_.histogram(Metric::kFirstTokenLatency, labels),
                           .between_events = &shard_.histogram(Metric::kInterTokenLatency, labels),
                           .input_tokens = &shard_.counter(Metric::kInputTokens, labels),
                           .output_tokens = &shard_.counter(Metric::kOutputTokens, labels)})
      .first->second;
}

Meter::AttemptCells& Meter::attempt_cells(const Labels& labels) {
  const std::string& key = joined(labels, key_);
  if (const auto cells = attempts_.find(key); cells != attempts_.end()) return cells->second;
  if (attempts_.size() >= kTargetsKept) attempts_.clear();
  return attempts_
      .emplace(key,
               AttemptCells{
                   .requests = &shard_.counter(Metric::kUpstreamRequests, labels),
                   .good_latency = &shard_.histogram(Metric::kUpstreamLatency, labels, {"true"}),
                   .bad_latency = &shard_.histogram(Metric::kUpstreamLatency, labels, {"false"}),
                   .queue_wait = &shard_.histogram(Metric::kQueueWait, {labels.front()}),
                   .key_up = nullptr})
      .first->second;
}

void Meter::request_ended(const Exchange& exchange, std::chrono::nanoseconds duration) {
  const bool gone = exchange.error && exchange.error->code == ErrorCode::kClientGone;
  const int status = gone ? exchange.error->status() : exchange.request.out.status();
  RouteCells& route = route_cells(exchange, status);
  route.requests->add();
  route.duration->observe(seconds(duration));
  route.request_bytes->observe(static_cast<double>(exchange.body_bytes));
  route.response_bytes->observe(static_cast<double>(exchange.request.out.body_bytes()));
  if (gone) {
    shard_.counter(Metric::kClientGone, {exchange.served ? "answering" : "waiting"}).add();
  }
  if (exchange.served) served(exchange, duration);
  if (exchange.error && exchange.route.surface != nullptr) failed(exchange, *exchange.error);
}

void Meter::served(const Exchange& exchange, std::chrono::nanoseconds duration) {
  TargetCells& cells = target_cells(exchange);
  const upstream::Served& served = *exchange.served;
  if (!exchange.error) cells.successes->add();
  cells.retries->observe(static_cast<double>(served.retries));
  const llm::Usage& usage = exchange.tap.usage;
  cells.input_tokens->add(static_cast<double>(usage.input_total()));
  cells.output_tokens->add(static_cast<double>(usage.output_total()));
  if (exchange.facts.stream) {
    cells.first_token->observe(seconds(served.answer->first_content_after));
  } else {
    const auto own = std::max(duration - exchange.upstream_time, std::chrono::nanoseconds(0));
    cells.overhead->observe(std::chrono::duration<double, std::micro>(own).count());
  }
}

void Meter::failed(const Exchange& exchange, const Error& error) {
  Labels labels;
  if (exchange.served) {
    labels = served_labels(exchange);
  } else {
    labels = {"", kUnserved, "", operation_name(exchange.surface().operation), "", "", "0", "", ""};
    std::ranges::copy(custom_values(exchange), std::back_inserter(labels));
  }
  const std::string status = std::to_string(error.status());
  shard_.counter(Metric::kErrorRequests, labels, {status, error_info(error.code).error_type}).add();
}

void Meter::attempt_ended(const Exchange& exchange, const upstream::AttemptRecord& record) {
  const std::string_view provider = record.target.endpoint->name;
  AttemptCells& cells = attempt_cells(attempt_labels(exchange, record));
  cells.requests->add();
  (record.error == nullptr ? cells.good_latency : cells.bad_latency)
      ->observe(seconds(record.times.taken));
  cells.queue_wait->observe(seconds(record.times.queued));
  heard_of_key(record, cells);
  if (record.error == nullptr) return;
  if (const auto phase = timeout_phase(record.error->code); !phase.empty()) {
    shard_.counter(Metric::kTimeouts, {provider, phase}).add();
  }
  if (record.rotated && record.key != nullptr) {
    shard_
        .counter(Metric::kKeyRotationEvents,
                 {provider, record.target.model, record.key->id(), record.key->settings.name,
                  rotation_reason(record.error->code)})
        .add();
  }
}

// Of the configured keys only: a caller's own one is nobody's to watch. What the provider says for
// other reasons than the key leaves its state as it is.
void Meter::heard_of_key(const upstream::AttemptRecord& record, AttemptCells& cells) {
  const auto& keys = record.target.endpoint->keys;
  const auto is_it = [&](const provider::Key& key) { return &key == record.key; };
  if (std::ranges::none_of(keys, is_it)) return;
  const bool good = record.error == nullptr;
  const bool bad = !good && (record.error->retry == Retry::kOtherKey ||
                             record.error->retry == Retry::kReplaceKey);
  if (!good && !bad) return;
  if (cells.key_up == nullptr) {
    cells.key_up = &state_.key_up(record.target.endpoint->name, *record.key);
  }
  const double up = good ? 1 : 0;
  if (cells.key_up->value() != up) cells.key_up->set(up);
}

telemetry::Histogram& Meter::between_events(const Exchange& exchange) {
  return *target_cells(exchange).between_events;
}

}  // namespace bifrost::pipeline
