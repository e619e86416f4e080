#include "exchange/admission.h"

#include "base/strings.h"
#include "base/try.h"
#include "exchange/cost.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace bifrost::exchange {
namespace {

// English takes four to five bytes a token, and JSON around it comes on top.
constexpr std::int64_t kBytesPerToken = 4;
// Pictures and sound are long texts of few tokens: beyond this length it is likely one of them.
constexpr std::int64_t kInputTokensMax = 32'768;
// Of who does not say how much he wants. Half of all answers are shorter.
constexpr std::int64_t kUsualOutputTokens = 512;

// What the caller allows the model to write; the names that the wire formats have for it.
std::int64_t output_asked(const dialect::RequestFacts& facts) {
  for (const std::string_view name : {"max_completion_tokens", "max_tokens", "max_output_tokens"}) {
    const auto asked = parse_int(facts.value_of(name));
    if (asked && *asked > 0) return *asked;
  }
  return kUsualOutputTokens;
}

}  // namespace

governance::Amount expected_use(const Exchange& exchange, const routing::Target& target) {
  if (exchange.snapshot->client.access.admission == governance::AdmissionMode::kCheck) {
    return {.requests = 1, .concurrent = 1};
  }
  const auto bytes = static_cast<std::int64_t>(exchange.body_bytes);
  llm::Usage usage{.input = std::min(bytes / kBytesPerToken, kInputTokensMax),
                   .output = output_asked(exchange.call->facts)};
  governance::Amount expected{.requests = 1, .tokens = usage.total(), .concurrent = 1};
  if (const auto* facts = model_facts(exchange, *target.endpoint, target.model)) {
    if (facts->output_tokens_max > 0) {
      usage.output = std::min(usage.output, facts->output_tokens_max);
    }
    expected.tokens = usage.total();
    expected.nano_dollars = catalog::cost(facts->price, usage);
  }
  return expected;
}

Result<void> Admission::admit(const routing::Target& target) {
  const governance::Principal& caller = *exchange_.caller.principal;
  const std::string& provider = target.endpoint->name;
  std::array<governance::Limits, governance::ModelLimits::kListsMax + 1> of_target;
  std::size_t count = 0;
  of_target[count++] = caller.limits_at(provider);
  count += exchange_.snapshot->rules.models.find(
      {.key = caller.id, .provider = provider, .model = target.model},
      std::span(of_target).last<governance::ModelLimits::kListsMax>());
  governance::Reservation& held = exchange_.call->reservation;
  held.settle({});  // the target before has not served
  if (count == 1 && of_target.front().empty() && caller.limits.empty()) return {};
  BF_TRY(held, governance::Reservation::hold(std::span(of_target).first(count), caller.limits,
                                             expected_use(exchange_, target), clock_.wall()));
  return {};
}

}  // namespace bifrost::exchange
