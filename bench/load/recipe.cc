#include "bench/load/recipe.h"

#include "base/strings.h"

namespace bifrost::bench {
namespace {

constexpr std::string_view kName = "bench";
constexpr std::int64_t kAnswerBytesMax = 16 << 20;
constexpr std::int64_t kPauseMax = 600'000'000;  // ten minutes
constexpr std::int64_t kEventsMax = 1'000'000;
constexpr std::int64_t kEventBytesMax = 64 << 10;
constexpr std::int64_t kPermilleMax = 1000;

// Sets the part that the letter stands for; false: no such letter, or out of bounds.
bool set(Recipe& recipe, char letter, std::int64_t value) {
  const auto within = [value](std::int64_t max) { return value >= 0 && value <= max; };
  const auto count = static_cast<std::uint32_t>(value);
  switch (letter) {
    case 's':
      recipe.answer_bytes = count;
      return within(kAnswerBytesMax);
    case 't':
      recipe.first_event = std::chrono::microseconds(value);
      return within(kPauseMax);
    case 'g':
      recipe.gap = std::chrono::microseconds(value);
      return within(kPauseMax);
    case 'n':
      recipe.events = count;
      return within(kEventsMax);
    case 'w':
      recipe.event_bytes = count;
      return within(kEventBytesMax);
    case 'e':
      recipe.failing_permille = count;
      return within(kPermilleMax);
    case 'r':
      recipe.limited_permille = count;
      return within(kPermilleMax);
    default:
      return false;
  }
}

}  // namespace

std::string model_name(const Recipe& recipe) {
  const Recipe usual;
  std::string name(kName);
  const auto part = [&name](char letter, auto value, auto usual_value) {
    if (value != usual_value) name += std::string("-") + letter + std::to_string(value);
  };
  part('s', recipe.answer_bytes, usual.answer_bytes);
  part('t', recipe.first_event.count(), usual.first_event.count());
  part('g', recipe.gap.count(), usual.gap.count());
  part('n', recipe.events, usual.events);
  part('w', recipe.event_bytes, usual.event_bytes);
  part('e', recipe.failing_permille, usual.failing_permille);
  part('r', recipe.limited_permille, usual.limited_permille);
  return name;
}

std::optional<Recipe> parse_recipe(std::string_view model) {
  if (const auto slash = model.rfind('/'); slash != std::string_view::npos) {
    model.remove_prefix(slash + 1);
  }
  const auto parts = split(model, '-');
  if (parts.front() != kName) return std::nullopt;
  Recipe recipe;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (parts[i].size() < 2) return std::nullopt;
    const auto value = parse_int(parts[i].substr(1));
    if (!value || !set(recipe, parts[i].front(), *value)) return std::nullopt;
  }
  return recipe;
}

}  // namespace bifrost::bench
