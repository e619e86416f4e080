// From a path to the surface that it is, or to what may have been meant.
#pragma once

#include "base/error.h"
#include "exchange/surface.h"
#include "http/router.h"

#include <span>
#include <string>
#include <string_view>

namespace bifrost::exchange {

class Router {
 public:
  // They outlive it.
  explicit Router(std::span<const Surface> surfaces);
  // `path` is without its query. The match has views into it.
  [[nodiscard]] Match match(std::string_view method, std::string_view path) const;

 private:
  [[nodiscard]] std::string meant(std::string_view method, std::string_view path) const;

  std::span<const Surface> surfaces_;
  http::Router paths_;  // its rows are those
};

// What the caller of a match without a surface is told.
[[nodiscard]] Error no_such_route(const Match& route, std::string_view method,
                                  std::string_view path);

}  // namespace bifrost::exchange
