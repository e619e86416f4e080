// /api/config: what concerns the gateway as a whole.

#include "admin/global_proxy.h"
#include "admin/resources.h"
#include "admin/settings_body.h"
#include "admin/show.h"
#include "governance/password.h"
#include "governance/settings/entries.h"

#include <utility>

namespace bifrost::admin {
namespace {

using exchange::ClientSettings;
using exchange::ManagedSettings;

// Section `framework`, as the original's API has it: without a level below.
struct FrameworkBody {
  catalog::PricingSettings pricing;
  config::RawJson shown;

  void describe(this auto& self, auto& visit) {
    self.pricing.describe(visit);
    visit.field("id", self.shown, {.text = "Shown."});
  }
};

struct ConfigBody {
  ClientSettings client;
  FrameworkBody framework;
  provider::GlobalProxySettings proxy;
  governance::AuthSettings administrator;
  std::string setup_token;  // of a stranger: no reference to the environment
  config::RawJson shown;

  void describe(this auto& self, auto& visit) {
    visit.field("client_config", self.client, {.text = "Section `client` of the file."});
    visit.field("framework_config", self.framework, {.text = "Where prices come from."});
    visit.field("proxy_config", self.proxy, {.text = "Shown."});
    visit.field("auth_config", self.administrator, {.text = "The administrator."});
    visit.field(
        "setup_token", self.setup_token,
        {.text = "The one that the gateway was started with; for the first administrator."});
    for (const std::string_view name : kShown) visit.field(name, self.shown, {.text = "Shown."});
  }

