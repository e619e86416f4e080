#include "dialect/raw_text.h"

#include "json/document.h"

namespace bifrost::dialect {

std::string raw_text(const llm::RawPart& part) {
  if (part.dialect != "anthropic" || part.type != "search_result") return {};
  const auto document = json::Document::parse(part.json);
  if (!document) return {};
  const json::Value block = document->root();
  std::string out;
  const auto add = [&](const std::string& line) {
    if (!out.empty() && !line.empty()) out += '\n';
    out += line;
  };
  add(block["title"].string_or(""));
  add(block["source"].string_or(""));
  for (const json::Value piece : block["content"].children()) add(piece["text"].string_or(""));
  return out;
}

}  // namespace bifrost::dialect
