#include "record/meter.h"

#include <algorithm>
#include <array>

namespace bifrost::record {
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
    case ErrorCode::kUpstreamNoToken:
      return "authentication_error";
    case ErrorCode::kUpstreamBilling:
      return "billing_error";
    default:
      return "rate_limit_error";
  }
}

}  // namespace

void Meter::add_custom_values(const Request& request, Labels& out) const {
  std::string name;
  for (const std::string& label : custom_labels_) {
    // A label has underscores where a header has dashes.
    name = "x-bf-dim-" + label;
    auto value = request.headers->find(name);
    if (!value) {
      std::ranges::replace(name, '_', '-');
      value = request.headers->find(name);
    }
    out.push_back(value.value_or(""));
  }
}

Meter::Labels Meter::served_labels(const Request& request, const Service& service) const {
  const bool aliased = service.model_name != service.model;
  Labels labels = {service.provider,
                   service.model,
                   aliased ? service.model_name : std::string_view(),
                   request.operation,
                   service.key_id,
                   service.key_name,
                   fallback_text(service.fallback_index),
                   "",
                   ""};
  add_custom_values(request, labels);
  return labels;
}

Meter::Labels Meter::attempt_labels(const Request& request, const Attempt& attempt) const {
  // A failed attempt may be for a model that does not exist: its name is the caller's invention.
  const bool model_is_real =
      attempt.error == nullptr || attempt.error->code != ErrorCode::kUpstreamNotFound;
  Labels labels = {attempt.provider,
                   model_is_real ? attempt.model : kUnserved,
                   "",
                   request.operation,
                   attempt.key_id,
                   attempt.key_name,
                   fallback_text(attempt.fallback_index),
                   "",
                   ""};
  add_custom_values(request, labels);
  return labels;
}

Meter::RouteCells& Meter::route_cells(const Request& request) {
  const bool known = !request.pattern.empty();
  const std::string_view path = known ? request.pattern : kNoRoute;
  // The method of an unknown route is whatever the caller made up.
  const std::string_view method = known ? request.route_method : kNoRoute;
  const std::string status = std::to_string(request.status);
  Labels custom;
  add_custom_values(request, custom);
  Labels all = {path, method, status};
  std::ranges::copy(custom, std::back_inserter(all));
  const std::string& key = joined(all, key_);
  if (const auto cells = routes_.find(key); cells != routes_.end()) return cells->second;
  if (routes_.size() >= kTargetsKept) routes_.clear();
  const auto histogram = [&](Metric metric) {
    return &shard_.histogram(metric, custom, {path, method, status});
  };
  return routes_
      .emplace(key, RouteCells{.requests = &shard_.counter(Metric::kHttpRequests, custom,
                                                           {path, method, status}),
                               .duration = histogram(Metric::kHttpRequestDuration),
                               .request_bytes = histogram(Metric::kHttpRequestSize),
                               .response_bytes = histogram(Metric::kHttpResponseSize)})
      .first->second;
}

Meter::TargetCells& Meter::target_cells(const Request& request, const Service& service) {
  const Labels labels = served_labels(request, service);
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

void Meter::request_ended(const Request& request) {
  RouteCells& route = route_cells(request);
  route.requests->add();
  route.duration->observe(seconds(request.duration));
  route.request_bytes->observe(static_cast<double>(request.request_bytes));
  route.response_bytes->observe(static_cast<double>(request.response_bytes));
  const Service* service = request.service();
  if (request.error != nullptr && request.error->code == ErrorCode::kClientGone) {
    shard_.counter(Metric::kClientGone, {service != nullptr ? "answering" : "waiting"}).add();
  }
  if (service != nullptr) served(request, *service);
  if (request.error != nullptr && !request.pattern.empty()) failed(request);
}

void Meter::served(const Request& request, const Service& service) {
  TargetCells& cells = target_cells(request, service);
  if (request.error == nullptr) cells.successes->add();
  cells.retries->observe(static_cast<double>(service.retries));
  cells.input_tokens->add(static_cast<double>(service.usage.input_total()));
  cells.output_tokens->add(static_cast<double>(service.usage.output_total()));
  if (request.call->stream) {
    cells.first_token->observe(seconds(service.first_content_after));
  } else {
    const auto own =
        std::max(request.duration - request.call->upstream_time, std::chrono::nanoseconds(0));
    cells.overhead->observe(std::chrono::duration<double, std::micro>(own).count());
  }
}

void Meter::failed(const Request& request) {
  Labels labels;
  if (const Service* service = request.service()) {
    labels = served_labels(request, *service);
  } else {
    labels = {"", kUnserved, "", request.operation, "", "", "0", "", ""};
    add_custom_values(request, labels);
  }
  const std::string status = std::to_string(request.error->status());
  const std::string_view type = error_info(request.error->code).error_type;
  shard_.counter(Metric::kErrorRequests, labels, {status, type}).add();
}

void Meter::attempt_ended(const Request& request, const Attempt& attempt) {
  AttemptCells& cells = attempt_cells(attempt_labels(request, attempt));
  cells.requests->add();
  (attempt.error == nullptr ? cells.good_latency : cells.bad_latency)
      ->observe(seconds(attempt.taken));
  cells.queue_wait->observe(seconds(attempt.queued));
  heard_of_key(attempt, cells);
  if (attempt.error == nullptr) return;
  if (const auto phase = timeout_phase(attempt.error->code); !phase.empty()) {
    shard_.counter(Metric::kTimeouts, {attempt.provider, phase}).add();
  }
  if (attempt.denied) {
    shard_.counter(Metric::kRetriesDenied, {attempt.provider, name_of(*attempt.denied)}).add();
  }
  if (attempt.rotated && !attempt.key_id.empty()) {
    shard_
        .counter(Metric::kKeyRotationEvents,
                 {attempt.provider, attempt.model, attempt.key_id, attempt.key_name,
                  rotation_reason(attempt.error->code)})
        .add();
  }
}

// Of the configured keys only: a caller's own one is nobody's to watch. What the provider says for
// other reasons than the key leaves its state as it is.
void Meter::heard_of_key(const Attempt& attempt, AttemptCells& cells) {
  if (!attempt.key_is_configured) return;
  const bool good = attempt.error == nullptr;
  const bool bad = !good && (attempt.error->retry == Retry::kOtherKey ||
                             attempt.error->retry == Retry::kReplaceKey);
  if (!good && !bad) return;
  if (cells.key_up == nullptr) {
    cells.key_up = &keys_.of(attempt.provider, attempt.key_id, attempt.key_name);
  }
  const double up = good ? 1 : 0;
  if (cells.key_up->value() != up) cells.key_up->set(up);
}

telemetry::Histogram& Meter::between_events(const Request& request) {
  return *target_cells(request, *request.service()).between_events;
}

}  // namespace bifrost::record
