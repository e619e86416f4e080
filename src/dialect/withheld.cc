#include "dialect/withheld.h"

#include <optional>
#include <string_view>
#include <utility>

namespace bifrost::dialect {
namespace {

// Calls `use(parameter, name, member)` for each parameter that our own model of a request has. The
// names are ours: llm::Source knows the caller's.
template <class Use>
void each_member(Use use) {
  using llm::Request;
  use(Parameter::kTemperature, "temperature", &Request::temperature);
  use(Parameter::kTopP, "top_p", &Request::top_p);
  use(Parameter::kTopK, "top_k", &Request::top_k);
  use(Parameter::kPresencePenalty, "presence_penalty", &Request::presence_penalty);
  use(Parameter::kFrequencyPenalty, "frequency_penalty", &Request::frequency_penalty);
  use(Parameter::kLogprobs, "logprobs", &Request::logprobs);
  use(Parameter::kTopLogprobs, "top_logprobs", &Request::top_logprobs);
  use(Parameter::kLogitBias, "logit_bias", &Request::logit_bias);
  use(Parameter::kStop, "stop", &Request::stop);
  use(Parameter::kParallelToolCalls, "parallel_tool_calls", &Request::parallel_tool_calls);
  use(Parameter::kReasoning, "reasoning_effort", &Request::reasoning);
  use(Parameter::kResponseFormat, "response_format", &Request::response_format);
}

Asked::Thinking thinking_of(const llm::Request& request) {
  if (!request.reasoning) return Asked::Thinking::kUnsaid;
  const llm::Reasoning& reasoning = *request.reasoning;
  const bool off =
      reasoning.effort == "none" || (reasoning.effort.empty() && reasoning.budget_tokens == 0);
  return off ? Asked::Thinking::kOff : Asked::Thinking::kOn;
}

Asked asked_by(const llm::Request& request) {
  return {.thinking = thinking_of(request),
          .tools = !request.tools.empty() || !request.raw_tools.empty() ||
                   !request.web_search_options.empty(),
          .temperature = request.temperature.has_value()};
}

template <class T>
bool is_set(const T& value) {
  return !(value == T{});
}
// Free text is what a model writes anyway.
bool is_set(const std::optional<llm::ResponseFormat>& format) {
  return format && format->kind != llm::ResponseFormat::Kind::kText;
}

}  // namespace

Withheld::Withheld(llm::Request& request, const Refusals& refusals) : request_(request) {
  const Parameters refused = refusals.of(asked_by(request));
  if (refused.empty()) return;
  const bool thinking_off = thinking_of(request) == Asked::Thinking::kOff;
  each_member([&](Parameter parameter, std::string_view name, auto member) {
    if (!refused.contains(parameter) || !is_set(request_.*member)) return;
    std::swap(request_.*member, held_.*member);
    // A model that cannot think loses nothing when it is not told so.
    if (parameter == Parameter::kReasoning && thinking_off) return;
    names_.push_back(request_.source.field(name));
  });
}

Withheld::~Withheld() {
  each_member([&](Parameter /*parameter*/, std::string_view /*name*/, auto member) {
    if (is_set(held_.*member)) std::swap(request_.*member, held_.*member);
  });
}

}  // namespace bifrost::dialect
