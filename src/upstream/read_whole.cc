#include "upstream/read_whole.h"

#include "base/try.h"
#include "overload/leased_text.h"

#include <string_view>
#include <utility>

namespace bifrost::upstream {

net::Task<Result<std::string>> read_whole(net::CallScope& scope, client::ByteSource& source,
                                          WholeOptions options) {
  std::string body;
  overload::ByteLease uncounted;
  overload::ByteLease& memory = options.memory != nullptr ? *options.memory : uncounted;
  while (true) {
    BF_CO_TRY(const std::string_view bytes, co_await source.read(scope));
    if (bytes.empty()) co_return std::move(body);
    if (body.size() + bytes.size() > options.bytes_max) {
      if (options.cut) co_return std::move(body);
      co_return upstream_error(
          ErrorCode::kUpstreamProtocol, Retry::kOtherTarget,
          "the provider's answer is larger than " + std::to_string(options.bytes_max) + " bytes");
    }
    auto room = overload::make_room(body, body.size() + bytes.size(), options.bytes_max, memory);
    if (!room) co_return too_large_an_answer(std::move(room).error());
    body += bytes;
  }
}

Error too_large_an_answer(Error refused) {
  if (refused.code != ErrorCode::kTooLargeForMemory) return refused;
  return upstream_error(ErrorCode::kUpstreamProtocol, Retry::kOtherTarget,
                        "the provider's answer is too large: " + refused.message);
}

}  // namespace bifrost::upstream
