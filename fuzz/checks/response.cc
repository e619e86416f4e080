#include "base/assert.h"
#include "dialect/chat_codec.h"
#include "fuzz/checks/checks.h"

namespace bifrost::fuzz {
namespace {

// Refusals and transcripts become text where they have no place of their own.
std::string text_of_choice(const llm::Choice& choice) {
  std::string text;
  for (const llm::Part& part : choice.parts) {
    if (const auto* piece = part.as<llm::TextPart>()) text += piece->text;
  }
  return text;
}

void check_tap(const dialect::TapState& tap, const llm::Response& response) {
  BF_ASSERT(tap.usage == response.usage);
  BF_ASSERT(!tap.error.has_value());
  // Of several choices a tap reports the reason of one that has any.
  if (response.choices.size() > 1) return;
  const llm::FinishReason finish = response.choices.front().finish;
  // A tap tells a call by a word, wherever in the answer it stands.
  const bool differs_by_call =
      tap.finish == llm::FinishReason::kToolCalls && finish == llm::FinishReason::kStop;
  BF_ASSERT(tap.finish == finish || differs_by_call);
}

}  // namespace

void check_response(const dialect::Dialect& dialect, std::string_view text) {
  const auto response = dialect.chat->decode_response(text);
  const dialect::TapState tap = dialect.chat->tap_response(text);
  if (!response) {
    BF_ASSERT(!response.error().message.empty());
    return;
  }
  BF_ASSERT(!response->choices.empty());
  if (!repeats_names(text)) check_tap(tap, *response);

  for (const dialect::Dialect* to : dialect::all()) {
    const std::string encoded =
        to->chat->encode_response(*response, {.model = "m", .fallback_id = "x"});
    BF_ASSERT(is_json(encoded));
    const auto again = to->chat->decode_response(encoded);
    BF_ASSERT(again.has_value());
    if (response->choices.size() != 1) continue;
    BF_ASSERT(again->choices.size() == 1);
    BF_ASSERT(runs_through(text_of_choice(response->choices.front()),
                           text_of_choice(again->choices.front())));
  }
}

}  // namespace bifrost::fuzz
