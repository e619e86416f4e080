#include "dialect/gemini/grounding.h"

#include "dialect/gemini/functions.h"
#include "dialect/gemini/spelling.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <utility>

namespace bifrost::dialect::gemini {
namespace {

// Per answer. A support may name every chunk: without a bound a small text could stand for much.
constexpr std::size_t kCitationsMax = 4096;
// Of the raw chunks that the citations of one answer repeat; beyond, they keep url and title only.
constexpr std::size_t kRawBytesMax = 4 * 1024 * 1024;

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// Characters before the byte; -1 when the text is shorter.
std::int64_t characters_before(std::string_view text, std::int64_t byte) {
  if (text.size() > kCitedTextBytesMax) return -1;
  if (byte < 0 || static_cast<std::size_t>(byte) > text.size()) return -1;
  const std::string_view head = text.substr(0, static_cast<std::size_t>(byte));
  return std::ranges::count_if(head, [](char c) { return !continues_character(c); });
}

// The byte at which a character begins; -1 when the text has fewer.
std::int64_t bytes_before(std::string_view text, std::int64_t character) {
  if (character < 0 || text.size() > kCitedTextBytesMax) return -1;
  std::size_t at = 0;
  for (std::int64_t seen = 0; seen < character; ++seen) {
    if (at >= text.size()) return -1;
    ++at;
    while (at < text.size() && continues_character(text[at])) ++at;
  }
  return static_cast<std::int64_t>(at);
}

std::string_view text_of(std::span<const std::string> texts, std::size_t part) {
  return part < texts.size() ? std::string_view(texts[part]) : std::string_view{};
}

// {"web": {"uri", "title"}}, {"retrievedContext": {…}}, {"maps": {…}}.
llm::Citation citation_of(json::Value chunk) {
  llm::Citation citation{.raw = std::string(chunk.raw()), .raw_dialect = std::string(kName)};
  for (const json::Value source : chunk.children()) {
    citation.url = field(source, "uri").string_or("");
    citation.title = field(source, "title").string_or("");
    if (!citation.url.empty() || !citation.title.empty()) break;
  }
  return citation;
}

void place(llm::Citation& citation, json::Value segment, std::string_view text) {
  citation.start = characters_before(text, whole_number(field(segment, "startIndex")).value_or(0));
  citation.end = characters_before(text, whole_number(field(segment, "endIndex")).value_or(-1));
  if (citation.start < 0 || citation.end < 0) citation.start = citation.end = -1;
}

void decode_supports(json::Value grounding, std::span<const std::string> texts,
                     std::vector<PlacedCitation>& out) {
  const std::vector<json::Value> chunks = elements(field(grounding, "groundingChunks"));
  bool any = false;
  std::size_t raw_bytes = 0;
  for (const json::Value support : elements(field(grounding, "groundingSupports"))) {
    const json::Value segment = field(support, "segment");
    const auto part = whole_number(field(segment, "partIndex")).value_or(0);
    for (const json::Value index : field(support, "groundingChunkIndices").children()) {
      const auto chunk = whole_number(index).value_or(-1);
      if (chunk < 0 || static_cast<std::size_t>(chunk) >= chunks.size()) continue;
      if (out.size() >= kCitationsMax) return;
      PlacedCitation placed{.part = static_cast<std::size_t>(std::max<std::int64_t>(part, 0)),
                            .citation = citation_of(chunks[static_cast<std::size_t>(chunk)])};
      placed.citation.cited_text = field(segment, "text").string_or("");
      place(placed.citation, segment, text_of(texts, placed.part));
      raw_bytes += placed.citation.raw.size();
      if (raw_bytes > kRawBytesMax) placed.citation.raw.clear();
      out.push_back(std::move(placed));
      any = true;
    }
  }
  if (any) return;
  // Sources without saying for what.
  for (const json::Value chunk : chunks) {
    if (out.size() >= kCitationsMax) return;
    out.push_back({.citation = citation_of(chunk)});
  }
}

void decode_recitations(json::Value metadata, std::span<const std::string> texts,
                        std::vector<PlacedCitation>& out) {
  json::Value list = field(metadata, "citations");
  if (!list) list = field(metadata, "citationSources");
  for (const json::Value item : elements(list)) {
    if (out.size() >= kCitationsMax) return;
    PlacedCitation placed{.citation = {.url = field(item, "uri").string_or(""),
                                       .title = field(item, "title").string_or(""),
                                       .raw = std::string(item.raw()),
                                       .raw_dialect = std::string(kName)}};
    place(placed.citation, item, text_of(texts, 0));
    out.push_back(std::move(placed));
  }
}

// Ours are told apart by their raw text: an entry of citationMetadata has no object inside.
bool is_recitation(const llm::Citation& citation) {
  if (citation.raw_dialect != kName) return false;
  const auto document = json::Document::parse(citation.raw);
  if (!document) return false;
  return std::ranges::none_of(
             document->root().children(),
             [](json::Value member) { return member.is_object() && field(member, "uri"); }) &&
         field(document->root(), "uri");
}

std::string chunk_json(const llm::Citation& citation) {
  if (citation.raw_dialect == kName && !citation.raw.empty()) return citation.raw;
  std::string text;
  json::Writer out(text);
  out.begin_object().key("web").begin_object();
  out.member("uri", citation.url);
  if (!citation.title.empty()) out.member("title", citation.title);
  out.end_object().end_object();
  return text;
}

// The chunks without repetition, and the supports with their chunks.
class Grounding {
 public:
  void add(const PlacedCitation& placed) {
    const llm::Citation& citation = placed.citation;
    const std::size_t chunk = chunk_index(chunk_json(citation));
    if (citation.start < 0 && citation.end < 0 && citation.cited_text.empty()) return;
    const Key key{placed.part, citation.start, citation.end, citation.cited_text};
    const auto [found, added] = by_segment_.try_emplace(key, supports_.size());
    if (added) supports_.push_back({.key = key});
    supports_[found->second].chunks.push_back(chunk);
  }

