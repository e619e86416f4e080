#include "server/input.h"

#include "base/assert.h"
#include "server/client_gone.h"

#include <utility>

namespace bifrost::server {
net::Task<Result<bool>> Input::more(net::CallScope& scope) {
  auto read = co_await stream_.read(scope, scratch_);
  if (!read) co_return as_client_gone(std::move(read).error());
  const std::size_t got = *read;
  if (got == 0) co_return false;
  if (used_ > 0) {
    held_.erase(0, used_);
    used_ = 0;
  }
  held_.append(scratch_.data(), got);
  co_return true;
}

void Input::use(std::size_t count) {
  BF_DCHECK(count <= held_.size() - used_);
  used_ += count;
  if (used_ < held_.size()) return;
  // All is used: nothing is owned while a long answer goes out, or a caller is idle.
  used_ = 0;
  std::string().swap(held_);
}

}  // namespace bifrost::server
