// Names with values, in the order of the file: what a JSON object with free keys becomes.
//
// A lookup is linear; these maps have a handful of entries and are looked through at load time.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost::config {

template <class T>
class OrderedMap {
 public:
  using Entry = std::pair<std::string, T>;

  // The caller sees to it that the name is new; `find` gives the first of two.
  T& append(std::string name, T value = {}) {
    return entries_.emplace_back(std::move(name), std::move(value)).second;
  }
  void clear() { entries_.clear(); }
  void erase(std::string_view name) {
    std::erase_if(entries_, [name](const Entry& entry) { return entry.first == name; });
  }

  [[nodiscard]] const T* find(std::string_view name) const {
    for (const Entry& entry : entries_) {
      if (entry.first == name) return &entry.second;
    }
    return nullptr;
  }
  [[nodiscard]] T* find(std::string_view name) {
    return const_cast<T*>(std::as_const(*this).find(name));
  }
  [[nodiscard]] bool contains(std::string_view name) const { return find(name) != nullptr; }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] bool empty() const { return entries_.empty(); }

  [[nodiscard]] auto begin() { return entries_.begin(); }
  [[nodiscard]] auto end() { return entries_.end(); }
  [[nodiscard]] auto begin() const { return entries_.begin(); }
  [[nodiscard]] auto end() const { return entries_.end(); }

  friend bool operator==(const OrderedMap&, const OrderedMap&) = default;

 private:
  std::vector<Entry> entries_;
};

}  // namespace bifrost::config