  void write(json::Writer& out, std::span<const std::string> texts) const {
    if (chunks_.empty()) return;
    out.key("groundingMetadata").begin_object().key("groundingChunks").begin_array();
    for (const std::string& chunk : chunks_) out.raw(chunk);
    out.end_array();
    if (!supports_.empty()) write_supports(out, texts);
    out.end_object();
  }

 private:
  using Key = std::tuple<std::size_t, std::int64_t, std::int64_t, std::string>;
  struct Support {
    Key key;
    std::vector<std::size_t> chunks;
  };

  std::size_t chunk_index(std::string json) {
    const auto [found, added] = by_json_.try_emplace(json, chunks_.size());
    if (added) chunks_.push_back(std::move(json));
    return found->second;
  }

  void write_supports(json::Writer& out, std::span<const std::string> texts) const {
    out.key("groundingSupports").begin_array();
    for (const Support& support : supports_) {
      const auto& [part, start, end, cited] = support.key;
      const std::string_view text = text_of(texts, part);
      const std::int64_t first = bytes_before(text, start);
      const std::int64_t last = bytes_before(text, end);
      out.begin_object().key("segment").begin_object();
      if (part != 0) out.member("partIndex", static_cast<std::int64_t>(part));
      if (first >= 0 && last >= first) {
        if (first != 0) out.member("startIndex", first);
        out.member("endIndex", last);
      }
      if (!cited.empty()) out.member("text", cited);
      out.end_object().key("groundingChunkIndices").begin_array();
      for (const std::size_t chunk : support.chunks) out.integer(static_cast<std::int64_t>(chunk));
      out.end_array().end_object();
    }
    out.end_array();
  }

  std::vector<std::string> chunks_;
  std::map<std::string, std::size_t> by_json_;
  std::vector<Support> supports_;
  std::map<Key, std::size_t> by_segment_;
};

}  // namespace

std::vector<PlacedCitation> decode_citations(json::Value candidate,
                                             std::span<const std::string> texts) {
  std::vector<PlacedCitation> out;
  decode_supports(field(candidate, "groundingMetadata"), texts, out);
  decode_recitations(field(candidate, "citationMetadata"), texts, out);
  return out;
}

void write_citations(json::Writer& out, std::span<const PlacedCitation> citations,
                     std::span<const std::string> texts) {
  Grounding grounding;
  std::string recitations;
  json::Writer list(recitations);
  list.begin_array();
  bool any = false;
  for (const PlacedCitation& placed : citations) {
    if (is_recitation(placed.citation)) {
      list.raw(placed.citation.raw);
      any = true;
    } else {
      grounding.add(placed);
    }
  }
  list.end_array();
  grounding.write(out, texts);
  if (any) {
    out.key("citationMetadata").begin_object().key("citations").raw(recitations).end_object();
  }
}

}  // namespace bifrost::dialect::gemini
