#include "dialect/openai_chat/fields.h"

#include "dialect/fault.h"
#include "json/writer.h"

#include <algorithm>
#include <utility>

namespace bifrost::dialect::openai_chat {
namespace {

bool plain_key(std::string_view key) {
  return !key.empty() && key.find_first_of(".[]\"") == std::string_view::npos;
}

}  // namespace

std::string Path::text() const {
  if (parent_ == nullptr) return {};
  std::string out = parent_->text();
  if (indexed_) return out + "[" + std::to_string(index_) + "]";
  if (!plain_key(key_)) return out + "[" + json::quoted(key_) + "]";
  if (!out.empty()) out += '.';
  return out.append(key_);
}

Error wrong_type(const Path& path, json::Value value, std::string_view wanted,
                 std::string_view fix) {
  return dialect::wrong_type(path.text(), value, wanted, fix);
}

Error missing(const Path& path, std::string_view fix) {
  std::string message = "is required";
  if (!fix.empty()) {
    message += "; ";
    message += fix;
  }
  return invalid(path, message);
}

Error invalid(const Path& path, std::string_view message) { return fault_at(path.text(), message); }

Result<std::string> read_string(json::Value value, const Path& path) {
  auto text = value.string();
  if (!text) {
    return wrong_type(path, value, "a string", value.is_number() ? "write it in quotes" : "");
  }
  return *std::move(text);
}

Result<bool> read_bool(json::Value value, const Path& path) {
  const auto flag = value.boolean();
  if (!flag) return wrong_type(path, value, "a boolean", "write true or false without quotes");
  return *flag;
}

Result<std::int64_t> read_integer(json::Value value, const Path& path) {
  const auto number = value.integer();
  if (number) return *number;
  if (value.is_number()) return invalid(path, "must be a whole number");
  return wrong_type(path, value, "an integer", value.is_string() ? "write it without quotes" : "");
}

Result<double> read_number(json::Value value, const Path& path) {
  const auto number = value.number();
  if (number) return *number;
  if (value.is_number()) return invalid(path, "is a number that no double can hold");
  return wrong_type(path, value, "a number", value.is_string() ? "write it without quotes" : "");
}

Result<std::string> read_object_text(json::Value value, const Path& path) {
  if (!value.is_object()) return wrong_type(path, value, "an object");
  return std::string(value.raw());
}

Result<std::vector<std::string>> read_strings(json::Value value, const Path& path) {
  if (!value.is_array()) return wrong_type(path, value, "an array of strings");
  std::vector<std::string> out;
  out.reserve(value.size());
  for (const json::Value item : value.children()) {
    BF_TRY(out.emplace_back(), read_string(item, Path(path, out.size())));
  }
  return out;
}

Result<std::string> read_optional_string(json::Value object, std::string_view key,
                                         const Path& path) {
  const json::Value value = object[key];
  if (!value.is_set()) return std::string();
  return read_string(value, Path(path, key));
}

Result<std::optional<bool>> read_optional_bool(json::Value object, std::string_view key,
                                               const Path& path) {
  const json::Value value = object[key];
  if (!value.is_set()) return std::optional<bool>();
  BF_TRY(const bool flag, read_bool(value, Path(path, key)));
  return std::optional(flag);
}

Result<std::optional<llm::CacheMarker>> read_cache_control(json::Value object, const Path& path) {
  const json::Value marker = object["cache_control"];
  if (!marker.is_set()) return std::optional<llm::CacheMarker>();
  const Path here(path, "cache_control");
  if (!marker.is_object()) {
    return wrong_type(here, marker, "an object", R"(write {"type":"ephemeral"})");
  }
  BF_TRY(std::string ttl, read_optional_string(marker, "ttl", here));
  return std::optional(llm::CacheMarker{.ttl = std::move(ttl)});
}

void note_unknown(json::Value object, std::span<const std::string_view> known, const Path& path,
                  std::vector<llm::Extra>& extras) {
  for (const json::Value member : object.children()) {
    const std::string key = member.key();
    if (std::ranges::find(known, key) != known.end()) continue;
    extras.push_back({Path(path, key).text(), std::string(member.raw())});
  }
}

}  // namespace bifrost::dialect::openai_chat
