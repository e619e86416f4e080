#include "dialect/openai_chat/extras.h"

#include "json/document.h"

#include <set>
#include <utility>

namespace bifrost::dialect::openai_chat {
namespace {

// "a.b[2].c" is the member "c" of "a.b[2]"; "a[\"x.y\"]" is the member "x.y" of "a".
std::pair<std::string, std::string> split_path(const std::string& path) {
  if (path.ends_with("\"]")) {
    const auto bracket = path.rfind("[\"");
    if (bracket != std::string::npos) {
      const std::string_view literal =
          std::string_view(path).substr(bracket + 1, path.size() - bracket - 2);
      return {path.substr(0, bracket), json::unescape(literal).value_or(std::string(literal))};
    }
  }
  const auto dot = path.rfind('.');
  if (dot == std::string::npos) return {std::string(), path};
  return {path.substr(0, dot), path.substr(dot + 1)};
}

}  // namespace

ExtrasIndex::ExtrasIndex(const llm::Request& request, std::string_view dialect)
    : extras_(request.extras) {
  if (request.dialect != dialect) return;
  for (const llm::Extra& extra : extras_) {
    auto [object, key] = split_path(extra.path);
    by_object_[std::move(object)].push_back({std::move(key), &extra});
  }
}

bool ExtrasIndex::any_below(std::string_view path) const {
  const auto found = by_object_.lower_bound(path);
  return found != by_object_.end() && found->first.starts_with(path);
}

void ExtrasIndex::write(json::Writer& writer, std::string_view path) {
  if (empty()) return;
  const auto found = by_object_.find(path);
  if (found == by_object_.end()) return;
  for (Entry& entry : found->second) {
    if (entry.written) continue;
    writer.key(entry.key).raw(entry.extra->json);
    entry.written = true;
  }
}

const std::string* ExtrasIndex::take(std::string_view key) {
  const auto found = by_object_.find(std::string_view());
  if (found == by_object_.end()) return nullptr;
  for (Entry& entry : found->second) {
    if (entry.key != key || entry.written) continue;
    entry.written = true;
    return &entry.extra->json;
  }
  return nullptr;
}

std::vector<std::string> ExtrasIndex::unwritten() const {
  std::set<const llm::Extra*> written;
  for (const auto& [object, entries] : by_object_) {
    for (const Entry& entry : entries) {
      if (entry.written) written.insert(entry.extra);
    }
  }
  std::vector<std::string> paths;
  for (const llm::Extra& extra : extras_) {
    if (!written.contains(&extra)) paths.push_back(extra.path);
  }
  return paths;
}

}  // namespace bifrost::dialect::openai_chat
