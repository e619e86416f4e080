// A request to a model, there and back: what the executor asks of it (upstream/call.h), and how the
// answer is written for the caller. An operation makes one; the rest of this folder runs it.
#pragma once

#include "dialect/stream.h"
#include "llm/usage.h"
#include "upstream/call.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace bifrost::exchange {

// Turns a provider's stream into the caller's, as it comes.
class StreamTranslator {
 public:
  virtual ~StreamTranslator() = default;
  // Bytes for the caller; empty when there are none yet. Valid until the next call.
  virtual std::string_view feed(std::string_view bytes) = 0;
  virtual std::string_view finish() = 0;
  virtual std::string_view fail(const Error& error) = 0;
  // Ends the answer here, for want of tokens. Empty: all of it is there already.
  virtual std::string_view stop(const dialect::StreamStop& stop) = 0;
  // What was learnt on the way; the error that ended the stream, if one did.
  [[nodiscard]] virtual const dialect::TapState& state() const = 0;
};

class Call : public upstream::Call {
 public:
  // Nobody will ask for it any more: the answer has begun.
  virtual void forget_request() {}
  // What it is expected to use, for limits: from the bytes of its body and what it asks for. The
  // model writes `output_tokens_max` at most; 0: not known. Streams may use more.
  [[nodiscard]] virtual llm::Usage expected_usage(std::size_t body_bytes,
                                                  std::int64_t output_tokens_max) const = 0;
  // Does the caller say how much may be written at most? Then the output above is that.
  [[nodiscard]] virtual bool says_output_max() const { return false; }
  // What an answer that is translated repeats of its request (AnswerContext::echo).
  [[nodiscard]] virtual std::string echo() const { return {}; }
  // The answer that was judged last, for the caller. Of answers that do not pass only.
  [[nodiscard]] virtual std::string translated_body(
      const dialect::AnswerContext& context) const = 0;
  // The same of streams; asked of calls whose type is one.
  [[nodiscard]] virtual std::unique_ptr<StreamTranslator> make_translator(
      const provider::Side& /*side*/, dialect::AnswerContext /*context*/) const {
    return nullptr;
  }
};

}  // namespace bifrost::exchange
