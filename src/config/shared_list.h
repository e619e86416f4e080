// A list of entries of the configuration that may be long, like a hundred thousand virtual keys.
//
// A copy shares its entries with the list that it was copied from, and an entry that is changed is
// another one from then on: so a changed configuration has what it changed, and shares the rest
// with the one before. Where two lists have the very same entry is seen without looking into it.
//
// To whoever reads, it is like a std::vector. Safe from several threads as one is: by copies.
#pragma once

#include <algorithm>
#include <compare>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <ranges>
#include <unordered_set>
#include <utility>
#include <vector>

namespace bifrost::config {

template <class T>
class SharedList {
 public:
  using value_type = T;
  using Entry = std::shared_ptr<const T>;  // never null
  class const_iterator {
   public:
    using iterator_concept = std::random_access_iterator_tag;
    using iterator_category = std::random_access_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = const T*;
    using reference = const T&;

    const_iterator() = default;

    const T& operator*() const { return **at_; }
    const T* operator->() const { return at_->get(); }
    const T& operator[](difference_type steps) const { return *at_[steps]; }
    const_iterator& operator++() { return *this += 1; }
    const_iterator& operator--() { return *this -= 1; }
    const_iterator operator++(int) { return const_iterator(at_++); }
    const_iterator operator--(int) { return const_iterator(at_--); }
    const_iterator& operator+=(difference_type steps) {
      at_ += steps;
      return *this;
    }
    const_iterator& operator-=(difference_type steps) { return *this += -steps; }
    friend const_iterator operator+(const_iterator at, difference_type steps) {
      return at += steps;
    }
    friend const_iterator operator+(difference_type steps, const_iterator at) {
      return at += steps;
    }
    friend const_iterator operator-(const_iterator at, difference_type steps) {
      return at -= steps;
    }
    friend difference_type operator-(const_iterator a, const_iterator b) { return a.at_ - b.at_; }
    friend bool operator==(const_iterator, const_iterator) = default;
    friend auto operator<=>(const_iterator, const_iterator) = default;

   private:
    friend SharedList;
    using At = std::vector<Entry>::const_iterator;
    explicit const_iterator(At at) : at_(at) {}

    At at_;
  };
  using iterator = const_iterator;

  SharedList() = default;
  SharedList(std::initializer_list<T> entries) : SharedList(entries.begin(), entries.end()) {}
  template <std::input_iterator Iterator>
  SharedList(Iterator first, Iterator last) {
    for (; first != last; ++first) push_back(*first);
  }

  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] const T& operator[](std::size_t index) const { return *entries_[index]; }
  [[nodiscard]] const T& at(std::size_t index) const { return *entries_.at(index); }
  [[nodiscard]] const T& front() const { return *entries_.front(); }
  [[nodiscard]] const T& back() const { return *entries_.back(); }
  [[nodiscard]] const_iterator begin() const { return const_iterator(entries_.begin()); }
  [[nodiscard]] const_iterator end() const { return const_iterator(entries_.end()); }

  // The entries themselves, for whoever keeps or compares them.
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

  void reserve(std::size_t size) { entries_.reserve(size); }
  void clear() { entries_.clear(); }
  void push_back(T entry) { entries_.push_back(std::make_shared<const T>(std::move(entry))); }
  void push_back(Entry entry) { entries_.push_back(std::move(entry)); }
  const_iterator erase(const_iterator at) { return const_iterator(entries_.erase(at.at_)); }
  template <class Predicate>
  std::size_t erase_if(Predicate predicate) {
    return std::erase_if(entries_, [&](const Entry& entry) { return predicate(*entry); });
  }

  // An entry to be changed: this list's own. Good until the list is changed in another way.
  [[nodiscard]] T& edit(std::size_t index) {
    auto own = std::make_shared<T>(*entries_[index]);
    T& entry = *own;
    entries_[index] = std::move(own);
    return entry;
  }
  [[nodiscard]] T& edit(const_iterator at) { return edit(static_cast<std::size_t>(at - begin())); }
  [[nodiscard]] T& edit_back() { return edit(entries_.size() - 1); }
  // A new one at the end, to be changed as well.
  T& emplace_back(T made = {}) {
    auto own = std::make_shared<T>(std::move(made));
    T& entry = *own;
    entries_.push_back(std::move(own));
    return entry;
  }

  friend bool operator==(const SharedList& a, const SharedList& b) {
    return std::ranges::equal(a.entries_, b.entries_, [](const Entry& one, const Entry& other) {
      return one == other || *one == *other;
    });
  }

 private:
  std::vector<Entry> entries_;
};

// What of two lists is not the very same, in the order of each.
template <class T>
struct ListDifference {
  std::vector<std::shared_ptr<const T>> gone;
  std::vector<std::shared_ptr<const T>> come;
};

// Of a list and one that was made from a copy of it: what is the same at both ends is passed over.
template <class T>
ListDifference<T> difference(const SharedList<T>& before, const SharedList<T>& after) {
  const auto& a = before.entries();
  const auto& b = after.entries();
  const auto [a_begin, b_begin] = std::ranges::mismatch(a, b);
  const auto [a_end, b_end] =
      std::ranges::mismatch(std::ranges::subrange(a_begin, a.end()) | std::views::reverse,
                            std::ranges::subrange(b_begin, b.end()) | std::views::reverse);
  ListDifference<T> out;
  std::unordered_set<const T*> here;
  for (const auto& entry : std::ranges::subrange(b_begin, b_end.base())) here.insert(entry.get());
  for (const auto& entry : std::ranges::subrange(a_begin, a_end.base())) {
    if (here.erase(entry.get()) == 0) out.gone.push_back(entry);
  }
  for (const auto& entry : std::ranges::subrange(b_begin, b_end.base())) {
    if (here.contains(entry.get())) out.come.push_back(entry);
  }
  return out;
}

// Whatever the visitors of settings take for a list.
template <class L>
inline constexpr bool kIsList = false;
template <class T>
inline constexpr bool kIsList<std::vector<T>> = true;
template <class T>
inline constexpr bool kIsList<SharedList<T>> = true;
template <class L>
concept List = kIsList<L>;

}  // namespace bifrost::config
