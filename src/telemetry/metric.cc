#include "telemetry/metric.h"

#include <algorithm>
#include <array>

namespace bifrost::telemetry {
namespace {

using enum Metric;
using enum Type;

constexpr std::string_view kHttpLabels[] = {"path", "method", "status"};
constexpr std::string_view kErrorLabels[] = {"status_code", "error_type"};
constexpr std::string_view kIsSuccess[] = {"is_success"};
constexpr std::string_view kMethod[] = {"method"};
constexpr std::string_view kProvider[] = {"provider"};
constexpr std::string_view kProviderPhase[] = {"provider", "phase"};
constexpr std::string_view kProviderBudget[] = {"provider", "budget"};
constexpr std::string_view kPhase[] = {"phase"};
constexpr std::string_view kKind[] = {"kind"};
constexpr std::string_view kResult[] = {"result"};
constexpr std::string_view kOutcome[] = {"outcome"};
constexpr std::string_view kMonitor[] = {"monitor"};
constexpr std::string_view kAction[] = {"action"};
constexpr std::string_view kReason[] = {"reason"};
constexpr std::string_view kStore[] = {"store"};
constexpr std::string_view kMetricName[] = {"metric"};
constexpr std::string_view kKey[] = {"provider", "key_id", "key_name"};
constexpr std::string_view kRotation[] = {"provider", "requested_model", "key_id", "key_name",
                                          "fail_reason"};
constexpr std::string_view kBuild[] = {"version", "compiler"};

// A model's answer takes between tens of milliseconds and minutes.
constexpr double kAnswerSeconds[] = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1,
                                     2.5,   5,    10,    30,   60,  120,  300, 600};
constexpr double kFirstTokenSeconds[] = {0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5,
                                         2,    3,   5,   10,   20,  30,   60};
constexpr double kInterTokenSeconds[] = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                         0.25,  0.5,    1,     2.5,  5,     10,   30};
constexpr double kQueueSeconds[] = {0.0001, 0.001, 0.005, 0.01, 0.05, 0.1, 0.25,
                                    0.5,    1,     2.5,   5,    10,   30,  60};
constexpr double kLookUpSeconds[] = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                     0.1,   0.25,   0.5,   1,    2.5,   5};
constexpr double kOverheadMicroseconds[] = {10,   25,   50,   100,   250,   500,
                                            1000, 2500, 5000, 10000, 50000, 250000};
constexpr double kSizeBytes[] = {256,    1024,    4096,    16384,    65536,
                                 262144, 1048576, 4194304, 16777216, 67108864};
constexpr double kRetries[] = {0, 1, 2, 3, 5, 10};

