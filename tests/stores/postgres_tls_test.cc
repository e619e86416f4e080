// PostgreSQL over TLS, and what of the server is checked; and passwords that a program prints.
#include "base/clock.h"
#include "store/postgres/connection.h"
#include "tests/support/postgres.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace bifrost::test {
namespace {

using store::postgres::Address;
using ::testing::AllOf;
using ::testing::HasSubstr;

// Where libpq is told whom to trust: operators have no other way.
class TrustedCertificate {
 public:
  explicit TrustedCertificate(const std::string& pem) {
    ::setenv("PGSSLROOTCERT", folder_.write("root.crt", pem).c_str(), 1);  // NOLINT: one thread
  }
  ~TrustedCertificate() { ::unsetenv("PGSSLROOTCERT"); }  // NOLINT: one thread
  TrustedCertificate(const TrustedCertificate&) = delete;
  TrustedCertificate& operator=(const TrustedCertificate&) = delete;

 private:
  TemporaryDirectory folder_;
};

class PostgresTlsTest : public ::testing::Test {
 protected:
  // "tls", "plain", or why there is no connection.
  std::string reach(const PostgresServer& server, std::string_view ssl_mode,
                    std::string_view host = "127.0.0.1") const {
    auto connection = store::postgres::open({.host = std::string(host),
                                             .port = server.port(),
                                             .user = PostgresServer::user(),
                                             .database = "postgres",
                                             .ssl_mode = std::string(ssl_mode)},
                                            clock_);
    if (!connection) return connection.error().message;
    const auto rows =
        (*connection)->execute("SELECT ssl::int FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
    if (!rows) return rows.error().message;
    return rows->at(0).integer(0) != 0 ? "tls" : "plain";
  }

  const SystemClock clock_;
};

TEST_F(PostgresTlsTest, AServerWithoutItIsUsedUnlessTlsIsDemanded) {
  const PostgresServer server({.tcp = true});
  for (const std::string_view mode : {"disable", "allow", "prefer"}) {
    EXPECT_EQ(reach(server, mode), "plain") << mode;
  }
  EXPECT_THAT(reach(server, "require"), HasSubstr("does not support SSL"));
  const TrustedCertificate trusted(make_certificate().certificate);
  EXPECT_THAT(reach(server, "verify-full"), HasSubstr("does not support SSL"));
}

TEST_F(PostgresTlsTest, EachModeChecksWhatItSays) {
  const CertificatePem certificate = make_certificate();
  const PostgresServer server({.tcp = true, .tls = certificate});
  for (const std::string_view mode : {"disable", "allow"}) {
    EXPECT_EQ(reach(server, mode), "plain") << mode;
  }
  for (const std::string_view mode : {"prefer", "require"}) {
    EXPECT_EQ(reach(server, mode), "tls") << mode;
  }
  for (const std::string_view mode : {"verify-ca", "verify-full"}) {
    EXPECT_THAT(reach(server, mode), HasSubstr("root certificate file")) << mode;
  }
  {
    const TrustedCertificate trusted(certificate.certificate);
    EXPECT_EQ(reach(server, "verify-ca"), "tls");
    EXPECT_EQ(reach(server, "verify-full"), "tls");
    EXPECT_EQ(reach(server, "verify-ca", "127.0.0.2"), "tls");
    EXPECT_THAT(reach(server, "verify-full", "127.0.0.2"), HasSubstr("127.0.0.2"))
        << "the certificate is for another address";
  }
  const TrustedCertificate wrong(make_certificate().certificate);
  for (const std::string_view mode : {"verify-ca", "verify-full"}) {
    EXPECT_THAT(reach(server, mode), HasSubstr("certificate verify failed")) << mode;
  }
}

TEST_F(PostgresTlsTest, AServerMayDemandIt) {
  const PostgresServer server({.tcp = true, .tls = make_certificate(), .only_tls = true});
  EXPECT_THAT(reach(server, "disable"),
              AllOf(HasSubstr("no encryption"),
                    HasSubstr("where the server demands TLS, set ssl_mode to require")));
  for (const std::string_view mode : {"allow", "prefer", "require"}) {
    EXPECT_EQ(reach(server, mode), "tls") << mode;
  }
}

TEST(PostgresPasswordTest, OneThatIsPrintedIsAskedForAgainWhenItIsRefused) {
  PostgresServer server({.password = "the first"});
  const TemporaryDirectory folder;
  const std::string file = folder.write("password", "the first\n").string();
  const SystemClock clock;
  const Address address{
      .host = server.host(),
      .user = PostgresServer::user(),
      .password_command = store::PasswordCommand{.command = "cat", .args = {file}},
      .database = "postgres"};
  auto connection = store::postgres::open(address, clock);
  ASSERT_TRUE(connection) << connection.error().message;
  ASSERT_TRUE((*connection)->execute("ALTER USER postgres PASSWORD 'the second'"));
  folder.write("password", "the second\n");
  server.stop();
  server.start();
  EXPECT_TRUE((*connection)->execute("SELECT 1"));
  folder.write("password", "no password of anybody\n");
  server.stop();
  server.start();
  EXPECT_TRUE((*connection)->execute("SELECT 1")) << "what was printed is good for a while";
  const auto refused = store::postgres::open(address, clock);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("password authentication failed"));
}

}  // namespace
}  // namespace bifrost::test
