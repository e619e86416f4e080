// The same-dialect way: the caller's bytes go on, but for the few that must change.

#include "base/try.h"
#include "dialect/openai_chat/edits.h"
#include "dialect/openai_responses/functions.h"
#include "dialect/openai_responses/refused_members.h"
#include "dialect/openai_responses/sealed.h"
#include "json/document.h"
#include "json/splice.h"
#include "json/writer.h"

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace bifrost::dialect::openai_responses {
namespace {

using openai_chat::remove_marker;

class Editor {
 public:
  Editor(const RequestInput& input, const RequestFacts& facts, const EncodeOptions& options)
      : body_(input.body), facts_(facts), options_(options), splice_(input.body) {}

  // The refused ones do not stand in the facts.
  Result<EditedRequest> run(std::span<const RefusedMember> refused) {
    EditedRequest edited{.body = {}, .refused = cut_out(refused, splice_)};
    for (const json::Member& member : facts_.members) {
      BF_TRY_VOID(edit(member));
    }
    add_missing();
    BF_TRY_VOID(remove_foreign_thoughts(edited));
    BF_TRY_VOID(remove_markers());
    if (!splice_.empty()) edited.body = splice_.apply();
    return edited;
  }

 private:
  const Flavor& flavor() const { return options_.flavor; }
  bool has(std::string_view key) const { return !facts_.value_of(key).empty(); }
  std::size_t offset(std::string_view slice) const {
    return static_cast<std::size_t>(slice.data() - body_.data());
  }

  bool removed(const json::Member& member) const {
    if (member.key == "user") return openai_chat::user_too_long(member.value, flavor());
    return member.key == "fallbacks" || flavor().removes(member.key);
  }

  void set(std::string_view slice, std::string replacement) {
    if (slice != replacement) splice_.replace(slice, std::move(replacement));
  }

  Result<void> edit(const json::Member& member) {
    if (removed(member)) {
      splice_.remove_member(member);
      ++removed_members_;
      return {};
    }
    if (const std::string_view name = flavor().name_of(member.key); name != member.key) {
      splice_.replace(member.key, std::string(name));
    }
    if (member.key == "model") set(member.value, json::quoted(options_.model));
    if (member.key == "store" && flavor().never_stores) set(member.value, "false");
    if (member.key == "reasoning") return edit_reasoning(member.value);
    return {};
  }

  // The gateway's own number of tokens: OpenAI knows words only.
  Result<void> edit_reasoning(std::string_view value) {
    if (!value.starts_with('{') || value.find("\"max_tokens\"") == std::string_view::npos)
      return {};
    BF_TRY(const auto document, json::Document::parse(value));
    const json::Value budget = document.root()["max_tokens"];
    if (!budget.exists()) return {};
    splice_.remove_member(offset(value) + budget.key_offset(),
                          offset(value) + budget.offset() + budget.raw().size());
    return {};
  }

  // Members that the caller did not write go to the front.
  void add_missing() {
    std::string added;
    if (!has("model")) added += "\"model\":" + json::quoted(options_.model);
    if (flavor().never_stores && !has("store")) {
      if (!added.empty()) added += ',';
      added += "\"store\":false";
    }
    if (added.empty()) return;
    if (removed_members_ < facts_.members.size()) added += ',';
    splice_.insert(body_.find('{') + 1, std::move(added));
  }

  // Below the top level there is something to do only when these bytes occur.
  Result<void> remove_markers() {
    if (flavor().keeps_cache_control) return {};
    if (body_.find("\"cache_control\"") == std::string::npos) return {};
    BF_TRY(const auto document, json::Document::parse(body_));
    const json::Value root = document.root();
    for (const json::Value item : root["input"].children()) {
      remove_marker(item, splice_);
      for (const json::Value part : item["content"].children()) remove_marker(part, splice_);
      for (const json::Value part : item["output"].children()) remove_marker(part, splice_);
    }
    for (const json::Value tool : root["tools"].children()) remove_marker(tool, splice_);
    return {};
  }

  // Of an earlier answer from a provider of another format: this one cannot read them, and refuses
  // the request for them.
  Result<void> remove_foreign_thoughts(EditedRequest& edited) {
    if (body_.find("\"bf1.") == std::string::npos) return {};
    BF_TRY(const auto document, json::Document::parse(body_));
    std::size_t index = 0;
    for (const json::Value item : document.root()["input"].children()) {
      const std::size_t place = index++;
      const std::string sealed = item["encrypted_content"].string_or("");
      if (!item["type"].equals("reasoning") || !unseal(sealed)) continue;
      splice_.remove_member(item.offset(), item.offset() + item.raw().size());
      edited.refused.push_back("input[" + std::to_string(place) + "]");
    }
    return {};
  }

  const std::string& body_;
  const RequestFacts& facts_;
  const EncodeOptions& options_;
  json::Splice splice_;
  std::size_t removed_members_ = 0;
};

}  // namespace

Result<EditedRequest> edit_request(const RequestInput& input, const RequestFacts& facts,
                                   const EncodeOptions& options) {
  if (!options.drop_refused) return Editor(input, facts, options).run({});
  RequestFacts kept = facts;
  const std::vector<RefusedMember> refused = take_refused(kept, options);
  return Editor(input, kept, options).run(refused);
}

}  // namespace bifrost::dialect::openai_responses
