// Prices that hold for some callers, providers or keys, in place of those of the sheet.
//
// The most specific scope that has a rule for the model wins: first a virtual key, then a
// provider's key, then a provider; within a scope a rule for exactly the model, then the longest
// beginning. One rule holds, and what it does not name stays as the sheet has it. Immutable once it
// is built, and safe from any thread.
#pragma once

#include "catalog/price_patch.h"
#include "llm/operation.h"

#include <array>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace bifrost::catalog {

// For whom; an empty text is everybody, everywhere.
struct PriceScope {
  std::string virtual_key;   // its id
  std::string provider;      // its name
  std::string provider_key;  // its id or its name
};

struct PriceRule {
  std::string pattern;  // the name of a model, or how it begins
  bool prefix = false;
  llm::RequestTypes types;  // whole requests; they stand for streamed ones too
  PricePatch patch;
};

// Who asks whom for what. Views are of the call.
struct PriceQuestion {
  std::string_view virtual_key;
  std::string_view provider;
  std::array<std::string_view, 2> provider_key;  // its id and its name; empty: none is chosen yet
  std::array<std::string_view, 2> model;         // its names
  llm::Operation operation = llm::Operation::kChat;
};

class PriceOverrides {
 public:
  // Of two rules of one scope that say the same of a model, the first holds.
  void add(PriceScope scope, PriceRule rule);

  [[nodiscard]] bool empty() const { return rules_.empty(); }
  // Null: the price is that of the sheet.
  [[nodiscard]] const PricePatch* find(const PriceQuestion& question) const;

 private:
  // So that a look-up makes no text.
  using View = std::array<std::string_view, 3>;
  static View view(const PriceScope& scope) {
    return {scope.virtual_key, scope.provider, scope.provider_key};
  }
  static View view(const View& scope) { return scope; }
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const auto& scope) const {
      std::size_t out = 0;
      for (const std::string_view part : view(scope)) {
        out = out * 31 + std::hash<std::string_view>()(part);
      }
      return out;
    }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const auto& a, const auto& b) const { return view(a) == view(b); }
  };

  struct Rules {
    std::map<std::string, std::vector<PriceRule>, std::less<>> exact;  // by the model
    std::vector<PriceRule> prefixes;                                   // the longest first
  };

  [[nodiscard]] const PricePatch* find_in(const View& scope, const PriceQuestion& question) const;

  std::unordered_map<PriceScope, Rules, Hash, Equal> rules_;
};

}  // namespace bifrost::catalog
