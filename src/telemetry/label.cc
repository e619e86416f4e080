#include "telemetry/label.h"

#include "base/strings.h"
#include "telemetry/metric.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace bifrost::telemetry {
namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Length of the well-formed UTF-8 sequence that `text` starts with; 0 when there is none.
std::size_t sequence_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const auto second = text.size() > 1 ? static_cast<unsigned char>(text[1]) : 0U;
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
  // Overlong forms, surrogates and what lies beyond U+10FFFF.
  if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ||
      (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) {
    return 0;
  }
  return std::ranges::all_of(text.substr(1, length - 1), is_continuation) ? length : 0;
}

template <class Range>
bool contains(const Range& range, std::string_view word) {
  return std::ranges::find(range, word) != std::ranges::end(range);
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

bool is_name(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return !name.empty() && name.size() <= kLabelValueBytesMax && is_letter(name[0]) &&
         !name.starts_with("__") &&
         std::ranges::all_of(name, [&](char c) { return is_letter(c) || is_digit(c); });
}

// "le" is the label of a histogram's buckets.
bool is_taken(std::string_view name) {
  if (name == "le" || contains(kTargetLabels, name)) return true;
  return std::ranges::any_of(metric_table(), [name](const MetricInfo& row) {
    return row.prefix != Prefix::kNone && contains(row.labels, name);
  });
}

}  // namespace

std::string clean_label_value(std::string_view value) {
  value = utf8_prefix(value, kLabelValueBytesMax);
  std::string clean;
  clean.reserve(value.size());
  while (!value.empty()) {
    const std::size_t length = sequence_length(value);
    if (length == 0) {
      clean += '?';
    } else if (is_control(value[0])) {
      clean += ' ';
    } else {
      clean += value.substr(0, length);
    }
    value.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return clean;
}

Result<void> check_custom_labels(std::span<const std::string> names) {
  const auto refuse = [](std::string message) {
    return gateway_error(ErrorCode::kConfigInvalid, std::move(message));
  };
  if (names.size() > kCustomLabelsMax) {
    return refuse(fmt::format("at most {} metric labels can be configured", kCustomLabelsMax));
  }
  for (std::size_t at = 0; at < names.size(); ++at) {
    if (!is_name(names[at])) {
      return refuse(
          fmt::format("\"{}\" is no name of a metric label: letters, digits and _, no "
                      "digit or __ in front",
                      names[at]));
    }
    if (is_taken(names[at])) {
      return refuse(fmt::format("\"{}\" is a label that metrics already have", names[at]));
    }
    if (contains(names.first(at), names[at])) {
      return refuse(fmt::format("the metric label \"{}\" is configured twice", names[at]));
    }
  }
  return {};
}

}  // namespace bifrost::telemetry
