// Paths of routes: what a pattern's parameters stand for makes the path again.
#include "http/router.h"

#include "base/assert.h"
#include "fuzz/checks/checks.h"

#include <array>
#include <string>
#include <string_view>

namespace {

using namespace bifrost;

constexpr std::array<std::string_view, 10> kPatterns = {
    "/",
    "/a",
    "/a/b",
    "/a/{x}",
    "/a/{x}:c",
    "/a/{x}/b/{y}",
    "/a/{x...}",
    "/a/{x...}:c",
    "/a/b/{x...}/c",
    "/{x}/{y}/{z}/{w...}",
};

http::Router make_router() {
  http::Router router;
  for (const std::string_view pattern : kPatterns) router.add("GET", pattern);
  return router;
}

std::string filled(std::string_view pattern, const http::PathParameters& parameters) {
  std::string path;
  for (const std::string_view name : http::parameter_names(pattern)) {
    path += pattern.substr(0, pattern.find('{'));
    path += parameters.get(name);
    pattern.remove_prefix(pattern.find('}') + 1);
  }
  path += pattern;
  return path;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const http::Router kRouter = make_router();
  const std::string_view path = fuzz::text_of(data, size);
  const http::RouteMatch match = kRouter.match("GET", path);
  if (match.row) {
    const std::string again = filled(kPatterns[*match.row], match.parameters);
    BF_ASSERT(again == path || again == std::string(path) + "/" || again + "/" == path);
    BF_ASSERT(kRouter.match("HEAD", path).row == match.row);
    BF_ASSERT(match.allow.empty());
  } else {
    BF_ASSERT(match.parameters.size() == 0);
  }
  const http::RouteMatch other = kRouter.match("POST", path);
  BF_ASSERT(!other.row && (other.allow.empty() || other.allow == "GET"));
  return 0;
}
