// The public endpoints of the data plane, in one table. The router is built from it, and so are
// the OpenAPI document and the labels of the HTTP metrics. How a pattern is written: http/router.h.
#pragma once

#include "dialect/dialect.h"
#include "http/router.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace bifrost::pipeline {

enum class Operation : std::uint8_t { kChat, kListModels, kHealth, kMetrics, kBanner };

[[nodiscard]] std::string_view operation_name(Operation operation);

// How errors are written, and whether answers may carry `extra_fields`.
enum class Shape : std::uint8_t {
  kUnified,  // the gateway's own /v1
  kNative,   // as the dialect's own API would
};

struct Surface {
  std::string_view method = "GET";
  std::string_view pattern = {};
  Operation operation = Operation::kBanner;
  Shape shape = Shape::kNative;
  const dialect::Dialect* dialect = nullptr;  // null for infrastructure
  std::string_view provider = {};  // that a bare model on this route means, when configured
  bool path_stream = false;        // the path asks for a stream
  std::string_view text = {};      // for the reference
};

[[nodiscard]] std::span<const Surface> surfaces();

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

class Router {
 public:
  Router();
  // `path` is without its query. The match has views into it.
  [[nodiscard]] Match match(std::string_view method, std::string_view path) const;

 private:
  [[nodiscard]] std::string meant(std::string_view method, std::string_view path) const;

  http::Router paths_;  // its rows are those of surfaces()
};

// The routes as the `paths` part of an OpenAPI 3.1 document.
[[nodiscard]] std::string openapi();

}  // namespace bifrost::pipeline
