// TLS settings for one side of many connections: certificates, trust, session reuse.
//
// Made once per server or per upstream origin, then shared by the connections of any thread.
#pragma once

#include "base/result.h"

#include <memory>
#include <string>

struct ssl_ctx_st;
struct ssl_st;

namespace bifrost::net {

struct TlsClientOptions {
  std::string ca_pem;  // trusted besides the system's store
  bool insecure_skip_verify = false;
};

struct TlsServerOptions {
  std::string certificate_file;  // PEM chain
  std::string key_file;          // PEM
};

class TlsContext {
 public:
  // Fail with kConfigInvalid and OpenSSL's reason.
  static Result<std::shared_ptr<const TlsContext>> client(const TlsClientOptions& options);
  static Result<std::shared_ptr<const TlsContext>> server(const TlsServerOptions& options);

  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // A new connection's state on an open socket. `server_name` is checked against the peer's
  // certificate; empty on the server's side.
  [[nodiscard]] ssl_st* open(int fd, const std::string& server_name) const;

 private:
  TlsContext(ssl_ctx_st* context, bool is_server, bool verify);
  ssl_ctx_st* context_;
  bool is_server_;
  bool verify_;
};

// What OpenSSL has to say about the last failure on this thread; empties its queue.
[[nodiscard]] std::string tls_failure();

}  // namespace bifrost::net
