// A list of header fields: order and spelling are kept, names compare without case.
//
// All text lives in one buffer, so a head costs two allocations however many fields it has. Views
// that were handed out are invalid after the next change.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::http {

struct Header {
  std::string_view name;
  std::string_view value;

  bool operator==(const Header&) const = default;
};

class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<Header> list) {
    for (const Header& header : list) add(header.name, header.value);
  }

  void add(std::string_view name, std::string_view value);
  // Replaces every field of that name by one.
  void set(std::string_view name, std::string_view value);
  void remove(std::string_view name);

  // The first field of that name.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  [[nodiscard]] std::string_view get(std::string_view name) const {
    return find(name).value_or(std::string_view{});
  }
  [[nodiscard]] bool contains(std::string_view name) const { return find(name).has_value(); }
  // Does a comma-separated field contain this token, without case?
  [[nodiscard]] bool has_token(std::string_view name, std::string_view token) const;

  class Iterator {
   public:
    using difference_type = std::ptrdiff_t;
    using value_type = Header;
    Iterator() = default;
    Header operator*() const { return headers_->at(index_); }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++index_;
      return before;
    }
    bool operator==(const Iterator& other) const { return index_ == other.index_; }

   private:
    friend class Headers;
    Iterator(const Headers* headers, std::size_t index) : headers_(headers), index_(index) {}
    const Headers* headers_ = nullptr;
    std::size_t index_ = 0;
  };
  [[nodiscard]] Iterator begin() const { return {this, 0}; }
  [[nodiscard]] Iterator end() const { return {this, fields_.size()}; }
  [[nodiscard]] std::size_t size() const { return fields_.size(); }
  [[nodiscard]] bool empty() const { return fields_.empty(); }
  [[nodiscard]] Header at(std::size_t index) const;
  void clear();

  // Fields that stand in one text already, which is copied as a whole.
  //   Headers::Slices slices(headers, lines);
  //   slices.add(name, value);  // both views into `lines`
  class Slices {
   public:
    // `headers` is empty and outlives this.
    Slices(Headers& headers, std::string_view text) : headers_(headers), text_(text) {
      headers_.text_ = text;
      headers_.fields_.reserve(kUsualCount);
    }
    void add(std::string_view name, std::string_view value) {
      headers_.fields_.push_back({begin(name), size(name), begin(value), size(value)});
    }

   private:
    [[nodiscard]] std::uint32_t begin(std::string_view part) const {
      return static_cast<std::uint32_t>(part.data() - text_.data());
    }
    [[nodiscard]] static std::uint32_t size(std::string_view part) {
      return static_cast<std::uint32_t>(part.size());
    }
    Headers& headers_;
    std::string_view text_;
  };

  bool operator==(const Headers& other) const;

 private:
  static constexpr std::size_t kUsualCount = 16;
  struct Field {
    std::uint32_t name_begin;
    std::uint32_t name_size;
    std::uint32_t value_begin;
    std::uint32_t value_size;
  };
  [[nodiscard]] Field store(std::string_view name, std::string_view value);

  std::string text_;
  std::vector<Field> fields_;
};

}  // namespace bifrost::http
