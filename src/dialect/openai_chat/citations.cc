#include "dialect/openai_chat/citations.h"

#include "dialect/openai_chat/functions.h"

#include <algorithm>
#include <utility>

namespace bifrost::dialect::openai_chat {

llm::Citation decode_annotation(json::Value annotation) {
  const json::Value source = annotation["url_citation"];
  llm::Citation citation;
  citation.url = source["url"].string_or("");
  citation.title = source["title"].string_or("");
  citation.cited_text = source["content"].string_or("");
  citation.start = source["start_index"].integer().value_or(-1);
  citation.end = source["end_index"].integer().value_or(-1);
  citation.raw = annotation.raw();
  citation.raw_dialect = kName;
  return citation;
}

std::vector<llm::Citation> decode_annotations(json::Value annotations) {
  std::vector<llm::Citation> out;
  if (!annotations.is_array()) return out;
  for (const json::Value annotation : annotations.children()) {
    if (annotation.is_object()) out.push_back(decode_annotation(annotation));
  }
  return out;
}

std::vector<llm::Citation> decode_search_results(json::Value root) {
  std::vector<llm::Citation> out;
  const auto add = [&](std::string url, std::string title) {
    if (url.empty()) return;
    llm::Citation citation;
    citation.url = std::move(url);
    citation.title = std::move(title);
    out.push_back(std::move(citation));
  };
  const json::Value results = root["search_results"];
  if (results.is_array() && results.size() > 0) {
    for (const json::Value result : results.children()) {
      add(result["url"].string_or(""), result["title"].string_or(""));
    }
    return out;
  }
  const json::Value urls = root["citations"];
  if (!urls.is_array()) return out;
  for (const json::Value url : urls.children()) add(url.string_or(url["url"].string_or("")), {});
  return out;
}

bool is_annotation(const llm::Citation& citation) {
  return citation.raw_dialect == kName || !citation.url.empty();
}

void encode_annotation(json::Writer& writer, const llm::Citation& citation, std::int64_t shift) {
  if (citation.raw_dialect == kName && shift == 0) {
    writer.raw(citation.raw);
    return;
  }
  writer.begin_object();
  writer.member("type", "url_citation");
  writer.key("url_citation").begin_object();
  writer.member("url", citation.url);
  writer.member("title", citation.title);
  if (!citation.cited_text.empty()) writer.member("content", citation.cited_text);
  // The official clients expect both numbers; 0 and 0 mark no text.
  writer.member("start_index", citation.start >= 0 ? citation.start + shift : 0);
  writer.member("end_index", citation.end >= 0 ? citation.end + shift : 0);
  writer.end_object().end_object();
}

std::int64_t character_count(std::string_view text) {
  return std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
}

}  // namespace bifrost::dialect::openai_chat
