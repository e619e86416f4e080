// What becomes of secrets where settings are stored: they are sealed, and opened again.
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace bifrost::config {

class SecretKeeper {
 public:
  virtual ~SecretKeeper() = default;

  // What may be stored in place of the text.
  [[nodiscard]] virtual std::string seal(std::string_view text) const = 0;
  [[nodiscard]] virtual bool is_sealed(std::string_view stored) const = 0;
  // Fails with kConfigInvalid when it was sealed with another key, for another place, or changed.
  [[nodiscard]] virtual Result<std::string> open(std::string_view sealed) const = 0;
};

}  // namespace bifrost::config
