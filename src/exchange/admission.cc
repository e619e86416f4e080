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
#include <string_view>

namespace bifrost::exchange {
namespace {

// English takes four to five bytes a token, and JSON around it comes on top.
constexpr std::int64_t kBytesPerToken = 4;
// Pictures and sound are long texts of few tokens: beyond this length it is likely one of them.
constexpr std::int64_t kInputTokensMax = 32'768;
// Of who does not say how much he wants. Half of all answers are shorter.
constexpr std::int64_t kUsualOutputTokens = 512;
// What a model writes at most of which nothing is known, whatever it is allowed to.
constexpr std::int64_t kOutputTokensMax = 32'768;
constexpr std::int64_t kChoicesMax = 128;

std::int64_t number_of(std::string_view value) {
  const auto number = parse_int(value);
  return number && *number > 0 ? *number : 0;
}

// Gemini's, which stands in an object of its own.
std::int64_t generation_limit(std::string_view config) {
  constexpr std::string_view kName = R"("maxOutputTokens")";
  const auto found = config.find(kName);
  if (found == std::string_view::npos) return 0;
  std::string_view rest = config.substr(found + kName.size());
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r\n:"), rest.size()));
  return number_of(rest.substr(0, rest.find_first_not_of("0123456789")));
}

// What the caller allows the model to write; the names that the wire formats have for it. Not
// bounded yet.
std::int64_t output_asked(const dialect::RequestFacts& facts) {
  for (const std::string_view name : {"max_completion_tokens", "max_tokens", "max_output_tokens"}) {
    if (const auto asked = number_of(facts.value_of(name)); asked > 0) return asked;
  }
  const auto asked = generation_limit(facts.value_of("generationConfig"));
  return asked > 0 ? asked : kUsualOutputTokens;
}

// By the target's name, or by what a key makes of it.
const catalog::Model* facts_of(const Exchange& exchange, const routing::Target& target) {
  const provider::Endpoint& endpoint = *target.endpoint;
  if (const auto* facts = model_facts(exchange, endpoint, target.model)) return facts;
  for (const provider::Key& key : endpoint.keys) {
    const provider::AliasSettings* alias = endpoint.alias(key, target.model);
    if (alias == nullptr) continue;
    if (const auto* facts = model_facts(exchange, endpoint, alias->model_id)) return facts;
  }
  return nullptr;
}

}  // namespace

llm::Usage expected_usage(const Exchange& exchange, const catalog::Model* facts) {
  const dialect::RequestFacts& request = exchange.call->facts;
  const auto bytes = static_cast<std::int64_t>(exchange.body_bytes);
  const std::int64_t most = facts != nullptr && facts->output_tokens_max > 0
                                ? facts->output_tokens_max
                                : kOutputTokensMax;
  const std::int64_t choices =
      std::clamp<std::int64_t>(number_of(request.value_of("n")), 1, kChoicesMax);
  return {.input = std::min(bytes / kBytesPerToken, kInputTokensMax),
          .output = std::min(output_asked(request), most) * choices};
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
  ModelCall& call = *exchange_.call;
  call.reservation.settle({});  // the target before has not served
  if (count == 1 && of_target.front().empty() && caller.limits.empty()) return {};
  call.expected_facts = facts_of(exchange_, target);
  call.expected = expected_usage(exchange_, call.expected_facts);
  governance::Amount estimate{.requests = 1, .concurrent = 1};
  if (exchange_.snapshot->client.access.admission == governance::AdmissionMode::kReserve) {
    estimate.tokens = call.expected.total();
    if (call.expected_facts != nullptr) {
      estimate.nano_dollars = catalog::cost(call.expected_facts->price, call.expected);
    }
  }
  BF_TRY(call.reservation, governance::Reservation::hold(std::span(of_target).first(count),
                                                         caller.limits, estimate, clock_.wall()));
  return {};
}

}  // namespace bifrost::exchange
