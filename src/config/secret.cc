#include "config/secret.h"

#include <ostream>

namespace bifrost::config {

std::ostream& operator<<(std::ostream& out, const Secret& secret) {
  return out << format_as(secret);
}

}  // namespace bifrost::config
