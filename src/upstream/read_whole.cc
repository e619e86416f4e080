#include "upstream/read_whole.h"

#include "base/try.h"

#include <string_view>
#include <utility>

namespace bifrost::upstream {

net::Task<Result<std::string>> read_whole(net::CallScope& scope, client::ByteSource& source,
                                          std::size_t bytes_max, bool cut) {
  std::string body;
  while (true) {
    BF_CO_TRY(const std::string_view bytes, co_await source.read(scope));
    if (bytes.empty()) co_return std::move(body);
    if (body.size() + bytes.size() > bytes_max) {
      if (cut) co_return std::move(body);
      co_return upstream_error(
          ErrorCode::kUpstreamProtocol, Retry::kOtherTarget,
          "the provider's answer is larger than " + std::to_string(bytes_max) + " bytes");
    }
    body += bytes;
  }
}

}  // namespace bifrost::upstream
