// /api/config: what concerns the gateway as a whole.

#include "admin/resources.h"
#include "admin/settings_body.h"
#include "admin/show.h"

#include <utility>

namespace bifrost::admin {
namespace {

using exchange::ClientSettings;
using exchange::ManagedSettings;

struct ConfigBody {
  ClientSettings client;
  config::RawJson shown;

  void describe(this auto& self, auto& visit) {
    visit.field("client_config", self.client, {.text = "Section `client` of the file."});
    for (const std::string_view name : kUnserved) visit.field(name, self.shown, {.text = "No."});
    for (const std::string_view name : kShown) visit.field(name, self.shown, {.text = "Shown."});
  }

  static constexpr std::string_view kUnserved[] = {"framework_config", "auth_config",
                                                   "proxy_config"};
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

EntryNames client_names() {
  return {{std::string(exchange::kClientKind), std::string(exchange::kClientKind)}};
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
  writer.key("framework_config").begin_object().end_object();
  writer.member("is_db_connected", true);
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
  answer.etag = version_tag(call.desk, client_names());
  return answer;
}

}  // namespace

Result<Answer> show_config(const Call& call) { return shown(call, *call.desk.settings()); }

Result<Answer> update_config(const Call& call) {
  BF_TRY(const auto terms,
         read_terms(call, [](const ManagedSettings& /*managed*/) { return client_names(); }));
  std::vector<std::string> warnings;
  const auto edit = [&](ManagedSettings& managed) -> Result<void> {
    ConfigBody body{.client = managed.client};
    BF_TRY(warnings, read_settings(call, BodyOf::kChange, body));
    managed.client = std::move(body.client);
    return {};
  };
  BF_TRY(const auto managed, call.desk.change(edit, terms));
  return shown(call, *managed, "Configuration updated", warnings);
}

}  // namespace bifrost::admin
