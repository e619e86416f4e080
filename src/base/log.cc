#include "base/log.h"

#include "base/line_writer.h"
#include "base/strings.h"

#include <fmt/format.h>
#include <spdlog/pattern_formatter.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <exception>
#include <memory>
#include <unistd.h>
#include <utility>

namespace bifrost::log {
namespace {

std::atomic<Level> g_level{Level::kInfo};
std::atomic<Style> g_style{Style::kPretty};
// Never destroyed: threads may log to the end of the process.
std::atomic<LineWriter*> g_writer{nullptr};

spdlog::level::level_enum spdlog_level(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarn:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
      out += escape;
    } else {
      out += c;
    }
  }
  out += '"';
}

std::string json_line(std::string_view area, std::string_view message,
                      std::span<const Field> fields) {
  std::string line = "\"area\":";
  append_json_string(line, area);
  line += ",\"message\":";
  append_json_string(line, utf8_prefix(message, kValueBytesMax));
  for (const Field& field : fields) {
    line += ',';
    append_json_string(line, field.name);
    line += ':';
    if (field.quoted) {
      append_json_string(line, utf8_prefix(field.text(), kValueBytesMax));
    } else {
      line += field.text();
    }
  }
  return line;
}

std::string pretty_line(std::string_view area, std::string_view message,
                        std::span<const Field> fields) {
  std::string line(area);
  line += ": ";
  line += utf8_prefix(message, kValueBytesMax);
  for (const Field& field : fields) {
    line += ' ';
    line += field.name;
    line += '=';
    // A line break inside a value would look like a line of its own.
    for (const char c : utf8_prefix(field.text(), kValueBytesMax)) {
      line += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return line;
}

const char* pattern(Style style) {
  return style == Style::kJson ? R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l",%v})"
                               : "%Y-%m-%d %H:%M:%S.%e %^%-5l%$ %v";
}

// With the time, and the line break.
std::string whole_line(Level level, std::string_view area, std::string_view message,
                       std::span<const Field> fields) {
  const Style style = g_style.load(std::memory_order_relaxed);
  const std::string text =
      style == Style::kJson ? json_line(area, message, fields) : pretty_line(area, message, fields);
  // Not thread-safe, and not cheap to make.
  thread_local std::pair<Style, spdlog::pattern_formatter> formatter(style, pattern(style));
  if (std::exchange(formatter.first, style) != style) formatter.second.set_pattern(pattern(style));
  spdlog::memory_buf_t line;
  formatter.second.format(spdlog::details::log_msg("bifrost", spdlog_level(level), text), line);
  return fmt::to_string(line);
}

void write_directly(std::string_view line) {
  while (!line.empty()) {
    const ssize_t sent = ::write(STDERR_FILENO, line.data(), line.size());
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return;
    line.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string dropped_line(std::uint64_t count) {
  const Field field("lines", count);
  return whole_line(Level::kWarn, "log", "lines were dropped: nobody read them in time",
                    std::span(&field, 1));
}

// Fails with bad_alloc only.
void write_line(Level level, std::string_view area, std::string_view message,
                std::span<const Field> fields) {
  const std::string line = whole_line(level, area, message, fields);
  if (LineWriter* writer = g_writer.load(std::memory_order_acquire)) {
    writer->push(line);
  } else {
    write_directly(line);
  }
}

}  // namespace

Background::Background() {
  g_writer = std::make_unique<LineWriter>(STDERR_FILENO, kWaitingBytesMax, dropped_line).release();
}

Background::~Background() {
  using namespace std::chrono_literals;
  g_writer.load()->close(1s);
}

void flush(std::chrono::nanoseconds patience) {
  if (LineWriter* writer = g_writer.load()) writer->flush(patience);
}

std::uint64_t dropped() {
  const LineWriter* writer = g_writer.load();
  return writer != nullptr ? writer->dropped() : 0;
}

void configure(Level level, Style style) {
  g_level = level;
  g_style = style;
}

std::string_view clipped(std::string_view text) { return utf8_prefix(text, kOutsidersBytesMax); }

bool enabled(Level level) { return level >= g_level.load(std::memory_order_relaxed); }

void write(Level level, std::string_view area, std::string_view message,
           std::span<const Field> fields) noexcept {
  try {
    write_line(level, area, message, fields);
  } catch (const std::exception&) {
    if (LineWriter* writer = g_writer.load(std::memory_order_acquire)) writer->drop();
  }
}

void Field::write_number(double value) {
  const int length = std::snprintf(digits_.data(), digits_.size(), "%f", value);
  digit_count_ = std::min(static_cast<std::size_t>(std::max(length, 0)), digits_.size() - 1);
}

void Field::write_number(std::int64_t value) {
  const auto [end, error] = std::to_chars(digits_.begin(), digits_.end(), value);
  digit_count_ = static_cast<std::size_t>(end - digits_.begin());
}

void Field::write_number(std::uint64_t value) {
  const auto [end, error] = std::to_chars(digits_.begin(), digits_.end(), value);
  digit_count_ = static_cast<std::size_t>(end - digits_.begin());
}

}  // namespace bifrost::log
