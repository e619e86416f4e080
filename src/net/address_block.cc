#include "net/address_block.h"

#include "base/strings.h"
#include "base/try.h"

#include <algorithm>
#include <string>

namespace bifrost::net {
namespace {

constexpr std::size_t kMappedBits = 96;  // in front of the IPv4 address
constexpr Address::Ip kMapped{.bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF}, .size = 16};

Error no_block(std::string_view text) {
  return gateway_error(ErrorCode::kConfigInvalid,
                       "not an IP address or a block of them: " + std::string(text));
}

}  // namespace

Result<AddressBlock> AddressBlock::from_text(std::string_view text) {
  const auto slash = std::min(text.find('/'), text.size());
  BF_TRY(const Address address, Address::from_literal(text.substr(0, slash), 0));
  const Address::Ip ip = address.ip();
  if (slash == text.size()) return AddressBlock(ip, 8 * ip.size);
  const std::string_view length = text.substr(slash + 1);
  const auto number = parse_int(length);
  const bool v4 = address.storage.ss_family == AF_INET;
  const bool digits = length.find_first_not_of("0123456789") == std::string_view::npos;
  if (!number || !digits || *number > (v4 ? 32 : 128)) return no_block(text);
  const auto bits = static_cast<std::size_t>(*number);
  if (v4 || ip.size == ip.bytes.size()) return AddressBlock(ip, bits);
  if (bits >= kMappedBits) return AddressBlock(ip, bits - kMappedBits);
  return AddressBlock(kMapped, bits);
}

bool AddressBlock::contains(const Address::Ip& ip) const {
  if (ip.size != ip_.size) return false;
  const std::size_t whole = bits_ / 8;
  const auto begin = ip.bytes.begin();
  if (!std::equal(begin, begin + static_cast<std::ptrdiff_t>(whole), ip_.bytes.begin())) {
    return false;
  }
  const std::size_t rest = bits_ % 8;
  if (rest == 0) return true;
  return ((ip.bytes[whole] ^ ip_.bytes[whole]) >> (8 - rest)) == 0;
}

}  // namespace bifrost::net
