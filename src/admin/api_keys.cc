// /api/api-keys: keys of programs that use the management API.

#include "admin/entries.h"
#include "admin/resources.h"
#include "admin/session_token.h"
#include "store/digest.h"

#include <utility>

namespace bifrost::admin {
namespace {

using governance::ApiKeySettings;
using governance::GovernanceSettings;
using governance::Role;

inline constexpr Resource<ApiKeySettings> kApiKeys = {.kind = governance::kApiKeyKind,
                                                      .name = "api_key",
                                                      .what = "API key",
                                                      .list = &GovernanceSettings::api_keys};

struct ApiKeyBody {
  static constexpr std::array<std::string_view, 0> kUnserved = {};

  std::string name;
  std::string description;
  Role role = Role::kAdmin;
  bool is_active = true;
  std::string expires_at;

  void describe(this auto& self, auto& visit) {
    visit.field("name", self.name, {.text = "For people, unique."});
    visit.field("description", self.description, {.text = "For people."});
    visit.field("role", self.role, {.text = "`admin`, or `viewer`, who may only read."});
    visit.field("is_active", self.is_active, {.text = "A key that is not active is refused."});
    visit.field(
        "expires_at", self.expires_at,
        {.text = "From when on it is refused; empty: never.", .form = config::Form::kTimestamp});
    for (const std::string_view shown : {"id", "created_at", "updated_at"}) {
      visit.unserved(shown, config::Shape::kAny, "Shown.");
    }
  }
};

Result<void> put(const Call& call, const GovernanceSettings& governance, ApiKeySettings& key,
                 const ApiKeyBody& body) {
  if (body.expires_at != key.expires_at && !body.expires_at.empty()) {
    BF_TRY_VOID(check_future(call, body.expires_at));
  }
  key.name = body.name;
  key.description = body.description;
  key.role = body.role;
  key.is_active = body.is_active;
  key.expires_at = body.expires_at;
  return check_name(governance, kApiKeys, key);
}

// Never the key itself: it is shown once, when it is made, and kept nowhere.
class Show {
 public:
  Show(const Call& call, const GovernanceSettings& /*governance*/) : call_(call) {}

  void operator()(json::Writer& writer, const ApiKeySettings& key) const {
    writer.begin_object();
    writer.member("id", std::string_view(key.id)).member("name", std::string_view(key.name));
    writer.member("description", std::string_view(key.description));
    writer.member("role", config::enum_text(key.role));
    writer.member("is_active", key.is_active);
    text_or_null(writer, "expires_at", key.expires_at);
    write_times(writer, call_.desk.entry(kApiKeys.kind, key.id));
    writer.end_object();
  }

 private:
  const Call& call_;
};

// Behind the entry's own members: {"api_key": {…}, "value": "bfst-…"}.
void add_value(Answer& answer, std::string_view value) {
  answer.body.pop_back();
  answer.body.append(R"(,"value":")").append(value).append(R"("})");
}

}  // namespace

Result<Answer> list_api_keys(const Call& call) {
  BF_TRY(const Page page, read_page(call.query));
  const auto governance = governance_of(call);
  return list(
      page, "api_keys", governance->api_keys,
      [&](const ApiKeySettings& key) { return found_in(key.name, page); }, Show(call, *governance));
}

Result<Answer> create_api_key(const Call& call) {
  ApiKeyBody body;
  BF_TRY_VOID(read_body(call, body));
  const std::string value = new_token(governance::kApiKeyPrefix);
  BF_TRY(Answer answer,
         create_entry<Show>(call, kApiKeys,
                            [&](const GovernanceSettings& governance, ApiKeySettings& key) {
                              key.value_hash = store::sha256(value);
                              return put(call, governance, key, body);
                            }));
  BF_TRY(const bool tried, is_dry_run(call.query));
  if (!tried) add_value(answer, value);
  return answer;
}

Result<Answer> show_api_key(const Call& call) { return show_entry<Show>(call, kApiKeys); }

Result<Answer> update_api_key(const Call& call) {
  return change_entry<Show>(
      call, kApiKeys,
      [&](const GovernanceSettings& governance, ApiKeySettings& key) -> Result<void> {
        ApiKeyBody body{.name = key.name,
                        .description = key.description,
                        .role = key.role,
                        .is_active = key.is_active,
                        .expires_at = key.expires_at};
        BF_TRY_VOID(read_body(call, body));
        return put(call, governance, key, body);
      });
}

Result<Answer> delete_api_key(const Call& call) {
  return delete_entry(call, kApiKeys,
                      [](const GovernanceSettings& /*governance*/,
                         const ApiKeySettings& /*key*/) -> Result<void> { return {}; });
}

}  // namespace bifrost::admin
