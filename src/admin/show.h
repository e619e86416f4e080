// What answers look like: entries with what is known of them beside their settings, and lists.
#pragma once

#include "admin/read.h"
#include "admin/route.h"
#include "config/shared_list.h"
#include "json/writer.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::admin {

// A text, or null where there is none.
void text_or_null(json::Writer& writer, std::string_view name, std::string_view text);
void write_texts(json::Writer& writer, std::string_view name,
                 const std::vector<std::string>& texts);
// `created_at` and `updated_at`.
void write_times(json::Writer& writer, const std::optional<exchange::EntryVersions::Entry>& entry);

// {"virtual_key": {…}}, perhaps with a message, with the version of these as its ETag.
template <class Entry, class Write>
Answer one(const Call& call, std::string_view name, const EntryNames& names, const Entry& entry,
           Write write, std::string_view message = {}) {
  Answer answer;
  json::Writer writer(answer.body);
  writer.begin_object();
  if (!message.empty()) writer.member("message", message);
  writer.key(name);
  write(writer, entry);
  writer.end_object();
  answer.etag = version_tag(call.desk.versions(), names);
  return answer;
}

// {"virtual_keys": [...], "count": 2, "total_count": 7, "limit": 2, "offset": 0}
template <config::List Entries, class Wanted, class Write>
Answer list(const Page& page, std::string_view name, const Entries& entries, Wanted wanted,
            Write write) {
  Answer answer;
  json::Writer writer(answer.body);
  std::int64_t total = 0;
  std::int64_t count = 0;
  writer.begin_object().key(name).begin_array();
  for (const auto& entry : entries) {
    if (!wanted(entry)) continue;
    const bool shown = total >= page.offset && count < page.limit;
    ++total;
    if (!shown) continue;
    ++count;
    write(writer, entry);
  }
  writer.end_array();
  writer.member("count", count);
  writer.member("total_count", total);
  writer.member("limit", page.limit);
  writer.member("offset", page.offset);
  writer.end_object();
  return answer;
}

// Whoever may only read sees none.
[[nodiscard]] bool may_see_secrets(const Call& call);

// With what whoever asked should know of it.
[[nodiscard]] Answer said(std::string_view message, const std::vector<std::string>& warnings = {});
[[nodiscard]] Error no_such(std::string_view what, std::string_view id);

}  // namespace bifrost::admin
