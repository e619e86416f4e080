#include "base/assert.h"
#include "dialect/chat_codec.h"
#include "fuzz/checks/checks.h"
#include "json/document.h"
#include "json/writer.h"

#include <algorithm>
#include <array>

namespace bifrost::fuzz {
namespace {

// Fields that an edit may change, remove or bring. All others stay as they were, in their order.
constexpr std::array<std::string_view, 18> kEditable = {"model",
                                                        "fallbacks",
                                                        "stream_options",
                                                        "reasoning",
                                                        "reasoning_effort",
                                                        "max_tokens",
                                                        "tool_choice",
                                                        "max_completion_tokens",
                                                        "user",
                                                        "cache_control",
                                                        "thinking",
                                                        "temperature",
                                                        "warmth",
                                                        "store",
                                                        "seed",
                                                        "metadata",
                                                        "topK",
                                                        "functions"};

// Of a model that refuses much, for each dialect; what it refuses at the top level of a request.
std::string_view refusing_model(const dialect::Dialect& dialect) {
  if (dialect.name == "gemini") return "gemini-2.0-flash";
  return dialect.name == "anthropic" ? "claude-3-5-haiku" : "o3";
}
constexpr std::array<std::string_view, 13> kRefusable = {"top_p",
                                                         "top_k",
                                                         "presence_penalty",
                                                         "frequency_penalty",
                                                         "logprobs",
                                                         "top_logprobs",
                                                         "logit_bias",
                                                         "stop",
                                                         "parallel_tool_calls",
                                                         "response_format",
                                                         "output_config",
                                                         "generationConfig",
                                                         "generation_config"};

struct Changes {
  bool nested = false;
  bool refused = false;
};

bool may_change(std::string_view key, const Changes& changes) {
  if (key == "messages" || key == "tools") return changes.nested;
  if (changes.refused && std::ranges::find(kRefusable, key) != kRefusable.end()) return true;
  return std::ranges::find(kEditable, key) != kEditable.end();
}

using Members = std::vector<std::pair<std::string, std::string>>;

Members kept_members(const std::vector<json::Member>& members, const Changes& changes) {
  Members kept;
  for (const json::Member& member : members) {
    if (may_change(member.key, changes)) continue;
    kept.emplace_back(member.key, member.value);
  }
  return kept;
}

// Every field of that name says the model that was chosen: which one a provider reads is its own
// business.
void check_model(const dialect::Dialect& dialect, const std::vector<json::Member>& members,
                 std::string_view model) {
  const bool in_path = dialect.name == "gemini";
  std::size_t named = 0;
  for (const json::Member& member : members) {
    if (member.key != "model") continue;
    ++named;
    BF_ASSERT(json::unescape(member.value) == model);
  }
  BF_ASSERT(in_path ? named == 0 : named > 0);
}

void check_edited(const dialect::Dialect& dialect, const dialect::RequestInput& input,
                  const dialect::RequestFacts& facts, const dialect::EncodeOptions& options) {
  const auto edited = dialect.chat->edit_request(input, facts, options);
  if (!edited) {
    BF_ASSERT(!edited.error().message.empty());
    return;
  }
  std::string after = edited->body.value_or(input.body);
  json::reserve_padding(after);
  if (is_json(input.body)) BF_ASSERT(is_json(after));

  json::Scanner scanner;
  const auto members = scanner.scan_members(after);
  BF_ASSERT(members.has_value());
  check_model(dialect, **members, options.model);
  const Changes changes{.nested = input.body.find("cache_control") != std::string::npos ||
                                  input.body.find("developer") != std::string::npos,
                        .refused = options.drop_refused};
  BF_ASSERT(kept_members(facts.members, changes) == kept_members(**members, changes));
}

}  // namespace

void check_edit(const dialect::Dialect& dialect, std::string_view text) {
  std::string body(text);
  json::reserve_padding(body);
  json::Scanner scanner;
  const std::string_view path_model = dialect.name == "gemini" ? "gemini-2.5-pro" : "";
  const dialect::RequestInput input{.body = body, .path_model = path_model};
  const auto facts = dialect.chat->peek(input, scanner);
  if (!facts) return;
  for (const dialect::Flavor& flavor : flavors()) {
    check_edited(dialect, input, *facts, {.model = facts->model, .flavor = flavor});
    check_edited(dialect, input, *facts, {.model = "another \"one\"", .flavor = flavor});
    check_edited(dialect, input, *facts,
                 {.model = refusing_model(dialect), .flavor = flavor, .drop_refused = true});
  }
}

}  // namespace bifrost::fuzz
