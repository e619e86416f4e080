#include "pipeline/chat_call.h"

#include "base/try.h"

#include <utility>

namespace bifrost::pipeline {
namespace {

// What a tap would have learnt from the same answer.
dialect::TapState said_by(const llm::Response& response) {
  dialect::TapState said{.usage = response.usage,
                         .model = response.model,
                         .id = response.id,
                         .events = 1,
                         .content_events = 1,
                         .ended = true};
  if (response.choices.empty()) return said;
  const llm::Choice& first = response.choices.front();
  said.finish = first.finish;
  said.finished = !first.finish_raw.empty();
  return said;
}

}  // namespace

Result<dialect::EncodedRequest> ChatCall::encode(const provider::Side& side,
                                                 std::string_view model) {
  const dialect::EncodeOptions options{.model = model, .flavor = side.flavor};
  if (passes(side)) return edit(options);
  if (!decoded_) {
    BF_TRY(decoded_, inbound_.chat->decode_request(input_));
  }
  return side.dialect().chat->encode_request(*decoded_, options);
}

Result<dialect::EncodedRequest> ChatCall::edit(const dialect::EncodeOptions& options) const {
  BF_TRY(auto edited, inbound_.chat->edit_request(input_, facts_, options));
  dialect::EncodedRequest encoded;
  encoded.body = edited ? *std::move(edited) : input_.body;
  return encoded;
}

Result<dialect::TapState> ChatCall::judge(const provider::Side& side, std::string_view body) {
  const dialect::Dialect& dialect = side.dialect();
  if (passes(side)) {
    dialect::TapState said = dialect.chat->tap_response(body);
    if (said.error) return *std::move(said.error);
    return said;
  }
  BF_TRY(llm::Response response, dialect.chat->decode_response(body));
  response_ = std::make_unique<llm::Response>(std::move(response));
  return said_by(*response_);
}

}  // namespace bifrost::pipeline