  static constexpr std::string_view kShown[] = {"is_db_connected", "is_cache_connected",
                                                "is_logs_connected", "restart_required"};
};

// The settings that count from the next start on, as a text to compare.
class OfRestart {
 public:
  template <class T>
  void field(std::string_view name, const T& member, const config::Facts& facts) {
    if (!facts.restart) return;
    json::Writer writer(text_);
    writer.begin_object().key(name);
    config::ValueWriter(writer).write(member, facts);
    writer.end_object();
  }
  void unserved(std::string_view /*name*/, config::Shape /*shape*/, std::string_view /*text*/) {}
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string restart_text(const ClientSettings& client) {
  OfRestart visit;
  client.describe(visit);
  return visit.text();
}

EntryNames names() {
  EntryNames out;
  for (const std::string_view kind : {exchange::kClientKind, exchange::kFrameworkKind,
                                      exchange::kGlobalProxyKind, governance::kAdministratorKind}) {
    out.emplace_back(kind, kind);
  }
  return out;
}

// Where none is enabled, the administrator would be whoever comes first, unless he has to show that
// the gateway is his.
Result<void> check_setup_token(const Call& call, std::string_view shown) {
  const SignIn& sign_in = call.sign_in;
  BF_TRY_VOID(sign_in.attempts.check(sign_in.network, sign_in.now));
  if (sign_in.operators.is_setup_token(shown)) return {};
  sign_in.attempts.wrong(sign_in.network, sign_in.now);
  return client_error(
      ErrorCode::kPermissionDenied,
      shown.empty()
          ? "setup_token: the first administrator is made with it; start the gateway with "
            "setup_token or BIFROST_SETUP_TOKEN, or name him in governance.auth_config of the file"
          : "setup_token: it is not the one that the gateway was started with",
      "setup_token");
}

// A password is stored as its hash; one that is a reference stays one.
Result<void> settle_password(const governance::AuthSettings& before,
                             governance::AuthSettings& administrator) {
  constexpr std::size_t kBytesMin = 8;
  constexpr std::size_t kBytesMax = 256;
  config::Secret& password = administrator.admin_password;
  if (password == before.admin_password || !password.variable().empty()) return {};
  if (governance::is_password_hash(password.reveal())) return {};
  if (password.reveal().size() < kBytesMin || password.reveal().size() > kBytesMax) {
    return client_error(ErrorCode::kInvalidRequest,
                        "auth_config.admin_password: must have 8 to 256 characters",
                        "auth_config.admin_password");
  }
  BF_TRY(std::string hash, governance::hash_password(password.reveal()));
  password = config::Secret(std::move(hash));
  return {};
}

Result<void> put_administrator(const Call& call, ManagedSettings& managed, ConfigBody& body) {
  const governance::AuthSettings& before = managed.governance.auth;
  if (body.administrator == before) return {};
  if (!before.is_enabled) {
    BF_TRY_VOID(check_setup_token(call, body.setup_token));
  }
  const std::string_view problem =
      governance::kept_password_problem(body.administrator.admin_password.reveal());
  if (!problem.empty()) {
    return client_error(ErrorCode::kInvalidRequest,
                        "auth_config.admin_password: " + std::string(problem),
                        "auth_config.admin_password");
  }
  BF_TRY_VOID(settle_password(before, body.administrator));
  managed.governance.auth = std::move(body.administrator);
  return {};
}

// A path is for the file's owner to say, who could read what stands there himself.
Result<void> put_framework(ManagedSettings& managed, ConfigBody& body) {
  catalog::PricingSettings& pricing = body.framework.pricing;
  if (pricing.url.starts_with('/') && pricing.url != managed.framework.pricing.url) {
    return client_error(ErrorCode::kInvalidRequest,
                        "framework_config.pricing_url: must be http or https; a path may only "
                        "stand in the file",
                        "framework_config.pricing_url");
  }
  managed.framework.pricing = std::move(pricing);
  return {};
}

Result<void> check_proxy(const ManagedSettings& managed, const ConfigBody& body) {
  if (body.proxy == managed.proxy) return {};
  return client_error(ErrorCode::kInvalidRequest,
                      "proxy_config: is shown here; change it with PUT /api/proxy-config",
                      "proxy_config");
}

// He may do this one thing, once he has shown the token.
Result<void> check_newcomer(const Call& call, const ManagedSettings& managed,
                            const ConfigBody& body) {
  if (call.who->kind != governance::Operator::Kind::kNewcomer) return {};
  BF_TRY_VOID(check_setup_token(call, body.setup_token));
  const bool nothing_else =
      body.client == managed.client && body.framework.pricing == managed.framework.pricing;
  if (nothing_else && body.administrator.is_enabled) return {};
  return client_error(ErrorCode::kPermissionDenied,
                      "without an administrator nothing else may be changed from here than "
                      "auth_config, whose is_enabled must be true");
}

Answer shown(const Call& call, const ManagedSettings& managed, std::string_view message = {},
             const std::vector<std::string>& warnings = {}) {
  Answer answer;
  json::Writer writer(answer.body);
  writer.begin_object();
  if (!message.empty()) writer.member("message", message);
  writer.key("client_config").begin_object();
  write_settings(writer, managed.client);
  writer.end_object();
  writer.key("framework_config").begin_object();
  write_settings(writer, managed.framework.pricing);
  writer.end_object();
  writer.key("proxy_config");
  write_global_proxy(writer, managed.proxy);
  if (const auto& administrator = managed.governance.auth;
      administrator != governance::AuthSettings{}) {
    writer.key("auth_config").begin_object();
    write_settings(writer, administrator);
    writer.end_object();
  }
  const exchange::Desk::StoreState store = call.desk.store_state();
  writer.member("is_db_connected", store.is_kept && store.trouble.empty());
  writer.member("is_cache_connected", false).member("is_logs_connected", false);
  const bool restart =
      restart_text(managed.client) != restart_text(call.desk.settings_at_start()->client);
  writer.key("restart_required").begin_object().member("required", restart);
  if (restart) {
    writer.member("reason", "client settings were changed that count from the next start on");
  }
  writer.end_object();
  write_warnings(writer, warnings);
  writer.end_object();
  answer.etag = version_tag(call.desk.versions(), names());
  return answer;
}

}  // namespace

Result<Answer> show_config(const Call& call) { return shown(call, *call.desk.settings()); }

Result<Answer> update_config(const Call& call) {
  BF_TRY(const auto terms,
         read_terms(call, [](const ManagedSettings& /*managed*/) { return names(); }));
  std::vector<std::string> warnings;
  const auto edit = [&](ManagedSettings& managed) -> Result<void> {
    const bool had_administrator = managed.governance.auth.is_enabled;
    ConfigBody body{.client = managed.client,
                    .framework = {.pricing = managed.framework.pricing},
                    .proxy = managed.proxy,
                    .administrator = managed.governance.auth};
    BF_TRY(warnings, read_settings(call, BodyOf::kChange, body));
    BF_TRY_VOID(check_newcomer(call, managed, body));
    BF_TRY_VOID(check_proxy(managed, body));
    BF_TRY_VOID(put_framework(managed, body));
    BF_TRY_VOID(put_administrator(call, managed, body));
    managed.client = std::move(body.client);
    if (had_administrator && !managed.governance.auth.is_enabled) {
      warnings.emplace_back(
          "auth_config.is_enabled: without an administrator the API is open on this machine and "
          "closed elsewhere, and the next one needs the setup_token");
    }
    return {};
  };
  BF_TRY(const auto managed, call.desk.change(edit, terms));
  return shown(call, *managed, "Configuration updated", warnings);
}

}  // namespace bifrost::admin
