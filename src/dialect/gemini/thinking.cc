#include "dialect/gemini/thinking.h"

#include "base/strings.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace bifrost::dialect::gemini {
namespace {

using Control = ThinkingRules::Control;

struct Row {
  std::string_view prefix;
  ThinkingRules rules;
};

constexpr ThinkingRules kNoThinking{};
constexpr ThinkingRules kAnyBudget{
    .control = Control::kBudget, .budget_min = 1, .budget_max = 24'576, .can_be_off = true};

// The first prefix that fits. Later models are read from their version, see below.
constexpr std::array<Row, 10> kRows{{
    {"gemini-2.5-pro",
     {.control = Control::kBudget, .budget_min = 128, .budget_max = 32'768, .can_be_off = false}},
    {"gemini-2.5-flash-lite",
     {.control = Control::kBudget, .budget_min = 512, .budget_max = 24'576, .can_be_off = true}},
    {"gemini-2.5-flash-image", kNoThinking},
    {"gemini-2.5-flash", kAnyBudget},
    {"gemini-2.0", kNoThinking},
    {"gemini-1", kNoThinking},
    {"gemini-pro-vision", kNoThinking},
    {"gemma", kNoThinking},
    {"learnlm", kNoThinking},
    {"imagen", kNoThinking},
}};

std::string bare_name(std::string_view model) {
  const auto slash = model.rfind('/');
  return ascii_lower(slash == std::string_view::npos ? model : model.substr(slash + 1));
}

struct Version {
  int major = 0;
  int minor = 0;
};

// Of "gemini-3.1-pro-preview"; 0.0 of a name without a number.
Version version_of(std::string_view bare) {
  constexpr std::string_view kFamily = "gemini-";
  Version version;
  if (!bare.starts_with(kFamily)) return version;
  const char* const end = bare.data() + bare.size();
  const auto major = std::from_chars(bare.data() + kFamily.size(), end, version.major);
  if (major.ec != std::errc{}) return {};
  if (major.ptr != end && *major.ptr == '.') {
    if (std::from_chars(major.ptr + 1, end, version.minor).ec != std::errc{}) version.minor = 0;
  }
  return version;
}

ThinkingRules level_rules(std::string_view bare, Version version) {
  const bool pro = bare.find("-pro") != std::string_view::npos;
  const bool first_pro = pro && version.major == 3 && version.minor == 0;
  return {.control = Control::kLevel, .has_minimal = !pro, .has_medium = !first_pro};
}

bool is_off(const llm::Reasoning& reasoning) {
  return reasoning.effort == "none" || (reasoning.effort.empty() && reasoning.budget_tokens == 0);
}

std::string_view level_of(std::string_view effort, const ThinkingRules& rules) {
  if (effort == "none" || effort == "minimal") return rules.has_minimal ? "MINIMAL" : "LOW";
  if (effort == "low") return "LOW";
  if (effort == "medium") return rules.has_medium ? "MEDIUM" : "HIGH";
  return "HIGH";  // high, xhigh, max
}

// Google's own table for reasoning_effort on 2.5.
std::int64_t budget_of(std::string_view effort, const ThinkingRules& rules) {
  if (effort == "none") return 0;
  if (effort == "minimal" || effort == "low") return 1'024;
  if (effort == "medium") return 8'192;
  if (effort == "high") return 24'576;
  return rules.budget_max;  // xhigh, max
}

std::int64_t fitting_budget(std::int64_t budget, const ThinkingRules& rules) {
  if (budget < 0) return -1;  // the model decides
  if (budget == 0 && rules.can_be_off) return 0;
  return std::clamp(budget, rules.budget_min, rules.budget_max);
}

ThinkingConfig level_config(const llm::Reasoning& reasoning, const ThinkingRules& rules) {
  ThinkingConfig config;
  if (!reasoning.effort.empty()) {
    config.level = level_of(reasoning.effort, rules);
  } else if (reasoning.budget_tokens == 0) {
    config.level = level_of("none", rules);
  } else if (reasoning.budget_tokens) {
    config.budget = reasoning.budget_tokens;  // still understood, alone
  }
  return config;
}

ThinkingConfig budget_config(const llm::Reasoning& reasoning, const ThinkingRules& rules) {
  ThinkingConfig config;
  if (reasoning.budget_tokens) {
    config.budget = fitting_budget(*reasoning.budget_tokens, rules);
  } else if (!reasoning.effort.empty()) {
    config.budget = fitting_budget(budget_of(reasoning.effort, rules), rules);
  } else if (reasoning.adaptive) {
    config.budget = -1;
  }
  return config;
}

}  // namespace

ThinkingRules thinking_rules(std::string_view model) {
  const std::string bare = bare_name(model);
  for (const Row& row : kRows) {
    if (bare.starts_with(row.prefix)) return row.rules;
  }
  const Version version = version_of(bare);
  if (version.major >= 3) return level_rules(bare, version);
  // "gemini-flash-latest", tuned models: budgets are understood by 2.5 and by 3.
  return kAnyBudget;
}

ThinkingConfig thinking_config(const llm::Reasoning& reasoning, const ThinkingRules& rules) {
  if (rules.control == Control::kNone) return {};
  ThinkingConfig config = rules.control == Control::kLevel ? level_config(reasoning, rules)
                                                           : budget_config(reasoning, rules);
  if (reasoning.include_thoughts) {
    config.include_thoughts = reasoning.include_thoughts;
  } else if (!is_off(reasoning)) {
    config.include_thoughts = true;
  }
  // Thoughts of a model that must not think are refused.
  if (config.budget == 0) config.include_thoughts.reset();
  return config;
}

bool is_gemini_3_or_later(std::string_view model) {
  return version_of(bare_name(model)).major >= 3;
}

}  // namespace bifrost::dialect::gemini
