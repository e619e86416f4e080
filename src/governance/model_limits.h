// Limits of models and providers: of everybody together, and of single virtual keys.
//
// Immutable once it is in a snapshot, and safe from any thread.
#pragma once

#include "governance/limit.h"

#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace bifrost::governance {

class ModelLimits {
 public:
  // What they hold for. An empty key means everybody, an empty provider all providers, and an empty
  // model all models.
  struct Place {
    std::string_view key;
    std::string_view provider;
    std::string_view model;
  };

  void add(const Place& place, std::vector<std::shared_ptr<Limit>> limits);
  [[nodiscard]] bool empty() const { return limits_.empty(); }

  // The limits that a request falls under: those of everybody before those of its key, and those of
  // all models last.
  static constexpr std::size_t kListsMax = 8;
  // As many as are returned are set.
  std::size_t find(const Place& request, std::span<Limits, kListsMax> out) const;

 private:
  using Name = std::tuple<std::string, std::string, std::string>;
  using View = std::tuple<std::string_view, std::string_view, std::string_view>;
  struct Less {
    using is_transparent = void;
    bool operator()(const auto& a, const auto& b) const { return View(a) < View(b); }
  };

  std::map<Name, std::vector<std::shared_ptr<Limit>>, Less> limits_;
};

}  // namespace bifrost::governance
