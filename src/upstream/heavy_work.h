// Which texts are too long to be worked on within a turn of the loop: at tens of megabytes decoding
// and encoding take seconds, and every other request of the worker would wait for them.
//
//   auto facts = heavy.takes(body.size())
//                    ? co_await net::run_to_end(scope, *heavy.pool, [&] { return peek(body); })
//                    : peek(body);
//
// Shorter ones are worked on at once: a thread that has to be woken costs more.
#pragma once

#include "net/blocking_pool.h"

#include <cstddef>

namespace bifrost::upstream {

struct HeavyWork {
  net::BlockingPool* pool = nullptr;  // null: everything is done at once

  [[nodiscard]] bool takes(std::size_t text_bytes) const {
    return pool != nullptr && text_bytes > kTextBytes;
  }

  static constexpr std::size_t kTextBytes = std::size_t{256} * 1024;
};

}  // namespace bifrost::upstream
