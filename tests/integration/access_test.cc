// Who may use the management API, and what the audit log tells of it.
#include "store/sqlite/connection.h"
#include "tests/integration/management_fixture.h"

#include <csignal>
#include <fstream>
#include <iterator>

namespace bifrost::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;

constexpr std::string_view kAdmin =
    R"("auth_config": {"admin_username": "root", "admin_password": "secret", "is_enabled": true})";
constexpr std::string_view kBasic = "Basic cm9vdDpzZWNyZXQ=";  // root:secret
constexpr std::string_view kLogin = "/api/session/login";
constexpr std::string_view kApiKeys = "/api/api-keys";
constexpr std::string_view kAudit = "/api/governance/audit-logs";
constexpr std::string_view kConfig = "/api/config";

class AccessTest : public ManagementTest {
 protected:
  struct Session {
    std::string token;
    std::string csrf;
    std::string cookie;
  };
  Session sign_in(std::string_view password = "secret") {
    const Response answer = call("POST", kLogin, login_body(password));
    EXPECT_EQ(answer.status, 200) << answer.body;
    const std::string set = std::string(answer.headers.get("set-cookie"));
    return {.token = json_text(answer.body, "token"),
            .csrf = json_text(answer.body, "csrf_token"),
            .cookie = set.substr(0, set.find(';'))};
  }
  static std::string login_body(std::string_view password) {
    return fmt::format(R"({{"username": "root", "password": "{}"}})", password);
  }
  Response as_admin(std::string_view method, std::string_view path, std::string_view body = {}) {
    return call(method, path, body, {{"authorization", kBasic}});
  }
  int status_with(std::string_view token) {
    return call("GET", kKeys, {}, {{"authorization", "Bearer " + std::string(token)}}).status;
  }
  // The value of a key with these members.
  std::string api_key(std::string_view members) {
    const Response made = as_admin("POST", kApiKeys, fmt::format("{{{}}}", members));
    EXPECT_EQ(made.status, 200) << made.body;
    return json_text(made.body, "value");
  }
  int made_ = 0;
  std::string everything_stored() const {
    std::string all;
    for (const auto& file : std::filesystem::directory_iterator(folder_.path())) {
      std::ifstream in(file.path(), std::ios::binary);
      all.append(std::istreambuf_iterator<char>(in), {});
    }
    return all;
  }
};

TEST_F(AccessTest, ASessionOutlivesTheProcessAndEndsWithLogout) {
  start_kept(kAdmin);
  const Session session = sign_in();
  EXPECT_THAT(session.token, MatchesRegex("bfss-[0-9a-f]{64}"));
  EXPECT_EQ(status_with(session.token), 200);
  gateway.reset();
  EXPECT_THAT(everything_stored(), Not(HasSubstr(session.token.substr(5))));
  start_kept(kAdmin);
  EXPECT_EQ(status_with(session.token), 200);
  const http::Headers shown = {{"authorization", "Bearer " + session.token}};
  EXPECT_EQ(call("POST", "/api/session/logout", {}, shown).status, 200);
  EXPECT_EQ(status_with(session.token), 401);
  EXPECT_EQ(status_with("bfss-0"), 401);
}

TEST_F(AccessTest, PagesOfOtherSitesCannotSignAnybodyOut) {
  start_kept(kAdmin);
  const Session session = sign_in();
  const std::string_view logout = "/api/session/logout";
  const Response refused = call("POST", logout, {}, {{"cookie", session.cookie}});
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr("x-csrf-token"));
  EXPECT_EQ(status_with(session.token), 200);
  EXPECT_EQ(
      call("POST", logout, {}, {{"cookie", session.cookie}, {"x-csrf-token", session.csrf}}).status,
      200);
  EXPECT_EQ(status_with(session.token), 401);
}

// A text of a stranger is no setting.
TEST_F(AccessTest, WhatIsSentToSignInRefersToNoEnvironment) {
  GatewayOptions options;
  options.config =
      fmt::format(R"({{"providers": {{"demo": {{}}}}, "governance": {{{}}}}})", kAdmin);
  options.environment = {{"KNOWN", "secret"}};
  start_with(std::move(options));
  EXPECT_EQ(call("POST", kLogin, login_body("env.KNOWN")).status, 401);
  EXPECT_EQ(call("POST", kLogin, login_body("env.UNKNOWN")).status, 401);
}

