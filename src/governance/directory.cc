#include "governance/directory.h"

#include "base/assert.h"
#include "base/limits.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace bifrost::governance {

// The algorithm and the context are kept: looking for them costs more than the digest itself. What
// could not be had for want of memory is asked for again.
std::optional<Directory::Digest> Directory::digest_of(std::string_view credential) {
  struct Freed {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    void operator()(EVP_MD* algorithm) const { EVP_MD_free(algorithm); }
  };
  thread_local std::unique_ptr<EVP_MD, Freed> sha256;
  thread_local std::unique_ptr<EVP_MD_CTX, Freed> context;
  if (sha256 == nullptr) sha256.reset(EVP_MD_fetch(nullptr, "SHA256", nullptr));
  if (context == nullptr) context.reset(EVP_MD_CTX_new());
  Digest digest{};
  const bool done = sha256 != nullptr && context != nullptr &&
                    EVP_DigestInit_ex2(context.get(), sha256.get(), nullptr) == 1 &&
                    EVP_DigestUpdate(context.get(), credential.data(), credential.size()) == 1 &&
                    EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1;
  if (!done) return std::nullopt;
  return digest;
}

// While a configuration is made there is nobody who could go on without.
Directory::Digest Directory::made_digest(std::string_view credential) {
  const auto digest = digest_of(credential);
  BF_ASSERT(digest.has_value());
  return *digest;
}

std::size_t Directory::shard_of(const Digest& digest) {
  return (std::size_t{digest[0]} << 8 | digest[1]) % kShards;
}

const Principal* Directory::find(std::string_view credential) const {
  if (shards_.empty() || credential.size() > limits::kCredentialBytesMax) return nullptr;
  const auto digest = digest_of(credential);
  if (!digest) return nullptr;
  const Shard* shard = shards_[shard_of(*digest)].get();
  if (shard == nullptr) return nullptr;
  for (const Entry& entry : *shard) {
    if (CRYPTO_memcmp(entry.digest.data(), digest->data(), digest->size()) == 0) {
      return entry.principal.get();
    }
  }
  return nullptr;
}

Directory Directory::with(std::string_view credential,
                          std::shared_ptr<const Principal> principal) const {
  Directory out = without(credential);
  if (out.shards_.empty()) out.shards_.resize(kShards);
  const Digest digest = made_digest(credential);
  std::shared_ptr<const Shard>& shard = out.shards_[shard_of(digest)];
  Shard changed = shard == nullptr ? Shard() : *shard;
  changed.push_back({.digest = digest, .principal = std::move(principal)});
  shard = std::make_shared<const Shard>(std::move(changed));
  ++out.size_;
  return out;
}

Directory Directory::without(std::string_view credential) const {
  Directory out = *this;
  if (find(credential) == nullptr) return out;
  const Digest digest = made_digest(credential);
  std::shared_ptr<const Shard>& shard = out.shards_[shard_of(digest)];
  Shard changed = *shard;
  std::erase_if(changed, [&](const Entry& entry) { return entry.digest == digest; });
  shard = std::make_shared<const Shard>(std::move(changed));
  --out.size_;
  return out;
}

Directory::Builder::Builder() : shards_(kShards) {}

bool Directory::Builder::add(std::string_view credential,
                             std::shared_ptr<const Principal> principal) {
  const Digest digest = made_digest(credential);
  std::shared_ptr<Shard>& shard = shards_[shard_of(digest)];
  if (shard == nullptr) shard = std::make_shared<Shard>();
  if (std::ranges::find(*shard, digest, &Entry::digest) != shard->end()) return false;
  shard->push_back({.digest = digest, .principal = std::move(principal)});
  ++size_;
  return true;
}

Directory Directory::Builder::finish() && {
  Directory out;
  if (size_ == 0) return out;
  out.size_ = size_;
  out.shards_.assign(std::make_move_iterator(shards_.begin()),
                     std::make_move_iterator(shards_.end()));
  return out;
}

}  // namespace bifrost::governance
