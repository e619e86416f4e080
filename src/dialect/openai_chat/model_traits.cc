#include "dialect/openai_chat/model_traits.h"

#include "base/strings.h"

#include <array>
#include <string>

namespace bifrost::dialect::openai_chat {
namespace {

using Way = ThinkingOff::Way;

struct Family {
  std::string_view prefix;
  ThinkingOff off;
};

// The first row that fits counts, so the longer name goes before the shorter one.
// https://platform.openai.com/docs/guides/reasoning and the page of each model
constexpr std::array<Family, 22> kFamilies = {{
    {"gpt-5-pro", {Way::kUnknown}},  // takes "high" only
    {"gpt-5-codex", {Way::kWord, "low"}},
    {"gpt-5-chat", {Way::kNeverThinks}},
    {"gpt-5.1-codex", {Way::kWord, "low"}},
    {"gpt-5.1-chat", {Way::kUnknown}},
    {"gpt-5.2-pro", {Way::kWord, "medium"}},
    {"gpt-5.2-codex", {Way::kWord, "low"}},
    {"gpt-5.2-chat", {Way::kUnknown}},
    {"gpt-5.", {Way::kWord, "none"}},
    {"gpt-5", {Way::kWord, "minimal"}},
    {"o1-mini", {Way::kUnknown}},  // takes no effort at all
    {"o1-preview", {Way::kUnknown}},
    {"o1", {Way::kWord, "low"}},
    {"o3", {Way::kWord, "low"}},
    {"o4", {Way::kWord, "low"}},
    {"codex", {Way::kWord, "low"}},
    {"gpt-oss", {Way::kWord, "low"}},
    {"chatgpt-4o", {Way::kNeverThinks}},
    {"gpt-4", {Way::kNeverThinks}},
    {"gpt-3.5", {Way::kNeverThinks}},
    {"davinci", {Way::kNeverThinks}},
    {"babbage", {Way::kNeverThinks}},
}};

}  // namespace

ThinkingOff thinking_off(std::string_view model) {
  // Hosts write the maker before the name: "openai/gpt-oss-120b".
  const std::string name = ascii_lower(model.substr(model.rfind('/') + 1));
  for (const Family& family : kFamilies) {
    if (name.starts_with(family.prefix)) return family.off;
  }
  return {};
}

}  // namespace bifrost::dialect::openai_chat
