#include "admin/show.h"

#include "base/strings.h"
#include "base/timestamp.h"

namespace bifrost::admin {

void text_or_null(json::Writer& writer, std::string_view name, std::string_view text) {
  writer.key(name);
  if (text.empty()) {
    writer.null();
  } else {
    writer.string(text);
  }
}

void write_texts(json::Writer& writer, std::string_view name,
                 const std::vector<std::string>& texts) {
  writer.key(name).begin_array();
  for (const std::string& text : texts) writer.string(text);
  writer.end_array();
}

void write_times(json::Writer& writer, const std::optional<exchange::EntryVersions::Entry>& entry) {
  if (!entry) return;  // it stands in the file alone
  writer.member("created_at", std::string_view(rfc3339_text(entry->created_at)));
  writer.member("updated_at", std::string_view(rfc3339_text(entry->updated_at)));
}

bool may_see_secrets(const Call& call) {
  return call.who != nullptr && call.who->role == governance::Role::kAdmin;
}

Answer said(std::string_view message, const std::vector<std::string>& warnings) {
  Answer answer;
  json::Writer writer(answer.body);
  writer.begin_object().member("message", message);
  if (!warnings.empty()) write_texts(writer, "warnings", warnings);
  writer.end_object();
  return answer;
}

Error no_such(std::string_view what, std::string_view id) {
  return client_error(ErrorCode::kEntryNotFound,
                      "there is no " + std::string(what) + " with the id " + quoted(id));
}

}  // namespace bifrost::admin
