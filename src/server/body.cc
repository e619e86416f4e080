#include "server/body.h"

#include "base/try.h"
#include "overload/leased_text.h"

#include <algorithm>
#include <chrono>
#include <optional>

namespace bifrost::server {
namespace {

constexpr std::size_t kPadding = 64;  // json::kScanPadding; this layer knows no JSON
constexpr std::size_t kDrainBytesMax = 256 * 1024;

// A length that is claimed is not yet memory spent: a quarter of a larger body has to be there
// before there is room for all of it.
constexpr std::size_t kTrustedBytes = std::size_t{16} * 1024;
constexpr std::size_t kTrustedShare = 4;

using Expiry = net::CallScope::Expiry;

constexpr Expiry kSilent{ErrorCode::kRequestTimeout, Origin::kClient, Retry::kNo,
                         "nothing came of the request body for too long "
                         "(server.body_timeout_in_seconds)"};
constexpr Expiry kTooSlow{ErrorCode::kRequestTimeout, Origin::kClient, Retry::kNo,
                          "the request body comes too slowly (server.body_bytes_per_second_min)"};
constexpr Expiry kTooLong{ErrorCode::kRequestTimeout, Origin::kClient, Retry::kNo,
                          "the request body takes too long "
                          "(server.body_total_timeout_in_seconds)"};

Error too_large(std::size_t bytes_max) {
  return client_error(ErrorCode::kBodyTooLarge,
                      "the request body is larger than " + std::to_string(bytes_max) +
                          " bytes; raise client.max_request_body_size_mb to allow it");
}

// How long a body may take: all of it, and up to where it is.
class Pace {
 public:
  Pace(net::CallScope& scope, const Settings& settings)
      : settings_(settings),
        total_(scope, settings.body_total_timeout, kTooLong),
        slow_until_(scope.loop().now() + settings.body_grace),
        slow_(scope, slow_until_, kTooSlow) {}

  // So many bytes have come by now.
  void reached(std::size_t bytes) {
    using Seconds = std::chrono::duration<double>;
    const Seconds earned(static_cast<double>(bytes) /
                         static_cast<double>(settings_.body_bytes_per_second_min));
    const Seconds usable = std::min<Seconds>(earned, settings_.body_total_timeout);
    slow_.move_to(slow_until_ + std::chrono::duration_cast<SteadyTime::duration>(usable));
  }

 private:
  const Settings& settings_;
  net::CallScope::Deadline total_;
  SteadyTime slow_until_;
  net::CallScope::Deadline slow_;
};

}  // namespace

net::Task<Result<void>> Body::more(net::CallScope& scope) {
  const net::CallScope::Deadline silence(scope, settings_.body_timeout, kSilent);
  BF_CO_TRY(const bool open, co_await input_.more(scope));
  if (!open) {
    co_return client_error(ErrorCode::kClientGone, "the client closed inside the request body");
  }
  co_return Result<void>();
}

net::Task<Result<std::string>> Body::read_all(net::CallScope& scope, std::size_t bytes_max,
                                              overload::ByteLease* memory) {
  std::string body;
  overload::ByteLease uncounted;
  const Filling filling{body, memory != nullptr ? *memory : uncounted, bytes_max};
  if (begun_) co_return gateway_error(ErrorCode::kInternal, "the body has been read before");
  if (framing_.kind == Kind::kLength && framing_.length > bytes_max) co_return too_large(bytes_max);
  if (framing_.kind == Kind::kLength) {
    BF_CO_TRY_VOID(filling.memory.check(static_cast<std::size_t>(framing_.length) + kPadding));
  }
  begun_ = true;
  if (framing_.kind != Kind::kNone) {
    if (expects_continue_ && input_.held().empty()) {
      BF_CO_TRY_VOID(co_await out_.invite(scope));
    }
    BF_CO_TRY_VOID(co_await fill(scope, filling));
  }
  body.reserve(body.size() + kPadding);  // there is room, but in an empty one
  co_return std::move(body);
}

net::Task<Result<void>> Body::fill(net::CallScope& scope, Filling filling) {
  std::optional<Pace> pace;  // of a body that did not come with its head
  while (true) {
    BF_CO_TRY_VOID(take(filling));
    if (complete_) co_return Result<void>();
    if (!pace) pace.emplace(scope, settings_);
    pace->reached(filling.body.size());
    BF_CO_TRY_VOID(co_await more(scope));
  }
}

// What is held of it.
Result<void> Body::take(Filling filling) {
  std::string& body = filling.body;
  if (framing_.kind == Kind::kLength) {
    const auto length = static_cast<std::size_t>(framing_.length);
    const std::string_view held = input_.held().substr(0, length - body.size());
    const std::size_t arrived = body.size() + held.size();
    const bool trusted = length <= std::max(kTrustedBytes, arrived * kTrustedShare);
    BF_TRY_VOID(overload::make_room(body, (trusted ? length : arrived) + kPadding,
                                    length + kPadding, filling.memory));
    body += held;
    input_.use(held.size());
    complete_ = arrived == length;
    return {};
  }
  BF_TRY_VOID(overload::make_room(body, body.size() + input_.held().size() + kPadding,
                                  filling.bytes_max + kPadding, filling.memory));
  BF_TRY(const std::size_t used, chunks_.feed(input_.held(), body));
  input_.use(used);
  if (body.size() > filling.bytes_max) return too_large(filling.bytes_max);
  complete_ = chunks_.done();
  return {};
}

// What was given up in the middle cannot be taken up again: nobody knows where the next request
// begins, and whoever guesses lets a body smuggle one in.
bool Body::skippable() const {
  if (complete()) return true;
  if (begun_ || (expects_continue_ && input_.held().empty())) return false;
  return framing_.kind == Kind::kChunked || framing_.length <= kDrainBytesMax;
}

net::Task<bool> Body::drain(net::CallScope& scope) {
  if (complete()) co_return true;
  if (!skippable()) co_return false;
  auto rest = co_await read_all(scope, kDrainBytesMax);
  co_return rest.has_value();
}

}  // namespace bifrost::server
