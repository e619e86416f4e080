// A public endpoint: what stands in the table of routes, and how a request fits it.
#pragma once

#include "dialect/dialect.h"
#include "exchange/operation.h"
#include "http/router.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace bifrost::exchange {

// How errors are written, and whether answers carry `extra_fields`.
enum class Shape : std::uint8_t {
  kUnified,  // the gateway's own /v1
  kNative,   // as the dialect's own API would
};

struct Surface {
  std::string_view method = "GET";
  std::string_view pattern = {};         // see http/router.h
  const Operation* operation = nullptr;  // never null in the table
  Shape shape = Shape::kNative;
  const dialect::Dialect* dialect = nullptr;  // null for infrastructure
  std::string_view provider = {};  // that a bare model on this route means, when configured
  bool path_stream = false;        // the path asks for a stream
  std::string_view text = {};      // for the reference
};

struct Match {
  const Surface* surface = nullptr;      // null: no such path, or not with this method
  http::PathParameters parameters = {};  // {model} of a chat; of a list: the one that is asked for

  // Where there is no surface:
  const Surface* nearest = nullptr;  // goes along with the path the furthest: an SDK that misses a
                                     // route below its base still reads errors in its own format
  std::string allow = {};            // the methods that the path takes, for the Allow header
  std::string meant = {};            // "POST /anthropic/v1/messages": what may have been meant

  // Whose format an error is written in; null: the gateway's own.
  [[nodiscard]] const Surface* spoken() const { return surface != nullptr ? surface : nearest; }
};

}  // namespace bifrost::exchange
