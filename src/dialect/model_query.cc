#include "dialect/model_query.h"

#include "base/strings.h"
#include "base/try.h"
#include "http/url.h"

#include <optional>
#include <string>

namespace bifrost::dialect {
namespace {

struct Found {
  std::string_view name;
  std::string value;
};

// What stands under the first of the names; one that is empty is not set.
std::optional<Found> find(std::string_view query, const QueryNames& names) {
  for (const std::string_view name : names) {
    if (name.empty()) continue;
    auto value = http::query_value(query, name);
    if (value && !value->empty()) return Found{name, *std::move(value)};
  }
  return std::nullopt;
}

Result<std::size_t> limit_of(const Found& found, const ModelQueryNames& names) {
  const auto limit = parse_int(found.value);
  if (limit && *limit >= names.limit_min && *limit <= names.limit_max) {
    return static_cast<std::size_t>(*limit);
  }
  constexpr std::size_t kShownBytesMax = 64;
  return client_error(ErrorCode::kInvalidRequest,
                      std::string(found.name) + " is \"" +
                          std::string(utf8_prefix(found.value, kShownBytesMax)) +
                          "\"; write a number from " + std::to_string(names.limit_min) + " to " +
                          std::to_string(names.limit_max),
                      std::string(found.name));
}

}  // namespace

Result<ModelQuery> read_model_query(std::string_view query, const ModelQueryNames& names) {
  ModelQuery out{.after_name = names.after.front(), .before_name = names.before};
  if (const auto limit = find(query, names.limit)) {
    BF_TRY(out.limit, limit_of(*limit, names));
  }
  if (auto after = find(query, names.after)) {
    out.after_name = after->name;
    out.after = std::move(after->value);
  }
  if (auto before = find(query, {names.before})) out.before = std::move(before->value);
  return out;
}

}  // namespace bifrost::dialect