// The guesser's own success behind the same address included.
TEST_F(AccessTest, ARightPasswordGivesWhoGuessesNoFreeOnes) {
  start_kept(kAdmin);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(call("POST", kLogin, login_body("wrong")).status, 401);
  sign_in();
  EXPECT_EQ(call("POST", kLogin, login_body("wrong")).status, 401);
  EXPECT_EQ(call("POST", kLogin, login_body("wrong")).status, 429);
}

TEST_F(AccessTest, WithTheCookieAChangeNeedsTheTokenBesideIt) {
  start_kept(kAdmin);
  const Response answer = call("POST", kLogin, login_body("secret"));
  EXPECT_THAT(std::string(answer.headers.get("set-cookie")),
              AllOf(HasSubstr("HttpOnly"), HasSubstr("SameSite=Strict"), HasSubstr("Path=/api"),
                    Not(HasSubstr("Secure"))));
  const Session session = sign_in();
  EXPECT_EQ(call("GET", kKeys, {}, {{"cookie", session.cookie}}).status, 200);
  const std::string body = R"({"name": "alice"})";
  const Response refused = call("POST", kKeys, body, {{"cookie", session.cookie}});
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr("x-csrf-token"));
  EXPECT_EQ(call("POST", kKeys, body, {{"cookie", session.cookie}, {"x-csrf-token", session.csrf}})
                .status,
            200);
}

TEST_F(AccessTest, PagesOfOtherSitesCannotSignIn) {
  start_kept(kAdmin);
  EXPECT_EQ(call("POST", kLogin, login_body("secret"), {{"origin", "https://evil.example"}}).status,
            403);
  EXPECT_EQ(call("POST", kLogin, login_body("secret"), {{"host", "evil.com"}}).status, 403);
}

TEST_F(AccessTest, AnotherPasswordEndsAllSessions) {
  start_kept(kAdmin);
  const Session session = sign_in();
  const Response changed =
      as_admin("PUT", kConfig, R"({"auth_config": {"admin_password": "battery staple"}})");
  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_THAT(changed.body, Not(HasSubstr("argon2")));
  EXPECT_EQ(status_with(session.token), 401);
  EXPECT_EQ(as_admin("GET", kKeys).status, 401);
  const Session next = sign_in("battery staple");
  EXPECT_EQ(status_with(next.token), 200);
  gateway.reset();
  EXPECT_THAT(everything_stored(), Not(HasSubstr("battery staple")));
  start_kept(kAdmin);
  EXPECT_EQ(status_with(next.token), 200);
}

TEST_F(AccessTest, WhoGuessesPasswordsHasToWait) {
  start_kept(kAdmin);
  int refused = 0;
  for (int i = 0; i < 8; ++i) {
    const Response answer = call("POST", kLogin, login_body("wrong"));
    EXPECT_THAT(answer.status, testing::AnyOf(401, 429));
    if (answer.status == 429) ++refused;
  }
  EXPECT_GT(refused, 0);
  const Response waits = as_admin("GET", kKeys);
  EXPECT_EQ(waits.status, 429) << "a right one is not judged either";
  EXPECT_NE(waits.headers.get("retry-after"), "");
}

TEST_F(AccessTest, WhetherThereIsAnAdministratorIsTold) {
  start_kept();
  const std::string_view path = "/api/session/is-auth-enabled";
  EXPECT_THAT(call("GET", path).body, HasSubstr(R"("is_auth_enabled":false)"));
  EXPECT_EQ(call("POST", kLogin, login_body("secret")).status, 400);
  gateway.reset();
  start_kept(kAdmin);
  EXPECT_THAT(call("GET", path).body,
              HasSubstr(R"("is_auth_enabled":true,"has_valid_token":false)"));
  const http::Headers cookie = {{"cookie", sign_in().cookie}};
  EXPECT_THAT(call("GET", path, {}, cookie).body, HasSubstr(R"("has_valid_token":true)"));
}

