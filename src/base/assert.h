// Assertions for bugs of our own. Never on input, never as error handling.
//
// BF_ASSERT is always on and meant for cheap invariants; BF_DCHECK is for builds without NDEBUG.
#pragma once

namespace bifrost::base {

// Prints the condition and its place to stderr and aborts.
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);

}  // namespace bifrost::base

#define BF_ASSERT(condition)                                             \
  do {                                                                   \
    if (!(condition)) [[unlikely]] {                                     \
      ::bifrost::base::assertion_failed(#condition, __FILE__, __LINE__); \
    }                                                                    \
  } while (false)

#ifdef NDEBUG
#define BF_DCHECK(condition) \
  do {                       \
  } while (false)
#else
#define BF_DCHECK(condition) BF_ASSERT(condition)
#endif
