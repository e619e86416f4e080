// TLS for tests: a certificate made on the spot, and a filter that turns bytes into bytes.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace bifrost::test {

struct CertificatePem {
  std::string certificate;  // also its own issuer: hand it to the peer as the one to trust
  std::string private_key;
};

// Signed by itself, for 127.0.0.1 and localhost, valid for a day around now.
CertificatePem make_certificate();

enum class TlsRole : std::uint8_t { kServer, kClient };

class TlsContext {
 public:
  static TlsContext server(const CertificatePem& pem);
  // Trusts only that certificate, and checks that it is for 127.0.0.1; empty: trusts anyone.
  static TlsContext client(std::string_view trusted_certificate);

  [[nodiscard]] SSL_CTX* native() const { return context_.get(); }

 private:
  explicit TlsContext(const SSL_METHOD* method);

  std::shared_ptr<SSL_CTX> context_;
};

// The state of one TLS connection, over memory: it never touches a socket, so that a peer that is
// gone raises no signal. Off until start().
class TlsFilter {
 public:
  void start(const TlsContext& context, TlsRole role);
  [[nodiscard]] bool is_on() const { return ssl_ != nullptr; }

  enum class State : std::uint8_t { kDone, kWantsBytes, kEnded, kFailed };
  State handshake();
  // Appends what was decrypted.
  State decrypt(std::string& plain);
  bool encrypt(std::string_view plain);
  void say_goodbye();

  void put(std::string_view from_socket);
  std::string take();  // for the socket

 private:
  [[nodiscard]] State state_of(int result) const;

  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  std::unique_ptr<SSL, Free> ssl_;
};

}  // namespace bifrost::test
