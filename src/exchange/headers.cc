#include "exchange/headers.h"

#include "base/strings.h"
#include "http/h1/head.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>

namespace bifrost::exchange {
namespace {

// Of the provider's headers, those that tell a caller about its own use of the provider.
constexpr std::array<std::string_view, 3> kPassedPrefixes = {"anthropic-organization-id", "openai-",
                                                             "retry-after"};
// And those that tell what is left of it.
constexpr std::array<std::string_view, 2> kLimitPrefixes = {"x-ratelimit-", "anthropic-ratelimit-"};

bool begins_with_any(std::string_view name, std::span<const std::string_view> prefixes) {
  return std::ranges::any_of(prefixes,
                             [&](std::string_view prefix) { return istarts_with(name, prefix); });
}

struct Passing {
  bool same_dialect = false;
  bool own_limits = false;  // the caller is told limits of ours
};

void pass_on(http::Headers& out, const http::Headers& upstream, Passing passing) {
  for (const http::Header header : upstream) {
    if (begins_with_any(header.name, kLimitPrefixes)) {
      const std::string name = ascii_lower(header.name);
      out.add(passing.own_limits ? "x-bifrost-provider-" + name : name, header.value);
    } else if (begins_with_any(header.name, kPassedPrefixes)) {
      out.add(ascii_lower(header.name), header.value);
    } else if (iequals(header.name, "x-request-id")) {
      out.add("x-bifrost-provider-request-id", header.value);
    } else if (passing.same_dialect && iequals(header.name, "request-id")) {
      out.add("request-id", header.value);  // Anthropic's; its SDK shows it
    }
  }
}

constexpr std::size_t kRequestIdBytesMax = 128;

// "temperature, messages[0].name, and 3 more"
std::string joined(const llm::LeftOut& left_out) {
  constexpr std::size_t kBytesMax = 2048;
  std::string out;
  std::size_t more = left_out.more_lost;
  for (const auto* names : {&left_out.refused, &left_out.lost}) {
    for (const std::string& name : *names) {
      if (more > left_out.more_lost || out.size() + name.size() > kBytesMax) {
        ++more;
        continue;
      }
      if (!out.empty()) out += ", ";
      // A caller's field name may hold anything.
      for (const char c : name) out += c > 0x20 && c < 0x7F ? c : '?';
    }
  }
  if (more > 0) out += ", and " + std::to_string(more) + " more";
  return out;
}

// A model name from a caller as a header value.
std::string visible(std::string_view text) {
  std::string out(utf8_prefix(text, 256));
  std::erase_if(out, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  return out;
}

// Anthropic's SDKs show the request id under this name.
void name_as_anthropic(http::Headers& headers, const Exchange& exchange) {
  const Surface* surface = exchange.route.spoken();
  const bool anthropic =
      surface != nullptr && surface->dialect != nullptr && surface->dialect->name == "anthropic";
  if (anthropic && !headers.contains("request-id")) headers.add("request-id", exchange.request_id);
}

// What is left of the caller's limits, in his dialect.
void tell_limits_left(http::Headers& headers, const Exchange& exchange) {
  const Surface* surface = exchange.route.spoken();
  if (surface == nullptr || surface->dialect == nullptr || !exchange.call) return;
  surface->dialect->family.write_rate_limits(exchange.call->limits_left, headers);
}

bool is_of_limits(const Error& error) {
  return error.origin == Origin::kClient &&
         (error.code == ErrorCode::kRateLimited || error.code == ErrorCode::kBudgetExceeded);
}

}  // namespace

std::optional<std::string_view> given_request_id(const http::Headers& headers) {
  const std::string_view id = headers.get("x-request-id");
  if (id.empty() || id.size() > kRequestIdBytesMax || !http::h1::valid_value(id)) {
    return std::nullopt;
  }
  return id;
}

http::Headers base_headers(const Exchange& exchange) {
  http::Headers headers = {{"x-request-id", exchange.request_id}};
  for (const http::Header header : exchange.cors) headers.add(header.name, header.value);
  return headers;
}

http::Headers served_headers(const Exchange& exchange) {
  http::Headers headers = base_headers(exchange);
  const upstream::Served& served = *exchange.call->served;
  headers.add("x-bifrost-provider", served.target->endpoint->name);
  headers.add("x-bifrost-original-model", visible(exchange.call->facts.model));
  headers.add("x-bifrost-resolved-model", visible(served.model));
  headers.add("x-bifrost-fallback-index", std::to_string(served.fallback_index));
  headers.add("x-bifrost-request-type", exchange.surface().operation->name);
  if (!exchange.call->dropped.empty()) {
    headers.add("x-bifrost-dropped-fields", joined(exchange.call->dropped));
  }
  pass_on(headers, served.answer->head.headers,
          {.same_dialect = served.same_dialect, .own_limits = !exchange.call->limits_left.empty()});
  tell_limits_left(headers, exchange);
  name_as_anthropic(headers, exchange);
  return headers;
}

http::Headers error_headers(const Exchange& exchange, const Error& error) {
  http::Headers headers = base_headers(exchange);
  headers.add("content-type", "application/json");
  name_as_anthropic(headers, exchange);
  if (error.retry_after) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(*error.retry_after);
    headers.add("retry-after", std::to_string(std::max<std::int64_t>(seconds.count(), 1)));
    headers.add("retry-after-ms", std::to_string(error.retry_after->count()));
  }
  if (is_of_limits(error)) tell_limits_left(headers, exchange);
  // The SDKs of OpenAI and Anthropic obey it.
  if (error.repeat_unwanted) headers.add("x-should-retry", "false");
  const Surface* surface = exchange.route.surface;
  const bool of_operators = surface != nullptr && surface->operation->access == Access::kOperators;
  if (of_operators && error.code == ErrorCode::kUnauthenticated) {
    headers.add("www-authenticate", R"(Basic realm="bifrost")");
  }
  if (error.code == ErrorCode::kMethodNotAllowed) headers.add("allow", exchange.route.allow);
  return headers;
}

}  // namespace bifrost::exchange
