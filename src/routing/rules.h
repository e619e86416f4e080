// Routing rules: which requests go elsewhere than they ask for.
//
// A rule has a condition and targets, of which a request that matches gets one. The first rule that
// matches counts; after one that is a link of a chain, all are looked at again with what it has
// come to. Immutable once it is in a snapshot, and safe from any thread.
#pragma once

#include "base/random.h"
#include "cel/evaluation.h"
#include "cel/program.h"
#include "routing/constraints.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::routing {

// What conditions may ask for.
enum class RuleVariable : std::uint8_t {
  kModel,
  kProvider,
  kRequestType,
  kHeaders,
  kParams,
  kVirtualKeyId,
  kVirtualKeyName,
  kTeamId,
  kTeamName,
  kCustomerId,
  kCustomerName,
  kBudgetUsed,  // percent of the limit that is used most, as the next two
  kTokensUsed,
  kRequestsUsed,
  kComplexityTier,
};
// Their names, in that order.
[[nodiscard]] std::span<const std::string_view> rule_variables();

// One key of a provider; none with empty names.
struct KeyName {
  std::string id = {};
  std::string name = {};
  [[nodiscard]] KeyPin pin() const { return {.id = id, .name = name}; }
};

struct RuleTarget {
  std::string provider = {};  // empty: as before
  std::string model = {};     // the same
  KeyName key = {};
  double weight = 1;
};

struct RuleFallback {
  std::string provider = {};  // empty: the model says where it goes
  std::string model = {};     // empty: that of the target
  KeyName key = {};
};

struct Rule {
  std::string id;
  std::string name;
  std::optional<cel::Program> condition = std::nullopt;  // absent: every request matches
  std::vector<RuleTarget> targets = {};                  // at least one
  std::vector<RuleFallback> fallbacks = {};
  bool chain = false;
};

// Whose requests a rule looks at; those of the first level go first.
enum class RuleLevel : std::uint8_t { kVirtualKey, kTeam, kCustomer, kGlobal };
inline constexpr std::size_t kRuleLevels = 4;

// Who asks; empty: there is none.
struct RuleOwners {
  std::string_view virtual_key = {};
  std::string_view team = {};
  std::string_view customer = {};
};

// What rules ask about a request; a variable for each RuleVariable.
class RuleFacts : public cel::Variables {
 public:
  // What is asked for now. Both live as long as the rules or the request.
  virtual void set_asked(std::string_view provider, std::string_view model) = 0;
};

enum class RuleResult : std::uint8_t {
  kMatches,
  kDoesNot,
  kFails,  // so it does not match: a header that is not there, most of the time
};

// A rule that was looked at, and what came of it.
struct TriedRule {
  const Rule* rule = nullptr;
  std::size_t round = 0;  // of a chain
  RuleResult result = RuleResult::kDoesNot;
  std::string failure = {};  // why it fails
  // Of one that matches: what it asks for. Views into the rules and into what was asked for.
  std::string_view provider = {};
  std::string_view model = {};
  KeyPin pin = {};
};

// How it was come to a decision, for whoever asks why.
struct RuleTrail {
  static constexpr std::size_t kTriedMax = 1000;
  std::vector<TriedRule> tried = {};
  bool more = false;  // were looked at than are told

  void add(TriedRule one);
};

// What rules have come to. Views into the rules and into what was asked for.
struct Routed {
  const Rule* rule = nullptr;  // that matched last; never null
  std::string_view provider;   // empty: none is named
  std::string_view model;
  KeyPin pin;

  // As callers write it: "provider/model", or the model.
  [[nodiscard]] std::string full_model() const;
};

class RuleSet {
 public:
  // Of all rules that are looked at for one request. Who has more to look at goes on without.
  static constexpr std::size_t kStepsMax = 200'000;

  // Behind those of its level and owner that are there. `owner` is empty at kGlobal only.
  void add(RuleLevel level, std::string_view owner, Rule rule);
  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] std::size_t size() const { return count_; }

  struct Request {
    RuleOwners owners = {};
    std::string_view provider = {};  // that the caller names; empty: none
    std::string_view model;
    std::size_t depth_max = 1;  // of a chain
  };
  // Nothing: no rule matches. `trail` is told of each that is looked at; null: nobody asks.
  [[nodiscard]] std::optional<Routed> route(const Request& request, RuleFacts& facts,
                                            Random& random, RuleTrail* trail = nullptr) const;

 private:
  using Rules = std::vector<Rule>;

  // What a request may have done to it, and what it leaves.
  struct Search {
    const RuleOwners& owners;
    const RuleFacts& facts;
    std::size_t& steps;
    RuleTrail* trail;
  };
  [[nodiscard]] const Rule* first_match(const Search& search, std::size_t round) const;

  std::array<std::map<std::string, Rules, std::less<>>, kRuleLevels> rules_;  // by owner
  std::size_t count_ = 0;
};

}  // namespace bifrost::routing
