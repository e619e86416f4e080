// The public endpoints of the data plane, in one table. The router is built from it, and so are
// the OpenAPI document and the labels of the HTTP metrics.
//
// A pattern is a path whose segments may be `{name}`; a last segment `{model}:verb` takes a model
// with slashes in it.
#pragma once

#include "dialect/dialect.h"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace bifrost::pipeline {

enum class Operation : std::uint8_t { kChat, kListModels, kHealth, kMetrics, kBanner };

[[nodiscard]] std::string_view operation_name(Operation operation);

// How errors are written, and whether answers may carry `extra_fields`.
enum class Shape : std::uint8_t {
  kUnified,  // the gateway's own /v1
  kNative,   // as the dialect's own API would
};

struct Surface {
  std::string_view method;
  std::string_view pattern;
  Operation operation;
  Shape shape;
  const dialect::Dialect* dialect;  // null for infrastructure
  std::string_view provider = {};   // that a bare model on this route means, when configured
  bool path_stream = false;         // the path asks for a stream
  std::string_view text = {};       // for the reference
};

[[nodiscard]] std::span<const Surface> surfaces();

struct Match {
  const Surface* surface = nullptr;  // null: no such path, or not with this method
  std::string_view model = {};       // what stood for {model} in the path, still encoded
  bool path_known = false;           // the path exists with another method
  std::string allow;                 // those methods, for the Allow header
};

class Router {
 public:
  Router();
  // `path` is without its query.
  [[nodiscard]] Match match(std::string_view method, std::string_view path) const;

 private:
  std::unordered_map<std::string_view, std::vector<const Surface*>> exact_;
  std::vector<const Surface*> patterns_;
};

// The routes as the `paths` part of an OpenAPI 3.1 document.
[[nodiscard]] std::string openapi();

}  // namespace bifrost::pipeline
