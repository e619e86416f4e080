// The load driver as a program: legs take turns, what was measured is printed as JSON.
#include "base/strings.h"
#include "base/try.h"
#include "bench/load/driver/load.h"
#include "bench/load/socket.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <iostream>
#include <memory>
#include <span>
#include <string>
#include <sys/prctl.h>
#include <vector>

namespace bifrost::bench {
namespace {

struct Options {
  std::vector<std::string> legs;     // NAME=http://HOST:PORT[/PREFIX]
  std::vector<std::string> pids;     // NAME=PID
  std::vector<std::string> headers;  // NAME: VALUE
  std::string load = "closed";
  std::string format = "openai";
  std::string model = "bench";
  std::size_t body_bytes = 1024;
  std::size_t connections = 1;
  double rate = 1000;
  std::uint64_t requests = 0;
  double seconds = 1;
  double warmup = 0.2;
  std::size_t rounds = 1;
  double ramp = 0;
  bool translated = false;
};

constexpr std::pair<std::string_view, LoadKind> kLoads[] = {
    {"closed", LoadKind::kClosed}, {"open", LoadKind::kOpen}, {"streams", LoadKind::kStreams}};

std::chrono::nanoseconds from_seconds(double seconds) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<double>(seconds));
}

Error wrong(std::string message) { return client_error(ErrorCode::kInvalidRequest, message); }

void add_options(CLI::App& app, Options& options) {
  app.add_option("--leg", options.legs, "NAME=http://HOST:PORT[/PREFIX]; may be repeated")
      ->required();
  app.add_option("--pid", options.pids, "NAME=PID: the process behind a leg, with its children");
  app.add_option("--header", options.headers, "'NAME: VALUE', sent with each request");
  app.add_option("--load", options.load, "closed, open or streams")->capture_default_str();
  app.add_option("--format", options.format, "openai, anthropic or gemini")->capture_default_str();
  app.add_option("--model", options.model, "What to ask for, see recipe.h")->capture_default_str();
  app.add_option("--body", options.body_bytes, "Bytes of a request's body")->capture_default_str();
  app.add_option("--connections", options.connections, "Connections of a leg, or its streams")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  app.add_option("--rate", options.rate, "Requests a second of an open load")
      ->check(CLI::Range(0.1, 1e6))
      ->capture_default_str();
  app.add_option("--requests", options.requests, "Requests in each turn, instead of a time");
  app.add_option("--seconds", options.seconds, "Length of a turn")
      ->check(CLI::Range(0.01, 3600.0))
      ->capture_default_str();
  app.add_option("--warmup", options.warmup,
                 "Length of each leg's first turn, which is not counted; 0: none")
      ->capture_default_str();
  app.add_option("--rounds", options.rounds, "Turns of each leg")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  app.add_option("--ramp", options.ramp, "Seconds over which streams are begun")
      ->capture_default_str();
  app.add_flag("--translated", options.translated,
               "Streams are translated on the way: compare events, not bytes");
}

std::string request_bytes(const Options& options, const RequestOptions& request, const Leg& leg,
                          std::string_view prefix) {
  const std::string body = request_body(request);
  std::string out = fmt::format(
      "POST {}{} HTTP/1.1\r\nhost: {}:{}\r\ncontent-type: application/json"
      "\r\naccept: */*\r\nuser-agent: bench\r\ncontent-length: {}\r\n",
      prefix, request_path(request), leg.host, leg.port, body.size());
  for (const std::string& header : options.headers) out += header + "\r\n";
  return out + "\r\n" + body;
}

Result<Leg> make_leg(const Options& options, const RequestOptions& request, std::string_view text) {
  constexpr std::string_view kScheme = "http://";
  const auto named = split_once(text, '=');
  if (!named || !named->second.starts_with(kScheme)) {
    return wrong("a leg is NAME=http://HOST:PORT: " + std::string(text));
  }
  const std::string_view rest = named->second.substr(kScheme.size());
  const auto slash = std::min(rest.find('/'), rest.size());
  std::string_view prefix = rest.substr(slash);
  if (prefix.ends_with('/')) prefix.remove_suffix(1);
  const auto authority = split_once(rest.substr(0, slash), ':');
  const auto port = authority ? parse_int(authority->second) : std::nullopt;
  if (!port || *port < 1 || *port > 65535) return wrong("no port in " + std::string(text));
  Leg leg{.name = std::string(named->first),
          .host = std::string(authority->first),
          .port = static_cast<std::uint16_t>(*port)};
  leg.request = request_bytes(options, request, leg, prefix);
  return leg;
}

