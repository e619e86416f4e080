// RFC 3339 times, as in createTime, and seconds since the epoch.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bifrost::dialect::gemini {

// "2026-02-17T04:28:07.641330Z"; fractions are cut off. Only UTC, which is what Google writes.
[[nodiscard]] std::optional<std::int64_t> parse_timestamp(std::string_view text);
[[nodiscard]] std::string format_timestamp(std::int64_t seconds);

}  // namespace bifrost::dialect::gemini
