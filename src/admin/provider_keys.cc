// /api/providers/{id}/keys, and /api/keys: those of all providers

#include "admin/provider_entries.h"
#include "admin/resources.h"
#include "admin/settings_body.h"
#include "admin/show.h"
#include "base/strings.h"
#include "provider/settings/providers.h"

#include <utility>

namespace bifrost::admin {
namespace {

using exchange::ManagedSettings;
using provider::KeySettings;
using provider::ProviderSettings;

struct KeyBody {
  KeySettings key;
  config::RawJson shown;
  ShownBeside beside;

  void describe(this auto& self, auto& visit) {
    self.key.describe(visit);
    visit.field("provider", self.shown, {.text = "Shown."});
    self.beside.describe(visit);
  }
  void check(config::CheckScope& scope) const {
    if (key.name.empty()) scope.problem("name", "required, but not given");
  }
};

EntryNames names_of(std::string_view place) {
  return {{std::string(exchange::kProviderKeyKind), std::string(place)}};
}

Result<exchange::Desk::Terms> terms_of(const Call& call, std::string_view place) {
  return read_terms(
      call, [names = names_of(place)](const ManagedSettings& /*managed*/) { return names; });
}

Result<Answer> shown(const Call& call, const ManagedSettings& managed, std::string_view id,
                     const std::vector<std::string>& warnings = {}) {
  BF_TRY(const ProviderSettings* provider, find_provider(managed, call.id));
  BF_TRY(const KeySettings* key, find_key(*provider, id));
  Answer answer;
  json::Writer writer(answer.body);
  write_key(writer, call, call.id, *key, warnings);
  answer.etag =
      version_tag(call.desk.versions(), names_of(exchange::provider_key_place(call.id, *key)));
  return answer;
}

// Where the last key is gone, it is not everywhere that nothing is asked any more.
std::vector<std::string> warnings_of_last(const ProviderSettings& provider,
                                          const std::string& name) {
  if (!provider.keys.empty()) return {};
  const bool goes_on = provider::works_without_keys(name, provider, provider::provider_names());
  return {"provider " + quoted(name) + " has no key any more: " +
          (goes_on ? "it works without one, and is asked without a credential from now on"
                   : "requests to it fail until it has one")};
}

// The key as it would be stored, and its place.
std::string place_of(const Call& call) { return call.id + "/" + call.key_id; }

}  // namespace

Result<Answer> list_all_provider_keys(const Call& call) {
  const auto managed = call.desk.settings();
  Answer answer;
  json::Writer writer(answer.body);
  std::int64_t total = 0;
  writer.begin_object().key("keys").begin_array();
  for (const auto& [name, provider] : managed->providers) {
    for (const KeySettings& key : provider.keys) {
      write_key(writer, call, name, key);
      ++total;
    }
  }
  writer.end_array().member("total", total).end_object();
  return answer;
}

Result<Answer> list_provider_keys(const Call& call) {
  const auto managed = call.desk.settings();
  BF_TRY(const ProviderSettings* provider, find_provider(*managed, call.id));
  Answer answer;
  json::Writer writer(answer.body);
  writer.begin_object().key("keys").begin_array();
  for (const KeySettings& key : provider->keys) write_key(writer, call, call.id, key);
  writer.end_array();
  writer.member("total", static_cast<std::int64_t>(provider->keys.size())).end_object();
  return answer;
}

Result<Answer> create_provider_key(const Call& call) {
  BF_TRY(const auto terms, terms_of(call, {}));
  KeyBody body;
  BF_TRY(const auto warnings, read_settings(call, BodyOf::kNew, body));
  settle_key(body.key);
  const std::string id = body.key.id;
  const auto edit = [&](ManagedSettings& managed) -> Result<void> {
    BF_TRY(ProviderSettings * provider, find_provider(managed, call.id));
    provider->keys.push_back(body.key);
    return {};
  };
  BF_TRY(const auto managed, call.desk.change(edit, terms));
  return shown(call, *managed, id, warnings);
}

Result<Answer> show_provider_key(const Call& call) {
  return shown(call, *call.desk.settings(), call.key_id);
}

Result<Answer> update_provider_key(const Call& call) {
  BF_TRY(const auto terms, terms_of(call, place_of(call)));
  std::vector<std::string> warnings;
  std::string id;  // another one, where the key has none and gets another name
  const auto edit = [&](ManagedSettings& managed) -> Result<void> {
    BF_TRY(ProviderSettings * provider, find_provider(managed, call.id));
    BF_TRY(KeySettings * key, find_key(*provider, call.key_id));
    KeyBody body{.key = *key};
    BF_TRY(warnings, read_settings(call, BodyOf::kChange, body));
    if (!body.key.id.empty() && body.key.id != call.key_id) {
      return client_error(ErrorCode::kInvalidRequest,
                          "id: is " + quoted(body.key.id) + ", but the key is " +
                              quoted(call.key_id) + "; a key keeps its id",
                          "id");
    }
    body.key.id = key->id;
    provider::normalise_allow_list(body.key.models, 2);
    const ProviderSettings before = *provider;
    *key = std::move(body.key);
    id = exchange::key_id(*key);
    return check_addresses(call, before, *provider);
  };
  BF_TRY(const auto managed, call.desk.change(edit, terms));
  return shown(call, *managed, id, warnings);
}

Result<Answer> delete_provider_key(const Call& call) {
  BF_TRY(const auto terms, terms_of(call, place_of(call)));
  std::vector<std::string> warnings;
  const auto edit = [&](ManagedSettings& managed) -> Result<void> {
    BF_TRY(ProviderSettings * provider, find_provider(managed, call.id));
    BF_TRY_VOID(find_key(*provider, call.key_id));
    std::erase_if(provider->keys,
                  [&](const KeySettings& key) { return exchange::key_id(key) == call.key_id; });
    warnings = warnings_of_last(*provider, call.id);
    return {};
  };
  BF_TRY_VOID(call.desk.change(edit, terms));
  return said("Key deleted", warnings);
}

}  // namespace bifrost::admin
