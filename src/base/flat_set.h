// A set of values that lie side by side, for looks at a hundred thousand of them: an allocation or
// two, and one place in memory for each look.
//
// For small trivial values, such as views and numbers. Nothing is taken out of it.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <vector>

namespace bifrost {

template <class T>
class FlatSet {
 public:
  void reserve(std::size_t size) {
    if (const std::size_t places = places_for(size); places > places_.size()) grow(places);
  }

  // Was it new?
  bool insert(const T& value) {
    reserve(size_ + 1);
    std::optional<T>& place = place_of(places_, value);
    if (place) return false;
    place = value;
    ++size_;
    return true;
  }
  [[nodiscard]] bool contains(const T& value) const {
    return size_ > 0 && place_of(places_, value).has_value();
  }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  static constexpr std::size_t kPlacesMin = 16;
  // At most two of three are taken, so looks are short.
  static std::size_t places_for(std::size_t size) {
    return std::bit_ceil(std::max(kPlacesMin, size + size / 2 + 1));
  }

  void grow(std::size_t places) {
    std::vector<std::optional<T>> before(places);
    before.swap(places_);
    for (const std::optional<T>& value : before) {
      if (value) place_of(places_, *value) = value;
    }
  }

  // Where it is, or would be. There is a free place.
  static auto& place_of(auto& places, const T& value) {
    // Hashes of numbers are the numbers; this spreads them.
    constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15;
    const std::uint64_t hash = std::uint64_t{std::hash<T>()(value)} * kGolden;
    const auto bits = std::numeric_limits<std::uint64_t>::digits - std::countr_zero(places.size());
    for (auto at = static_cast<std::size_t>(hash >> bits);; ++at) {
      auto& place = places[at & (places.size() - 1)];
      if (!place || *place == value) return place;
    }
  }

  std::vector<std::optional<T>> places_;  // a power of two, or none
  std::size_t size_ = 0;
};

}  // namespace bifrost
