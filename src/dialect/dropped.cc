#include "dialect/dropped.h"

#include "base/strings.h"

namespace bifrost::dialect {

void Dropped::path(std::string_view path) {
  std::string name(utf8_prefix(path, kNameBytesMax));
  if (name.size() < path.size()) name += "...";
  if (named_.contains(name)) return;
  if (named_.size() == kNamesMax) {
    ++left_out_.more_lost;
    return;
  }
  left_out_.lost.push_back(name);
  named_.insert(std::move(name));
}

}  // namespace bifrost::dialect
