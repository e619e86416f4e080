#include "exchange/session.h"

#include "base/limits.h"

#include <gtest/gtest.h>

#include <string>

namespace bifrost::exchange {
namespace {

using std::chrono_literals::operator""s;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""h;

std::string id_of(const http::Headers& headers) {
  const auto session = session_of(headers);
  return session ? std::string(session->id) : "refused: " + session.error().message;
}

TEST(Session, IsWhatTheCallerSays) {
  EXPECT_EQ(id_of({}), "");
  EXPECT_EQ(id_of({{"x-bf-session-id", "a"}, {"session_id", "b"}}), "a");
  EXPECT_EQ(id_of({{"x-bf-session-id", "a"}, {"x-bf-session-affinity", "Off"}}), "");
}

TEST(Session, IsWhatCodingAgentsSend) {
  for (const char* name :
       {"x-claude-code-session-id", "session_id", "session-id", "x-opencode-session"}) {
    const http::Headers headers{{name, "agent"}};
    EXPECT_EQ(id_of(headers), "agent") << name;
  }
}

TEST(Session, IsBoundedInCharactersAndInBytes) {
  const std::string longest(limits::kSessionIdCharactersMax, 'x');
  EXPECT_EQ(id_of({{"x-bf-session-id", longest}}), longest);
  EXPECT_EQ(id_of({{"x-bf-session-id", longest + "x"}}),
            "refused: x-bf-session-id has more than 255 characters");
  std::string wide;
  for (std::size_t i = 0; i < limits::kSessionIdCharactersMax; ++i) wide += "\xF0\x9F\x8C\x88";
  EXPECT_EQ(id_of({{"x-bf-session-id", wide}}), wide);
  // Bytes that begin no character.
  const std::string stray(limits::kSessionIdBytesMax + 1, '\x80');
  EXPECT_EQ(id_of({{"x-bf-session-id", stray}}),
            "refused: x-bf-session-id has more than 255 characters");
  // What an agent sends by itself is nothing that its user could mend.
  EXPECT_EQ(id_of({{"session_id", stray}}), "");
}

TEST(Session, LivesForSecondsOrADuration) {
  const auto ttl = [](std::string_view text) {
    const http::Headers headers{{"x-bf-session-ttl", text}};
    return session_of(headers)->ttl;
  };
  EXPECT_EQ(ttl(""), 1h);
  EXPECT_EQ(ttl("600"), 600s);
  EXPECT_EQ(ttl("1h30m"), 90min);
  for (const char* bad : {"0", "-1", "soon", "1h ", "600s600"}) {
    const http::Headers headers{{"x-bf-session-ttl", bad}};
    const auto session = session_of(headers);
    ASSERT_FALSE(session) << bad;
    EXPECT_EQ(session.error().message, "x-bf-session-ttl is \"" + std::string(bad) +
                                           "\"; write seconds or a duration: 600, 30m, 1h30m");
  }
}

}  // namespace
}  // namespace bifrost::exchange
