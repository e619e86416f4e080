// /api/governance/pricing-overrides: prices of one's own.

#include "admin/entries.h"
#include "admin/resources.h"
#include "governance/settings/entries.h"
#include "http/url.h"

#include <string>
#include <string_view>
#include <vector>

namespace bifrost::admin {
namespace {

using governance::GovernanceSettings;
using governance::PricingOverrideSettings;

constexpr Resource<PricingOverrideSettings> kOverrides = {
    .kind = governance::kPricingOverrideKind,
    .name = "pricing_override",
    .what = "pricing override",
    .list = &GovernanceSettings::pricing_overrides};

struct OverrideBody {
  static constexpr std::string_view kUnserved[] = {"user_id"};

  PricingOverrideSettings entry;
  config::RawJson patch;

  void describe(this auto& self, auto& visit) {
    visit.field("name", self.entry.name, {.text = "For people, unique."});
    visit.field("scope_kind", self.entry.scope_kind, {.text = "For whom the prices hold."});
    visit.field("virtual_key_id", self.entry.virtual_key_id, {.text = "Id of the virtual key."});
    visit.field("provider_id", self.entry.provider_id, {.text = "Name of the provider."});
    visit.field("provider_key_id", self.entry.provider_key_id,
                {.text = "Id of the provider's key."});
    visit.field("provider_key_name", self.entry.provider_key_name,
                {.text = "The same by its name."});
    visit.field("match_type", self.entry.match_type, {.text = "How `pattern` is meant."});
    visit.field("pattern", self.entry.pattern, {.text = "The model, or its beginning and `*`."});
    visit.field("request_types", self.entry.request_types, {.text = "Of which requests."});
    visit.field("patch", self.patch, {.text = "The prices, all of them together."});
    visit.field("pricing_patch", self.entry.pricing_patch, {.text = "The same as a text."});
    visit.unserved("id", config::Shape::kAny, "Shown.");
    visit.unserved("user_id", config::Shape::kAny, "Of one user.");
    visit.unserved("config_hash", config::Shape::kAny, "Kept by the original.");
    visit.unserved("created_at", config::Shape::kAny, "Shown.");
    visit.unserved("updated_at", config::Shape::kAny, "Shown.");
  }
};

Result<void> put(const Call& call, GovernanceSettings& governance, PricingOverrideSettings& entry) {
  OverrideBody body{.entry = entry, .patch = {}};
  BF_TRY_VOID(read_body(call, body));
  if (!body.patch.text.empty()) body.entry.pricing_patch = body.patch.text;
  entry = std::move(body.entry);
  return check_name(governance, kOverrides, entry);
}

class Show {
 public:
  Show(const Call& call, const GovernanceSettings& /*governance*/) : call_(call) {}

  void operator()(json::Writer& writer, const PricingOverrideSettings& entry) const {
    writer.begin_object().member("id", std::string_view(entry.id));
    writer.member("name", std::string_view(entry.name));
    writer.member("scope_kind", config::enum_text(entry.scope_kind));
    text_or_null(writer, "virtual_key_id", entry.virtual_key_id);
    text_or_null(writer, "provider_id", entry.provider_id);
    text_or_null(writer, "provider_key_id", entry.provider_key_id);
    text_or_null(writer, "provider_key_name", entry.provider_key_name);
    writer.member("match_type", config::enum_text(entry.match_type));
    writer.member("pattern", std::string_view(entry.pattern));
    writer.key("request_types").begin_array();
    for (const governance::PricedRequest type : entry.request_types) {
      writer.string(config::enum_text(type));
    }
    writer.end_array();
    writer.member("pricing_patch", std::string_view(entry.pricing_patch));
    write_times(writer, call_.desk.entry(kOverrides.kind, entry.id));
    writer.end_object();
  }

 private:
  const Call& call_;
};

}  // namespace

Result<Answer> list_pricing_overrides(const Call& call) {
  BF_TRY(const Page page, read_page(call.query));
  const auto filter = [&](std::string_view name) {
    return http::query_value(call.query, name).value_or("");
  };
  const std::string scope = filter("scope_kind");
  const std::string key = filter("virtual_key_id");
  const std::string provider = filter("provider_id");
  const auto settings = call.desk.settings();
  const GovernanceSettings& governance = settings->governance;
  const auto wanted = [&](const PricingOverrideSettings& entry) {
    return found_in(entry.name, page) &&
           (scope.empty() || config::enum_text(entry.scope_kind) == scope) &&
           (key.empty() || entry.virtual_key_id == key) &&
           (provider.empty() || entry.provider_id == provider);
  };
  return list(page, "pricing_overrides", governance.pricing_overrides, wanted,
              Show(call, governance));
}

Result<Answer> create_pricing_override(const Call& call) {
  return create_entry<Show>(call, kOverrides,
                            [&](GovernanceSettings& governance, PricingOverrideSettings& entry) {
                              return put(call, governance, entry);
                            });
}

Result<Answer> show_pricing_override(const Call& call) {
  return show_entry<Show>(call, kOverrides);
}

Result<Answer> update_pricing_override(const Call& call) {
  return change_entry<Show>(call, kOverrides,
                            [&](GovernanceSettings& governance, PricingOverrideSettings& entry) {
                              return put(call, governance, entry);
                            });
}

Result<Answer> delete_pricing_override(const Call& call) {
  return delete_entry(call, kOverrides,
                      [](GovernanceSettings& /*governance*/,
                         PricingOverrideSettings& /*entry*/) -> Result<void> { return {}; });
}

}  // namespace bifrost::admin
