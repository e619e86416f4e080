// A conversation on its way to providers: native where the provider speaks the caller's format, so
// that bytes pass, and through our own model of a chat elsewhere.
#pragma once

#include "dialect/chat_codec.h"
#include "exchange/call.h"
#include "llm/response.h"
#include "operation/chat_estimate.h"
#include "operation/decoded_chat.h"
#include "overload/byte_budget.h"

#include <memory>

namespace bifrost::operation {

class ChatCall final : public exchange::Call {
 public:
  struct Options {
    bool extra_fields = false;               // the caller reads them in its answer
    bool drop_refused = false;               // a model gets no parameters that it refuses
    overload::ByteBudget* memory = nullptr;  // null: what is decoded is not counted
  };

  // All but the options outlive the call.
  ChatCall(const dialect::Dialect& inbound, const dialect::RequestInput& input,
           const dialect::RequestFacts& facts, Options options)
      : inbound_(inbound),
        input_(input),
        facts_(facts),
        options_(options),
        decoded_(inbound, input, options.memory),
        response_memory_(options.memory) {}

  [[nodiscard]] llm::RequestType type() const override {
    return {inbound_.chat->operation, facts_.stream};
  }
  [[nodiscard]] const dialect::Dialect& inbound() const override { return inbound_; }
  [[nodiscard]] std::string path(const provider::Side& side,
                                 std::string_view model) const override {
    return side.dialect().chat->path(model, facts_.stream);
  }
  Result<dialect::EncodedRequest> encode(const provider::Side& side,
                                         std::string_view model) override;
  Result<dialect::TapState> judge(const provider::Side& side, std::string_view body) override;
  [[nodiscard]] std::string_view stream_type(const provider::Side& side) const override {
    return side.dialect().chat->stream.content_type;
  }
  [[nodiscard]] std::unique_ptr<dialect::StreamTap> make_tap(
      const provider::Side& side) const override;

  void forget_request() override;
  [[nodiscard]] llm::Usage expected_usage(std::size_t body_bytes,
                                          std::int64_t output_tokens_max) const override {
    return expected_of_chat(facts_, body_bytes, output_tokens_max);
  }
  [[nodiscard]] bool says_output_max() const override { return operation::says_output_max(facts_); }
  [[nodiscard]] std::string echo() const override { return echo_; }
  [[nodiscard]] std::string translated_body(const dialect::AnswerContext& context) const override;
  [[nodiscard]] std::unique_ptr<exchange::StreamTranslator> make_translator(
      const provider::Side& side, dialect::AnswerContext context) const override;

 private:
  Result<void> hold_for_tap(std::string_view body);
  Result<dialect::EncodedRequest> edit(const dialect::EncodeOptions& options) const;

  const dialect::Dialect& inbound_;
  const dialect::RequestInput& input_;
  const dialect::RequestFacts& facts_;
  Options options_;
  DecodedChat decoded_;
  std::string echo_;                         // of the request, for an answer that is translated
  std::unique_ptr<llm::Response> response_;  // that was judged last, where it does not pass
  overload::SharedLease response_memory_;
};

}  // namespace bifrost::operation
