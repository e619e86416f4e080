#include "dialect/anthropic/citations.h"

#include <string>

namespace bifrost::dialect::anthropic {

llm::Citation read_citation(json::Value citation) {
  llm::Citation read;
  // A search result names its `source`, which is a URL or any other handle of the caller.
  read.url = citation["url"].string_or(citation["source"].string_or({}));
  read.title = citation["title"].string_or(citation["document_title"].string_or({}));
  read.cited_text = citation["cited_text"].string_or({});
  // The places it gives are in the source, not in the answer: `start` and `end` stay unknown.
  read.raw = std::string(citation.raw());
  read.raw_dialect = "anthropic";
  return read;
}

std::vector<llm::Citation> read_citations(json::Value list) {
  std::vector<llm::Citation> citations;
  citations.reserve(list.size());
  for (const json::Value citation : list.children()) {
    if (citation.is_object()) citations.push_back(read_citation(citation));
  }
  return citations;
}

void write_citation(json::Writer& writer, const llm::Citation& citation) {
  if (citation.raw_dialect == "anthropic" && !citation.raw.empty()) {
    writer.raw(citation.raw);
    return;
  }
  writer.begin_object();
  writer.member("type", "web_search_result_location");
  writer.member("url", citation.url);
  writer.member("title", citation.title);
  writer.member("encrypted_index", "");
  writer.member("cited_text", citation.cited_text);
  writer.end_object();
}

}  // namespace bifrost::dialect::anthropic
