// One line of log: a level, an area, a sentence, and fields.
//
//   BF_LOG(kInfo, "server", "listening", {"address", address}, {"workers", n});
//
// Thread-safe. The level and the style are set once by main, before threads start. Lines go to
// stderr: at once by who logs, or, within the life of a Background, by a thread of its own, so that
// a reader that stalls holds up nobody. Never hand it a secret.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace bifrost::log {

enum class Level : std::uint8_t { kDebug, kInfo, kWarn, kError };
enum class Style : std::uint8_t { kJson, kPretty };

// A named value; numbers stay numbers in JSON. A view of the value: it needs no memory, so that a
// shortage can be logged.
class Field {
 public:
  Field(std::string_view field, std::string_view value) : name(field), text_(value) {}
  Field(std::string_view field, const char* value) : name(field), text_(value) {}
  Field(std::string_view field, const std::string& value) : name(field), text_(value) {}
  template <class Number>
    requires std::is_arithmetic_v<Number>
  Field(std::string_view field, Number value) : name(field), quoted(false) {
    if constexpr (std::is_floating_point_v<Number>) {
      write_number(static_cast<double>(value));
    } else if constexpr (std::is_signed_v<Number>) {
      write_number(std::int64_t{value});
    } else {
      write_number(std::uint64_t{value});
    }
  }

  [[nodiscard]] std::string_view text() const {
    return quoted ? text_ : std::string_view(digits_.data(), digit_count_);
  }

  std::string_view name;
  bool quoted = true;

 private:
  void write_number(double value);
  void write_number(std::int64_t value);
  void write_number(std::uint64_t value);

  std::string_view text_;
  std::array<char, 32> digits_{};
  std::size_t digit_count_ = 0;
};

inline constexpr std::size_t kValueBytesMax = 4096;             // longer ones are cut
inline constexpr std::size_t kOutsidersBytesMax = 256;          // of what clipped() leaves
inline constexpr std::size_t kWaitingBytesMax = 1024UL * 1024;  // beyond, lines are dropped

// What an outsider makes up, a path or a name, for a field: as much as a reader wants of it.
[[nodiscard]] std::string_view clipped(std::string_view text);

// Lines are written by a thread while this lives. At its end, what waits is written if the reader
// takes it within a second.
class Background {
 public:
  Background();
  ~Background();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;
};

// Waits until nothing waits to be written, no longer than `patience`: before an end that runs no
// destructors.
void flush(std::chrono::nanoseconds patience);
// Lines that no reader took, or that there was no memory for, since the start.
[[nodiscard]] std::uint64_t dropped();

// Before this is called, lines are in pretty style, from level info.
void configure(Level level, Style style);
[[nodiscard]] bool enabled(Level level);
// A line that there is no memory for is dropped.
void write(Level level, std::string_view area, std::string_view message,
           std::span<const Field> fields) noexcept;
inline void write(Level level, std::string_view area, std::string_view message,
                  std::initializer_list<Field> fields) noexcept {
  write(level, area, message, std::span(fields.begin(), fields.size()));
}

}  // namespace bifrost::log

#define BF_LOG(level, area, message, ...)                                                \
  do {                                                                                   \
    if (::bifrost::log::enabled(::bifrost::log::Level::level)) {                         \
      ::bifrost::log::write(::bifrost::log::Level::level, area, message, {__VA_ARGS__}); \
    }                                                                                    \
  } while (false)
