#include "app/reference.h"

#include "app/cli.h"
#include "app/config_reference.h"
#include "base/error.h"
#include "pipeline/surface.h"
#include "provider/provider.h"
#include "provider/reference.h"
#include "provider/settings/providers.h"
#include "telemetry/metric.h"

#include <array>
#include <vector>

namespace bifrost::app {
namespace {

std::string schema_of_config() { return config_schema(provider::provider_names()); }

std::string errors_reference() {
  std::string out =
      "# Errors\n\n"
      "Printed by `bifrost schema errors`.\n\n"
      "Every error has one of these codes. The status is the provider's own where it gave one. "
      "Native routes\nwrite the error as their API does; `/v1` adds the fields of the gateway.\n\n"
      "| code | status | type | `error_type` in metrics | meaning |\n"
      "| --- | --- | --- | --- | --- |\n";
  for (const ErrorInfo& row : error_table()) {
    out += "| `";
    out += row.name;
    out += "` | " + std::to_string(row.status) + " | `";
    out += row.openai_type;
    out += "` | `";
    out += row.error_type;
    out += "` | ";
    out += row.text;
    out += " |\n";
  }
  return out;
}

std::string routes_reference() {
  std::string out =
      "# Routes\n\n"
      "Printed by `bifrost schema routes`.\n\n"
      "| method | path | format | operation | |\n| --- | --- | --- | --- | --- |\n";
  for (const pipeline::Surface& surface : pipeline::surfaces()) {
    out += "| ";
    out += surface.method;
    out += " | `";
    out += http::plain_pattern(surface.pattern);
    out += "` | ";
    out += surface.dialect != nullptr ? surface.dialect->name : "";
    out += " | ";
    out += surface.operation->name;
    out += " | ";
    out += surface.text;
    out += " |\n";
  }
  return out;
}

constexpr std::array kReferences = {
    Reference{"config", "JSON Schema of config.json", schema_of_config},
    Reference{"config-docs", "reference page of config.json", config_reference},
    Reference{"openapi", "OpenAPI document of the data plane", pipeline::openapi},
    Reference{"routes", "reference page of the routes", routes_reference},
    Reference{"metrics", "reference page of the metrics", telemetry::metrics_reference},
    Reference{"errors", "reference page of the errors", errors_reference},
    Reference{"providers", "reference page of the providers", provider::provider_reference},
    Reference{"cli", "reference page of the command line", cli_reference},
};

}  // namespace

std::span<const Reference> references() { return kReferences; }

std::optional<std::string> print_reference(std::string_view name) {
  for (const Reference& reference : kReferences) {
    if (reference.name != name) continue;
    std::string text = reference.print();
    if (!text.ends_with('\n')) text += '\n';
    return text;
  }
  return std::nullopt;
}

}  // namespace bifrost::app
