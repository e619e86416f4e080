// Who may ask; in the file these are members of `client`.
#pragma once

#include "config/facts.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::governance {

enum class AdmissionMode : std::uint8_t { kReserve, kCheck };
enum class OnLimitReached : std::uint8_t { kFinish, kStop };
enum class UnknownPrice : std::uint8_t { kAllow, kRefuse };

}  // namespace bifrost::governance

template <>
struct bifrost::config::EnumTexts<bifrost::governance::AdmissionMode> {
  static constexpr std::array<std::string_view, 2> kTexts = {"reserve", "check"};
};
template <>
struct bifrost::config::EnumTexts<bifrost::governance::OnLimitReached> {
  static constexpr std::array<std::string_view, 2> kTexts = {"finish", "stop"};
};
template <>
struct bifrost::config::EnumTexts<bifrost::governance::UnknownPrice> {
  static constexpr std::array<std::string_view, 2> kTexts = {"allow", "refuse"};
};

namespace bifrost::governance {

struct AccessSettings {
  std::vector<std::string> required_headers;
  std::vector<std::string> whitelisted_routes;
  bool allow_direct_keys = false;
  bool enforce_auth_on_inference = false;
  AdmissionMode admission = AdmissionMode::kReserve;
  OnLimitReached on_limit_reached = OnLimitReached::kFinish;
  UnknownPrice unknown_price = UnknownPrice::kAllow;

  // Whoever reaches the gateway is served.
  [[nodiscard]] bool keyless() const { return !enforce_auth_on_inference; }

  void describe(this auto& self, auto& visit) {
    visit.field("required_headers", self.required_headers,
                {.text = "Headers without which a request is refused with 400.",
                 .form = config::Form::kHeaderName});
    visit.field("whitelisted_routes", self.whitelisted_routes,
                {.text = "Exact paths that need no authentication.", .form = config::Form::kRoute});
    visit.field("allow_direct_keys", self.allow_direct_keys,
                {.text = "Callers may bring their own provider key with `x-bf-direct-key: true`."});
    visit.field("enforce_auth_on_inference", self.enforce_auth_on_inference,
                {.text = "Refuse inference requests without a credential.",
                 .formerly = {"enforce_governance_header", "enforce_scim_auth"}});
    visit.field("governance_admission", self.admission,
                {.text = "`reserve` holds what a request is expected to use on its limits before "
                         "it goes, so that a burst counts before it is served; `check` looks "
                         "only whether something is left, as the original does.",
                 .ours = true});
    visit.field("on_limit_reached", self.on_limit_reached,
                {.text = "What becomes of a stream that uses more than it was expected to when "
                         "its limits have no more: `finish` lets it come to its end, `stop` ends "
                         "it there as if it had reached `max_tokens`, and asks the provider for "
                         "no more. Not with `governance_admission: check`.",
                 .ours = true});
    visit.field("unknown_price", self.unknown_price,
                {.text = "What becomes of a request that falls under a budget and goes to a model "
                         "of unknown price, which the budget would not count: `allow` serves it, "
                         "`refuse` tries the next target, and answers 403 when there is none.",
                 .ours = true});
  }

  friend bool operator==(const AccessSettings&, const AccessSettings&) = default;
};

}  // namespace bifrost::governance
