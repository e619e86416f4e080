// /api/proxy-config
#include "admin/global_proxy.h"

#include "admin/provider_entries.h"
#include "admin/resources.h"
#include "admin/settings_body.h"
#include "admin/show.h"
#include "config/value_writer.h"

#include <string>
#include <utility>

namespace bifrost::admin {
namespace {

using exchange::ManagedSettings;
using provider::GlobalProxySettings;

struct ProxyBody {
  GlobalProxySettings proxy;
  ShownBeside beside;

  void describe(this auto& self, auto& visit) {
    self.proxy.describe(visit);
    self.beside.describe(visit);
  }
  void check(config::CheckScope& scope) const { proxy.check(scope); }
};

EntryNames names() {
  EntryNames out;
  out.emplace_back(exchange::kGlobalProxyKind, exchange::kGlobalProxyKind);
  return out;
}

// Whoever is between the gateway and the providers reads along, and with certificates of his own
// also what is sent by TLS.
Result<void> check_way(const Call& call, const GlobalProxySettings& before,
                       const GlobalProxySettings& after) {
  const bool same_way = before.url == after.url && before.ca_cert_pem == after.ca_cert_pem;
  if (same_way || has_administrator(call)) return {};
  return client_error(ErrorCode::kPermissionDenied,
                      "url: without an administrator (governance.auth_config) it may only be said "
                      "in the file (proxy_config)",
                      "url");
}

Answer shown(const Call& call, const GlobalProxySettings& proxy,
             const std::vector<std::string>& warnings = {}) {
  Answer answer;
  json::Writer writer(answer.body);
  writer.begin_object();
  config::ValueWriter values(writer);
  proxy.describe(values);
  write_warnings(writer, warnings);
  writer.end_object();
  answer.etag = version_tag(call.desk.versions(), names());
  return answer;
}

}  // namespace

void write_global_proxy(json::Writer& writer, const GlobalProxySettings& proxy) {
  config::ValueWriter(writer).write(proxy, {});
}

Result<Answer> show_proxy_config(const Call& call) {
  return shown(call, call.desk.settings()->proxy);
}

Result<Answer> update_proxy_config(const Call& call) {
  BF_TRY(const auto terms,
         read_terms(call, [](const ManagedSettings& /*managed*/) { return names(); }));
  std::vector<std::string> warnings;
  const auto edit = [&](ManagedSettings& managed) -> Result<void> {
    ProxyBody body{.proxy = managed.proxy};
    BF_TRY(warnings, read_settings(call, BodyOf::kChange, body));
    BF_TRY_VOID(check_way(call, managed.proxy, body.proxy));
    managed.proxy = std::move(body.proxy);
    return {};
  };
  BF_TRY(const auto managed, call.desk.change(edit, terms));
  return shown(call, managed->proxy, warnings);
}

}  // namespace bifrost::admin
