#include "dialect/gemini/extras.h"

#include "base/strings.h"
#include "dialect/gemini/functions.h"
#include "dialect/gemini/spelling.h"

#include <algorithm>
#include <array>
#include <optional>

namespace bifrost::dialect::gemini {
namespace {

constexpr std::array<std::string_view, 5> kParents = {
    "", "generationConfig", "generationConfig.thinkingConfig", "toolConfig",
    "toolConfig.functionCallingConfig"};

// "generation_config" and "generationConfig" name one object.
bool same_path(std::string_view written, std::string_view camel) {
  const auto a = split(written, '.');
  const auto b = split(camel, '.');
  return std::ranges::equal(a, b, is_field);
}

std::optional<std::string_view> known_parent(std::string_view written) {
  for (const std::string_view parent : kParents) {
    if (same_path(written, parent)) return parent;
  }
  return std::nullopt;
}

}  // namespace

Extras::Extras(const llm::Request& request) {
  for (const llm::Extra& extra : request.extras) {
    const std::string_view path = extra.path;
    const auto dot = path.rfind('.');
    const bool top = dot == std::string_view::npos;
    const auto parent = known_parent(top ? std::string_view{} : path.substr(0, dot));
    if (request.dialect != kName || !parent || path.find('[') != std::string_view::npos) {
      lost_.push_back(extra.path);
    } else {
      placed_.push_back({*parent, top ? path : path.substr(dot + 1), extra.json});
    }
  }
}

void Extras::write(json::Writer& out, std::string_view parent,
                   std::span<const std::string_view> without) const {
  for (const Placed& extra : placed_) {
    if (extra.parent != parent || std::ranges::find(without, extra.key) != without.end()) continue;
    out.key(extra.key).raw(extra.json);
  }
}

bool Extras::has(std::string_view parent, std::string_view camel) const {
  return std::ranges::any_of(placed_, [&](const Placed& extra) {
    return extra.parent == parent && is_field(extra.key, camel);
  });
}

}  // namespace bifrost::dialect::gemini
