#include "server/input.h"

#include "base/assert.h"
#include "base/try.h"

namespace bifrost::server {
net::Task<Result<bool>> Input::more(net::CallScope& scope) {
  BF_CO_TRY(const std::size_t got, co_await stream_.read(scope, scratch_));
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
