// A chat on its way to providers: native where the provider speaks the caller's format, so that
// bytes pass, and through our own model of a chat elsewhere.
#pragma once

#include "dialect/dialect.h"
#include "exchange/call.h"
#include "llm/request.h"
#include "llm/response.h"

#include <memory>
#include <optional>

namespace bifrost::operation {

class ChatCall final : public exchange::Call {
 public:
  // All of them outlive the call. `extra_fields`: the caller reads them in its answer.
  ChatCall(const dialect::Dialect& inbound, const dialect::RequestInput& input,
           const dialect::RequestFacts& facts, bool extra_fields)
      : inbound_(inbound), input_(input), facts_(facts), extra_fields_(extra_fields) {}

  [[nodiscard]] llm::RequestType type() const override {
    return {llm::Operation::kChat, facts_.stream};
  }
  [[nodiscard]] const dialect::Dialect& inbound() const override { return inbound_; }
  [[nodiscard]] bool passes(const provider::Side& side) const override {
    return &side.dialect() == &inbound_;
  }
  Result<dialect::EncodedRequest> encode(const provider::Side& side,
                                         std::string_view model) override;
  Result<dialect::TapState> judge(const provider::Side& side, std::string_view body) override;
  [[nodiscard]] std::string_view stream_type(const provider::Side& side) const override {
    return side.dialect().chat->stream.content_type;
  }
  [[nodiscard]] std::unique_ptr<dialect::StreamTap> make_tap(
      const provider::Side& side) const override;

  [[nodiscard]] std::string translated_body(const dialect::AnswerContext& context) const override;
  [[nodiscard]] std::unique_ptr<exchange::StreamTranslator> make_translator(
      const provider::Side& side, dialect::AnswerContext context) const override;

 private:
  Result<dialect::EncodedRequest> edit(const dialect::EncodeOptions& options) const;

  const dialect::Dialect& inbound_;
  const dialect::RequestInput& input_;
  const dialect::RequestFacts& facts_;
  bool extra_fields_;
  std::optional<llm::Request> decoded_;      // at most once, for the first target that needs it
  std::unique_ptr<llm::Response> response_;  // that was judged last, where it does not pass
};

}  // namespace bifrost::operation
