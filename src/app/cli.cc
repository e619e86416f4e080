#include "app/cli.h"

#include "app/config_command.h"
#include "app/db_command.h"
#include "app/descriptors.h"
#include "app/explain_command.h"
#include "app/gateway.h"
#include "app/health_command.h"
#include "app/ledger_command.h"
#include "app/log_problems.h"
#include "app/reference.h"
#include "base/log.h"
#include "base/strings.h"
#include "base/version.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <utility>

namespace bifrost::app {
namespace {

// Where a command looks for its configuration. One for each command: the parser writes what the
// environment says into the options of all commands, over what the command line said.
struct Place {
  std::string config;
  std::string app_dir = "bifrost-data";
};

struct Options {
  ServeOptions serve;
  Place served;
  Place validated;
  Place verified;
  Place compared;
  Place exported;
  ExportOptions export_to;
  Place explained;
  ExplainOptions question;
  Place looked_at;
  Place migrated;
  Place backed_up;
  std::string backup;
  Place rekeyed;
  Place asked;
  HealthOptions health;
  std::string log_level = "info";
  std::string log_style = "pretty";
  std::string schema;
};

const std::map<std::string, log::Level> kLevels = {{"debug", log::Level::kDebug},
                                                   {"info", log::Level::kInfo},
                                                   {"warn", log::Level::kWarn},
                                                   {"error", log::Level::kError}};

std::vector<std::string> keys_of(const std::map<std::string, log::Level>& map) {
  std::vector<std::string> keys;
  keys.reserve(map.size());
  for (const auto& [key, value] : map) keys.push_back(key);
  return keys;
}

void add_place_options(CLI::App& command, Place& place) {
  command.add_option("--config", place.config,
                     "Configuration file. Default: config.json in the app dir, if there is one");
  command.add_option("--app-dir", place.app_dir, "Folder of the gateway's files")
      ->envname("APP_DIR")
      ->capture_default_str();
}

void add_serve_options(CLI::App& command, Options& options) {
  command.add_option("--host", options.serve.host, "Address to listen on; 0.0.0.0 for all")
      ->envname("APP_HOST")
      ->capture_default_str();
  command.add_option("--port", options.serve.port, "Port to listen on; 0 chooses a free one")
      ->envname("APP_PORT")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  add_place_options(command, options.served);
  command.add_option("--workers", options.serve.workers, "Threads; 0 means one per core")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command.add_option("--log-level", options.log_level, "Least important level that is logged")
      ->envname("LOG_LEVEL")
      ->check(CLI::IsMember(keys_of(kLevels)))
      ->capture_default_str();
  command.add_option("--log-style", options.log_style, "How log lines look")
      ->envname("LOG_STYLE")
      ->check(CLI::IsMember({"json", "pretty"}))
      ->capture_default_str();
}

void add_config_commands(CLI::App& app, Options& options) {
  CLI::App* config = app.add_subcommand("config", "Compare and export the configuration");
  config->require_subcommand(1);
  CLI::App* diff = config->add_subcommand(
      "diff", "Say what the file and the database say differently, and which of them counts");
  add_place_options(*diff, options.compared);
  CLI::App* out =
      config->add_subcommand("export", "Print what is in force as a config.json of its own");
  add_place_options(*out, options.exported);
  out->add_option("--out", options.export_to.to, "File to write, which must not be there");
  out->add_flag("--with-secrets", options.export_to.with_secrets,
                "With the secrets in it, in clear; needs --out");
}

void add_db_commands(CLI::App& app, Options& options) {
  CLI::App* db = app.add_subcommand("db", "Look after the database of config_store");
  db->require_subcommand(1);
  add_place_options(*db->add_subcommand("status", "Say which it is, and what it has"),
                    options.looked_at);
  add_place_options(*db->add_subcommand("migrate", "Take the steps of the schema that are missing"),
                    options.migrated);
  CLI::App* backup = db->add_subcommand(
      "backup", "Copy an SQLite database, while gateways go on, to a file that is not there");
  add_place_options(*backup, options.backed_up);
  backup->add_option("file", options.backup, "The copy")->required();
  add_place_options(
      *db->add_subcommand("rekey",
                          "Seal every secret anew with BIFROST_NEW_ENCRYPTION_KEY; no gateway may "
                          "run on the database"),
      options.rekeyed);
}

void add_explain_command(CLI::App& app, Options& options) {
  CLI::App* explain = app.add_subcommand(
      "explain", "Say what would happen to a request, and why; nothing is asked or changed");
  add_place_options(*explain, options.explained);
  ExplainOptions& question = options.question;
  explain->add_option("--method", question.method, "How it would be sent")->capture_default_str();
  explain->add_option("--path", question.path, "Where it would be sent")->capture_default_str();
  explain->add_option("--header", question.headers, "A header of it, \"name: value\"; many times")
      ->expected(1)
      ->take_all();
  explain->add_flag("--json", question.json, "As POST /api/explain answers");
  explain->add_option("body", question.body, "File with its body; - reads the input")->required();
}

void add_health_command(CLI::App& app, Options& options) {
  CLI::App* health = app.add_subcommand(
      "health", "Ask the gateway of this machine for /health; fails unless it is well");
  add_place_options(*health, options.asked);
  HealthOptions& asked = options.health;
  health
      ->add_option("--url", asked.url,
                   "Where to ask. Default: server.admin_port of the configuration, or else where "
                   "serve listens")
      ->type_name("URL");
  health->add_option("--host", asked.host, "Address that serve listens on")
      ->envname("APP_HOST")
      ->capture_default_str();
  health->add_option("--port", asked.port, "Port that serve listens on")
      ->envname("APP_PORT")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  health->add_flag("--live", asked.live, "Ask for /livez: whether its threads turn");
  health->add_option("--timeout", asked.patience, "Longest wait, 1m at most")
      ->type_name("DURATION")
      ->capture_default_str();
}

std::unique_ptr<CLI::App> make_app(Options& options) {
  auto app = std::make_unique<CLI::App>(
      "bifrost, an AI gateway: one API in front of every model provider.", "bifrost");
  app->set_help_all_flag("--help-all", "Help of every command");
  app->require_subcommand(1);
  CLI::App* serve = app->add_subcommand("serve", "Run the gateway; also what no command means");
  add_serve_options(*serve, options);
  CLI::App* validate =
      app->add_subcommand("validate",
                          "Check a configuration file by itself: nothing is started, and the "
                          "database is not looked at (see config diff)");
  add_place_options(*validate, options.validated);
  CLI::App* schema = app->add_subcommand("schema", "Print a schema or a reference page");
  std::vector<std::string> names;
  for (const Reference& reference : references()) names.emplace_back(reference.name);
  schema->add_option("what", options.schema, "Which one")->required()->check(CLI::IsMember(names));
  CLI::App* ledger = app->add_subcommand("ledger", "Look at the ledger of the app dir");
  ledger->require_subcommand(1);
  CLI::App* verify = ledger->add_subcommand(
      "verify", "Compare the counters of limits with what the rows of usage add up to");
  add_place_options(*verify, options.verified);
  add_config_commands(*app, options);
  add_db_commands(*app, options);
  add_explain_command(*app, options);
  add_health_command(*app, options);
  app->add_subcommand("version", "Print the version");
  return app;
}

constexpr std::string_view kCommands[] = {"serve", "validate", "schema", "ledger", "config",
                                          "db",    "explain",  "health", "version"};

std::string listed(std::span<const std::string_view> names) {
  std::string out;
  for (const std::string_view name : names) out += (out.empty() ? "" : ", ") + std::string(name);
  return out;
}

// What the parser would say in a way that helps nobody; nothing when it may go on.
std::optional<std::string> complaint(const std::vector<std::string>& arguments) {
  if (arguments.empty()) return std::nullopt;
  const std::string& first = arguments.front();
  if (!first.starts_with('-') && std::ranges::find(kCommands, first) == std::end(kCommands)) {
    const auto near = nearest(first, kCommands);
    return "bifrost: there is no command " + quoted(first, 64) +
           (near ? "; did you mean \"" + std::string(*near) + "\"?" : std::string()) +
           " The commands are " + listed(kCommands) + ".";
  }
  if (first == "schema" && arguments.size() == 1) {
    std::string out = "bifrost schema: say what to print:\n";
    for (const Reference& reference : references()) {
      out += "  bifrost schema " + std::string(reference.name) +
             std::string(14 - std::min<std::size_t>(reference.name.size(), 13), ' ') +
             std::string(reference.text) + "\n";
    }
    out.pop_back();
    return out;
  }
  return std::nullopt;
}

// "-port" and "-port=1" as "--port"; and no command at all as "serve".
std::vector<std::string> normalised(std::vector<std::string> arguments) {
  for (std::string& argument : arguments) {
    const bool single_dash = argument.size() > 2 && argument[0] == '-' && argument[1] != '-';
    if (single_dash) argument.insert(0, "-");
  }
  const bool has_command =
      !arguments.empty() && std::ranges::find(kCommands, arguments.front()) != std::end(kCommands);
  const bool asks_for_help =
      !arguments.empty() && (arguments.front() == "--help" || arguments.front() == "--help-all" ||
                             arguments.front() == "-h");
  const bool asks_for_version = !arguments.empty() && arguments.front() == "--version";
  if (asks_for_version) return {"version"};
  const bool is_option = arguments.empty() || arguments.front().starts_with('-');
  if (!has_command && !asks_for_help && is_option) {
    arguments.insert(arguments.begin(), "serve");
  }
  return arguments;
}

// The file that is meant: as given, or the app dir's own.
std::string config_path(const Place& place) {
  if (!place.config.empty()) return place.config;
  const std::filesystem::path own = std::filesystem::path(place.app_dir) / "config.json";
  std::error_code ignored;
  return std::filesystem::exists(own, ignored) ? own.string() : std::string();
}

void print_first_steps(const Gateway& gateway) {
  const std::string scheme = gateway.setup()->config.server.tls ? "https" : "http";
  const std::string base = scheme + "://" + gateway.address().text();
  std::cout << "\nbifrost listens on " << base << "\n\nTry:\n\n  curl " << base
            << "/v1/chat/completions -H 'content-type: application/json' \\\n    -d '{\"model\": "
               "\"demo/chat\", \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}'\n\n"
            << std::flush;
}

int serve(Options& options) {
  const bool json = options.log_style == "json";
  log::configure(kLevels.at(options.log_level), json ? log::Style::kJson : log::Style::kPretty);
  block_signals();
  raise_descriptor_limit();
  const log::Background background;  // after the signals: its thread must not take any
  options.serve.config_path = config_path(options.served);
  options.serve.app_dir = options.served.app_dir;
  const config::ProcessEnvironment environment;
  auto gateway = Gateway::create(options.serve, environment);
  if (!gateway) {
    if (json) {
      log_problems("start", gateway.error());
    } else {
      std::cerr << gateway.error().message << '\n';
    }
    return 1;
  }
  if (options.serve.config_path.empty()) {
    print_first_steps(**gateway);
  } else if (!(*gateway)->setup()->config.providers.contains("demo")) {
    BF_LOG(kInfo, "config",
           "the built-in demo is off, because there is a configuration; \"providers\": {\"demo\": "
           "{}} turns it on",
           {"file", options.serve.config_path});
  }
  return (*gateway)->run();
}

int validate(const Options& options) {
  const std::string path = config_path(options.validated);
  if (path.empty()) {
    std::cerr << "no configuration file: name one with --config\n";
    return 1;
  }
  const config::ProcessEnvironment environment;
  auto setup = read_setup(path, environment);
  Result<exchange::SnapshotPtr> snapshot;
  upstream::Gates gates;
  governance::LimitBook limits;
  governance::RulesBuilder rules(limits);
  if (setup) {
    snapshot = make_snapshot(setup->config, {.gates = gates, .rules = rules}, environment,
                             SystemClock().wall(), setup->warnings);
  } else {
    snapshot = setup.error();
  }
  if (!snapshot) {
    std::cerr << snapshot.error().message << '\n';
    return 1;
  }
  for (const std::string& warning : setup->warnings) std::cout << "warning: " << warning << '\n';
  std::cout << path << " is valid: " << setup->config.providers.size() << " provider(s)\n";
  return 0;
}

int verify(const Options& options) {
  const config::ProcessEnvironment environment;
  const auto setup = read_setup(config_path(options.verified), environment);
  if (!setup) {
    std::cerr << setup.error().message << '\n';
    return 1;
  }
  return verify_ledger(setup->config.config_store.value_or(store::StoreSettings{}),
                       options.verified.app_dir, std::cout);
}

int on_config(const Options& options, const std::string& command) {
  const bool is_diff = command == "diff";
  const Place& place = is_diff ? options.compared : options.exported;
  const config::ProcessEnvironment environment;
  auto setup = read_setup(config_path(place), environment);
  if (!setup) {
    std::cerr << setup.error().message << '\n';
    return 1;
  }
  const ConfigPlace at{
      .setup = *std::move(setup), .app_dir = place.app_dir, .environment = environment};
  return is_diff ? config_diff(at, std::cout)
                 : config_export(at, options.export_to, std::cout, std::cerr);
}

int on_explain(const Options& options) {
  const config::ProcessEnvironment environment;
  auto setup = read_setup(config_path(options.explained), environment);
  if (!setup) {
    std::cerr << setup.error().message << '\n';
    return 2;
  }
  const ConfigPlace at{
      .setup = *std::move(setup), .app_dir = options.explained.app_dir, .environment = environment};
  return explain_request(at, options.question, std::cin, std::cout, std::cerr);
}

int on_health(const Options& options) {
  const config::ProcessEnvironment environment;
  return ask_health(options.health, config_path(options.asked), environment, std::cout);
}

const Place& place_of_db(const Options& options, const std::string& command) {
  if (command == "status") return options.looked_at;
  if (command == "migrate") return options.migrated;
  return command == "backup" ? options.backed_up : options.rekeyed;
}

int on_db(const Options& options, const std::string& command) {
  const Place& place = place_of_db(options, command);
  const config::ProcessEnvironment environment;
  const auto setup = read_setup(config_path(place), environment);
  if (!setup) {
    std::cerr << setup.error().message << '\n';
    return 1;
  }
  const DbPlace at{.setup = *setup, .app_dir = place.app_dir, .environment = environment};
  if (command == "status") return db_status(at, std::cout);
  if (command == "migrate") return db_migrate(at, SystemClock().wall(), std::cout);
  if (command == "backup") return db_backup(at, options.backup, std::cout);
  return db_rekey(at, SystemClock().wall(), std::cout);
}

}  // namespace

int run_cli(std::vector<std::string> arguments) {
  Options options;
  const auto app = make_app(options);
  arguments = normalised(std::move(arguments));
  if (const auto wrong = complaint(arguments)) {
    std::cerr << *wrong << '\n';
    return 2;
  }
  std::ranges::reverse(arguments);  // the order that the parser takes a vector in
  try {
    app->parse(arguments);
  } catch (const CLI::ParseError& error) {
    return app->exit(error) == 0 ? 0 : 2;
  }
  const std::string command = app->get_subcommands().front()->get_name();
  if (command == "validate") return validate(options);
  if (command == "ledger") return verify(options);
  if (command == "config" || command == "db") {
    const std::string part = app->get_subcommands().front()->get_subcommands().front()->get_name();
    return command == "config" ? on_config(options, part) : on_db(options, part);
  }
  if (command == "explain") return on_explain(options);
  if (command == "health") return on_health(options);
  if (command == "version") {
    std::cout << "bifrost " << version() << '\n';
    return 0;
  }
  if (command == "schema") {
    std::cout << print_reference(options.schema).value_or("");
    return 0;
  }
  return serve(options);
}

std::string cli_reference() {
  Options options;
  const auto app = make_app(options);
  std::string out =
      "# Command line\n\nPrinted by `bifrost schema cli`. Options may be written "
      "with one dash, as in `-port 8080`.\n\n```\n";
  out += app->help("", CLI::AppFormatMode::All);
  out += "```\n";
  return out;
}

}  // namespace bifrost::app
