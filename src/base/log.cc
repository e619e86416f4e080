#include "base/log.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <cstdio>
#include <memory>

namespace bifrost::log {
namespace {

std::atomic<Level> g_level{Level::kInfo};
std::atomic<Style> g_style{Style::kPretty};

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
  append_json_string(line, message);
  for (const Field& field : fields) {
    line += ',';
    append_json_string(line, field.name);
    line += ':';
    if (field.quoted) {
      append_json_string(line, field.text);
    } else {
      line += field.text;
    }
  }
  return line;
}

std::string pretty_line(std::string_view area, std::string_view message,
                        std::span<const Field> fields) {
  std::string line(area);
  line += ": ";
  line += message;
  for (const Field& field : fields) {
    line += ' ';
    line += field.name;
    line += '=';
    // A line break inside a value would look like a line of its own.
    for (const char c : field.text) line += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return line;
}

}  // namespace

void configure(Level level, Style style) {
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  auto logger = std::make_shared<spdlog::logger>("bifrost", std::move(sink));
  logger->set_level(spdlog_level(level));
  logger->flush_on(spdlog::level::debug);
  logger->set_pattern(style == Style::kJson ? R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l",%v})"
                                            : "%Y-%m-%d %H:%M:%S.%e %^%-5l%$ %v");
  spdlog::set_default_logger(std::move(logger));
  g_level = level;
  g_style = style;
}

bool enabled(Level level) { return level >= g_level.load(std::memory_order_relaxed); }

void write(Level level, std::string_view area, std::string_view message,
           std::span<const Field> fields) {
  const std::string line = g_style.load(std::memory_order_relaxed) == Style::kJson
                               ? json_line(area, message, fields)
                               : pretty_line(area, message, fields);
  spdlog::log(spdlog_level(level), "{}", line);
}

}  // namespace bifrost::log
