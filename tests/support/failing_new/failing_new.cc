#include "tests/support/failing_new/failing_new.h"

#include "base/random.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace bifrost::test {
namespace {

std::atomic<Shortage*> g_default = nullptr;
thread_local bool t_has_own = false;
thread_local Shortage* t_own = nullptr;

}  // namespace

bool Shortage::takes_one() {
  if (left.load(std::memory_order_relaxed) <= 0) return false;
  if (left.fetch_sub(1, std::memory_order_relaxed) != 1) return false;
  failed.fetch_add(1, std::memory_order_relaxed);
  left.store(distance());
  return true;
}

std::int64_t Shortage::distance() const {
  const std::int64_t every = again;
  if (seed == 0 || every == 0) return every;
  Random random(seed + static_cast<std::uint64_t>(failed));
  return 1 + static_cast<std::int64_t>(random.next() % static_cast<std::uint64_t>(2 * every - 1));
}

void suffer_by_default(Shortage* shortage) { g_default = shortage; }

void suffer(Shortage* shortage) {
  t_own = shortage;
  t_has_own = true;
}

}  // namespace bifrost::test

#if !__has_feature(thread_sanitizer)

namespace bifrost::test {
namespace {

// Null: there is no memory.
void* allocate(std::size_t bytes, std::size_t alignment = __STDCPP_DEFAULT_NEW_ALIGNMENT__) {
  void* memory = nullptr;
  const std::size_t wanted = std::max<std::size_t>(bytes, 1);
  return ::posix_memalign(&memory, alignment, wanted) == 0 ? memory : nullptr;
}

void* allocate_or_throw(std::size_t bytes,
                        std::size_t alignment = __STDCPP_DEFAULT_NEW_ALIGNMENT__) {
  Shortage* const shortage = t_has_own ? t_own : g_default.load(std::memory_order_relaxed);
  const bool fails = shortage != nullptr && shortage->takes_one();
  if (void* const memory = fails ? nullptr : allocate(bytes, alignment)) return memory;
  throw std::bad_alloc();
}

}  // namespace
}  // namespace bifrost::test

using bifrost::test::allocate;
using bifrost::test::allocate_or_throw;
using Alignment = std::align_val_t;

// All forms: a sanitizer has its own of each, and what one gives another must not take.
void* operator new(std::size_t bytes) { return allocate_or_throw(bytes); }
void* operator new[](std::size_t bytes) { return allocate_or_throw(bytes); }
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept { return allocate(bytes); }
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept { return allocate(bytes); }
void* operator new(std::size_t bytes, Alignment alignment) {
  return allocate_or_throw(bytes, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t bytes, Alignment alignment) {
  return allocate_or_throw(bytes, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t bytes, Alignment alignment, const std::nothrow_t&) noexcept {
  return allocate(bytes, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t bytes, Alignment alignment, const std::nothrow_t&) noexcept {
  return allocate(bytes, static_cast<std::size_t>(alignment));
}

void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete(void* memory, Alignment) noexcept { std::free(memory); }
void operator delete[](void* memory, Alignment) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, Alignment) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, Alignment) noexcept { std::free(memory); }

#endif
