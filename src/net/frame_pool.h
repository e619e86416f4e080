// Memory for coroutine frames, kept for the next one of the same size.
//
// A request runs through some thirty short-lived frames, which would be a third of all its
// allocations. Each thread keeps what its coroutines gave back, up to a bound, so a burst is
// returned to the heap. A frame may end on another thread than it began on: then that one keeps
// it. With the address sanitizer nothing is kept, so that it sees each frame's true end.
#pragma once

#include <cstddef>

namespace bifrost::net {

[[nodiscard]] void* allocate_frame(std::size_t bytes);
void free_frame(void* frame, std::size_t bytes) noexcept;

}  // namespace bifrost::net
