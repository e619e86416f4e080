#include "overload/leased_text.h"

#include "base/try.h"

#include <algorithm>
#include <utility>

namespace bifrost::overload {

Result<void> make_room(std::string& text, std::size_t bytes, std::size_t bytes_max,
                       ByteLease& lease) {
  if (bytes <= text.capacity() && lease.bytes() >= text.capacity()) return {};
  const std::size_t ahead = std::min(text.capacity() + text.capacity() / 2, bytes_max);
  const std::size_t wanted = std::max({bytes, ahead, text.capacity()});
  BF_TRY_VOID(lease.resize(wanted));
  // A new one: growing an old one doubles it.
  std::string grown;
  grown.reserve(wanted);
  grown.append(text);
  text = std::move(grown);
  return lease.resize(std::max(wanted, text.capacity()));
}

}  // namespace bifrost::overload
