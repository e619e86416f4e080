#include "dialect/dropped.h"

#include <algorithm>
#include <utility>

namespace bifrost::dialect {

void Dropped::path(std::string path) {
  if (std::ranges::find(paths_, path) == paths_.end()) paths_.push_back(std::move(path));
}

}  // namespace bifrost::dialect
