#include "net/tls.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>
#include <array>
#include <string_view>

namespace bifrost::net {
namespace {

using ContextPtr = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

Error tls_config_error(const std::string& what) {
  return gateway_error(ErrorCode::kConfigInvalid, what + ": " + tls_failure());
}

void set_common_options(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  // Idle connections give their buffers back; writes may be taken in parts and from a moved buffer.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // A peer that closes without close_notify: HTTP knows by itself whether a message was complete.
  SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_NO_RENEGOTIATION);
}

Result<void> trust_pem(SSL_CTX* context, const std::string& pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  std::size_t count = 0;
  while (X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    X509_STORE_add_cert(store, certificate);
    X509_free(certificate);
    ++count;
  }
  ERR_clear_error();  // the end of the text is reported as an error
  if (count == 0) {
    return gateway_error(ErrorCode::kConfigInvalid, "ca_cert_pem holds no PEM certificate");
  }
  return {};
}

int choose_http1(SSL* /*ssl*/, const unsigned char** out, unsigned char* out_size,
                 const unsigned char* offered, unsigned offered_size, void* /*argument*/) {
  static constexpr std::string_view kHttp1 = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size,
                            reinterpret_cast<const unsigned char*>(kHttp1.data()),  // NOLINT
                            static_cast<unsigned>(kHttp1.size()), offered,
                            offered_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

bool is_ip_literal(const std::string& host) {
  std::array<unsigned char, 16> bytes{};
  return ::inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

}  // namespace

std::string tls_failure() {
  std::string text;
  while (const unsigned long code = ERR_get_error()) {
    std::array<char, 256> line{};
    ERR_error_string_n(code, line.data(), line.size());
    if (!text.empty()) text += "; ";
    text += line.data();
  }
  return text.empty() ? "no reason given" : text;
}

TlsContext::TlsContext(ssl_ctx_st* context, bool is_server, bool verify)
    : context_(context), is_server_(is_server), verify_(verify) {}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

Result<std::shared_ptr<const TlsContext>> TlsContext::client(const TlsClientOptions& options) {
  ContextPtr context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  if (!context) return tls_config_error("cannot set TLS up");
  set_common_options(context.get());
  SSL_CTX_set_default_verify_paths(context.get());
  if (!options.ca_pem.empty()) {
    if (auto trusted = trust_pem(context.get(), options.ca_pem); !trusted) {
      return std::move(trusted).error();
    }
  }
  SSL_CTX_set_verify(context.get(),
                     options.insecure_skip_verify ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_CLIENT);
  static constexpr std::string_view kHttp1 = "\x08http/1.1";
  SSL_CTX_set_alpn_protos(context.get(),
                          reinterpret_cast<const unsigned char*>(kHttp1.data()),  // NOLINT
                          static_cast<unsigned>(kHttp1.size()));
  return std::shared_ptr<const TlsContext>(
      new TlsContext(context.release(), false, !options.insecure_skip_verify));  // NOLINT
}

Result<std::shared_ptr<const TlsContext>> TlsContext::server(const TlsServerOptions& options) {
  ContextPtr context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (!context) return tls_config_error("cannot set TLS up");
  set_common_options(context.get());
  if (SSL_CTX_use_certificate_chain_file(context.get(), options.certificate_file.c_str()) != 1) {
    return tls_config_error("cannot use the certificate in " + options.certificate_file);
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), options.key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context.get()) != 1) {
    return tls_config_error("cannot use the private key in " + options.key_file);
  }
  static constexpr std::string_view kSessionContext = "bifrost";
  SSL_CTX_set_session_id_context(
      context.get(), reinterpret_cast<const unsigned char*>(kSessionContext.data()),  // NOLINT
      static_cast<unsigned>(kSessionContext.size()));
  SSL_CTX_set_alpn_select_cb(context.get(), choose_http1, nullptr);
  return std::shared_ptr<const TlsContext>(
      new TlsContext(context.release(), true, false));  // NOLINT
}

ssl_st* TlsContext::open(int fd, const std::string& server_name) const {
  SSL* ssl = SSL_new(context_);
  if (ssl == nullptr) return nullptr;
  SSL_set_fd(ssl, fd);
  if (is_server_) {
    SSL_set_accept_state(ssl);
    return ssl;
  }
  SSL_set_connect_state(ssl);
  if (is_ip_literal(server_name)) {
    if (verify_) X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), server_name.c_str());
  } else {
    SSL_set_tlsext_host_name(ssl, server_name.c_str());
    if (verify_) SSL_set1_host(ssl, server_name.c_str());
  }
  return ssl;
}

}  // namespace bifrost::net
