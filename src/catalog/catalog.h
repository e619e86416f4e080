// The models that are known, with their prices and bounds.
//
// Once it is made, immutable and safe from any thread.
#pragma once

#include "base/result.h"
#include "catalog/price.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace bifrost::catalog {

struct Model {
  Price price;
  std::int64_t context_tokens = 0;     // 0: not known
  std::int64_t output_tokens_max = 0;  // 0: not known
};

class Catalog {
 public:
  Catalog() = default;  // knows no model

  // The sheet that comes with the program: sheet.tsv says how it is written.
  static const Catalog& built_in();
  static std::shared_ptr<const Catalog> shared_built_in() {
    return {std::shared_ptr<void>(), &built_in()};
  }
  // Fails with kConfigInvalid, naming the line.
  static Result<Catalog> parse(std::string_view sheet);

  // In place of what it has of that name; while it is being made.
  void put(std::string provider, std::string model, const Model& facts);

  // By the provider's own name of a model. A dated version that is not listed ("gpt-4o-2031-01-31",
  // "claude-x-20310131") is looked for without its date. Null: not known.
  [[nodiscard]] const Model* find(std::string_view provider, std::string_view model) const;
  // Names of a provider's models, in their order.
  [[nodiscard]] std::vector<std::string_view> models_of(std::string_view provider) const;
  [[nodiscard]] std::size_t size() const { return models_.size(); }

 private:
  struct Name {
    std::string provider;
    std::string model;
  };
  // So that a look-up makes no text.
  using View = std::pair<std::string_view, std::string_view>;
  static View view(const Name& name) { return {name.provider, name.model}; }
  static View view(const View& name) { return name; }
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const auto& name) const {
      const std::hash<std::string_view> hash;
      return hash(view(name).second) * 31 + hash(view(name).first);
    }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const auto& a, const auto& b) const { return view(a) == view(b); }
  };

  [[nodiscard]] const Model* exactly(std::string_view provider, std::string_view model) const;

  std::unordered_map<Name, Model, Hash, Equal> models_;
};

}  // namespace bifrost::catalog
