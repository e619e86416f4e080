#include "tests/support/tls.h"

#include "base/assert.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>

namespace bifrost::test {
namespace {

template <auto kFree>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

Bio bio_of(std::string_view text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

void add_extension(X509* certificate, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value));
  BF_ASSERT(extension != nullptr);
  X509_add_ext(certificate, extension.get(), -1);
}

Certificate self_signed(EVP_PKEY* key) {
  constexpr long kDay = 24L * 60 * 60;
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kDay);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kDay);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* const name = X509_get_subject_name(certificate.get());
  constexpr std::array<unsigned char, 10> kName = {'l', 'o', 'c', 'a', 'l', 'h', 'o', 's', 't', 0};
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, kName.data(), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  add_extension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  add_extension(certificate.get(), NID_subject_alt_name, "IP:127.0.0.1,DNS:localhost");
  BF_ASSERT(X509_sign(certificate.get(), key, EVP_sha256()) > 0);
  return certificate;
}

}  // namespace

CertificatePem make_certificate() {
  const Key key(EVP_EC_gen("P-256"));
  BF_ASSERT(key != nullptr);
  const Certificate certificate = self_signed(key.get());
  const Bio certificate_text(BIO_new(BIO_s_mem()));
  const Bio key_text(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(certificate_text.get(), certificate.get());
  PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return {.certificate = text_of(certificate_text.get()), .private_key = text_of(key_text.get())};
}

TlsContext::TlsContext(const SSL_METHOD* method)
    : context_(SSL_CTX_new(method), [](SSL_CTX* context) { SSL_CTX_free(context); }) {
  BF_ASSERT(context_ != nullptr);
}

TlsContext TlsContext::server(const CertificatePem& pem) {
  TlsContext context(TLS_server_method());
  const Bio certificate_text = bio_of(pem.certificate);
  const Bio key_text = bio_of(pem.private_key);
  const Certificate certificate(
      PEM_read_bio_X509(certificate_text.get(), nullptr, nullptr, nullptr));
  const Key key(PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr));
  BF_ASSERT(SSL_CTX_use_certificate(context.native(), certificate.get()) == 1);
  BF_ASSERT(SSL_CTX_use_PrivateKey(context.native(), key.get()) == 1);
  return context;
}

TlsContext TlsContext::client(std::string_view trusted_certificate) {
  TlsContext context(TLS_client_method());
  if (trusted_certificate.empty()) return context;
  const Bio text = bio_of(trusted_certificate);
  const Certificate certificate(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
  BF_ASSERT(certificate != nullptr);
  X509_STORE_add_cert(SSL_CTX_get_cert_store(context.native()), certificate.get());
  SSL_CTX_set_verify(context.native(), SSL_VERIFY_PEER, nullptr);
  return context;
}

void TlsFilter::start(const TlsContext& context, TlsRole role) {
  ssl_.reset(SSL_new(context.native()));
  BF_ASSERT(ssl_ != nullptr);
  SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  if (role == TlsRole::kServer) {
    SSL_set_accept_state(ssl_.get());
  } else {
    SSL_set_connect_state(ssl_.get());
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), "127.0.0.1");
  }
}

TlsFilter::State TlsFilter::state_of(int result) const {
  const int error = SSL_get_error(ssl_.get(), result);
  ERR_clear_error();
  if (error == SSL_ERROR_NONE) return State::kDone;
  if (error == SSL_ERROR_WANT_READ) return State::kWantsBytes;
  return error == SSL_ERROR_ZERO_RETURN ? State::kEnded : State::kFailed;
}

TlsFilter::State TlsFilter::handshake() { return state_of(SSL_do_handshake(ssl_.get())); }

TlsFilter::State TlsFilter::decrypt(std::string& plain) {
  std::array<char, 16 * 1024> piece;
  while (true) {
    const int count = SSL_read(ssl_.get(), piece.data(), static_cast<int>(piece.size()));
    if (count <= 0) return state_of(count);
    plain.append(piece.data(), static_cast<std::size_t>(count));
  }
}

bool TlsFilter::encrypt(std::string_view plain) {
  return plain.empty() || SSL_write(ssl_.get(), plain.data(), static_cast<int>(plain.size())) ==
                              static_cast<int>(plain.size());
}

void TlsFilter::say_goodbye() { SSL_shutdown(ssl_.get()); }

void TlsFilter::put(std::string_view from_socket) {
  BIO_write(SSL_get_rbio(ssl_.get()), from_socket.data(), static_cast<int>(from_socket.size()));
}

std::string TlsFilter::take() {
  BIO* const out = SSL_get_wbio(ssl_.get());
  std::string bytes(BIO_ctrl_pending(out), '\0');
  if (!bytes.empty()) BIO_read(out, bytes.data(), static_cast<int>(bytes.size()));
  return bytes;
}

}  // namespace bifrost::test
