#include "app/config_reference.h"

#include "config/dump.h"
#include "config/markdown_writer.h"
#include "config/schema_writer.h"
#include "json/append_member.h"
#include "json/document.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace bifrost::app {
namespace {

constexpr std::string_view kIntroduction = R"(# Settings: `config.json`

This page is printed by `bifrost schema config-docs`; do not edit it.

All sections are optional. Unknown keys are errors. `null` means "not given".

)";

// Secrets stay as they are.
class ClearKeeper final : public config::SecretKeeper {
 public:
  [[nodiscard]] std::string seal(std::string_view text) const override { return std::string(text); }
  [[nodiscard]] bool is_sealed(std::string_view /*stored*/) const override { return false; }
  [[nodiscard]] Result<std::string> open(std::string_view sealed) const override {
    return std::string(sealed);
  }
};

// A file says by an empty list that the keys of a provider come through the API: a missing one is
// a mistake. `text` is that of a whole file.
std::string with_empty_keys(std::string text) {
  const auto document = json::Document::parse(text);
  if (!document) return text;
  std::string out;
  std::string_view rest = document->text();
  for (const json::Value provider : document->root()["providers"].children()) {
    if (!provider.is_object() || provider["keys"].exists()) continue;
    std::string object(provider.raw());
    json::append_member(object, "keys", [](std::string& to) { to += "[]"; });
    const auto begin = static_cast<std::size_t>(provider.raw().data() - rest.data());
    out.append(rest.substr(0, begin)).append(object);
    rest.remove_prefix(begin + provider.raw().size());
  }
  return out.append(rest);
}

}  // namespace

std::string config_schema(const provider::ProviderNames& names) {
  const config::NamedEntries providers{.name = kProviderEntries,
                                       .known = names.known,
                                       .unserved = names.unserved,
                                       .required_of_others = "custom_provider_config"};
  return config::json_schema(
      Config{}, {.title = "Configuration of the gateway: config.json", .entries = {&providers, 1}});
}

std::string config_reference() {
  std::string out(kIntroduction);
  out += config::kTypesLegend;
  return out + config::markdown_sections(Config{});
}

std::string exported(const Config& config, Secrets secrets) {
  const ClearKeeper keeper;
  std::string out;
  json::Writer writer(out);
  config::ValueWriter(writer, secrets == Secrets::kClear ? &keeper : nullptr,
                      config::ValueWriter::Members::kSet)
      .write(config, {});
  return config::indented(with_empty_keys(std::move(out)));
}

std::string redacted_dump(const Config& config) { return config::redacted_dump(config); }

}  // namespace bifrost::app
