// The same-dialect way: a look at the few fields that matter, and edits that leave every other byte
// as it was.
#include "base/strings.h"
#include "base/try.h"
#include "dialect/anthropic/decode_blocks.h"
#include "dialect/anthropic/functions.h"
#include "dialect/anthropic/refused_members.h"
#include "dialect/fallbacks.h"
#include "dialect/request_members.h"
#include "json/splice.h"
#include "json/writer.h"

#include <span>
#include <utility>
#include <vector>

namespace bifrost::dialect::anthropic {
namespace {

bool is_ours(std::string_view fallbacks) {
  const auto document = json::Document::parse(fallbacks);
  return document && is_gateway_fallbacks(document->root());
}

class Editor {
 public:
  Editor(const RequestInput& input, const EncodeOptions& options)
      : body_(input.body), options_(options), splice_(input.body) {}

  // The refused ones do not stand in the facts.
  EditedRequest edit(const RequestFacts& facts, std::span<const RefusedMember> refused) {
    EditedRequest edited{.refused = cut_out(refused, splice_)};
    for (const json::Member& member : facts.members) edit_member(member, facts);
    if (options_.flavor.forced_tool_ends_thinking && forces_tool(facts)) end_thinking(facts);
    if (!splice_.empty()) edited.body = splice_.apply();
    return edited;
  }

 private:
  static bool forces_tool(const RequestFacts& facts) {
    const auto choice = json::Document::parse(facts.value_of("tool_choice"));
    if (!choice) return false;
    const json::Value type = choice->root()["type"];
    return type.equals("tool") || type.equals("any");
  }

  void end_thinking(const RequestFacts& facts) {
    constexpr std::string_view kOff = R"({"type":"disabled"})";
    const std::string_view thinking = facts.value_of("thinking");
    if (thinking == kOff) return;
    if (!thinking.empty()) {
      splice_.replace(thinking, std::string(kOff));
    } else {
      // There is another member: the choice itself.
      splice_.insert(body_.find('{') + 1, "\"thinking\":" + std::string(kOff) + ",");
    }
  }

  void edit_member(const json::Member& member, const RequestFacts& facts) {
    const Flavor& flavor = options_.flavor;
    const bool ours = member.key == "fallbacks" && is_ours(member.value);
    if (ours || flavor.removes(member.key)) {
      splice_.remove_member(member);
      return;
    }
    const std::string_view name = flavor.name_of(member.key);
    if (name != member.key) splice_.replace(member.key, std::string(name));
    if (member.key == "model" && facts.model != options_.model) {
      splice_.replace(member.value, json::quoted(options_.model));
    }
  }

  const std::string& body_;
  const EncodeOptions& options_;
  json::Splice splice_;
};

}  // namespace

Result<RequestFacts> peek(const RequestInput& input, json::Scanner& scanner) {
  BF_TRY(const auto* members, request_members(input, scanner));
  RequestFacts facts{.model = std::string(input.path_model), .stream = input.path_stream};
  facts.members = *members;
  for (const json::Member& member : facts.members) {
    if (member.key == "model") {
      auto model = member.value.starts_with('"') ? json::unescape(member.value) : std::nullopt;
      if (!model) return invalid("model", "must be a string");
      facts.model = std::move(*model);
    } else if (member.key == "stream") {
      facts.stream = member.value == "true";
    } else if (member.key == "fallbacks") {
      const auto document = json::Document::parse(member.value);
      if (!document) return invalid("fallbacks", "must be a list of models");
      if (is_gateway_fallbacks(document->root())) {
        BF_TRY(facts.fallbacks, read_fallbacks(document->root()));
      }
    }
  }
  if (facts.model.empty()) return invalid("model", "a model is required");
  return facts;
}

Result<EditedRequest> edit_request(const RequestInput& input, const RequestFacts& facts,
                                   const EncodeOptions& options) {
  if (!options.drop_refused) return Editor(input, options).edit(facts, {});
  RequestFacts kept = facts;
  const std::vector<RefusedMember> refused = take_refused(kept, options);
  return Editor(input, options).edit(kept, refused);
}

}  // namespace bifrost::dialect::anthropic
