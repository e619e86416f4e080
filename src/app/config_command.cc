#include "app/config_command.h"

#include "app/config_reference.h"
#include "app/merged_config.h"
#include "app/stored_diff.h"
#include "base/strings.h"
#include "base/try.h"
#include "store/private_file.h"

#include <filesystem>
#include <ostream>
#include <system_error>
#include <utility>
#include <vector>

namespace bifrost::app {
namespace {

constexpr std::size_t kShownMax = 120;  // of a value

std::string_view meaning_of(Standing standing) {
  switch (standing) {
    case Standing::kNew:
      return "the file's, and not in the database yet: the next start takes it in";
    case Standing::kEdited:
      return "edited through the API, and the file is as it was: the database counts";
    case Standing::kChanged:
      return "the file has changed since it was taken in: the file counts from the next reload on";
    case Standing::kDeleted:
      return "deleted through the API, and the file is as it was: it stays deleted";
    case Standing::kOfApi:
      return "made through the API: the file does not have it";
    case Standing::kGone:
      return "in the file no more: it goes with the next reload, unless it was edited";
    case Standing::kOverruled:
      return "changed through the API: the file, the source of truth, counts from the next reload "
             "on";
    case Standing::kPruned:
      return "not in the file, the source of truth: it goes with the next reload";
    case Standing::kLeft:
      return "the database's: the file, the source of truth, has no such list";
  }
  std::unreachable();
}

std::string shown(const std::string& value) {
  return value.empty() ? "(not set)" : std::string(utf8_prefix(value, kShownMax));
}

Result<int> diff(const ConfigPlace& place, std::ostream& out) {
  BF_TRY(const auto stored, look_at_stored(place));
  if (stored == nullptr) {
    out << "there is no database: the file alone counts\n";
    return 0;
  }
  BF_TRY(const auto all, stored->compare(place.setup.config, place.setup.ruled, place.environment));
  for (const EntryDifference& each : all) {
    out << each.kind << ' ' << quoted(each.id) << ": " << meaning_of(each.standing) << '\n';
    for (const DifferentMember& member : each.members) {
      out << "  " << member.name << ": file " << shown(member.in_file) << ", database "
          << shown(member.in_store) << '\n';
    }
  }
  if (all.empty()) out << "file and database say the same\n";
  return all.empty() ? 0 : 1;
}

Result<void> write(const std::string& text, const ExportOptions& options, std::ostream& out) {
  if (options.to.empty()) {
    out << text << '\n';
    return {};
  }
  std::error_code unknown;
  if (std::filesystem::exists(options.to, unknown)) {
    return gateway_error(ErrorCode::kConfigInvalid,
                         quoted(options.to, 256) + " is there already; name another file");
  }
  return store::write_new_private_file(options.to, text + "\n");
}

Result<int> print(const ConfigPlace& place, const ExportOptions& options, std::ostream& out,
                  std::ostream& errors) {
  if (options.with_secrets && options.to.empty()) {
    return gateway_error(ErrorCode::kConfigInvalid,
                         "--with-secrets needs --out FILE: secrets are not printed");
  }
  std::vector<std::string> warnings;
  BF_TRY(Config config, merged_config(place, warnings));
  // Its lists say what they mean: an empty one denies.
  config.version = 2;
  BF_TRY_VOID(write(exported(config, options.with_secrets ? Secrets::kClear : Secrets::kRedacted),
                    options, out));
  for (const std::string& warning : warnings) errors << "warning: " << warning << '\n';
  return warnings.empty() ? 0 : 1;
}

int told(const Error& error, std::ostream& out) {
  out << error.message << '\n';
  return 1;
}

}  // namespace

int config_diff(const ConfigPlace& place, std::ostream& out) {
  const auto done = diff(place, out);
  return done ? *done : told(done.error(), out);
}

int config_export(const ConfigPlace& place, const ExportOptions& options, std::ostream& out,
                  std::ostream& errors) {
  const auto done = print(place, options, out, errors);
  return done ? *done : told(done.error(), errors);
}

}  // namespace bifrost::app
