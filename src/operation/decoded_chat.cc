#include "operation/decoded_chat.h"

#include "dialect/chat_codec.h"

namespace bifrost::operation {

Result<void> DecodedChat::decode() {
  if (chat_) return {};
  weight_ = dialect::Weight::of(input_.body);
  BF_TRY_VOID(memory_.resize(weight_.while_decoding()));
  BF_TRY(chat_, inbound_.chat->decode_request(input_));
  return {};
}

void DecodedChat::forget() {
  chat_.reset();
  memory_.release();
}

}  // namespace bifrost::operation
