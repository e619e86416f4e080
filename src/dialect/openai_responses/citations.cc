#include "dialect/openai_responses/citations.h"

#include "dialect/openai_responses/functions.h"

#include <array>
#include <string_view>
#include <utility>

namespace bifrost::dialect::openai_responses {
namespace {

// What the official clients expect of a url_citation; 0 and 0 mark no text.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kExpected{
    {{"title", "\"\""}, {"start_index", "0"}, {"end_index", "0"}}};

// xAI leaves all of them out.
void encode_own(json::Writer& writer, std::string_view raw) {
  const auto document = json::Document::parse(raw);
  if (!document || !document->root()["type"].equals("url_citation")) {
    writer.raw(raw);
    return;
  }
  const json::Value annotation = document->root();
  writer.begin_object();
  for (const json::Value member : annotation.children()) {
    writer.key(member.key()).raw(member.raw());
  }
  for (const auto& [name, otherwise] : kExpected) {
    if (!annotation[name].exists()) writer.key(name).raw(otherwise);
  }
  writer.end_object();
}

}  // namespace

llm::Citation decode_annotation(json::Value annotation) {
  const auto [url, title, filename, start, end] =
      annotation.members<5>({"url", "title", "filename", "start_index", "end_index"});
  llm::Citation citation;
  citation.url = url.string_or("");
  citation.title = title.string_or(filename.string_or(""));
  citation.start = start.integer().value_or(-1);
  citation.end = end.integer().value_or(-1);
  citation.raw = annotation.raw();
  citation.raw_dialect = kName;
  return citation;
}

std::vector<llm::Citation> decode_annotations(json::Value annotations) {
  std::vector<llm::Citation> out;
  if (!annotations.is_array()) return out;
  out.reserve(annotations.size());
  for (const json::Value annotation : annotations.children()) {
    if (annotation.is_object()) out.push_back(decode_annotation(annotation));
  }
  return out;
}

bool is_annotation(const llm::Citation& citation) {
  return citation.raw_dialect == kName || !citation.url.empty();
}

void encode_annotation(json::Writer& writer, const llm::Citation& citation) {
  if (citation.raw_dialect == kName) {
    encode_own(writer, citation.raw);
    return;
  }
  writer.begin_object();
  writer.member("type", "url_citation");
  writer.member("url", citation.url);
  writer.member("title", citation.title);
  writer.member("start_index", citation.start >= 0 ? citation.start : 0);
  writer.member("end_index", citation.end >= 0 ? citation.end : 0);
  writer.end_object();
}

}  // namespace bifrost::dialect::openai_responses
