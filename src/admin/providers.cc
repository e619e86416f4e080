// /api/providers

#include "provider/settings/providers.h"

#include "admin/provider_entries.h"
#include "admin/resources.h"
#include "admin/settings_body.h"
#include "admin/show.h"
#include "base/strings.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace bifrost::admin {
namespace {

using exchange::ManagedSettings;
using provider::KeySettings;
using provider::ProviderSettings;

struct ProviderBody {
  std::string provider;
  std::string name;
  ProviderSettings settings;
  config::RawJson shown;
  ShownBeside beside;

  void describe(this auto& self, auto& visit) {
    visit.field("provider", self.provider,
                {.text = "Name of the provider.", .form = config::Form::kProviderName});
    visit.field("name", self.name, {.text = "The same.", .form = config::Form::kProviderName});
    self.settings.describe(visit);
    visit.field("provider_status", self.shown, {.text = "Shown."});
    visit.field("description", self.shown, {.text = "Shown."});
    self.beside.describe(visit);
  }
};

// A key is the one that it was when it has its id or, without one, its name.
class KeysBefore {
 public:
  explicit KeysBefore(const std::vector<KeySettings>& keys) {
    for (const KeySettings& key : keys) {
      by_name_.emplace(key.name, &key);
      by_id_.emplace(exchange::key_id(key), &key);
    }
  }
  [[nodiscard]] const KeySettings* find(const KeySettings& key) const {
    const auto& all = key.id.empty() ? by_name_ : by_id_;
    const auto found = all.find(key.id.empty() ? key.name : key.id);
    return found == all.end() ? nullptr : found->second;
  }

 private:
  using Keys = std::unordered_map<std::string_view, const KeySettings*>;
  Keys by_name_;
  Keys by_id_;
};

// Keys that come with their provider are all that it has from now on.
Result<void> settle_keys(const std::vector<KeySettings>& before, std::vector<KeySettings>& keys) {
  config::Problems problems;
  const KeysBefore all(before);
  for (KeySettings& key : keys) {
    const KeySettings* old = all.find(key);
    config::Restorer(problems).restore(old == nullptr ? KeySettings() : *old, key);
    if (old == nullptr) {
      settle_key(key);
    } else {
      key.id = old->id;
      provider::normalise_allow_list(key.models, 2);
    }
  }
  if (problems.empty()) return {};
  return client_error(ErrorCode::kInvalidRequest, "keys: " + config::render(problems.take()),
                      "keys");
}

Result<void> check_name(const ProviderBody& body, std::string_view name) {
  for (const std::string& given : {body.provider, body.name}) {
    if (given.empty() || given == name) continue;
    return client_error(ErrorCode::kInvalidRequest,
                        "provider: is " + quoted(given) + ", but the provider is " + quoted(name) +
                            "; a provider keeps its name",
                        "provider");
  }
  return {};
}

// The provider and its keys, which are shown and taken with it.
EntryNames names_of(const ManagedSettings& managed, std::string_view name) {
  EntryNames names = {{std::string(exchange::kProviderKind), std::string(name)}};
  const ProviderSettings* provider = managed.providers.find(name);
  if (provider == nullptr) return names;
  for (const KeySettings& key : provider->keys) {
    names.emplace_back(exchange::kProviderKeyKind, exchange::provider_key_place(name, key));
  }
  return names;
}

Result<exchange::Desk::Terms> terms_of(const Call& call) {
  return read_terms(call,
                    [&](const ManagedSettings& managed) { return names_of(managed, call.id); });
}

// Who speaks of a provider that is gone.
std::vector<std::string> speakers_of(const governance::GovernanceSettings& governance,
                                     std::string_view provider) {
  std::vector<std::string> out;
  const auto add = [&](std::string_view what, const std::string& name, std::string_view then) {
    out.push_back(std::string(what).append(" ").append(quoted(name)) +
                  " speaks of it: " + std::string(then));
  };
  const auto is_in = [&](const auto& list) {
    return std::ranges::any_of(list, [&](const auto& each) { return each.provider == provider; });
  };
  for (const auto& key : governance.virtual_keys) {
    if (is_in(key.provider_configs)) {
      add("virtual key", key.name, "what it may have there has no effect");
    }
  }
  for (const auto& rule : governance.routing_rules) {
    if (is_in(rule.targets) || is_in(rule.fallbacks)) {
      add("routing rule", rule.name, "what it sends there fails");
    }
  }
  for (const auto& model : governance.model_configs) {
    if (model.provider == provider) add("model config", model.id, "it limits nothing");
  }
  return out;
}

Result<Answer> shown(const Call& call, const ManagedSettings& managed, std::string_view name,
                     const std::vector<std::string>& warnings = {}) {
  BF_TRY(const ProviderSettings* settings, find_provider(managed, name));
  Answer answer;
  json::Writer writer(answer.body);
  write_provider(writer, call, name, *settings, warnings);
  answer.etag = version_tag(call.desk.versions(), names_of(managed, name));
  return answer;
}

}  // namespace

