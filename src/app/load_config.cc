#include "app/load_config.h"

#include "base/try.h"
#include "config/document.h"
#include "config/reader.h"

#include <utility>

namespace bifrost::app {
namespace {

void read(json::Value root, const LoadOptions& options, ConfigReport& report,
          config::Problems& problems) {
  config::Reader reader(options.environment, problems, report.warnings);
  provider::skip_unserved(root["providers"], options.providers, reader);
  reader.read(root, report.config, {});
  provider::check_providers(report.config.providers, options.providers, problems);
  provider::normalise_allow_lists(report.config.providers, report.config.version, report.warnings);
}

}  // namespace

ConfigReport inspect_config(std::string_view text, const LoadOptions& options) {
  ConfigReport report;
  config::Problems problems;
  if (const auto document = config::parse_document(text, problems)) {
    read(document->root(), options, report, problems);
  }
  report.problems = problems.take();
  return report;
}

Result<LoadedConfig> parse_config(std::string_view text, const LoadOptions& options) {
  ConfigReport report = inspect_config(text, options);
  if (!report.problems.empty()) {
    return gateway_error(ErrorCode::kConfigInvalid, render(report.problems));
  }
  return LoadedConfig{.config = std::move(report.config), .warnings = std::move(report.warnings)};
}

Result<LoadedConfig> load_config(const std::string& path, const LoadOptions& options) {
  BF_TRY(const std::string text, config::read_config_file(path));
  return parse_config(text, options);
}

}  // namespace bifrost::app
