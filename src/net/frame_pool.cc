#include "net/frame_pool.h"

#include <array>
#include <memory>
#include <utility>

namespace bifrost::net {
namespace {

#if __has_feature(address_sanitizer)
constexpr bool kKeeps = false;
#else
constexpr bool kKeeps = true;
#endif

constexpr std::size_t kStep = 64;            // sizes are rounded up to a multiple
constexpr std::size_t kLargest = 4096;       // beyond, frames come from the heap
constexpr std::size_t kKeptBytes = 1 << 18;  // of one thread

constexpr std::size_t class_of(std::size_t bytes) { return (bytes + kStep - 1) / kStep; }

// One list per size, linked through the free frames themselves.
class Pool {
 public:
  Pool() = default;
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool() {
    for (Free* head : free_) {
      while (head != nullptr) ::operator delete(std::exchange(head, head->next));
    }
  }

  void* take(std::size_t size_class) {
    Free* frame = free_[size_class];
    if (frame == nullptr) return ::operator new(size_class * kStep);
    free_[size_class] = frame->next;
    kept_ -= size_class * kStep;
    return frame;
  }

  void give(void* memory, std::size_t size_class) noexcept {
    if (kept_ >= kKeptBytes) {
      ::operator delete(memory);
      return;
    }
    free_[size_class] = std::construct_at(static_cast<Free*>(memory), free_[size_class]);
    kept_ += size_class * kStep;
  }

 private:
  struct Free {
    Free* next;
  };
  std::array<Free*, class_of(kLargest) + 1> free_{};
  std::size_t kept_ = 0;
};

thread_local Pool t_pool;

}  // namespace

void* allocate_frame(std::size_t bytes) {
  if (!kKeeps || bytes > kLargest) return ::operator new(bytes);
  return t_pool.take(class_of(bytes));
}

void free_frame(void* frame, std::size_t bytes) noexcept {
  if (!kKeeps || bytes > kLargest) return ::operator delete(frame);
  t_pool.give(frame, class_of(bytes));
}

}  // namespace bifrost::net
