#include "exchange/repeated.h"

#include "base/strings.h"

#include <algorithm>
#include <string_view>

namespace bifrost::exchange {
namespace {

struct RetryHeader {
  std::string_view name;
  std::int64_t first;          // its number in the first attempt
  std::string_view parameter;  // that holds the number; empty: the value is the number
};

constexpr RetryHeader kHeaders[] = {
    {.name = "x-stainless-retry-count", .first = 0, .parameter = {}},
    {.name = "grpc-previous-rpc-attempts", .first = 0, .parameter = {}},
    {.name = "x-envoy-attempt-count", .first = 1, .parameter = {}},
    {.name = "amz-sdk-request", .first = 1, .parameter = "attempt"},
};

// "2" in "attempt=2; max=3".
std::string_view number_in(std::string_view value, std::string_view parameter) {
  if (parameter.empty()) return trim(value);
  for (const std::string_view part : split(value, ';')) {
    const auto pair = split_once(part, '=');
    if (pair && iequals(trim(pair->first), parameter)) return trim(pair->second);
  }
  return {};
}

}  // namespace

bool says_it_repeats(const http::Headers& headers) {
  return std::ranges::any_of(kHeaders, [&](const RetryHeader& each) {
    return parse_int(number_in(headers.get(each.name), each.parameter)).value_or(0) > each.first;
  });
}

}  // namespace bifrost::exchange
