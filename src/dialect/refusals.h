// What a family of models refuses of a request, by the names of the parameters.
//
// A refusal is a 400 for the whole request, so that a fact stands here only with a source that has
// seen one: what a model merely ignores is passed. Each dialect has the table of the families that
// are spoken to in it (`model_traits` of openai_chat and anthropic, `refusals` of gemini); nobody
// reads them unless a caller wants refused parameters dropped (EncodeOptions::drop_refused).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace bifrost::dialect {

enum class Parameter : std::uint8_t {
  kTemperature,
  kTopP,
  kTopK,
  kPresencePenalty,
  kFrequencyPenalty,
  kLogprobs,
  kTopLogprobs,
  kLogitBias,
  kStop,
  kParallelToolCalls,
  kReasoning,       // whatever the dialect has to steer thinking
  kOutputEffort,    // Anthropic's `output_config.effort`, which a model may lack that thinks
  kThinkingLevel,   // Gemini's word in place of a number, which encoders choose by the model
  kResponseFormat,  // JSON in place of free text
};

class Parameters {
 public:
  constexpr Parameters() = default;
  constexpr Parameters(std::initializer_list<Parameter> list) {
    for (const Parameter parameter : list) bits_ |= bit(parameter);
  }

  [[nodiscard]] constexpr bool contains(Parameter parameter) const {
    return (bits_ & bit(parameter)) != 0;
  }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  [[nodiscard]] constexpr Parameters operator|(Parameters other) const {
    Parameters both = *this;
    both.bits_ |= other.bits_;
    return both;
  }
  friend constexpr bool operator==(Parameters, Parameters) = default;

 private:
  static constexpr std::uint32_t bit(Parameter parameter) {
    return 1U << static_cast<unsigned>(parameter);
  }

  std::uint32_t bits_ = 0;
};

// What else a request asks for, as far as refusals hang on it.
struct Asked {
  enum class Thinking : std::uint8_t { kUnsaid, kOff, kOn };
  Thinking thinking = Thinking::kUnsaid;
  bool tools = false;
  bool temperature = false;
};

struct Refusals {
  Parameters always = {};
  Parameters thinking = {};         // while the model thinks
  bool thinks_unless_told = false;  // it does when the request says nothing of it
  Parameters with_tools = {};
  Parameters told_with_tools = {};  // when the request says both, to think and which tools
  Parameters with_temperature = {};

  [[nodiscard]] constexpr Parameters of(const Asked& asked) const {
    using Thinking = Asked::Thinking;
    Parameters refused = always;
    if (asked.tools) refused = refused | with_tools;
    if (asked.tools && asked.thinking == Thinking::kOn) refused = refused | told_with_tools;
    const bool told = asked.thinking == Thinking::kOn && !refused.contains(Parameter::kReasoning);
    const bool thinks = told || (asked.thinking != Thinking::kOff && thinks_unless_told);
    if (thinks) refused = refused | thinking;
    if (asked.temperature) refused = refused | with_temperature;
    return refused;
  }
  friend constexpr bool operator==(const Refusals&, const Refusals&) = default;
};

}  // namespace bifrost::dialect
