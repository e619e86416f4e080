// Who decides about the values of each label.
#include "base/limits.h"
#include "telemetry/label.h"
#include "telemetry/metric.h"

#include <fmt/format.h>

namespace bifrost::telemetry {
namespace {

constexpr std::string_view kConfiguration = "configuration";
constexpr std::string_view kProgram = "program";
constexpr std::string_view kCallers = "callers";

std::string models() {
  return fmt::format(
      "names that keys list, and for each provider {} that it has served and {} "
      "that were tried; then `{}`",
      limits::kServedModelsMax, limits::kTriedModelsMax, kOther);
}

std::string custom_values() {
  return fmt::format("{} labels with {} values each for each worker; then `{}`", kCustomLabelsMax,
                     limits::kCustomLabelValuesMax, kOther);
}

}  // namespace

std::vector<LabelInfo> label_table() {
  const std::string callers =
      fmt::format("virtual keys, in counters only; what finds no room is `{}`", kOther);
  return {
      {"provider", kConfiguration, "providers"},
      {"model", kCallers, models()},
      {"alias", kCallers, models()},
      {"requested_model", kCallers, models()},
      {"method", kProgram, "operations, or methods of routes"},
      {"selected_key_id", kConfiguration, "keys; `direct` and the like for a caller's own"},
      {"selected_key_name", kConfiguration, "the same"},
      {"key_id", kConfiguration, "the same"},
      {"key_name", kConfiguration, "the same"},
      {"fallback_index", kProgram, "0 to 9"},
      {"virtual_key_id", kConfiguration, callers},
      {"virtual_key_name", kConfiguration, "the same"},
      {"routing_engine_used", kProgram, "`routing-rule`, `governance` (weights of a virtual key)"},
      {"routing_rule_id", kConfiguration, "routing rules; in counters only"},
      {"routing_rule_name", kConfiguration, "the same"},
      {"team_id", kConfiguration, "teams; in counters only"},
      {"team_name", kConfiguration, "the same"},
      {"customer_id", kConfiguration, "customers; in counters only"},
      {"customer_name", kConfiguration, "the same"},
      {kCustomLabels, kCallers, custom_values()},
      {"path", kProgram, "templates of routes, and `unmatched`"},
      {"status", "program, providers",
       fmt::format("statuses with a meaning; of others a few, then `{}`", kOther)},
      {"status_code", "program, providers", "the same"},
      {"error_type", kProgram, "a list"},
      {"is_success", kProgram, "`true`, `false`"},
      {"fail_reason", kProgram, "a list"},
      {"budget", kProgram, "a list"},
      {"phase", kProgram, "a list"},
      {"kind", kProgram, "a list"},
      {"result", kProgram, "a list"},
      {"outcome", kProgram, "a list"},
      {"monitor", kProgram, "a list"},
      {"action", kProgram, "a list"},
      {"reason", kProgram, "a list"},
      {"store", kProgram, "a list"},
      {"metric", kProgram, "names of metrics"},
      {"version", kProgram, "one"},
      {"compiler", kProgram, "one"},
  };
}

}  // namespace bifrost::telemetry
