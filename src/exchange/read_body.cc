#include "exchange/read_body.h"

#include "base/try.h"

#include <algorithm>
#include <optional>

namespace bifrost::exchange {

net::Task<Result<void>> read_body(WorkerKit& kit, Exchange& exchange) {
  const overload::Control& overload = kit.services.overload;
  server::Body& body = exchange.request.body;
  const std::optional<std::size_t> announced = body.announced();
  BF_CO_TRY_VOID(kit.services.overload.admit_body(announced.value_or(0)));
  const auto bytes_max =
      static_cast<std::size_t>(exchange.snapshot->client.max_request_body_size_mb) << 20U;
  // How large a body without a length is shows as it comes.
  const bool small_only = !announced && overload.takes(overload::Action::kRefuseLargeBodies);
  const std::size_t read_max =
      small_only ? std::min(bytes_max, overload.large_body_bytes()) : bytes_max;
  exchange.body_memory = overload::ByteLease(kit.memory);
  auto read = co_await body.read_all(exchange.request.scope, read_max, &exchange.body_memory);
  if (!read && read_max < bytes_max && read.error().code == ErrorCode::kBodyTooLarge) {
    co_return kit.services.overload.refuse_body();
  }
  BF_CO_TRY(exchange.body, std::move(read));
  exchange.body_bytes = exchange.body.size();
  co_return Result<void>();
}

}  // namespace bifrost::exchange
