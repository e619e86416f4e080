// The same-dialect way: the caller's bytes go on, but for the few that must change.

#include "dialect/openai_chat/decode_request.h"
#include "dialect/openai_chat/edits.h"
#include "dialect/openai_chat/encode_request.h"
#include "dialect/openai_chat/functions.h"
#include "dialect/openai_chat/refused_members.h"
#include "json/document.h"
#include "json/splice.h"

#include <span>
#include <utility>
#include <vector>

namespace bifrost::dialect::openai_chat {
namespace {

constexpr std::string_view kUsageOption = R"({"include_usage":true})";

class Editor {
 public:
  Editor(const RequestInput& input, const RequestFacts& facts, const EncodeOptions& options)
      : body_(input.body), facts_(facts), options_(options), splice_(input.body) {}

  // The refused ones do not stand in the facts.
  Result<EditedRequest> run(std::span<const RefusedMember> refused) {
    edited_.refused = cut_out(refused, splice_);
    ends_thinking_ = flavor().forced_tool_ends_thinking && forces_tool();
    for (const json::Member& member : facts_.members) {
      BF_TRY_VOID(edit(member));
    }
    add_missing();
    BF_TRY_VOID(edit_messages_and_tools());
    if (!splice_.empty()) edited_.body = splice_.apply();
    return std::move(edited_);
  }

 private:
  const Flavor& flavor() const { return options_.flavor; }

  bool has(std::string_view key) const { return !facts_.value_of(key).empty(); }

  // Must the answer be a tool call? A value that cannot be read is for the endpoint to refuse.
  bool forces_tool() const {
    const std::string_view value = facts_.value_of("tool_choice");
    if (value == "\"required\"") return true;
    if (!value.starts_with('{')) return false;
    const auto choice = json::Document::parse(value);
    if (!choice) return false;
    const json::Value type = choice->root()["type"];
    return type.equals("function") || type.equals("custom");
  }

  std::size_t offset(std::string_view slice) const {
    return static_cast<std::size_t>(slice.data() - body_.data());
  }

  void remove(const json::Member& member) {
    splice_.remove_member(member);
    ++removed_members_;
  }

  void set(std::string_view slice, std::string replacement) {
    if (slice != replacement) splice_.replace(slice, std::move(replacement));
  }

  bool removed(std::string_view key) const { return key == "fallbacks" || flavor().removes(key); }

  Result<void> edit(const json::Member& member) {
    const std::string_view key = member.key;
    if (removed(key) || (key == "cache_control" && !flavor().keeps_cache_control) ||
        (key == "user" && user_too_long(member.value, flavor()))) {
      remove(member);
      return {};
    }
    if (ends_thinking_) {
      if (key == "thinking") set(member.value, std::string(kThinkingOff));
      if (key == "reasoning_effort" || key == "reasoning") {
        remove(member);
        return {};
      }
    }
    if (const std::string_view name = flavor().name_of(key); name != key) {
      // Both names at once: the endpoint's own wins.
      if (has(name)) {
        remove(member);
        return {};
      }
      splice_.replace(member.key, std::string(name));
      if (key == "reasoning") return {};
    }
    if (key == "model") set(member.value, json::quoted(options_.model));
    if (key == "stream_options") return edit_stream_options(member.value);
    if (key == "tool_choice") edit_tool_choice(member.value);
    if (key == "reasoning_effort") edit_effort(member.value);
    if (key == "reasoning") return edit_reasoning(member);
    return {};
  }

  bool wants_usage() const {
    return facts_.stream && flavor().injects_usage_option && !facts_.include_usage;
  }

  Result<void> edit_stream_options(std::string_view value) {
    if (!wants_usage()) return {};
    if (value == "null") {
      set(value, std::string(kUsageOption));
      return {};
    }
    if (!value.starts_with('{')) return {};  // for the endpoint to refuse
    BF_TRY(const auto options, json::Document::parse(value));
    const json::Value include = options.root()["include_usage"];
    if (include.exists()) {
      splice_.replace(offset(value) + include.offset(), include.raw().size(), "true");
    } else {
      splice_.insert(offset(value) + 1, options.root().size() == 0 ? "\"include_usage\":true"
                                                                   : "\"include_usage\":true,");
    }
    return {};
  }

