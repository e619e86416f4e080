// Counts what happens to requests on one worker.
//
// The cells of a route and of a target are resolved once and kept under what is published of them,
// so counting a request costs one look-up each, whatever the number of metrics, and what callers
// make up takes no more memory than the labels that it is given.
#pragma once

#include "record/custom_labels.h"
#include "record/key_states.h"
#include "record/model_names.h"
#include "record/sink.h"
#include "telemetry/cell.h"
#include "telemetry/shard.h"

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace bifrost::record {

class Meter final : public Sink {
 public:
  // References outlive the meter; `custom_labels` are those of the shard.
  Meter(telemetry::Shard& shard, std::span<const std::string> custom_labels, KeyStates& keys)
      : shard_(shard),
        custom_labels_(custom_labels),
        keys_(keys),
        active_get_(shard.gauge(telemetry::Metric::kActiveRequests, {"GET"})),
        active_post_(shard.gauge(telemetry::Metric::kActiveRequests, {"POST"})),
        streams_open_(shard.gauge(telemetry::Metric::kStreamsOpen)) {}

  // Of all providers: their names of models are labels from now on.
  void configure(std::span<const ConfiguredModels> providers) { models_.configure(providers); }

  // For as long as a request is served.
  [[nodiscard]] telemetry::Counted active_request(std::string_view method) {
    return telemetry::Counted(method == "GET" ? active_get_ : active_post_);
  }
  void attempt_ended(const Request& request, const Attempt& attempt) override;
  void request_ended(const Request& request) override;

  void exception_escaped() { shard_.counter(telemetry::Metric::kExceptions).add(); }

  [[nodiscard]] telemetry::Gauge& open_streams() { return streams_open_; }
  void caller_retried() { shard_.counter(telemetry::Metric::kCallerRetries).add(); }
  // A limit has no more for a stream that needs more.
  void stream_at_limit(bool stopped);
  // By how much such a stream was beyond it at its end.
  void overshot(std::int64_t tokens, std::int64_t nano_dollars);
  void keep_alive_sent() { shard_.counter(telemetry::Metric::kKeepAlives).add(); }
  // The cell for the time between two pieces of content of one stream.
  telemetry::Histogram& between_events(const Request& request);

 private:
  using Labels = std::vector<telemetry::LabelValue>;

  struct RouteCells {
    telemetry::Counter* requests = nullptr;
    telemetry::Histogram* duration = nullptr;
    telemetry::Histogram* request_bytes = nullptr;
    telemetry::Histogram* response_bytes = nullptr;
  };
  // Each is made when it is needed first: a histogram that nobody fills is twenty lines of each
  // scrape.
  struct TargetCells {
    telemetry::Counter* successes = nullptr;
    telemetry::Histogram* overhead = nullptr;
    telemetry::Histogram* retries = nullptr;
    telemetry::Histogram* first_token = nullptr;
    telemetry::Histogram* between_events = nullptr;
    telemetry::Counter* input_tokens = nullptr;
    telemetry::Counter* output_tokens = nullptr;
    telemetry::Counter* cost = nullptr;
    telemetry::Counter* unpriced = nullptr;
  };
  struct AttemptCells {
    telemetry::Counter* requests = nullptr;
    telemetry::Histogram* good_latency = nullptr;
    telemetry::Histogram* bad_latency = nullptr;
    telemetry::Histogram* queue_wait = nullptr;
    telemetry::Gauge* key_up = nullptr;
  };

  // These set labels_. Those of callers are in counters only.
  void label_served(const Request& request, const Service& service);
  void label_unserved(const Request& request);
  void label_attempt(const Request& request, const Attempt& attempt);
  void append_caller(const Request& request);
  [[nodiscard]] std::span<const telemetry::LabelValue> without_caller();
  [[nodiscard]] telemetry::LabelValue model_of(const Attempt& attempt);

  // Cells of labels_, from `kept` or for it.
  telemetry::Counter& counter(telemetry::Counter*& kept, telemetry::Metric metric);
  telemetry::Histogram& histogram(telemetry::Histogram*& kept, telemetry::Metric metric,
                                  std::initializer_list<telemetry::LabelValue> own = {});

  RouteCells& route_cells(const Request& request);
  void heard_of_key(const Attempt& attempt, AttemptCells& cells);
  void served(const Request& request, const Service& service);
  void failed(const Request& request);
  void attempt_failed(const Attempt& attempt);

  telemetry::Shard& shard_;
  CustomLabels custom_labels_;
  ModelNames models_;
  KeyStates& keys_;
  telemetry::Gauge& active_get_;
  telemetry::Gauge& active_post_;
  telemetry::Gauge& streams_open_;
  Labels labels_;        // of what is being counted
  Labels targets_only_;  // the same, whoever called
  std::string key_;      // of the look-up for it
  std::unordered_map<std::string, RouteCells> routes_;
  std::unordered_map<std::string, TargetCells> targets_;
  std::unordered_map<std::string, AttemptCells> attempts_;
};

}  // namespace bifrost::record