TEST_F(AccessTest, AnApiKeyIsShownOnceAndMayWhatItsRoleSays) {
  start_kept(kAdmin);
  const std::string admin = api_key(R"("name": "ci")");
  const std::string viewer = api_key(R"("name": "grafana", "role": "viewer")");
  EXPECT_THAT(admin, MatchesRegex("bfst-[0-9a-f]{64}"));
  EXPECT_EQ(status_with(admin), 200);
  EXPECT_EQ(status_with(viewer), 200);
  EXPECT_EQ(status_with("bfst-unknown"), 401);

  const http::Headers as_viewer = {{"authorization", "Bearer " + viewer}};
  const http::Headers as_ci = {{"authorization", "Bearer " + admin}};
  EXPECT_EQ(call("POST", kKeys, R"({"name": "alice"})", as_viewer).status, 403);
  const Response made = call("POST", kKeys, R"({"name": "alice"})", as_ci);
  EXPECT_EQ(made.status, 200);
  const std::string value = json_text(made.body, "value");
  EXPECT_THAT(call("GET", kKeys, {}, as_ci).body, HasSubstr(value));
  EXPECT_THAT(call("GET", kKeys, {}, as_viewer).body, Not(HasSubstr(value)));

  const std::string listed = as_admin("GET", kApiKeys).body;
  EXPECT_THAT(listed, AllOf(HasSubstr(R"("total_count":2)"), HasSubstr(R"("role":"viewer")"),
                            Not(HasSubstr("bfst-")), Not(HasSubstr("hash"))));
  EXPECT_EQ(as_admin("POST", kApiKeys, R"({"name": "ci"})").status, 409);
  EXPECT_EQ(as_admin("POST", kApiKeys, R"({"name": "x", "role": "root"})").status, 400);
}

TEST_F(AccessTest, AnApiKeyThatIsGoneInactiveOrExpiredIsRefused) {
  start_kept(kAdmin);
  const Response made = as_admin("POST", kApiKeys, R"({"name": "ci"})");
  const std::string value = json_text(made.body, "value");
  const std::string path = fmt::format("{}/{}", kApiKeys, json_text(made.body, "id"));
  gateway.reset();
  EXPECT_THAT(everything_stored(), Not(HasSubstr(value)));
  start_kept(kAdmin);
  EXPECT_EQ(status_with(value), 200);
  EXPECT_EQ(as_admin("PUT", path, R"({"is_active": false})").status, 200);
  EXPECT_EQ(status_with(value), 403);
  EXPECT_EQ(as_admin("PUT", path, R"({"expires_at": "2020-01-31T12:00:00Z"})").status, 400);
  EXPECT_EQ(as_admin("DELETE", path).status, 200);
  EXPECT_EQ(status_with(value), 401);
}

TEST_F(AccessTest, AKeyOfTheFileOpensWhatIsClosedOtherwise) {
  GatewayOptions options;
  options.config = R"({"providers": {"demo": {}}, "governance": {"api_keys": [
      {"id": "ci", "name": "ci", "value": "env.CI_KEY"}]}})";
  options.environment = {{"CI_KEY", "bfst-0123456789abcdef0123456789"}};
  options.usual_arguments = {"serve", "--app-dir", "${dir}", "--host", "0.0.0.0", "--port", "0"};
  start_with(std::move(options));
  const Response closed = call("GET", kKeys);
  EXPECT_EQ(closed.status, 403);
  EXPECT_THAT(closed.body, AllOf(HasSubstr("governance.auth_config"), HasSubstr("127.0.0.1")));
  EXPECT_EQ(status_with("bfst-0123456789abcdef0123456789"), 200);
}

TEST_F(AccessTest, TheFirstAdministratorNeedsTheSetupToken) {
  GatewayOptions options;
  options.config = R"({"providers": {"demo": {}}, "setup_token": "env.FIRST"})";
  options.environment = {{"FIRST", "the very first one"}};
  options.usual_arguments = {"serve", "--app-dir", "${dir}", "--host", "0.0.0.0", "--port", "0"};
  start_with(std::move(options));
  const auto set_up = [&](std::string_view more) {
    return call("PUT", kConfig,
                fmt::format(R"({{"auth_config": {{"admin_username": "root",
        "admin_password": "correct horse", "is_enabled": true}}{}}})",
                            more));
  };
  EXPECT_EQ(call("GET", kConfig).status, 403);
  EXPECT_EQ(set_up("").status, 403);
  EXPECT_EQ(set_up(R"(, "setup_token": "another one")").status, 403);
  EXPECT_EQ(
      set_up(
          R"(, "setup_token": "the very first one", "client_config": {"enforce_auth_on_inference": true})")
          .status,
      403);
  EXPECT_EQ(call("PUT", kConfig, R"({"setup_token": "the very first one",
      "auth_config": {"admin_username": "root", "admin_password": "short", "is_enabled": true}})")
                .status,
            400);
  const Response made = set_up(R"(, "setup_token": "the very first one")");
  EXPECT_EQ(made.status, 200) << made.body;
  EXPECT_THAT(made.body, AllOf(HasSubstr(R"("admin_username":"root")"),
                               Not(HasSubstr("correct horse")), Not(HasSubstr("argon2"))));
  EXPECT_EQ(set_up(R"(, "setup_token": "the very first one")").status, 401) << "there is one now";
  const http::Headers root = {{"authorization", "Basic cm9vdDpjb3JyZWN0IGhvcnNl"}};
  EXPECT_EQ(call("GET", kKeys, {}, root).status, 200);
  EXPECT_THAT(gateway->log(), Not(HasSubstr("the very first one")));
}

