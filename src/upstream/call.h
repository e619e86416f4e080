// What the executor knows of a request: how to write it for one provider after the other, and how
// to tell whether what comes back is an answer. The executor itself knows no wire format.
//
// One per request, used by one thread at a time: what takes long is asked on a thread beside the
// worker (heavy_work.h). It outlives the execution and holds what was decoded on the way, for
// whoever writes the answer.
#pragma once

#include "base/result.h"
#include "dialect/dialect.h"
#include "dialect/request.h"
#include "dialect/tap.h"
#include "llm/operation.h"
#include "provider/side.h"

#include <memory>
#include <string_view>

namespace bifrost::upstream {

class Call {
 public:
  virtual ~Call() = default;

  [[nodiscard]] virtual llm::RequestType type() const = 0;
  // The caller's own wire format.
  [[nodiscard]] virtual const dialect::Dialect& inbound() const = 0;

  // Do bytes pass between caller and provider as they are, but for a few edits?
  [[nodiscard]] virtual bool passes(const provider::Side& side) const {
    return &side.dialect() == &inbound();
  }

  [[nodiscard]] virtual std::string_view method() const { return "POST"; }
  // Behind the base URL, with its query: "/v1/chat/completions". `model` as in encode().
  [[nodiscard]] virtual std::string path(const provider::Side& side,
                                         std::string_view model) const = 0;

  // The request as the provider takes it; `model` is its name there. Fails when the request makes
  // no sense in the provider's format.
  virtual Result<dialect::EncodedRequest> encode(const provider::Side& side,
                                                 std::string_view model) = 0;

  // A whole body with a good status: what it says of itself, or the error that it is.
  virtual Result<dialect::TapState> judge(const provider::Side& side, std::string_view body) = 0;

  // Of calls whose type is a stream, and asked of no others.
  // The content type by which an answer is known to be one.
  [[nodiscard]] virtual std::string_view stream_type(const provider::Side& /*side*/) const {
    return {};
  }
  // Reads along with it.
  [[nodiscard]] virtual std::unique_ptr<dialect::StreamTap> make_tap(
      const provider::Side& /*side*/) const {
    return nullptr;
  }
};

}  // namespace bifrost::upstream