constexpr auto kTable = std::to_array<MetricInfo>({
    {.id = kHttpRequests,
     .name = "http_requests_total",
     .type = kCounter,
     .prefix = Prefix::kCustom,
     .labels = kHttpLabels,
     .help = "HTTP requests that were answered, by route template."},
    {.id = kHttpRequestDuration,
     .name = "http_request_duration_seconds",
     .type = kHistogram,
     .unit = Unit::kSeconds,
     .prefix = Prefix::kCustom,
     .labels = kHttpLabels,
     .buckets = kAnswerSeconds,
     .help = "Time from the head of a request to the last byte of its answer."},
    {.id = kHttpRequestSize,
     .name = "http_request_size_bytes",
     .type = kHistogram,
     .unit = Unit::kBytes,
     .prefix = Prefix::kCustom,
     .labels = kHttpLabels,
     .buckets = kSizeBytes,
     .help = "Size of request bodies."},
    {.id = kHttpResponseSize,
     .name = "http_response_size_bytes",
     .type = kHistogram,
     .unit = Unit::kBytes,
     .prefix = Prefix::kCustom,
     .labels = kHttpLabels,
     .buckets = kSizeBytes,
     .help = "Size of response bodies."},
    {.id = kUpstreamRequests,
     .name = "bifrost_upstream_requests_total",
     .type = kCounter,
     .prefix = Prefix::kTarget,
     .help = "Requests that were sent to a provider, retries included; also those that could not "
             "reach it, unless it was the gateway that had no place, socket or memory."},
    {.id = kSuccessRequests,
     .name = "bifrost_success_requests_total",
     .type = kCounter,
     .prefix = Prefix::kTarget,
     .help = "Requests that a provider answered well."},
    {.id = kErrorRequests,
     .name = "bifrost_error_requests_total",
     .type = kCounter,
     .prefix = Prefix::kTarget,
     .labels = kErrorLabels,
     .help = "Requests that failed."},
    {.id = kUpstreamLatency,
     .name = "bifrost_upstream_latency_seconds",
     .type = kHistogram,
     .unit = Unit::kSeconds,
     .prefix = Prefix::kTarget,
     .labels = kIsSuccess,
     .buckets = kAnswerSeconds,
     .help = "Time that a provider took for its answer, or to fail. What failed for want of "
             "something of the gateway's is not in it."},
    {.id = kOverheadLatency,
     .name = "bifrost_overhead_latency_microseconds",
     .type = kHistogram,
     .unit = Unit::kMicroseconds,
     .prefix = Prefix::kTarget,
     .buckets = kOverheadMicroseconds,
     .help = "Time that the gateway itself added to a request."},
    {.id = kInputTokens,
     .name = "bifrost_input_tokens_total",
     .type = kCounter,
     .prefix = Prefix::kTarget,
     .help = "Input tokens, as the provider counted them."},
    {.id = kOutputTokens,
     .name = "bifrost_output_tokens_total",
     .type = kCounter,
     .prefix = Prefix::kTarget,
     .help = "Output tokens, as the provider counted them."},
    {.id = kCost,
     .name = "bifrost_cost_total",
     .type = kCounter,
     .prefix = Prefix::kTarget,
     .help = "Dollars that answers have cost, by the price sheet."},
    {.id = kUnpricedRequests,
     .name = "bifrost_unpriced_requests_total",
     .type = kCounter,
     .prefix = Prefix::kTarget,
     .help = "Answers of models that the price sheet does not know: no budget counts them."},
    {.id = kStreamsAtLimit,
     .name = "bifrost_streams_at_limit_total",
     .type = kCounter,
     .labels = kOutcome,
     .help = "Streams that used more than they were expected to when a limit had no more for them, "
             "by what became of them: `finished` or `stopped` (`client.on_limit_reached`)."},
    {.id = kOvershootTokens,
     .name = "bifrost_limit_overshoot_tokens_total",
     .type = kCounter,
     .help = "Tokens that streams used beyond what a limit had for them."},
    {.id = kOvershootDollars,
     .name = "bifrost_limit_overshoot_dollars_total",
     .type = kCounter,
     .help = "Dollars that streams used beyond what a limit had for them."},
    {.id = kRequestRetries,
     .name = "bifrost_request_retries",
     .type = kHistogram,
     .prefix = Prefix::kTarget,
     .buckets = kRetries,
     .help = "Retries that a request needed on its target."},
    {.id = kFirstTokenLatency,
     .name = "bifrost_stream_first_token_latency_seconds",
     .type = kHistogram,
     .unit = Unit::kSeconds,
     .prefix = Prefix::kTarget,
     .buckets = kFirstTokenSeconds,
     .help = "Time from sending a request to the first content of its stream."},
    {.id = kInterTokenLatency,
     .name = "bifrost_stream_inter_token_latency_seconds",
     .type = kHistogram,
     .unit = Unit::kSeconds,
     .prefix = Prefix::kTarget,
     .buckets = kInterTokenSeconds,
     .help = "Time between two pieces of content of a stream."},
    {.id = kActiveRequests,
     .name = "bifrost_active_requests",
     .type = kGauge,
     .labels = kMethod,
     .help = "Requests that are being served."},
    {.id = kKeyRotationEvents,
     .name = "bifrost_key_rotation_events_total",
     .type = kCounter,
     .labels = kRotation,
     .help = "Changes to another key of the same provider, by why the key was left."},
    {.id = kRetriesDenied,
     .name = "bifrost_retries_denied_total",
     .type = kCounter,
     .labels = kProviderBudget,
     .help = "Failed calls after which a retry or a fallback would have followed, but a budget was "
             "spent: attempts or time of the request, retries of the provider key or of the "
             "caller."},
    {.id = kCallerRetries,
     .name = "bifrost_caller_retries_total",
     .type = kCounter,
     .help = "Requests that say they repeat an earlier one, as SDKs do that retry by themselves."},
    {.id = kProviderKeyUp,
     .name = "bifrost_provider_key_up",
     .type = kGauge,
     .labels = kKey,
     .help = "0 after a call that the provider refused or limited because of this key, 1 after a "
             "good one."},
    {.id = kQueueWait,
     .name = "bifrost_queue_wait_seconds",
     .type = kHistogram,
     .unit = Unit::kSeconds,
     .labels = kProvider,
     .buckets = kQueueSeconds,
     .help = "Time that a request waited for a place at its provider."},
    {.id = kQueueLength,
     .name = "bifrost_queue_length",
     .type = kGauge,
     .labels = kProvider,
     .help = "Requests that wait for a place at the provider."},
    {.id = kInFlight,
     .name = "bifrost_in_flight",
     .type = kGauge,
     .labels = kProvider,
     .help = "Requests that hold a place at the provider."},
    {.id = kTimeouts,
     .name = "bifrost_timeouts_total",
     .type = kCounter,
     .labels = kProviderPhase,
     .help = "Requests that a provider let run into a deadline, by the phase it was in."},
    {.id = kClientGone,
     .name = "bifrost_client_gone_total",
     .type = kCounter,
     .labels = kPhase,
     .help = "Callers that left before their answer was complete, by the phase it was in."},
    {.id = kKeepAlives,
     .name = "bifrost_keep_alives_total",
     .type = kCounter,
     .help = "Comments written into quiet streams so that nobody in between closes them."},
    {.id = kStreamsOpen,
     .name = "bifrost_streams_open",
     .type = kGauge,
     .help = "Streams that are being written to callers."},
    {.id = kConnections,
     .name = "bifrost_connections",
     .type = kGauge,
     .labels = kKind,
     .help = "Open connections, of callers and to providers."},
    {.id = kDnsLookup,
     .name = "bifrost_dns_lookup_seconds",
     .type = kHistogram,
     .unit = Unit::kSeconds,
     .labels = kResult,
     .buckets = kLookUpSeconds,
     .help = "Time that a question for the address of a name took; answers from memory are none. "
             "Results: found, no_such_name, failed, timeout, shortage (of the gateway's own "
             "descriptors or memory)."},
    {.id = kDnsStale,
     .name = "bifrost_dns_stale_answers_total",
     .type = kCounter,
     .help = "Connections that were begun with addresses whose time was over, because no DNS "
             "server gave new ones."},
    {.id = kRequestMemory,
     .name = "bifrost_request_memory_bytes",
     .type = kGauge,
     .unit = Unit::kBytes,
     .help = "Memory that requests hold: bodies, what is decoded of them, what is sent to "
             "providers, and whole answers."},
    {.id = kRequestMemoryLimit,
     .name = "bifrost_request_memory_limit_bytes",
     .type = kGauge,
     .unit = Unit::kBytes,
     .help = "Memory that requests may hold, by server.overload."},
    {.id = kOverloadPressure,
     .name = "bifrost_overload_pressure",
     .type = kGauge,
     .labels = kMonitor,
     .help = "How short the gateway is, from 0 (plenty) to 1 (nothing left), of: memory, "
             "descriptors, loop_lag (time), queues (places at providers), connections."},
    {.id = kOverloadAction,
     .name = "bifrost_overload_action",
     .type = kGauge,
     .labels = kAction,
     .help = "How much of an action is taken because of that, from 0 to 1: stop_keep_alive, "
             "refuse_large_bodies, close_idle, refuse_low_priority, refuse (a share of the "
             "requests)."},
    {.id = kRefused,
     .name = "bifrost_refused_total",
     .type = kCounter,
     .labels = kReason,
     .help = "Requests and connections that were refused because the gateway is short of "
             "something, by reason."},
    {.id = kAccessRefused,
     .name = "bifrost_access_refused_total",
     .type = kCounter,
     .labels = kReason,
     .help = "Requests that were refused for who asked: no_credential (none, and one is demanded), "
             "unknown_credential (nobody has it), blocked_credential (it is not active or has "
             "expired), operator (of the management API)."},
    {.id = kLedgerWaiting,
     .name = "bifrost_ledger_waiting_records",
     .type = kGauge,
     .help = "Requests that have ended and whose usage is in a journal, but not in the database "
             "yet."},
    {.id = kLedgerLag,
     .name = "bifrost_ledger_lag_seconds",
     .type = kGauge,
     .unit = Unit::kSeconds,
     .help = "How long the oldest of them had waited when they were last written, or tried to be."},
    {.id = kLedgerLost,
     .name = "bifrost_ledger_lost_total",
     .type = kCounter,
     .help = "Requests whose usage is written nowhere, because the journal was full."},
    {.id = kStoreUp,
     .name = "bifrost_store_up",
     .type = kGauge,
     .labels = kStore,
     .help = "1 while what is kept beyond the process can be written, as far as is known, else 0: "
             "config_store (changes through the API), ledger (usage)."},
    {.id = kPriceSheetTime,
     .name = "bifrost_price_sheet_timestamp_seconds",
     .type = kGauge,
     .unit = Unit::kSeconds,
     .help =
         "When the price sheet that is in force was fetched, in seconds since 1970: subtract it "
         "from time() for its age. 0 while it is the one of the program."},
    {.id = kExceptions,
     .name = "bifrost_exceptions_total",
     .type = kCounter,
     .help = "Requests that ended with an exception inside the gateway: a bug, or no memory. They "
             "are not in http_requests_total."},
    {.id = kConfigReloads,
     .name = "bifrost_config_reloads_total",
     .type = kCounter,
     .labels = kResult,
     .help = "Attempts to load the configuration again."},
    {.id = kLabelSetsDropped,
     .name = "bifrost_metric_label_sets_dropped_total",
     .type = kCounter,
     .labels = kMetricName,
     .help = "Label sets that were not kept because a metric had too many; they are counted "
             "under the label value _overflow."},
    {.id = kLogLinesDropped,
     .name = "bifrost_log_lines_dropped_total",
     .type = kCounter,
     .help = "Lines of log that were not written, because nobody read them in time."},
    {.id = kBuildInfo,
     .name = "bifrost_build_info",
     .type = kGauge,
     .labels = kBuild,
     .help = "Always 1; what is running is in the labels."},
    {.id = kProcessCpuSeconds,
     .name = "process_cpu_seconds_total",
     .type = kCounter,
     .unit = Unit::kSeconds,
     .help = "User and system time of the process."},
    {.id = kProcessResidentMemory,
     .name = "process_resident_memory_bytes",
     .type = kGauge,
     .unit = Unit::kBytes,
     .help = "Memory of the process that is in RAM."},
    {.id = kProcessOpenFds,
     .name = "process_open_fds",
     .type = kGauge,
     .help = "Open file descriptors of the process."},
    {.id = kProcessStartTime,
     .name = "process_start_time_seconds",
     .type = kGauge,
     .unit = Unit::kSeconds,
     .help = "When the process started, in seconds since 1970."},
});

constexpr bool rows_match_enum() {
  for (std::size_t at = 0; at < kTable.size(); ++at) {
    if (static_cast<std::size_t>(kTable[at].id) != at) return false;
  }
  return kTable.size() == kMetricCount;
}
static_assert(rows_match_enum(), "the rows stand in the order of Metric");

constexpr bool buckets_are_sane() {
  return std::ranges::all_of(kTable, [](const MetricInfo& row) {
    return row.buckets.empty() == (row.type != kHistogram) &&
           std::ranges::adjacent_find(row.buckets, std::ranges::greater_equal()) ==
               row.buckets.end();
  });
}
static_assert(buckets_are_sane(), "histograms have buckets in ascending order, others have none");

}  // namespace

std::span<const MetricInfo> metric_table() { return kTable; }

const MetricInfo& metric_info(Metric metric) { return kTable[static_cast<std::size_t>(metric)]; }

}  // namespace bifrost::telemetry
