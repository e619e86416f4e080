#include "app/explain_command.h"

#include "app/connect_store.h"
#include "app/merged_config.h"
#include "app/open_ledger.h"
#include "base/read_file.h"
#include "base/strings.h"
#include "base/try.h"
#include "explain/explain.h"
#include "explain/write_json.h"
#include "explain/write_text.h"
#include "json/scan.h"
#include "pipeline/surface.h"

#include <istream>
#include <iterator>
#include <ostream>
#include <utility>

namespace bifrost::app {
namespace {

constexpr std::size_t kBodyBytesMax = std::size_t{64} << 20U;

Result<std::string> read_body(const std::string& file, std::istream& in) {
  if (file != "-") {
    std::string text = read_file(file, kBodyBytesMax);
    if (!text.empty()) return text;
    return client_error(ErrorCode::kInvalidRequest,
                        quoted(file, 256) + " cannot be read, or is empty; - reads the input");
  }
  std::string text;
  for (std::istreambuf_iterator<char> next(in), end; next != end; ++next) {
    if (text.size() == kBodyBytesMax) {
      return client_error(ErrorCode::kBodyTooLarge, "the body is larger than 64 MiB");
    }
    text += *next;
  }
  return text;
}

Result<explain::AskedRequest> asked(const ExplainOptions& options, std::istream& in) {
  explain::AskedRequest out;
  out.head.method = options.method;
  out.head.target = options.path;
  for (const std::string& line : options.headers) {
    BF_TRY_VOID(explain::add_header(line, out.head.headers));
  }
  BF_TRY(out.body, read_body(options.body, in));
  json::reserve_padding(out.body);
  return out;
}

// What was used so far counts, as far as the database knows it: what a gateway that runs has not
// written yet is not in it.
Result<void> take_usage(const ConfigPlace& place, governance::LimitBook& limits, WallTime now) {
  const store::StoreSettings settings =
      place.setup.config.config_store.value_or(store::StoreSettings{});
  if (!no_database(settings, place.app_dir).empty()) return {};
  BF_TRY(const auto ledger, look_at_ledger(settings, place.app_dir));
  BF_TRY(const auto counters, ledger->counters());
  keep_usage(counters, limits, now);
  return {};
}

Result<explain::Explanation> explained(const ConfigPlace& place, const ExplainOptions& options,
                                       std::istream& in, std::vector<std::string>& warnings) {
  BF_TRY(explain::AskedRequest request, asked(options, in));
  BF_TRY(const Config config, merged_config(place, warnings));
  const SystemClock clock;
  upstream::Gates gates;
  governance::LimitBook limits;
  governance::RulesBuilder rules(limits);
  BF_TRY_VOID(take_usage(place, limits, clock.wall()));
  BF_TRY(const exchange::SnapshotPtr snapshot,
         make_snapshot(config, {.gates = gates, .rules = rules}, place.environment, clock.wall(),
                       warnings));
  const exchange::Router router(pipeline::surfaces());
  const governance::LearntUse learnt_use;
  routing::SessionKeys session_keys;
  Random random = Random::from_entropy();
  return explain::explain({.snapshot = *snapshot,
                           .router = router,
                           .learnt_use = learnt_use,
                           .session_keys = session_keys,
                           .memory = nullptr,
                           .clock = clock},
                          std::move(request), random);
}

}  // namespace

int explain_request(const ConfigPlace& place, const ExplainOptions& options, std::istream& in,
                    std::ostream& out, std::ostream& errors) {
  std::vector<std::string> warnings;
  const auto told = explained(place, options, in, warnings);
  if (!told) {
    errors << told.error().message << '\n';
    return 2;
  }
  for (const std::string& warning : warnings) errors << "warning: " << warning << '\n';
  if (options.json) {
    out << explain::to_json(*told) << '\n';
  } else {
    out << explain::to_text(*told);
  }
  return told->refusal ? 1 : 0;
}

}  // namespace bifrost::app
