#include "record/meter.h"

#include "record/status_label.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>

namespace bifrost::record {
namespace {

using telemetry::LabelValue;
using telemetry::Metric;
using telemetry::Standing;

constexpr std::string_view kNoRoute = "unmatched";
constexpr double kDollar = 1e9;           // in nano-dollars
constexpr std::size_t kCellsKept = 1024;  // beyond, they are looked up anew

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

// One text for a set of labels, in memory that is used again. With the standing of each: as its
// value becomes more ours, a set may find room that it did not find before.
const std::string& joined(std::span<const LabelValue> labels, std::string& key) {
  std::size_t bytes = labels.size();
  for (const LabelValue& label : labels) bytes += label.text.size();
  key.resize(bytes);
  char* end = key.data();
  for (const LabelValue& label : labels) {
    end += label.text.copy(end, label.text.size());
    *end++ = static_cast<char>(label.standing);
  }
  return key;
}

template <class Cells>
Cells& kept(std::unordered_map<std::string, Cells>& all, const std::string& key) {
  if (const auto found = all.find(key); found != all.end()) return found->second;
  if (all.size() >= kCellsKept) all.clear();
  return all[key];
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

// Why it mattered who asked; empty: it did not. What it is told by are words of this program's.
std::string_view access_reason(const Error& error) {
  if (error.origin != Origin::kClient) return {};
  if (error.upstream_type == "virtual_key_required") return "no_credential";
  if (error.upstream_type == "access_not_found") return "unknown_credential";
  if (error.upstream_type == "access_blocked") return "blocked_credential";
  return error.code == ErrorCode::kUnauthenticated ? "operator" : "";
}

}  // namespace

void Meter::label_served(const Request& request, const Service& service) {
  const bool aliased = service.model_name != service.model;
  labels_.assign({service.provider, models_.served(service.provider, service.model),
                  aliased ? models_.served(service.provider, service.model_name) : LabelValue(""),
                  request.operation, service.key_id, service.key_name,
                  fallback_text(service.fallback_index)});
  append_caller(request);
  custom_labels_.append_values(*request.headers, labels_);
}

void Meter::label_unserved(const Request& request) {
  labels_.assign({"", "", "", request.operation, "", "", fallback_text(0)});
  append_caller(request);
  custom_labels_.append_values(*request.headers, labels_);
}

void Meter::label_attempt(const Request& request, const Attempt& attempt) {
  labels_.assign({attempt.provider, model_of(attempt), "", request.operation, attempt.key_id,
                  attempt.key_name, fallback_text(attempt.fallback_index)});
  append_caller(request);
  custom_labels_.append_values(*request.headers, labels_);
}

// There may be many of them, so they leave room for what this program says.
void Meter::append_caller(const Request& request) {
  static const ModelCall kNone;
  const ModelCall& call = request.call != nullptr ? *request.call : kNone;
  const auto add = [&](std::string_view text) {
    labels_.emplace_back(text, text.empty() ? Standing::kOurs : Standing::kListed);
  };
  add(call.caller.virtual_key_id);
  add(call.caller.virtual_key_name);
  labels_.emplace_back(call.routing_engine);
  add(call.rule_id);
  add(call.rule_name);
  add(call.caller.team_id);
  add(call.caller.team_name);
  add(call.caller.customer_id);
  add(call.caller.customer_name);
}

std::span<const LabelValue> Meter::without_caller() {
  targets_only_.assign(labels_.begin(), labels_.end());
  const auto first =
      targets_only_.begin() + static_cast<std::ptrdiff_t>(telemetry::kFirstCallerLabel);
  const auto end =
      targets_only_.begin() + static_cast<std::ptrdiff_t>(std::size(telemetry::kTargetLabels));
  std::fill(first, end, LabelValue(""));
  return targets_only_;
}

LabelValue Meter::model_of(const Attempt& attempt) {
  if (attempt.error == nullptr) return models_.served(attempt.provider, attempt.model);
  return attempt.error->code == ErrorCode::kUpstreamNotFound
             ? models_.unknown(attempt.provider, attempt.model)
             : models_.tried(attempt.provider, attempt.model);
}

telemetry::Counter& Meter::counter(telemetry::Counter*& kept, Metric metric) {
  if (kept == nullptr) kept = &shard_.counter(metric, labels_);
  return *kept;
}

telemetry::Histogram& Meter::histogram(telemetry::Histogram*& kept, Metric metric,
                                       std::initializer_list<LabelValue> own) {
  if (kept == nullptr) kept = &shard_.histogram(metric, without_caller(), own);
  return *kept;
}

Meter::RouteCells& Meter::route_cells(const Request& request) {
  const bool known = !request.pattern.empty();
  // What an unknown route is called, and its method, the caller made up.
  const LabelValue path = known ? request.pattern : kNoRoute;
  const LabelValue method = known ? request.route_method : kNoRoute;
  const StatusLabel status(request.status);
  labels_.assign({path, method, status.value()});
  custom_labels_.append_values(*request.headers, labels_);
  RouteCells& cells = kept(routes_, joined(labels_, key_));
  if (cells.requests != nullptr) return cells;
  const std::span custom = std::span(labels_).subspan(3);
  const auto histogram_of = [&](Metric metric) {
    return &shard_.histogram(metric, custom, {path, method, status.value()});
  };
  cells = {
      .requests = &shard_.counter(Metric::kHttpRequests, custom, {path, method, status.value()}),
      .duration = histogram_of(Metric::kHttpRequestDuration),
      .request_bytes = histogram_of(Metric::kHttpRequestSize),
      .response_bytes = histogram_of(Metric::kHttpResponseSize)};
  return cells;
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
  label_served(request, service);
  TargetCells& cells = kept(targets_, joined(labels_, key_));
  if (request.error == nullptr) counter(cells.successes, Metric::kSuccessRequests).add();
  histogram(cells.retries, Metric::kRequestRetries).observe(static_cast<double>(service.retries));
  counter(cells.input_tokens, Metric::kInputTokens)
      .add(static_cast<double>(service.usage.input_total()));
  counter(cells.output_tokens, Metric::kOutputTokens)
      .add(static_cast<double>(service.usage.output_total()));
  if (service.nano_dollars) {
    counter(cells.cost, Metric::kCost).add(static_cast<double>(*service.nano_dollars) / kDollar);
  } else {
    counter(cells.unpriced, Metric::kUnpricedRequests).add();
  }
  if (request.call->stream) {
    histogram(cells.first_token, Metric::kFirstTokenLatency)
        .observe(seconds(service.first_content_after));
  } else {
    const auto own =
        std::max(request.duration - request.call->upstream_time, std::chrono::nanoseconds(0));
    histogram(cells.overhead, Metric::kOverheadLatency)
        .observe(std::chrono::duration<double, std::micro>(own).count());
  }
}

void Meter::failed(const Request& request) {
  if (const std::string_view reason = access_reason(*request.error); !reason.empty()) {
    shard_.counter(Metric::kAccessRefused, {reason}).add();
  }
  if (const Service* service = request.service()) {
    label_served(request, *service);
  } else {
    label_unserved(request);
  }
  const StatusLabel status(request.error->status());
  shard_
      .counter(Metric::kErrorRequests, labels_,
               {status.value(), error_info(request.error->code).error_type})
      .add();
}

void Meter::attempt_ended(const Request& request, const Attempt& attempt) {
  label_attempt(request, attempt);
  AttemptCells& cells = kept(attempts_, joined(labels_, key_));
  if (!attempt.is_ours()) counter(cells.requests, Metric::kUpstreamRequests).add();
  if (attempt.error == nullptr) {
    histogram(cells.good_latency, Metric::kUpstreamLatency, {"true"})
        .observe(seconds(attempt.taken));
  } else if (attempt.error->origin != Origin::kGateway) {
    histogram(cells.bad_latency, Metric::kUpstreamLatency, {"false"})
        .observe(seconds(attempt.taken));
  }
  if (cells.queue_wait == nullptr) {
    cells.queue_wait = &shard_.histogram(Metric::kQueueWait, {attempt.provider});
  }
  cells.queue_wait->observe(seconds(attempt.queued));
  heard_of_key(attempt, cells);
  if (attempt.error != nullptr) attempt_failed(attempt);
}

void Meter::attempt_failed(const Attempt& attempt) {
  if (const auto phase = timeout_phase(attempt.error->code); !phase.empty()) {
    shard_.counter(Metric::kTimeouts, {attempt.provider, phase}).add();
  }
  if (attempt.denied) {
    shard_.counter(Metric::kRetriesDenied, {attempt.provider, name_of(*attempt.denied)}).add();
  }
  if (attempt.rotated && !attempt.key_id.empty()) {
    shard_
        .counter(Metric::kKeyRotationEvents,
                 {attempt.provider, model_of(attempt), attempt.key_id, attempt.key_name,
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

void Meter::stream_at_limit(bool stopped) {
  shard_.counter(Metric::kStreamsAtLimit, {stopped ? "stopped" : "finished"}).add();
}

void Meter::overshot(std::int64_t tokens, std::int64_t nano_dollars) {
  if (tokens > 0) {
    shard_.counter(Metric::kOvershootTokens).add(static_cast<double>(tokens));
  }
  if (nano_dollars > 0) {
    shard_.counter(Metric::kOvershootDollars).add(static_cast<double>(nano_dollars) / kDollar);
  }
}

telemetry::Histogram& Meter::between_events(const Request& request) {
  label_served(request, *request.service());
  TargetCells& cells = kept(targets_, joined(labels_, key_));
  return histogram(cells.between_events, Metric::kInterTokenLatency);
}

}  // namespace bifrost::record