TEST_F(AccessTest, WithoutASetupTokenNobodyMakesTheFirstAdministrator) {
  start_kept();
  const Response refused = call("PUT", kConfig, R"({"auth_config": {"admin_username": "root",
      "admin_password": "correct horse", "is_enabled": true}})");
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr("BIFROST_SETUP_TOKEN"));
}

// Sends its body once its head was judged, and no sooner than it is told to.
class LateBody {
 public:
  LateBody(std::uint16_t port, std::string_view method, std::string_view path,
           const http::Headers& headers, std::string body)
      : client_(port), body_(std::move(body)) {
    std::string head = fmt::format("{} {} HTTP/1.1\r\nhost: localhost\r\n", method, path);
    for (const http::Header header : headers) {
      head += fmt::format("{}: {}\r\n", header.name, header.value);
    }
    head += fmt::format(
        "expect: 100-continue\r\ncontent-type: application/json\r\n"
        "content-length: {}\r\n\r\n",
        body_.size());
    EXPECT_TRUE(client_.send(head));
    EXPECT_EQ(client_.read_interim(), 100);
  }
  Response finish() {
    EXPECT_TRUE(client_.send(body_));
    return client_.read_response("POST");
  }

 private:
  Client client_;
  std::string body_;
};

TEST_F(AccessTest, WhoLosesHisRightsBeforeTheBodyIsThereChangesNothing) {
  start_kept(kAdmin);
  const Response made = as_admin("POST", kApiKeys, R"({"name": "ci"})");
  LateBody late(gateway->port(), "POST", kApiKeys,
                {{"authorization", "Bearer " + json_text(made.body, "value")}},
                R"({"name": "another"})");
  EXPECT_EQ(as_admin("DELETE", fmt::format("{}/{}", kApiKeys, json_text(made.body, "id"))).status,
            200);
  EXPECT_EQ(late.finish().status, 401);
  EXPECT_THAT(as_admin("GET", kApiKeys).body, HasSubstr(R"("total_count":0)"));
}

TEST_F(AccessTest, ThereIsOneFirstAdministrator) {
  ConfigText config = kept({});
  config.sections += R"(, "setup_token": "the very first one")";
  start(config);
  const auto body = [](std::string_view name) {
    return fmt::format(
        R"({{"setup_token": "the very first one", "auth_config": {{"admin_username": "{}",
        "admin_password": "correct horse", "is_enabled": true}}}})",
        name);
  };
  LateBody late(gateway->port(), "PUT", kConfig, {}, body("evil"));
  EXPECT_EQ(call("PUT", kConfig, body("root")).status, 200);
  EXPECT_EQ(late.finish().status, 401);
  const http::Headers root = {{"authorization", "Basic cm9vdDpjb3JyZWN0IGhvcnNl"}};
  EXPECT_EQ(call("GET", kKeys, {}, root).status, 200);
}

TEST_F(AccessTest, OneWhoIsOffIsReplacedWithTheSetupTokenAlone) {
  ConfigText config = kept(
      R"("auth_config": {"admin_username": "root", "admin_password": "secret", "is_enabled": false})");
  config.sections += R"(, "setup_token": "the very first one")";
  start(config);
  const std::string_view mallory =
      R"({"auth_config": {"admin_username": "mallory", "admin_password": "correct horse", "is_enabled": true}})";
  EXPECT_EQ(call("PUT", kConfig, mallory).status, 403);
  EXPECT_EQ(call("PUT", kConfig,
                 R"({"setup_token": "the very first one", "auth_config": {"is_enabled": true}})")
                .status,
            200);
  EXPECT_EQ(as_admin("GET", kKeys).status, 200);
}

