// What a reader of redacted settings sends back means "as it was": his "<redacted>" is not the
// secret from then on.
//
// `before` and `after` are visited side by side, so a struct describes the same members whatever
// it holds.
#pragma once

#include "config/check_scope.h"
#include "config/facts.h"
#include "config/forms.h"
#include "config/ordered_map.h"
#include "config/problem.h"
#include "config/secret.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::config {

class Restorer {
 public:
  // Reports each redacted secret for which there is none before. `problems` outlives it.
  explicit Restorer(Problems& problems) : problems_(problems) {}

  template <Described Settings>
  void restore(const Settings& before, Settings& after) {
    Members members;
    before.describe(members);
    Visit visit(*this, members.found());
    after.describe(visit);
  }

 private:
  // Where the members of a struct are, in their order.
  class Members {
   public:
    template <class T>
    void field(std::string_view /*name*/, const T& member, const Facts& /*facts*/) {
      found_.push_back(&member);
    }
    void unserved(std::string_view /*name*/, Shape /*shape*/, std::string_view /*text*/) {}
    [[nodiscard]] const std::vector<const void*>& found() const { return found_; }

   private:
    std::vector<const void*> found_;
  };

  class Visit {
   public:
    Visit(Restorer& restorer, const std::vector<const void*>& before)
        : restorer_(restorer), before_(before) {}
    template <class T>
    void field(std::string_view name, T& member, const Facts& facts) {
      const auto step = restorer_.path_.enter(name);
      restorer_.member(*static_cast<const T*>(before_[next_++]), member, facts);
    }
    void unserved(std::string_view /*name*/, Shape /*shape*/, std::string_view /*text*/) {}

   private:
    Restorer& restorer_;
    const std::vector<const void*>& before_;
    std::size_t next_ = 0;
  };

  void member(const Secret& before, Secret& after, const Facts& /*facts*/) {
    if (after.reveal() != kRedacted) return;
    if (before.empty()) {
      problems_.add(path_.text(), "is \"<redacted>\", and nothing is kept for it; give the value");
    }
    after = before;
  }
  void member(const std::string& before, std::string& after, const Facts& facts) {
    const bool may_hold_secret = facts.form == Form::kUrl || facts.form == Form::kPathOrUrl;
    if (may_hold_secret && after == redacted_url(before)) after = before;
  }
  void member(const RawJson& before, RawJson& after, const Facts& /*facts*/) {
    if (after.text == "\"" + std::string(kRedacted) + "\"") after = before;
  }
  template <class T>
  void member(const std::optional<T>& before, std::optional<T>& after, const Facts& facts) {
    if (after) member(before.value_or(T()), *after, facts);
  }
  template <class T>
  void member(const OrderedMap<T>& before, OrderedMap<T>& after, const Facts& facts) {
    for (auto& [name, value] : after) {
      const auto step = path_.enter(name);
      const T* had = before.find(name);
      member(had == nullptr ? T() : *had, value, facts);
    }
  }
  template <Described Settings>
  void member(const Settings& before, Settings& after, const Facts& /*facts*/) {
    restore(before, after);
  }
  // Numbers, and lists, whose elements nobody can tell apart.
  template <class T>
  void member(const T& /*before*/, T& /*after*/, const Facts& /*facts*/) {}

  Problems& problems_;
  Path path_;
};

}  // namespace bifrost::config
