#include "dialect/request_members.h"

#include "base/strings.h"
#include "base/try.h"

#include <algorithm>
#include <optional>

namespace bifrost::dialect {
namespace {

constexpr std::size_t kFewMembers = 32;     // compared with each other without a copy
constexpr std::size_t kNamedBytesMax = 64;  // of a name in a message

Error refused(std::string_view name, std::string_view why) {
  const std::string shown(utf8_prefix(name, kNamedBytesMax));
  return client_error(ErrorCode::kInvalidRequest, "'" + shown + "' " + std::string(why), shown);
}

std::optional<std::string_view> repeated(std::span<const json::Member> members) {
  if (members.size() <= kFewMembers) {
    for (std::size_t i = 1; i < members.size(); ++i) {
      const auto before = members.first(i);
      const auto same = std::ranges::find(before, members[i].key, &json::Member::key);
      if (same != before.end()) return same->key;
    }
    return std::nullopt;
  }
  std::vector<std::string_view> names;
  for (const json::Member& member : members) names.push_back(member.key);
  std::ranges::sort(names);
  const auto twice = std::ranges::adjacent_find(names);
  return twice == names.end() ? std::nullopt : std::optional(*twice);
}

}  // namespace

Result<const std::vector<json::Member>*> request_members(const RequestInput& input,
                                                         json::Scanner& scanner) {
  BF_TRY(const std::vector<json::Member>* members, scanner.scan_members(input.body));
  for (const json::Member& member : *members) {
    if (member.key.find('\\') != std::string_view::npos) {
      return refused(member.key, "is a name with escapes; write names of fields as they are");
    }
  }
  if (const auto name = repeated(*members)) return refused(*name, "stands there twice");
  return members;
}

}  // namespace bifrost::dialect
