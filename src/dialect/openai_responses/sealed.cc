#include "dialect/openai_responses/sealed.h"

#include "base/strings.h"
#include "json/document.h"
#include "json/writer.h"

#include <algorithm>
#include <array>
#include <utility>

namespace bifrost::dialect::openai_responses {
namespace {

constexpr std::string_view kMark = "bf1.";

struct KindName {
  Seal::Kind kind;
  std::string_view name;
};

constexpr std::array<KindName, 5> kKinds{{
    {Seal::Kind::kSignature, "signature"},
    {Seal::Kind::kRedacted, "redacted"},
    {Seal::Kind::kEncrypted, "encrypted"},
    {Seal::Kind::kCall, "call"},
    {Seal::Kind::kText, "text"},
}};

}  // namespace

std::string seal(const Seal& content) {
  std::string text;
  json::Writer writer(text);
  writer.begin_object();
  writer.member("k", std::ranges::find(kKinds, content.kind, &KindName::kind)->name);
  if (!content.format.empty()) writer.member("f", content.format);
  writer.member("d", content.data);
  writer.end_object();
  return std::string(kMark) + base64_encode(text);
}

std::optional<Seal> unseal(std::string_view encrypted_content) {
  if (!encrypted_content.starts_with(kMark)) return std::nullopt;
  const auto text = base64_decode(encrypted_content.substr(kMark.size()));
  if (!text) return std::nullopt;
  const auto document = json::Document::parse(*text);
  if (!document) return std::nullopt;
  const auto [kind, format, data] = document->root().members<3>({"k", "f", "d"});
  const auto known =
      std::ranges::find_if(kKinds, [&](const KindName& row) { return kind.equals(row.name); });
  if (known == kKinds.end() || !data.is_string()) return std::nullopt;
  return Seal{.kind = known->kind, .format = format.string_or(""), .data = data.string_or("")};
}

std::optional<Seal> seal_of(const llm::ReasoningPart& part) {
  using Part = llm::ReasoningPart::Kind;
  if (!part.signature.empty()) {
    return Seal{Seal::Kind::kSignature, part.format, part.signature};
  }
  if (part.kind == Part::kRedacted) return Seal{Seal::Kind::kRedacted, part.format, part.data};
  if (part.kind == Part::kEncrypted && part.format != kOwnFormat) {
    return Seal{Seal::Kind::kEncrypted, part.format, part.data};
  }
  return std::nullopt;
}

}  // namespace bifrost::dialect::openai_responses
