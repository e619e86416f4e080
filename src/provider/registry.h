// All configured providers of one configuration, in its order.
//
// Immutable and safe from any thread. Pointers to its endpoints are good as long as the Registry
// lives, also after it has been moved.
#pragma once

#include "base/result.h"
#include "provider/endpoint.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::provider {

class Registry {
 public:
  // Fails with kConfigInvalid where a provider cannot work as it is configured. One that is known
  // but not served yet is left out with a warning, so that a configuration can be moved here whole.
  // `rows` outlive it; others than the table's are for tests.
  static Result<Registry> build(const Providers& providers,
                                std::span<const ProviderSpec> rows = all());

  Registry() = default;
  Registry(Registry&&) noexcept = default;
  Registry& operator=(Registry&&) noexcept = default;
  Registry(const Registry&) = delete;  // endpoints are pointed to
  Registry& operator=(const Registry&) = delete;
  ~Registry() = default;

  // Null when there is none of that name.
  [[nodiscard]] const Endpoint* find(std::string_view name) const;
  [[nodiscard]] const std::vector<Endpoint>& endpoints() const { return endpoints_; }
  [[nodiscard]] auto begin() const { return endpoints_.begin(); }
  [[nodiscard]] auto end() const { return endpoints_.end(); }
  [[nodiscard]] bool empty() const { return endpoints_.empty(); }

  // "anthropic, my-vllm, openai", for messages.
  [[nodiscard]] std::string names() const;
  // Whole sentences for the log.
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  std::vector<Endpoint> endpoints_;
  std::vector<std::string> warnings_;
};

}  // namespace bifrost::provider
