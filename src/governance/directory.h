// Who is known: from the text of a credential to its principal.
//
// Only digests are kept and compared (SHA-256), so neither memory nor the time that a comparison
// takes says anything about a credential. Immutable and safe from any thread; another directory
// with one entry more or less shares all the others with it.
#pragma once

#include "governance/credential_digest.h"
#include "governance/principal.h"

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace bifrost::governance {

class Directory {
 public:
  Directory() = default;  // knows nobody

  // Null: unknown. What is longer than a credential may be is unknown without a look.
  [[nodiscard]] const Principal* find(std::string_view credential) const;
  [[nodiscard]] std::size_t size() const { return size_; }

  // With this one in addition, or in place of the one with this credential.
  [[nodiscard]] Directory with(std::string_view credential,
                               std::shared_ptr<const Principal> principal) const;
  [[nodiscard]] Directory without(std::string_view credential) const;

  // For many at once.
  class Builder;

 private:
  struct Entry {
    CredentialDigest digest;
    std::shared_ptr<const Principal> principal;
  };
  // A few entries, in no order.
  using Shard = std::vector<Entry>;
  static constexpr std::size_t kShards = 4096;

  static CredentialDigest made_digest(std::string_view credential);
  static std::size_t shard_of(const CredentialDigest& digest);

  std::vector<std::shared_ptr<const Shard>> shards_;  // empty, or kShards of them; null: no entry
  std::size_t size_ = 0;
};

class Directory::Builder {
 public:
  Builder();
  // False: another one has this credential.
  bool add(std::string_view credential, std::shared_ptr<const Principal> principal);
  [[nodiscard]] Directory finish() &&;

 private:
  std::vector<std::shared_ptr<Shard>> shards_;
  std::size_t size_ = 0;
};

}  // namespace bifrost::governance