TEST_F(AccessTest, TheFormerPlaceOfTheAdministratorIsRead) {
  ConfigText config = kept({});
  config.sections += ", " + std::string(kAdmin);
  start(config);
  EXPECT_EQ(call("GET", kKeys).status, 401);
  EXPECT_EQ(as_admin("GET", kKeys).status, 200);
}

TEST_F(AccessTest, EachChangeIsRecordedWithWhoMadeIt) {
  start_kept(kAdmin);
  const std::string ci = api_key(R"("name": "ci")");
  const http::Headers as_ci = {{"authorization", "Bearer " + ci}, {"user-agent", "a test"}};
  const Response made = call("POST", kKeys, R"({"name": "alice"})", as_ci);
  const std::string id = json_text(made.body, "id");
  call("POST", kKeys, R"({"name": "alice"})", as_ci);
  call("GET", kKeys, {}, as_ci);
  call("POST", std::string(kKeys) + "?dry_run=true", R"({"name": "bob"})", as_ci);
  call("PUT", std::string(kKeys) + "/" + id, R"({"is_active": false})", as_ci);
  call("DELETE", std::string(kKeys) + "/" + id, {}, as_ci);
  sign_in();
  call("POST", kLogin, login_body("wrong"));

  const Response all = as_admin("GET", kAudit);
  EXPECT_EQ(part(all.body, {"total_count"}), "7") << all.body;
  const auto of = [&](std::string_view query) {
    return as_admin("GET", std::string(kAudit) + "?" + std::string(query)).body;
  };
  EXPECT_EQ(part(of("actor=ci"), {"total_count"}), "4");
  EXPECT_EQ(part(of("outcome=failure"), {"total_count"}), "2");
  EXPECT_EQ(part(of("action=authenticate"), {"total_count"}), "2");
  EXPECT_THAT(of("outcome=failure&actor=ci"),
              AllOf(HasSubstr(R"("status":409)"), HasSubstr(R"("error":"conflict")")));
  const std::string created = of("actor=ci&action=create&outcome=success");
  EXPECT_THAT(
      created,
      AllOf(HasSubstr(R"("type":"api_key","name":"ci")"),
            HasSubstr(R"("type":"virtual_key","id":")" + id + R"(","change":"created")"),
            HasSubstr(R"("user_agent":"a test")"), HasSubstr(R"("ip_address":"127.0.0.1")")));
  EXPECT_THAT(of("action=delete"), HasSubstr(R"("change":"deleted")"));
  EXPECT_THAT(all.body, Not(HasSubstr(json_text(made.body, "value"))));
  EXPECT_EQ(call("GET", std::string(kAudit) + "?from=yesterday", {}, as_ci).status, 400);
}

TEST_F(AccessTest, WhoSignsInIsRecordedAndNobodyElseFillsTheLog) {
  start_kept(kAdmin);
  const http::Headers shown = {{"authorization", "Bearer " + sign_in().token}};
  call("POST", "/api/session/logout", {}, shown);
  EXPECT_EQ(part(as_admin("GET", std::string(kAudit) + "?actor=root&action=authenticate").body,
                 {"total_count"}),
            "2");
  call("POST", "/api/session/logout", {}, shown);
  call("POST", "/api/session/logout");
  call("POST", kLogin, "{}");
  EXPECT_EQ(part(as_admin("GET", kAudit).body, {"total_count"}), "2");
  call("GET", std::string(kKeys) + "?dry_run=true", {},
       {{"authorization", "Basic cm9vdDp3cm9uZw=="}});
  EXPECT_EQ(part(as_admin("GET", kAudit).body, {"total_count"}), "3");
  EXPECT_EQ(call("POST", std::string(kLogin) + "?dry_run=true", login_body("secret")).status, 400);
}

