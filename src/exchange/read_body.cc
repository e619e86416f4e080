#include "exchange/read_body.h"

#include "base/try.h"

namespace bifrost::exchange {

net::Task<Result<void>> read_body(WorkerKit& kit, Exchange& exchange) {
  const auto bytes_max =
      static_cast<std::size_t>(exchange.snapshot->client.max_request_body_size_mb) << 20U;
  exchange.body_memory = overload::ByteLease(kit.memory);
  BF_CO_TRY(exchange.body, co_await exchange.request.body.read_all(
                               exchange.request.scope, bytes_max, &exchange.body_memory));
  exchange.body_bytes = exchange.body.size();
  co_return Result<void>();
}

}  // namespace bifrost::exchange
