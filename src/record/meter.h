// Counts what happens to requests on one worker.
//
// The cells of a route and of a target are resolved once and kept, so counting a request costs one
// look-up each, whatever the number of metrics.
#pragma once

#include "record/key_states.h"
#include "record/sink.h"
#include "telemetry/cell.h"
#include "telemetry/shard.h"

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace bifrost::record {

class Meter final : public Sink {
 public:
  // References outlive the meter. Values of `custom_labels` come from `x-bf-dim-<label>`.
  Meter(telemetry::Shard& shard, const std::vector<std::string>& custom_labels, KeyStates& keys)
      : shard_(shard),
        custom_labels_(custom_labels),
        keys_(keys),
        active_get_(shard.gauge(telemetry::Metric::kActiveRequests, {"GET"})),
        active_post_(shard.gauge(telemetry::Metric::kActiveRequests, {"POST"})),
        streams_open_(shard.gauge(telemetry::Metric::kStreamsOpen)) {}

  // For as long as a request is served.
  [[nodiscard]] telemetry::Counted active_request(std::string_view method) {
    return telemetry::Counted(method == "GET" ? active_get_ : active_post_);
  }
  void attempt_ended(const Request& request, const Attempt& attempt) override;
  void request_ended(const Request& request) override;

  void exception_escaped() { shard_.counter(telemetry::Metric::kExceptions).add(); }

  [[nodiscard]] telemetry::Gauge& open_streams() { return streams_open_; }
  void caller_retried() { shard_.counter(telemetry::Metric::kCallerRetries).add(); }
  void keep_alive_sent() { shard_.counter(telemetry::Metric::kKeepAlives).add(); }
  // The cell for the time between two pieces of content of one stream.
  telemetry::Histogram& between_events(const Request& request);

 private:
  // The values of a target's labels; views into a request.
  using Labels = std::vector<std::string_view>;

  struct RouteCells {
    telemetry::Counter* requests;
    telemetry::Histogram* duration;
    telemetry::Histogram* request_bytes;
    telemetry::Histogram* response_bytes;
  };
  struct TargetCells {
    telemetry::Counter* successes;
    telemetry::Histogram* overhead;
    telemetry::Histogram* retries;
    telemetry::Histogram* first_token;
    telemetry::Histogram* between_events;
    telemetry::Counter* input_tokens;
    telemetry::Counter* output_tokens;
  };

  struct AttemptCells {
    telemetry::Counter* requests;
    telemetry::Histogram* good_latency;
    telemetry::Histogram* bad_latency;
    telemetry::Histogram* queue_wait;
    telemetry::Gauge* key_up;  // null: not asked for yet
  };

  void add_custom_values(const Request& request, Labels& out) const;
  [[nodiscard]] Labels served_labels(const Request& request, const Service& service) const;
  [[nodiscard]] Labels attempt_labels(const Request& request, const Attempt& attempt) const;
  RouteCells& route_cells(const Request& request);
  TargetCells& target_cells(const Request& request, const Service& service);
  AttemptCells& attempt_cells(const Labels& labels);
  void heard_of_key(const Attempt& attempt, AttemptCells& cells);
  void served(const Request& request, const Service& service);
  void failed(const Request& request);

  telemetry::Shard& shard_;
  const std::vector<std::string>& custom_labels_;
  KeyStates& keys_;
  telemetry::Gauge& active_get_;
  telemetry::Gauge& active_post_;
  telemetry::Gauge& streams_open_;
  std::string key_;  // of a look-up that is under way
  std::unordered_map<std::string, RouteCells> routes_;
  std::unordered_map<std::string, TargetCells> targets_;
  std::unordered_map<std::string, AttemptCells> attempts_;
};

}  // namespace bifrost::record
