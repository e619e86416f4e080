#include "admin/small_body.h"

#include "base/strings.h"

#include <cstdint>
#include <optional>

namespace bifrost::admin {

Result<void> check_small_body(const http::RequestHead& head) {
  constexpr std::int64_t kBytesMax = 64 * 1024;
  const auto given = head.headers.find("content-length");
  const bool none = !given && !head.headers.contains("transfer-encoding");
  const auto length = parse_int(given.value_or(""));
  if (none || (length && *length <= kBytesMax)) return {};
  return client_error(ErrorCode::kInvalidRequest,
                      "content-length: must be given here, and be at most 65536, from who has not "
                      "shown who he is");
}

}  // namespace bifrost::admin
