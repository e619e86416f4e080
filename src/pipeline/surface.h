// The public endpoints of the data plane, in one table. The router is built from it, and so are
// the OpenAPI document and the labels of the HTTP metrics. How a pattern is written: http/router.h.
#pragma once

#include "exchange/surface.h"
#include "http/router.h"

#include <span>
#include <string>
#include <string_view>

namespace bifrost::pipeline {

using exchange::Match;
using exchange::Shape;
using exchange::Surface;

[[nodiscard]] std::span<const Surface> surfaces();

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
