#include "app/load_config.h"

#include "app/setup_token.h"
#include "base/try.h"
#include "config/document.h"
#include "config/reader.h"
#include "governance/settings/entries.h"

#include <filesystem>
#include <system_error>
#include <utility>

namespace bifrost::app {
namespace {

// Both may be there and say the same.
void take_former_auth(ConfigReport& report, config::Problems& problems) {
  const auto& former = report.config.former_auth;
  governance::AuthSettings& auth = report.config.governance.auth;
  if (!former || *former == auth) return;
  if (auth == governance::AuthSettings{}) {
    auth = *former;
    report.warnings.emplace_back("auth_config: call it governance.auth_config");
  } else {
    problems.add("auth_config", "says something else than governance.auth_config; leave it out");
  }
}

void read(json::Value root, const LoadOptions& options, ConfigReport& report,
          config::Problems& problems) {
  config::Reader reader(options.environment, problems, report.warnings);
  provider::skip_unserved(root["providers"], options.providers, reader);
  reader.read(root, report.config, {});
  report.holds_secrets = reader.holds_secrets();
  // A list that is there and empty is meant: keys come through the API.
  const auto keys_of = [providers = root["providers"]](std::string_view name) {
    const json::Value keys = providers[name]["keys"];
    const bool is_meant = keys.is_array() && keys.size() == 0;
    return is_meant ? provider::Keys::kMayFollow : provider::Keys::kRequired;
  };
  provider::name_keys(report.config.providers, report.warnings);
  governance::name_keys(report.config.governance, problems, report.warnings);
  provider::check_providers(report.config.providers, options.providers, keys_of, problems);
  provider::normalise_allow_lists(report.config.providers, report.config.version, report.warnings);
  governance::normalise_allow_lists(report.config.governance, report.config.version);
  take_former_auth(report, problems);
  if (std::string problem = setup_token_problem(report.config, options.environment);
      !problem.empty()) {
    problems.add("setup_token", std::move(problem));
  }
}

// Null is not given.
Kinds listed_in(json::Value root) {
  Kinds out;
  const auto note = [&out](json::Value list, std::string_view kind) {
    if (list.is_set()) out.emplace(kind);
  };
  note(root["client"], exchange::kClientKind);
  note(root["providers"], exchange::kProviderKind);
  note(root["providers"], exchange::kProviderKeyKind);
  note(root["framework"], exchange::kFrameworkKind);
  note(root["proxy_config"], exchange::kGlobalProxyKind);
  note(root["auth_config"], governance::kAdministratorKind);
  note(root["governance"]["auth_config"], governance::kAdministratorKind);
  const json::Value lists = root["governance"];
  governance::for_each_list([&](std::string_view kind, std::string_view name, auto /*list*/,
                                auto /*id*/) { note(lists[name], kind); });
  return out;
}

bool everybody_may_read(const std::string& path) {
  std::error_code unknown;
  const auto status = std::filesystem::status(path, unknown);
  return !unknown && (status.permissions() & std::filesystem::perms::others_read) !=
                         std::filesystem::perms::none;
}

}  // namespace

ConfigReport inspect_config(std::string_view text, const LoadOptions& options) {
  ConfigReport report;
  config::Problems problems;
  if (const auto document = config::parse_document(text, problems)) {
    read(document->root(), options, report, problems);
    report.listed = listed_in(document->root());
  }
  report.problems = problems.take();
  return report;
}

Result<LoadedConfig> parse_config(std::string_view text, const LoadOptions& options) {
  ConfigReport report = inspect_config(text, options);
  if (!report.problems.empty()) {
    return gateway_error(ErrorCode::kConfigInvalid, render(report.problems));
  }
  return LoadedConfig{.config = std::move(report.config),
                      .listed = std::move(report.listed),
                      .warnings = std::move(report.warnings),
                      .holds_secrets = report.holds_secrets};
}

Result<LoadedConfig> load_config(const std::string& path, const LoadOptions& options) {
  BF_TRY(const std::string text, config::read_config_file(path));
  BF_TRY(LoadedConfig loaded, parse_config(text, options));
  if (loaded.holds_secrets && everybody_may_read(path)) {
    loaded.warnings.push_back(path +
                              ": holds secrets, and everybody on this machine may read it: take "
                              "that right away, or write \"env.NAME\" for the secrets");
  }
  return loaded;
}

}  // namespace bifrost::app
