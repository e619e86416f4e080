// Every metric that exists, in one table: its name, type, help, labels and buckets.
//
// The exposition, the bounds of a shard and the reference page are all derived from the rows. A
// new metric is one enumerator and one row, at the same place of both lists.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::telemetry {

enum class Metric : std::uint8_t {
  // Requests of callers.
  kHttpRequests,
  kHttpRequestDuration,
  kHttpRequestSize,
  kHttpResponseSize,
  // Calls of models.
  kUpstreamRequests,
  kSuccessRequests,
  kErrorRequests,
  kUpstreamLatency,
  kOverheadLatency,
  kInputTokens,
  kOutputTokens,
  kCost,
  kUnpricedRequests,
  kStreamsAtLimit,
  kOvershootTokens,
  kOvershootDollars,
  kRequestRetries,
  kFirstTokenLatency,
  kInterTokenLatency,
  kActiveRequests,
  kKeyRotationEvents,
  kRetriesDenied,
  kCallerRetries,
  kProviderKeyUp,
  // Queues, waits and connections.
  kQueueWait,
  kQueueLength,
  kInFlight,
  kTimeouts,
  kClientGone,
  kKeepAlives,
  kStreamsOpen,
  kConnections,
  kDnsLookup,
  kDnsStale,
  // What is short, and who was sent away for it.
  kRequestMemory,
  kRequestMemoryLimit,
  kOverloadPressure,
  kOverloadAction,
  kRefused,
  kAccessRefused,
  // The ledger.
  kLedgerWaiting,
  kLedgerLag,
  kLedgerLost,
  kStoreUp,
  kPriceSheetTime,
  // The gateway itself.
  kExceptions,
  kConfigReloads,
  kLabelSetsDropped,
  kLogLinesDropped,
  kBuildInfo,
  kProcessCpuSeconds,
  kProcessResidentMemory,
  kProcessOpenFds,
  kProcessStartTime,
  kCount,  // number of metrics, not a metric
};

inline constexpr std::size_t kMetricCount = static_cast<std::size_t>(Metric::kCount);

enum class Type : std::uint8_t { kCounter, kGauge, kHistogram };
enum class Unit : std::uint8_t { kNone, kSeconds, kMicroseconds, kBytes };

// Labels that stand before a metric's own ones. They are the same for many metrics, so that the
// caller keeps their values in one list, made once per target.
enum class Prefix : std::uint8_t {
  kNone,
  kCustom,  // the configured labels only
  kTarget,  // kTargetLabels, then the configured labels
};

// Who was called, with what and on whose behalf: the order of the values in a kTarget prefix.
inline constexpr std::string_view kTargetLabels[] = {"provider",
                                                     "model",
                                                     "alias",
                                                     "method",
                                                     "selected_key_id",
                                                     "selected_key_name",
                                                     "fallback_index",
                                                     "virtual_key_id",
                                                     "virtual_key_name",
                                                     "routing_engine_used",
                                                     "routing_rule_id",
                                                     "routing_rule_name",
                                                     "team_id",
                                                     "team_name",
                                                     "customer_id",
                                                     "customer_name"};
// The first of them that says on whose behalf. Histograms leave these empty: each of their label
// sets is twenty lines of an exposition.
inline constexpr std::size_t kFirstCallerLabel = 7;

struct MetricInfo {
  Metric id;
  std::string_view name;
  Type type;
  Unit unit = Unit::kNone;
  Prefix prefix = Prefix::kNone;
  std::span<const std::string_view> labels;  // its own ones
  std::span<const double> buckets;           // upper bounds, ascending, without +Inf
  std::string_view help;
};

std::span<const MetricInfo> metric_table();  // in the order of Metric
const MetricInfo& metric_info(Metric metric);

// Who decides about the values of a label, and how many there can be.
struct LabelInfo {
  std::string_view name;
  std::string_view source;
  std::string bound;  // with the numbers in force
};

// A row for each label of the metrics, and one for the configured ones.
std::vector<LabelInfo> label_table();
inline constexpr std::string_view kCustomLabels = "*custom*";  // the name of that row

// The tables as a page of Markdown.
std::string metrics_reference();

}  // namespace bifrost::telemetry
