#include "server/input.h"

#include "base/assert.h"
#include "base/try.h"

namespace bifrost::server {
namespace {

constexpr std::size_t kKeptBytes = 4096;  // a bigger buffer is given back once it is empty

}  // namespace

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
  used_ = 0;
  held_.clear();
  if (held_.capacity() > kKeptBytes) held_.shrink_to_fit();
}

}  // namespace bifrost::server
