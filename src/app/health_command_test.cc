#include "app/health_command.h"

#include <gtest/gtest.h>

#include <sstream>

namespace bifrost::app {
namespace {

std::string asked(const HealthOptions& options, const std::string& text = "") {
  const auto url = health_url(options, text);
  return url ? *url : url.error().message;
}

TEST(HealthUrl, IsWhereAGatewayWithTheSameOptionsListens) {
  EXPECT_EQ(asked({}), "http://127.0.0.1:8080");
  EXPECT_EQ(asked({.host = "0.0.0.0", .port = 9000}), "http://127.0.0.1:9000");
  EXPECT_EQ(asked({.host = "::"}), "http://[::1]:8080");
  EXPECT_EQ(asked({.host = "localhost"}), "http://127.0.0.1:8080");
  EXPECT_EQ(asked({.host = "10.0.0.7"}), "http://10.0.0.7:8080");
  EXPECT_EQ(asked({.host = "2001:db8::1"}), "http://[2001:db8::1]:8080");
}

TEST(HealthUrl, IsTheOperatorsPortWhereThereIsOne) {
  EXPECT_EQ(asked({}, R"({"server": {"admin_port": 8081}})"), "http://127.0.0.1:8081");
  EXPECT_EQ(asked({}, R"({"server": {"admin_port": 8081, "admin_host": "10.0.0.7"}})"),
            "http://10.0.0.7:8081");
  EXPECT_EQ(asked({}, R"({"server": {"admin_port": 8081, "admin_host": "0.0.0.0"}})"),
            "http://127.0.0.1:8081");
  EXPECT_EQ(asked({}, R"({"server": {"admin_port": 0}})"), "http://127.0.0.1:8080");
  EXPECT_EQ(asked({.port = 0}, R"({"server": {"admin_port": 8081}})"), "http://127.0.0.1:8081");
}

TEST(HealthUrl, IsHttpsWhereTheGatewayServesThat) {
  EXPECT_EQ(asked({}, R"({"server": {"tls": {"cert_file": "a", "key_file": "b"}}})"),
            "https://127.0.0.1:8080");
}

TEST(HealthUrl, DoesNotDependOnTheRestOfTheFile) {
  EXPECT_EQ(asked({}, "{ no JSON"), "http://127.0.0.1:8080");
  EXPECT_EQ(asked({}, R"({"nonsense": 1, "server": {"admin_port": 8081}})"),
            "http://127.0.0.1:8081");
}

TEST(HealthUrl, IsWhatIsGiven) {
  EXPECT_EQ(asked({.url = "http://10.0.0.7:1/x"}, R"({"server": {"admin_port": 8081}})"),
            "http://10.0.0.7:1/x");
}

TEST(HealthCommand, SaysWhatCannotBeAsked) {
  const config::FakeEnvironment environment;
  const auto said = [&](const HealthOptions& options) {
    std::ostringstream out;
    EXPECT_EQ(ask_health(options, "", environment, out), 2);
    return out.str();
  };
  for (const std::string patience : {"0s", "2", "61s", "-1s", "soon"}) {
    EXPECT_EQ(said({.patience = patience}),
              "bifrost health: --timeout: \"" + patience +
                  "\" is not between 1ms and 1m; write it as in 2s or 500ms\n");
  }
  EXPECT_TRUE(said({.url = "gateway:8080"}).starts_with("bifrost health: --url: "));
  EXPECT_EQ(said({.port = 0}),
            "bifrost health: --port: 0 is another port each time; say which with --url, or give "
            "server.admin_port in the configuration\n");
}

}  // namespace
}  // namespace bifrost::app
