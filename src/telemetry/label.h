// Values of labels: the list that a caller hands in, and the rules for what may be exposed.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::telemetry {

inline constexpr std::size_t kLabelValueBytesMax = 128;     // longer ones are cut
inline constexpr std::size_t kCustomLabelsMax = 16;         // configured labels
inline constexpr std::string_view kOverflow = "_overflow";  // stands for what was not kept

// A borrowed list in two parts: the values that many metrics share, and the metric's own ones.
struct LabelValues {
  std::span<const std::string_view> prefix;
  std::span<const std::string_view> own;

  [[nodiscard]] std::size_t size() const { return prefix.size() + own.size(); }
  [[nodiscard]] std::string_view operator[](std::size_t at) const {
    return at < prefix.size() ? prefix[at] : own[at - prefix.size()];
  }
};

// A value as it may stand in an exposition: cut to the bound, every byte that is no UTF-8 replaced
// by '?' and every control character by a space. One bad byte would spoil the whole scrape.
[[nodiscard]] std::string clean_label_value(std::string_view value);

// Refuses names that Prometheus does not take, that repeat, or that a metric of ours uses.
Result<void> check_custom_labels(std::span<const std::string> names);

}  // namespace bifrost::telemetry
