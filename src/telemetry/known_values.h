// Values of a label as they are published, found by what outsiders wrote.
//
// What is kept is clean and cut, so that memory is bounded by the number of values. The common
// case, a value that is clean as it came, is one look-up. Belongs to one thread.
#pragma once

#include "telemetry/label.h"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace bifrost::telemetry {

// For look-ups by a view in containers of strings.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>()(text);
  }
};

class KnownValues {
 public:
  KnownValues() = default;
  KnownValues(KnownValues&&) noexcept = default;
  KnownValues& operator=(KnownValues&&) noexcept = default;
  KnownValues(const KnownValues&) = delete;  // values point into it
  KnownValues& operator=(const KnownValues&) = delete;
  ~KnownValues() = default;

  // Null: not known. The text lives until the value is removed.
  [[nodiscard]] LabelValue* find(std::string_view written);
  // One that is not known yet.
  LabelValue& add(std::string_view written, Standing standing);
  void remove_if(const std::function<bool(const LabelValue&)>& unwanted);
  [[nodiscard]] std::size_t size() const { return values_.size(); }

 private:
  std::unordered_map<std::string, LabelValue, TextHash, std::equal_to<>> values_;
};

}  // namespace bifrost::telemetry
