// The two ways of passing an error on. One per line.
//
//   BF_TRY(auto config, load(path));              // in a function that returns a Result
//   BF_CO_TRY(auto reply, co_await send(call));   // in a coroutine
//   BF_TRY_VOID(check(config));                   // when there is no value to keep
#pragma once

#include "base/result.h"

#define BF_TRY_CONCAT_INNER(a, b) a##b
#define BF_TRY_CONCAT(a, b) BF_TRY_CONCAT_INNER(a, b)

#define BF_TRY_IMPL(result, keyword, lhs, expr)          \
  auto result = (expr);                                  \
  if (!(result).has_value()) [[unlikely]] {              \
    keyword ::bifrost::Error(std::move(result).error()); \
  }                                                      \
  lhs = std::move(result).value()

#define BF_TRY_VOID_IMPL(result, keyword, expr)          \
  auto result = (expr);                                  \
  if (!(result).has_value()) [[unlikely]] {              \
    keyword ::bifrost::Error(std::move(result).error()); \
  }                                                      \
  static_assert(true)

#define BF_TRY(lhs, expr) BF_TRY_IMPL(BF_TRY_CONCAT(bf_try_, __LINE__), return, lhs, expr)
#define BF_CO_TRY(lhs, expr) BF_TRY_IMPL(BF_TRY_CONCAT(bf_try_, __LINE__), co_return, lhs, expr)
#define BF_TRY_VOID(expr) BF_TRY_VOID_IMPL(BF_TRY_CONCAT(bf_try_, __LINE__), return, expr)
#define BF_CO_TRY_VOID(expr) BF_TRY_VOID_IMPL(BF_TRY_CONCAT(bf_try_, __LINE__), co_return, expr)
