#include "governance/directory.h"

#include "base/assert.h"
#include "base/limits.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace bifrost::governance {

// While a configuration is made there is nobody who could go on without.
CredentialDigest Directory::made_digest(std::string_view credential) {
  const auto digest = credential_digest(credential);
  BF_ASSERT(digest.has_value());
  return *digest;
}

std::size_t Directory::shard_of(const CredentialDigest& digest) {
  return (std::size_t{digest[0]} << 8 | digest[1]) % kShards;
}

const Principal* Directory::find(std::string_view credential) const {
  if (shards_.empty() || credential.size() > limits::kCredentialBytesMax) return nullptr;
  const auto digest = credential_digest(credential);
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
  const CredentialDigest digest = made_digest(credential);
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
  const CredentialDigest digest = made_digest(credential);
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
  const CredentialDigest digest = made_digest(credential);
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
