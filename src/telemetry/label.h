// Values of labels: the list that a caller hands in, and the rules for what may be exposed.
#pragma once

#include "base/result.h"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::telemetry {

inline constexpr std::size_t kLabelValueBytesMax = 128;  // longer ones are cut
inline constexpr std::size_t kCustomLabelsMax = 16;      // configured labels

// What stands for values that were not kept.
inline constexpr std::string_view kOther = "other";         // in place of one that is not ours
inline constexpr std::string_view kOverflow = "_overflow";  // in place of a whole label set

// Who made a value up, and so how much of the room of an exposition it may fill.
enum class Standing : std::uint8_t {
  kOurs,      // this program or its configuration
  kListed,    // the configuration, in a list that may be long: models
  kAccepted,  // an outsider, and it is of use: a model that was served, a configured label
  kTried,     // an outsider, and nothing more is known of it
};

struct LabelValue {
  template <std::convertible_to<std::string_view> Text>
  LabelValue(const Text& of_ours) : text(of_ours) {}  // NOLINT: implicit by design
  LabelValue(std::string_view made_up, Standing by) : text(made_up), standing(by) {}

  std::string_view text;
  Standing standing = Standing::kOurs;
};

// A borrowed list in two parts: the values that many metrics share, and the metric's own ones.
struct LabelValues {
  std::span<const LabelValue> prefix;
  std::span<const LabelValue> own;

  [[nodiscard]] std::size_t size() const { return prefix.size() + own.size(); }
  [[nodiscard]] const LabelValue& operator[](std::size_t at) const {
    return at < prefix.size() ? prefix[at] : own[at - prefix.size()];
  }
};

// Of a list of values, one after the other, from 0.
[[nodiscard]] inline std::size_t combined_hash(std::size_t seed, std::string_view value) {
  constexpr std::size_t kGolden = 0x9e3779b97f4a7c15;
  return seed ^ (std::hash<std::string_view>()(value) + kGolden + (seed << 6) + (seed >> 2));
}

// Of texts, in the same way.
[[nodiscard]] inline std::size_t combined_hash(std::span<const std::string> values) {
  std::size_t seed = 0;
  for (const std::string& value : values) seed = combined_hash(seed, value);
  return seed;
}

// A value as it may stand in an exposition: cut to the bound, every byte that is no UTF-8 replaced
// by '?' and every control character by a space. One bad byte would spoil the whole scrape.
[[nodiscard]] std::string clean_label_value(std::string_view value);

// Refuses names that Prometheus does not take, that repeat, or that a metric of ours uses.
Result<void> check_custom_labels(std::span<const std::string> names);

}  // namespace bifrost::telemetry
