#include "config/secret.h"

#include <ostream>

namespace bifrost::config {

std::string_view Secret::variable() const {
  constexpr std::string_view kPrefix = "env.";
  const std::string_view reference = reference_;
  return reference.starts_with(kPrefix) ? reference.substr(kPrefix.size()) : std::string_view();
}

std::ostream& operator<<(std::ostream& out, const Secret& secret) {
  return out << format_as(secret);
}

}  // namespace bifrost::config
