// The bytes of one connection that were read but not yet used.
//
// Reads go through a buffer that all sessions of a worker share: it is only looked at between a
// read and the next wait, so an idle connection owns no buffer at all.
#pragma once

#include "base/result.h"
#include "net/stream.h"

#include <span>
#include <string>
#include <string_view>

namespace bifrost::server {

class Input {
 public:
  Input(net::Stream& stream, std::span<char> scratch) : stream_(stream), scratch_(scratch) {}

  // Appends at least one byte to what is held; false: the peer has closed. Fails with kClientGone
  // when the connection broke.
  net::Task<Result<bool>> more(net::CallScope& scope);

  [[nodiscard]] std::string_view held() const { return std::string_view(held_).substr(used_); }
  // Forgets bytes at the front.
  void use(std::size_t count);

 private:
  net::Stream& stream_;
  std::span<char> scratch_;
  std::string held_;
  std::size_t used_ = 0;
};

}  // namespace bifrost::server