Result<Answer> list_providers(const Call& call) {
  const auto managed = call.desk.settings();
  Answer answer;
  json::Writer writer(answer.body);
  writer.begin_object().key("providers").begin_array();
  for (const auto& [name, settings] : managed->providers) {
    write_provider(writer, call, name, settings);
  }
  writer.end_array();
  writer.member("total", static_cast<std::int64_t>(managed->providers.size())).end_object();
  return answer;
}

Result<Answer> create_provider(const Call& call) {
  BF_TRY(const auto terms, terms_of(call));
  ProviderBody body;
  BF_TRY(const auto warnings, read_settings(call, BodyOf::kNew, body));
  const std::string name = body.provider.empty() ? body.name : body.provider;
  if (name.empty()) {
    return client_error(ErrorCode::kInvalidRequest, "provider: required, but not given",
                        "provider");
  }
  BF_TRY_VOID(check_name(body, name));
  BF_TRY_VOID(settle_keys({}, body.settings.keys));
  const auto edit = [&](ManagedSettings& managed) -> Result<void> {
    if (managed.providers.contains(name)) {
      return client_error(ErrorCode::kConflict,
                          "there is a provider " + quoted(name) + " already; change it with PUT",
                          "provider");
    }
    managed.providers.append(name, body.settings);
    return {};
  };
  BF_TRY(const auto managed, call.desk.change(edit, terms));
  return shown(call, *managed, name, warnings);
}

Result<Answer> show_provider(const Call& call) {
  return shown(call, *call.desk.settings(), call.id);
}

Result<Answer> update_provider(const Call& call) {
  BF_TRY(const auto terms, terms_of(call));
  std::vector<std::string> warnings;
  const auto edit = [&](ManagedSettings& managed) -> Result<void> {
    BF_TRY(ProviderSettings * settings, find_provider(managed, call.id));
    ProviderBody body{.settings = *settings};
    BF_TRY(warnings, read_settings(call, BodyOf::kChange, body));
    BF_TRY_VOID(check_name(body, call.id));
    BF_TRY_VOID(settle_keys(settings->keys, body.settings.keys));
    BF_TRY_VOID(check_addresses(call, *settings, body.settings));
    *settings = std::move(body.settings);
    return {};
  };
  BF_TRY(const auto managed, call.desk.change(edit, terms));
  return shown(call, *managed, call.id, warnings);
}

Result<Answer> delete_provider(const Call& call) {
  BF_TRY(const auto terms, terms_of(call));
  std::vector<std::string> warnings;
  const auto edit = [&](ManagedSettings& managed) -> Result<void> {
    BF_TRY_VOID(find_provider(managed, call.id));
    managed.providers.erase(call.id);
    warnings = speakers_of(managed.governance, call.id);
    return {};
  };
  BF_TRY_VOID(call.desk.change(edit, terms));
  return said("Provider deleted", warnings);
}

}  // namespace bifrost::admin
