// A caller's chat in our own model, for the targets that speak another format than he does: decoded
// at most once, for the first of them, with the memory that it holds.
#pragma once

#include "base/result.h"
#include "base/try.h"
#include "dialect/dialect.h"
#include "dialect/request.h"
#include "dialect/weight.h"
#include "llm/request.h"
#include "overload/byte_budget.h"

#include <optional>

namespace bifrost::operation {

class DecodedChat {
 public:
  // All outlive it. Null for `memory`: what it holds is not counted.
  DecodedChat(const dialect::Dialect& inbound, const dialect::RequestInput& input,
              overload::ByteBudget* memory)
      : inbound_(inbound), input_(input), memory_(memory) {}

  // What `write` makes of the chat, with room for both. Fails as the codec and the lease do.
  template <class Write>
  Result<dialect::EncodedRequest> encode(Write write) {
    BF_TRY_VOID(decode());
    BF_TRY_VOID(memory_.resize(weight_.decoded() + weight_.while_encoding()));
    Result<dialect::EncodedRequest> encoded = write(*chat_);
    BF_TRY_VOID(memory_.resize(weight_.decoded()));
    return encoded;
  }

  // Nobody will ask for it any more.
  void forget();

 private:
  Result<void> decode();

  const dialect::Dialect& inbound_;
  const dialect::RequestInput& input_;
  std::optional<llm::Request> chat_;
  dialect::Weight weight_ = {};  // of what it was decoded from
  overload::SharedLease memory_;
};

}  // namespace bifrost::operation
