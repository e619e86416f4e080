#include "governance/principal.h"

namespace bifrost::governance {

const Principal& anybody() {
  static const Principal kAnybody{.name = "anybody"};
  return kAnybody;
}

}  // namespace bifrost::governance