Result<void> name_processes(const Options& options, std::vector<Leg>& legs) {
  for (const std::string& text : options.pids) {
    const auto named = split_once(text, '=');
    const auto pid = named ? parse_int(named->second) : std::nullopt;
    const auto leg = std::ranges::find_if(
        legs, [&](const Leg& candidate) { return named && candidate.name == named->first; });
    if (!pid || leg == legs.end())
      return wrong("--pid is NAME=PID with the name of a leg: " + text);
    leg->processes = ProcessUsage(static_cast<pid_t>(*pid));
    if (!leg->processes.known()) return wrong("there is no such process: " + text);
  }
  return {};
}

Result<LoadOptions> load_options(const Options& options, WireFormat format) {
  const auto* kind =
      std::ranges::find(kLoads, options.load, &std::pair<std::string_view, LoadKind>::first);
  if (kind == std::end(kLoads)) return wrong("--load is closed, open or streams");
  const auto recipe = parse_recipe(options.model);
  if (!recipe) return wrong("--model is no recipe: " + options.model);
  return LoadOptions{.kind = kind->second,
                     .connections = options.connections,
                     .rate = options.rate,
                     .ramp = from_seconds(options.ramp),
                     .check = {.format = format, .recipe = *recipe, .exact = !options.translated}};
}

// A first turn that is not counted: connections are opened, caches and predictors are warm.
void warm_up(const Options& options, std::span<const std::unique_ptr<Load>> loads) {
  if (options.warmup <= 0) return;
  for (const auto& load : loads) {
    Slice forgotten;
    load->run({.length = from_seconds(options.warmup)}, forgotten);
  }
}

Result<std::string> run(const Options& options) {
  const auto format = parse_wire_format(options.format);
  if (!format) return wrong("--format is openai, anthropic or gemini");
  BF_TRY(const LoadOptions wanted, load_options(options, *format));
  const RequestOptions request{.format = *format,
                               .model = options.model,
                               .stream = wanted.kind == LoadKind::kStreams,
                               .body_bytes = options.body_bytes};
  std::vector<Leg> legs;
  for (const std::string& text : options.legs) {
    BF_TRY(Leg leg, make_leg(options, request, text));
    legs.push_back(std::move(leg));
  }
  BF_TRY_VOID(name_processes(options, legs));

  Poller poller;
  std::vector<std::unique_ptr<Load>> loads;
  std::vector<LegReport> reports;
  for (const Leg& leg : legs) {
    loads.push_back(make_load(wanted, poller, leg));
    reports.push_back({.name = leg.name, .has_processes = leg.processes.known(), .rounds = {}});
  }
  warm_up(options, loads);
  const Turn turn{.length = from_seconds(options.seconds), .requests = options.requests};
  for (std::size_t round = 0; round < options.rounds; ++round) {
    for (std::size_t i = 0; i < legs.size(); ++i) {
      // Each round begins with another leg, so that none always follows the same one.
      const std::size_t leg = (round + i) % legs.size();
      reports[leg].rounds.push_back(measured(*loads[leg], turn, legs[leg], poller));
    }
  }
  return to_json(reports);
}

}  // namespace
}  // namespace bifrost::bench

int main(int argc, char** argv) {
  CLI::App app("Puts load on the legs in turn and prints what was measured as JSON.");
  bifrost::bench::Options options;
  bifrost::bench::add_options(app, options);
  CLI11_PARSE(app, argc, argv);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  bifrost::bench::raise_descriptor_limit();
  const auto json = bifrost::bench::run(options);
  if (!json) {
    std::cerr << json.error().message << '\n';
    return 2;
  }
  std::cout << *json << '\n';
}
