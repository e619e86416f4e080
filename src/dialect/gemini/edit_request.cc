// The fast ways through a request: peek reads what routing needs, edit_request changes as few bytes
// as it can.
#include "base/try.h"
#include "dialect/fallbacks.h"
#include "dialect/gemini/functions.h"
#include "dialect/gemini/refusals.h"
#include "dialect/gemini/request_names.h"
#include "dialect/request_members.h"
#include "json/document.h"
#include "json/splice.h"

#include <utility>

namespace bifrost::dialect::gemini {
namespace {

Result<std::vector<std::string>> parse_fallbacks(std::string_view json) {
  if (json.empty()) return std::vector<std::string>{};
  BF_TRY(const json::Document document, json::Document::parse(json));
  return read_fallbacks(document.root());
}

}  // namespace

Result<RequestFacts> peek(const RequestInput& input, json::Scanner& scanner) {
  BF_TRY(const std::vector<json::Member>* members, request_members(input, scanner));
  RequestFacts facts{.stream = input.path_stream,
                     .include_usage = true,  // a Gemini stream always reports it
                     .members = *members};
  const std::string in_body = json::unescape(facts.value_of("model")).value_or("");
  BF_TRY(facts.model, requested_model(input.path_model, in_body));
  BF_TRY(facts.fallbacks, parse_fallbacks(facts.value_of("fallbacks")));
  return facts;
}

// `model` goes as well: the path names the model, and the caller's spelling ("provider/model") in
// the body would contradict it.
Result<EditedRequest> edit_request(const RequestInput& input, const RequestFacts& facts,
                                   const EncodeOptions& options) {
  EditedRequest edited;
  json::Splice splice(input.body);
  if (options.drop_refused) edited.refused = cut_out(refused_members(facts, options), splice);
  for (const json::Member& member : facts.members) {
    if (member.key == "fallbacks" || member.key == "model" || options.flavor.removes(member.key)) {
      splice.remove_member(member);
      continue;
    }
    const std::string_view name = options.flavor.name_of(member.key);
    if (name != member.key) splice.replace(member.key, std::string(name));
  }
  if (!splice.empty()) edited.body = splice.apply();
  return edited;
}

}  // namespace bifrost::dialect::gemini
