#include "governance/credential_digest.h"

#include <openssl/evp.h>

#include <memory>

namespace bifrost::governance {

// The algorithm and the context are kept: looking for them costs more than the digest itself. What
// could not be had for want of memory is asked for again.
std::optional<CredentialDigest> credential_digest(std::string_view credential) {
  struct Freed {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    void operator()(EVP_MD* algorithm) const { EVP_MD_free(algorithm); }
  };
  thread_local std::unique_ptr<EVP_MD, Freed> sha256;
  thread_local std::unique_ptr<EVP_MD_CTX, Freed> context;
  if (sha256 == nullptr) sha256.reset(EVP_MD_fetch(nullptr, "SHA256", nullptr));
  if (context == nullptr) context.reset(EVP_MD_CTX_new());
  CredentialDigest digest{};
  const bool done = sha256 != nullptr && context != nullptr &&
                    EVP_DigestInit_ex2(context.get(), sha256.get(), nullptr) == 1 &&
                    EVP_DigestUpdate(context.get(), credential.data(), credential.size()) == 1 &&
                    EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1;
  if (!done) return std::nullopt;
  return digest;
}

}  // namespace bifrost::governance