  void edit_tool_choice(std::string_view value) {
    const bool named = value.starts_with('{') && !flavor().named_tool_choice;
    if (named || value == "\"required\"") set(value, json::quoted(flavor().required_choice));
  }

  void edit_effort(std::string_view value) {
    if (value == "\"minimal\"") set(value, json::quoted(flavor().minimal_effort));
  }

  // The gateway's own object, for endpoints that know only the word.
  Result<void> edit_reasoning(const json::Member& member) {
    if (!member.value.starts_with('{')) return {};
    BF_TRY(const auto document, json::Document::parse(member.value));
    const json::Value effort = document.root()["effort"];
    if (flavor().reasoning_object) {
      if (effort.equals("minimal")) {
        splice_.replace(offset(member.value) + effort.offset(), effort.raw().size(),
                        json::quoted(flavor().minimal_effort));
      }
      return {};
    }
    llm::Request request;
    const Path top;
    BF_TRY_VOID(decode_reasoning_options(document.root(), Path(top, "reasoning"), request));
    const std::string word = effort_word(*request.reasoning, flavor(), true);
    const std::string_view field = "reasoning_effort";
    if (word.empty() || has(field) || removed(field)) {
      remove(member);
      return {};
    }
    splice_.replace(member.key, std::string(flavor().name_of(field)));
    splice_.replace(member.value, json::quoted(word));
    return {};
  }

  // Members that the caller did not write go to the front.
  void add_missing() {
    std::string added;
    if (!has("model")) added += "\"model\":" + json::quoted(options_.model);
    if (wants_usage() && !has("stream_options") && !removed("stream_options")) {
      if (!added.empty()) added += ',';
      added += "\"stream_options\":";
      added += kUsageOption;
    }
    if (ends_thinking_ && !has("thinking")) {
      if (!added.empty()) added += ',';
      added += "\"thinking\":";
      added += kThinkingOff;
    }
    if (added.empty()) return;
    if (removed_members_ < facts_.members.size()) added += ',';
    splice_.insert(body_.find('{') + 1, std::move(added));
  }

  // Below the top level there is something to do only when these bytes occur.
  Result<void> edit_messages_and_tools() {
    const bool markers =
        !flavor().keeps_cache_control && body_.find("\"cache_control\"") != std::string::npos;
    const bool developer =
        !flavor().developer_role && body_.find("\"developer\"") != std::string::npos;
    if ((!markers && !developer) || removed("messages")) return {};
    BF_TRY(const auto document, json::Document::parse(body_));
    const json::Value root = document.root();
    for (const json::Value message : root["messages"].children()) {
      if (developer && message["role"].equals("developer")) {
        splice_.replace(message["role"].offset(), message["role"].raw().size(), "\"system\"");
      }
      if (!markers) continue;
      remove_marker(message, splice_);
      for (const json::Value part : message["content"].children()) remove_markers(part);
    }
    // Inside a tool's schema the same word may be the name of a property.
    if (!markers || removed("tools")) return {};
    for (const json::Value tool : root["tools"].children()) {
      remove_marker(tool, splice_);
      remove_marker(tool["function"], splice_);
    }
    return {};
  }

  // Of a block, and of the blocks inside a tool result.
  void remove_markers(json::Value part) {
    remove_marker(part, splice_);
    for (const json::Value inner : part["content"].children()) remove_marker(inner, splice_);
  }

  const std::string& body_;
  const RequestFacts& facts_;
  const EncodeOptions& options_;
  json::Splice splice_;
  EditedRequest edited_;
  std::size_t removed_members_ = 0;
  bool ends_thinking_ = false;
};

}  // namespace

Result<EditedRequest> edit_request(const RequestInput& input, const RequestFacts& facts,
                                   const EncodeOptions& options) {
  if (!options.drop_refused) return Editor(input, facts, options).run({});
  RequestFacts kept = facts;
  const std::vector<RefusedMember> refused = take_refused(kept, options);
  return Editor(input, kept, options).run(refused);
}

}  // namespace bifrost::dialect::openai_chat
