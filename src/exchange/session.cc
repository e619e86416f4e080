#include "exchange/session.h"

#include "base/limits.h"
#include "base/strings.h"
#include "config/duration.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace bifrost::exchange {
namespace {

// Claude Code, Codex by its two spellings, OpenCode.
constexpr std::array<std::string_view, 4> kAgentSessions = {
    "x-claude-code-session-id", "session_id", "session-id", "x-opencode-session"};

bool usable_session_id(std::string_view id) {
  const auto characters = std::ranges::count_if(
      id, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
  return id.size() <= limits::kSessionIdBytesMax &&
         std::cmp_less_equal(characters, limits::kSessionIdCharactersMax);
}

// Seconds, or a duration as in the configuration.
std::optional<std::chrono::milliseconds> parse_ttl(std::string_view text) {
  if (text.empty()) return routing::Session().ttl;
  const bool plain = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  const auto ttl = config::parse_duration(plain ? std::string(text) + "s" : std::string(text));
  return ttl && ttl->count() > 0 ? ttl : std::nullopt;
}

}  // namespace

Result<routing::Session> session_of(const http::Headers& headers) {
  routing::Session session;
  if (iequals(headers.get("x-bf-session-affinity"), "off")) return session;
  session.id = headers.get("x-bf-session-id");
  if (!usable_session_id(session.id)) {
    return client_error(ErrorCode::kInvalidRequest,
                        "x-bf-session-id has more than " +
                            std::to_string(limits::kSessionIdCharactersMax) + " characters",
                        "x-bf-session-id");
  }
  for (const std::string_view name : kAgentSessions) {
    if (!session.id.empty()) break;
    const std::string_view id = headers.get(name);
    if (usable_session_id(id)) session.id = id;
  }
  const std::string_view text = headers.get("x-bf-session-ttl");
  const auto ttl = parse_ttl(text);
  if (!ttl) {
    return client_error(ErrorCode::kInvalidRequest,
                        "x-bf-session-ttl is " + quoted(text, 64) +
                            "; write seconds or a duration: 600, 30m, 1h30m",
                        "x-bf-session-ttl");
  }
  session.ttl = *ttl;
  return session;
}

}  // namespace bifrost::exchange
