// A value or an Error. Everything that an outsider can cause to fail returns one.
//
// It wraps std::expected so that a dropped result is a warning (and so an error): dropped errors
// are the worst class of bug in a gateway. To drop one on purpose, say why: `ignore(result, "…")`.
#pragma once

#include "base/error.h"

#include <expected>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

namespace bifrost {

namespace internal {

// An Error in the room of a pointer: results are everywhere, in coroutine frames above all, and
// nearly none of them is an error.
class ErrorBox {
 public:
  explicit ErrorBox(Error error) : error_(std::make_unique<Error>(std::move(error))) {}
  ErrorBox(const ErrorBox& other) : ErrorBox(*other) {}
  ErrorBox(ErrorBox&&) noexcept = default;
  ErrorBox& operator=(const ErrorBox& other) { return *this = ErrorBox(*other); }
  ErrorBox& operator=(ErrorBox&&) noexcept = default;
  ~ErrorBox() = default;

  Error& operator*() { return *error_; }
  const Error& operator*() const { return *error_; }

 private:
  std::unique_ptr<Error> error_;  // null once moved from
};

}  // namespace internal

template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result()
    requires std::is_default_constructible_v<T> || std::is_void_v<T>
  = default;
  template <class U = T>
    requires(!std::is_void_v<T> && std::is_constructible_v<T, U &&> &&
             !std::is_same_v<std::remove_cvref_t<U>, Result> &&
             !std::is_same_v<std::remove_cvref_t<U>, Error>)
  Result(U&& value) : held_(std::forward<U>(value)) {}             // NOLINT: implicit by design
  Result(Error error) : held_(std::unexpect, std::move(error)) {}  // NOLINT: implicit by design

  [[nodiscard]] bool has_value() const { return held_.has_value(); }
  explicit operator bool() const { return held_.has_value(); }

  auto& value() & { return *held_; }
  const auto& value() const& { return *held_; }
  T value() && {
    if constexpr (!std::is_void_v<T>) return std::move(*held_);
  }
  auto& operator*() & { return *held_; }
  const auto& operator*() const& { return *held_; }
  T&& operator*() && { return *std::move(held_); }
  auto* operator->() { return &*held_; }
  const auto* operator->() const { return &*held_; }

  [[nodiscard]] const Error& error() const& { return *held_.error(); }
  [[nodiscard]] Error& error() & { return *held_.error(); }
  [[nodiscard]] Error error() && { return std::move(*held_.error()); }

 private:
  std::expected<T, internal::ErrorBox> held_;
};

// Nothing to return but success.
template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : held_(std::unexpect, std::move(error)) {}  // NOLINT: implicit by design

  [[nodiscard]] bool has_value() const { return held_.has_value(); }
  explicit operator bool() const { return held_.has_value(); }
  void value() const {}

  [[nodiscard]] const Error& error() const& { return *held_.error(); }
  [[nodiscard]] Error& error() & { return *held_.error(); }
  [[nodiscard]] Error error() && { return std::move(*held_.error()); }

 private:
  std::expected<void, internal::ErrorBox> held_;
};

// Drops a result on purpose; the reason is for the reader.
template <class T>
void ignore(const Result<T>&, std::string_view /*why*/) {}

}  // namespace bifrost
