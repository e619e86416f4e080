// Arguments of a function call that come as values with a JSONPath each, written as a growing JSON
// text.
//
//   {"jsonPath": "$.recipe.steps[0]", "stringValue": "Boil", "willContinue": true}
//
// The model writes them in the order of the document, so what was opened can be closed as soon as
// another path comes and nothing is ever taken back. The pieces together are one JSON object, in
// whatever order the values come; a container that is left and entered again would appear twice.
#pragma once

#include "json/document.h"

#include <string>
#include <string_view>
#include <vector>

namespace bifrost::dialect::gemini {

class PartialArgs {
 public:
  // The text that one element of partialArgs adds.
  [[nodiscard]] std::string add(json::Value arg);
  // The text that completes the object. Call once, last.
  [[nodiscard]] std::string finish();
  [[nodiscard]] bool empty() const { return stack_.empty(); }

 private:
  struct Step {
    bool index = false;  // of an array; else the name of a member
    std::string name;

    bool operator==(const Step&) const = default;
  };
  using Path = std::vector<Step>;
  struct Level {
    bool array = false;
    Step at;            // the child that was written last
    bool used = false;  // a child was written
  };

  static bool parse_path(std::string_view text, Path& path);
  [[nodiscard]] std::size_t shared_levels(const Path& path) const;
  void close_string(std::string& out);
  void close_to(std::size_t levels, std::string& out);
  void enter(const Path& path, std::string& out);
  void write_value(json::Value arg, std::string& out);

  std::vector<Level> stack_;  // open containers
  bool in_string_ = false;    // the last value is a string that goes on
};

}  // namespace bifrost::dialect::gemini
