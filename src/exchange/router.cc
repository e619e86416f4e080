#include "exchange/router.h"

#include "base/strings.h"

#include <utility>
#include <vector>

namespace bifrost::exchange {
namespace {

constexpr std::size_t kGuessedBytesMax = 512;

// "/v1/v1/…": an SDK has added the version that the base has already.
void without_doubled_version(std::string_view path, std::vector<std::string>& out) {
  for (const std::string_view version : {"/v1beta", "/v1", "/v1alpha"}) {
    const std::string twice = std::string(version) + std::string(version) + "/";
    const auto at = path.find(twice);
    if (at == std::string_view::npos) continue;
    out.emplace_back(path).erase(at, version.size());
  }
}

void with_a_base(std::string_view path, std::vector<std::string>& out) {
  for (const std::string_view base :
       {"/v1", "/anthropic", "/anthropic/v1", "/genai", "/genai/v1beta"}) {
    out.push_back(std::string(base) + std::string(path));
  }
}

// "/anthropic/messages": an SDK whose usual base ends in a version.
void with_a_version(std::string_view path, std::vector<std::string>& out) {
  constexpr int kBaseSegmentsMax = 2;
  std::size_t slash = 0;
  for (int i = 0; i < kBaseSegmentsMax; ++i) {
    slash = path.find('/', slash + 1);
    if (slash == std::string_view::npos) return;
    for (const std::string_view version : {"/v1", "/v1beta"}) {
      out.emplace_back(path).insert(slash, version);
    }
  }
}

std::vector<std::string> guesses(std::string_view path) {
  std::vector<std::string> out;
  if (path.size() > kGuessedBytesMax || !path.starts_with('/')) return out;
  without_doubled_version(path, out);
  with_a_base(path, out);
  with_a_version(path, out);
  return out;
}

}  // namespace

Router::Router(std::span<const Surface> surfaces) : surfaces_(surfaces) {
  for (const Surface& surface : surfaces_) paths_.add(surface.method, surface.pattern);
}

Match Router::match(std::string_view method, std::string_view path) const {
  http::RouteMatch found = paths_.match(method, path);
  if (found.row) return {.surface = &surfaces_[*found.row], .parameters = found.parameters};
  Match match{.allow = std::move(found.allow)};
  if (found.nearest) match.nearest = &surfaces_[*found.nearest];
  if (match.allow.empty()) match.meant = meant(method, path);
  return match;
}

// What anybody may ask is never meant by an SDK: it is there for people.
std::string Router::meant(std::string_view method, std::string_view path) const {
  for (const std::string& guess : guesses(path)) {
    const auto row = paths_.match(method, guess).row;
    if (!row) continue;
    const Surface& surface = surfaces_[*row];
    if (surface.operation->access == Access::kAnybody) continue;
    return std::string(surface.method) + " " + http::plain_pattern(surface.pattern);
  }
  return {};
}

Error no_such_route(const Match& route, std::string_view method, std::string_view path) {
  constexpr std::size_t kShownBytesMax = 256;
  const std::string asked(utf8_prefix(method, kShownBytesMax));
  const std::string shown(utf8_prefix(path, kShownBytesMax));
  if (!route.allow.empty()) {
    return client_error(ErrorCode::kMethodNotAllowed,
                        asked + " is not allowed on " + shown + "; use " + route.allow);
  }
  std::string message = "no such route: " + asked + " " + shown;
  if (!route.meant.empty()) message += "; did you mean " + route.meant + "?";
  return client_error(ErrorCode::kRouteNotFound, std::move(message));
}

}  // namespace bifrost::exchange
