#include "provider/reference.h"

#include "dialect/chat_codec.h"
#include "provider/provider.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost::provider {
namespace {

std::string code(std::string_view text) { return "`" + std::string(text) + "`"; }

std::string listed(std::span<const std::string> parts, std::string_view separator) {
  std::string out;
  for (const std::string& part : parts) {
    if (!out.empty()) out += separator;
    out += part;
  }
  return out;
}

std::string auth_text(const ProviderSpec& spec) {
  std::string out(spec.usual().signing->text);
  if (spec.tokens != nullptr) out += ", or " + std::string(spec.tokens->text);
  return spec.key_rule == KeyRule::kOptional ? out + ", optional" : out;
}

std::string base_text(const ProviderSpec& spec) {
  if (spec.built_in) return "built in";
  std::string out = spec.base_url.empty() ? std::string() : code(spec.base_url);
  if (spec.url_per_key) out += out.empty() ? "each key's own" : ", or each key's own";
  return out;
}

std::string operations_text(const ProviderSpec& spec) {
  std::vector<std::string> names;
  for (const std::string_view name : llm::request_type_names()) {
    const llm::RequestType type = *llm::find_request_type(name);
    const auto offers = [type](const SideSpec& side) { return side.offers.has(type); };
    if (std::ranges::any_of(spec.sides, offers)) names.push_back(code(name));
  }
  return listed(names, ", ");
}

std::vector<std::string> field_differences(const dialect::Flavor& flavor) {
  std::vector<std::string> out;
  if (!flavor.removed_fields.empty()) {
    std::vector<std::string> names;
    for (const std::string_view field : flavor.removed_fields) names.push_back(code(field));
    out.push_back("removes " + listed(names, ", "));
  }
  for (const auto& [ours, theirs] : flavor.renamed_fields) {
    out.push_back(code(ours) + " becomes " + code(theirs));
  }
  if (flavor.user_bytes_max > 0) {
    out.push_back("drops a `user` of more than " + std::to_string(flavor.user_bytes_max) +
                  " bytes");
  }
  return out;
}

std::string anthropic_text(const SideSpec& side) {
  std::string path(side.path_of(llm::Operation::kChat));
  if (path.empty()) path = side.dialect->chat->path({}, false);
  std::string out =
      "keys with `use_anthropic_endpoints` speak " + code(side.dialect->name) + " at " + code(path);
  if (side.signing != &kBearer) out += ", key in " + std::string(side.signing->text);
  return out;
}

// What differs from the defaults of a Flavor.
std::vector<std::string> differences(const ProviderSpec& spec) {
  const dialect::Flavor usual;
  const dialect::Flavor& flavor = spec.usual().flavor;
  std::vector<std::string> out = field_differences(flavor);
  if (flavor.keeps_cache_control) out.push_back("keeps `cache_control`");
  if (flavor.developer_role) out.push_back("knows the role `developer`");
  if (!flavor.injects_usage_option) out.push_back("reports the usage of a stream unasked");
  if (!flavor.named_tool_choice) out.push_back("a named tool choice becomes any tool");
  if (flavor.required_choice != usual.required_choice) {
    out.push_back("tool choice `required` becomes " + code(flavor.required_choice));
  }
  if (flavor.minimal_effort != usual.minimal_effort) {
    out.push_back("reasoning effort `minimal` becomes " + code(flavor.minimal_effort));
  }
  if (flavor.files_by_address) out.emplace_back("takes documents by their address");
  if (flavor.reasoning_object) out.push_back("takes `reasoning` as an object");
  switch (flavor.reasoning_history) {
    case dialect::ReasoningHistory::kNone:
      break;
    case dialect::ReasoningHistory::kContent:
      out.push_back("earlier reasoning goes back as `reasoning_content`");
      break;
    case dialect::ReasoningHistory::kDetails:
      out.push_back("earlier reasoning goes back as `reasoning_details`");
      break;
  }
  if (flavor.forced_tool_ends_thinking)
    out.emplace_back("a forced tool call switches thinking off");
  const std::string_view chat_path = spec.usual().path_of(llm::Operation::kChat);
  if (!chat_path.empty()) out.push_back("chats at " + code(chat_path));
  if (const SideSpec* side = spec.on_request()) out.push_back(anthropic_text(*side));
  if (!spec.notes.empty()) out.emplace_back(spec.notes);
  return out;
}

std::string row(const ProviderSpec& spec) {
  const std::string title =
      spec.docs.empty() ? std::string(spec.title)
                        : "[" + std::string(spec.title) + "](" + std::string(spec.docs) + ")";
  const std::string cells[] = {
      code(spec.name),
      title,
      code(spec.usual().dialect->name),
      auth_text(spec),
      spec.key_env.empty() ? "" : code(spec.key_env),
      base_text(spec),
      operations_text(spec),
      listed(differences(spec), "; "),
  };
  return "| " + listed(cells, " | ") + " |\n";
}

}  // namespace

std::string provider_reference() {
  std::string out =
      "# Providers\n\n"
      "Written from the provider table; do not edit.\n\n"
      "A request names its provider before the model: `openai/gpt-4o`. The variable is read when "
      "nothing is configured.\n\n"
      "| name | provider | dialect | key | variable | base URL | operations | differences |\n"
      "| --- | --- | --- | --- | --- | --- | --- | --- |\n";
  for (const ProviderSpec& spec : all()) out += row(spec);
  std::vector<std::string> names;
  for (const std::string_view name : unserved()) names.push_back(code(name));
  out += "\nKnown in configurations, but not served yet: " + listed(names, ", ") + ".\n";
  return out;
}

}  // namespace bifrost::provider
