#include "config/load.h"

#include "base/limits.h"
#include "base/strings.h"
#include "base/try.h"
#include "config/reader.h"
#include "json/writer.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <set>
#include <system_error>
#include <utility>

namespace bifrost::config {
namespace {

// Some editors begin a file with it.
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// JSON leaves open what a key that stands twice means; here it is a mistake, wherever it stands.
void report_duplicate_keys(json::Value value, Path& path, Problems& problems) {
  std::set<std::string> seen;
  std::size_t index = 0;
  const bool is_object = value.is_object();
  for (const json::Value child : value.children()) {
    const std::string key = is_object ? child.key() : std::string();
    if (is_object && !seen.insert(key).second) {
      problems.add(path.member(key), "the key stands twice in this object");
    }
    const auto step = is_object ? path.enter(key) : path.enter(index++);
    report_duplicate_keys(child, path, problems);
  }
}

// Leaves out the providers that we do not serve yet, with a warning each.
void skip_unserved_providers(json::Value providers, const LoadOptions& options, Reader& reader,
                             std::vector<std::string>& warnings) {
  const auto is_unserved = [&](std::string_view name) {
    return std::ranges::find(options.unserved_providers, name) != options.unserved_providers.end();
  };
  if (!providers.is_object()) return;
  Path path;
  const auto in_providers = path.enter("providers");
  for (const json::Value provider : providers.children()) {
    const std::string name = provider.key();
    const std::string base = provider["custom_provider_config"]["base_provider_type"].string_or({});
    if (!is_unserved(name) && !is_unserved(base)) continue;
    const auto step = path.enter(name);
    const std::string what =
        is_unserved(name) ? "this provider" : "the base provider " + json::quoted(base);
    warnings.push_back(path.text() + ": " + what +
                       " is not served yet, so this section has no effect");
    reader.skip(path.text());
  }
}

// Gives an allow-list the meaning that it has in version 2.
void normalise_allow_list(std::vector<std::string>& list, std::int64_t version) {
  const bool allows_all =
      (list.empty() && version == 1) || std::ranges::find(list, kEverything) != list.end();
  if (allows_all) list.assign(1, std::string(kEverything));
}

void normalise_keys(Config& config, std::vector<std::string>& warnings) {
  Path path;
  const auto in_providers = path.enter("providers");
  for (auto& [name, provider] : config.providers) {
    const auto in_provider = path.enter(name);
    const auto in_keys = path.enter("keys");
    for (std::size_t i = 0; i < provider.keys.size(); ++i) {
      KeySettings& key = provider.keys[i];
      normalise_allow_list(key.models, config.version);
      if (!key.models.empty()) continue;
      const auto in_key = path.enter(i);
      warnings.push_back(path.member("models") +
                         ": empty, so the key may be used for no model; [\"*\"] allows all");
    }
  }
}

void read_document(const json::Document& document, const LoadOptions& options, Report& report,
                   Problems& problems) {
  if (!document.root().is_object()) {
    problems.add({}, "expected an object, got " + std::string(type_name(document.root().type())));
    return;
  }
  Path path;
  report_duplicate_keys(document.root(), path, problems);
  Reader reader(options.environment, problems, report.warnings);
  skip_unserved_providers(document.root()["providers"], options, reader, report.warnings);
  reader.read(document.root(), report.config, {});
  const auto in_providers = path.enter("providers");
  for (const auto& [name, provider] : report.config.providers) {
    check_provider(name, provider,
                   {.known = options.known_providers,
                    .keyless = options.keyless_providers,
                    .unserved = options.unserved_providers},
                   path, problems);
  }
  normalise_keys(report.config, report.warnings);
}

}  // namespace

Report inspect(std::string_view text, const LoadOptions& options) {
  Report report;
  Problems problems;
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (text.size() > limits::kConfigBytesMax) {
    problems.add({}, "larger than " + std::to_string(limits::kConfigBytesMax) + " bytes");
  } else if (trim(text).empty()) {
    problems.add({}, "the file is empty; the smallest configuration is {}");
  } else if (const auto document = json::Document::parse(text); !document) {
    problems.add({}, document.error().message);
  } else {
    read_document(*document, options, report, problems);
  }
  report.problems = problems.take();
  return report;
}

Result<Loaded> load(std::string_view text, const LoadOptions& options) {
  Report report = inspect(text, options);
  if (!report.problems.empty()) {
    return gateway_error(ErrorCode::kConfigInvalid, render(report.problems));
  }
  return Loaded{.config = std::move(report.config), .warnings = std::move(report.warnings)};
}

Result<Loaded> load_file(const std::string& path, const LoadOptions& options) {
  BF_TRY(const std::string text, read_config_file(path));
  return load(text, options);
}

Result<std::string> read_config_file(const std::string& path) {
  const auto failed = [&](std::string_view why) {
    return gateway_error(ErrorCode::kConfigInvalid,
                         "cannot read " + path + ": " + std::string(why));
  };
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return failed(std::generic_category().message(errno));
  // One byte more than allowed, to tell a file that is too large.
  std::string text(limits::kConfigBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) return failed(std::generic_category().message(errno));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > limits::kConfigBytesMax) {
    return failed("larger than " + std::to_string(limits::kConfigBytesMax) + " bytes");
  }
  return text;
}

}  // namespace bifrost::config
