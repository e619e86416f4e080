#include "operation/chat_estimate.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <system_error>

namespace bifrost::operation {
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

// A JSON number, whole or not; what is none, or not above 0, is 0.
std::int64_t number_of(std::string_view value) {
  constexpr double kMost = 1e9;
  double number = 0;
  const auto read = std::from_chars(value.data(), value.data() + value.size(), number);
  if (read.ec == std::errc::result_out_of_range) return static_cast<std::int64_t>(kMost);
  return read.ec == std::errc() && number > 0 ? static_cast<std::int64_t>(std::min(number, kMost))
                                              : 0;
}

// Of Gemini's settings, which stand in an object of their own: the largest of that name.
std::int64_t generation_setting(std::string_view config, std::string_view name) {
  std::int64_t most = 0;
  for (auto found = config.find(name); found != std::string_view::npos; found = config.find(name)) {
    config.remove_prefix(found + name.size());
    std::string_view value = config;
    value.remove_prefix(std::min(value.find_first_not_of(" \t\r\n:"), value.size()));
    most = std::max(most, number_of(value));
  }
  return most;
}

// What the caller allows the model to write, by the names that the wire formats have for it; the
// largest, since providers differ in which one they heed. Not bounded yet; 0: he does not say.
std::int64_t output_asked(const dialect::RequestFacts& facts) {
  std::int64_t most =
      generation_setting(facts.value_of("generationConfig"), R"("maxOutputTokens")");
  for (const std::string_view name : {"max_completion_tokens", "max_tokens", "max_output_tokens"}) {
    most = std::max(most, number_of(facts.value_of(name)));
  }
  return most;
}

std::int64_t choices_asked(const dialect::RequestFacts& facts) {
  const std::int64_t most =
      std::max(number_of(facts.value_of("n")),
               generation_setting(facts.value_of("generationConfig"), R"("candidateCount")"));
  return std::clamp<std::int64_t>(most, 1, kChoicesMax);
}

}  // namespace

llm::Usage expected_of_chat(const dialect::RequestFacts& facts, std::size_t body_bytes,
                            std::int64_t output_tokens_max) {
  const auto bytes = static_cast<std::int64_t>(body_bytes);
  const std::int64_t asked = output_asked(facts);
  const std::int64_t most = output_tokens_max > 0 ? output_tokens_max : kOutputTokensMax;
  return {.input = std::min(bytes / kBytesPerToken, kInputTokensMax),
          .output = std::min(asked > 0 ? asked : kUsualOutputTokens, most) * choices_asked(facts)};
}

bool says_output_max(const dialect::RequestFacts& facts) { return output_asked(facts) > 0; }

}  // namespace bifrost::operation
