// What a provider did not get of a request, each by the path that its caller wrote.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace bifrost::llm {

struct LeftOut {
  std::vector<std::string> refused;  // what the model is known to refuse: never many
  std::vector<std::string> lost;     // what has no counterpart in the provider's format
  std::size_t more_lost = 0;         // the same, and not named any more

  [[nodiscard]] bool empty() const { return refused.empty() && lost.empty() && more_lost == 0; }
  friend bool operator==(const LeftOut&, const LeftOut&) = default;
};

}  // namespace bifrost::llm