TEST_F(AccessTest, ARequestIdOfACallerIsBoundedAndCleanInTheRecord) {
  start_kept(kAdmin);
  const auto record_of = [&](const std::string& id) {
    EXPECT_EQ(call("POST", kKeys, fmt::format(R"({{"name": "{}"}})", ++made_),
                   {{"authorization", kBasic}, {"x-request-id", id}})
                  .status,
              200);
    return json_text(as_admin("GET", fmt::format("{}?limit=1", kAudit)).body, "request_id");
  };
  EXPECT_EQ(record_of("a\xff"
                      "b"),
            "a?b");
  EXPECT_LE(record_of(std::string(1'000, 'a')).size(), 128U);
}

TEST_F(AccessTest, BodiesOfStrangersAreSmall) {
  start_kept(kAdmin);
  EXPECT_EQ(call("POST", kLogin, "{" + std::string(70'000, ' ') + "}").status, 400);
}

TEST_F(AccessTest, WhatAViewerMayNotIsRecorded) {
  start_kept(kAdmin);
  const std::string viewer = api_key(R"("name": "grafana", "role": "viewer")");
  call("DELETE", std::string(kKeys) + "/x", {}, {{"authorization", "Bearer " + viewer}});
  EXPECT_THAT(as_admin("GET", std::string(kAudit) + "?actor=grafana").body,
              AllOf(HasSubstr(R"("outcome":"failure")"), HasSubstr(R"("status":403)")));
}

TEST_F(AccessTest, OldRecordsGo) {
  ConfigText config = kept(kAdmin);
  config.sections += R"(, "audit_logs": {"retention_days": 30})";
  start(config);
  api_key(R"("name": "ci")");
  ASSERT_TRUE((*store::sqlite::open(database()))->execute("UPDATE audit_log SET at = 0"));
  api_key(R"("name": "dashboard")");
  EXPECT_THAT(as_admin("GET", kAudit).body,
              AllOf(HasSubstr(R"("total_count":1)"), HasSubstr(R"("id":2)")));
}

TEST_F(AccessTest, WhoWasRightBeforeDoesNotWaitForThoseWhoGuess) {
  start_kept(kAdmin);
  EXPECT_EQ(
      as_admin("PUT", kConfig, R"({"auth_config": {"admin_password": "battery staple"}})").status,
      200);
  const http::Headers right = {{"authorization", "Basic cm9vdDpiYXR0ZXJ5IHN0YXBsZQ=="}};
  EXPECT_EQ(call("GET", kKeys, {}, right).status, 200);
  int last = 0;
  for (int i = 0; i < 8; ++i) last = as_admin("GET", kKeys).status;
  EXPECT_EQ(last, 429);
  EXPECT_EQ(call("GET", kKeys, {}, right).status, 200);
}

TEST_F(AccessTest, ARecordIsVerifiedAndExported) {
  ConfigText config = kept(kAdmin);
  config.sections += R"(, "audit_logs": {"hmac_key": "0123456789abcdef0123456789abcdef"})";
  start(config);
  api_key(R"("name": "ci")");
  const std::string path = std::string(kAudit) + "/1";
  EXPECT_THAT(as_admin("GET", path + "/verify").body, HasSubstr(R"("valid":true)"));
  EXPECT_EQ(as_admin("GET", std::string(kAudit) + "/2").status, 404);
  EXPECT_THAT(as_admin("GET", std::string(kAudit) + "/filterdata").body,
              HasSubstr(R"("actors":["root"])"));
  const std::string exported = std::string(kAudit) + "/export?format=";
  EXPECT_THAT(as_admin("GET", exported + "syslog").body,
              AllOf(testing::StartsWith("<109>1 2"), HasSubstr(R"(initiator="root")")));
  EXPECT_THAT(as_admin("GET", exported + "jsonl").body, testing::EndsWith("}\n"));
  EXPECT_EQ(as_admin("GET", exported + "xml").status, 400);
  EXPECT_EQ(as_admin("GET", "/api/audit-logs/1").status, 200);
}

TEST_F(AccessTest, WithoutAStoreSessionsAndRecordsLiveAsLongAsTheProcess) {
  ConfigText config{.governance = std::string(kAdmin)};
  config.sections = R"("config_store": {"enabled": false})";
  start(config);
  EXPECT_EQ(status_with(sign_in().token), 200);
  api_key(R"("name": "ci")");
  EXPECT_EQ(part(as_admin("GET", kAudit).body, {"total_count"}), "2");
}

TEST_F(AccessTest, WhereItIsOffNothingIsRecorded) {
  ConfigText config = kept(kAdmin);
  config.sections += R"(, "audit_logs": {"disabled": true})";
  start(config);
  api_key(R"("name": "ci")");
  EXPECT_EQ(part(as_admin("GET", kAudit).body, {"total_count"}), "0");
}

}  // namespace
}  // namespace bifrost::test
