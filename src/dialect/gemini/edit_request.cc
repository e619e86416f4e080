// The fast ways through a request: peek reads what routing needs, edit_request changes as few bytes
// as it can.
#include "base/try.h"
#include "dialect/gemini/functions.h"
#include "dialect/gemini/request_names.h"
#include "dialect/request_members.h"
#include "json/document.h"
#include "json/splice.h"

#include <algorithm>
#include <utility>

namespace bifrost::dialect::gemini {
namespace {

std::string_view member_of(const RequestFacts& facts, std::string_view key) {
  const auto found = std::ranges::find(facts.members, key, &json::Member::key);
  return found == facts.members.end() ? std::string_view{} : found->value;
}

Result<std::vector<std::string>> parse_fallbacks(std::string_view json) {
  if (json.empty()) return std::vector<std::string>{};
  BF_TRY(const json::Document document, json::Document::parse(json));
  return fallbacks_of(document.root());
}

bool names(std::span<const std::string_view> list, std::string_view key) {
  return std::ranges::find(list, key) != list.end();
}

}  // namespace

Result<RequestFacts> peek(const RequestInput& input, json::Scanner& scanner) {
  BF_TRY(const std::vector<json::Member>* members, request_members(input, scanner));
  RequestFacts facts{.stream = input.path_stream,
                     .include_usage = true,  // a Gemini stream always reports it
                     .members = *members};
  const std::string in_body = json::unescape(member_of(facts, "model")).value_or("");
  BF_TRY(facts.model, requested_model(input.path_model, in_body));
  BF_TRY(facts.fallbacks, parse_fallbacks(member_of(facts, "fallbacks")));
  return facts;
}

// `model` goes as well: the path names the model, and the caller's spelling ("provider/model") in
// the body would contradict it.
Result<std::optional<std::string>> edit_request(const RequestInput& input,
                                                const RequestFacts& facts,
                                                const EncodeOptions& options) {
  json::Splice splice(input.body);
  for (const json::Member& member : facts.members) {
    const auto key_at = static_cast<std::size_t>(member.key.data() - input.body.data());
    const auto value_at = static_cast<std::size_t>(member.value.data() - input.body.data());
    if (member.key == "fallbacks" || member.key == "model" ||
        names(options.flavor.removed_fields, member.key)) {
      splice.remove_member(key_at - 1, value_at + member.value.size());
      continue;
    }
    for (const auto& [ours, theirs] : options.flavor.renamed_fields) {
      if (member.key == ours) splice.replace(member.key, std::string(theirs));
    }
  }
  if (splice.empty()) return std::optional<std::string>{};
  return std::optional<std::string>(splice.apply());
}

}  // namespace bifrost::dialect::gemini
