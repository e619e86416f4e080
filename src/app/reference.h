// What the program says about itself: schemas and reference pages, each printed from the table
// that the program runs on. Committed under api/ and docs/reference/; CI fails when they differ.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace bifrost::app {

struct Reference {
  std::string_view name;  // "bifrost schema <name>"
  std::string_view text;
  std::string (*print)();
};

[[nodiscard]] std::span<const Reference> references();

// The text of one of them; nothing when there is none of that name.
[[nodiscard]] std::optional<std::string> print_reference(std::string_view name);

}  // namespace bifrost::app
