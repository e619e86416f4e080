// An index over one JSON text: any value in any order, and the exact bytes of each.
//
// A Document owns a copy of the text and a flat array of nodes in document order. A Value is a
// cheap view into it and must not outlive it. Looking up what is not there, or asking a value for
// a type that it is not, gives a missing Value or an empty optional, never a crash: decoders chain
// lookups and check once at the end.
//
// Thread-safety: const after parse. Cost: one pass over the text (parse.cc), 28 bytes a value.
// Duplicate keys: the first one is found, all are iterated.
#pragma once

#include "base/result.h"

#include <array>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::json {

class Document;

enum class Type : std::uint8_t { kMissing, kNull, kBool, kNumber, kString, kArray, kObject };

std::string_view type_name(Type type);

namespace internal {

struct Node {
  std::uint32_t begin = 0;  // of the value's bytes in the text
  std::uint32_t end = 0;
  std::uint32_t key_begin = 0;  // of the key's bytes between its quotes; 0 when not a member
  std::uint32_t key_end = 0;
  std::uint32_t next = 0;   // index of the sibling after this one, or of the parent's end
  std::uint32_t count = 0;  // children of a container
  Type type = Type::kMissing;
  bool escaped = false;  // a string with a backslash
  bool key_escaped = false;
};

}  // namespace internal

class Value {
 public:
  Value() = default;

  [[nodiscard]] Type type() const;
  [[nodiscard]] bool exists() const { return document_ != nullptr; }
  explicit operator bool() const { return exists(); }
  [[nodiscard]] bool is_null() const { return type() == Type::kNull; }
  [[nodiscard]] bool is_object() const { return type() == Type::kObject; }
  [[nodiscard]] bool is_array() const { return type() == Type::kArray; }
  [[nodiscard]] bool is_string() const { return type() == Type::kString; }
  [[nodiscard]] bool is_number() const { return type() == Type::kNumber; }
  [[nodiscard]] bool is_bool() const { return type() == Type::kBool; }
  // Neither absent nor null: what most wire formats mean by "set".
  [[nodiscard]] bool is_set() const { return exists() && !is_null(); }

  // The exact bytes of the value; empty when missing.
  [[nodiscard]] std::string_view raw() const;
  // Where the bytes stand in Document::text().
  [[nodiscard]] std::size_t offset() const;

  [[nodiscard]] std::optional<bool> boolean() const;
  [[nodiscard]] std::optional<std::int64_t> integer() const;  // 3.0 is 3, 3.5 is nothing
  [[nodiscard]] std::optional<double> number() const;
  [[nodiscard]] std::optional<std::string> string() const;  // unescaped
  [[nodiscard]] std::string string_or(std::string_view fallback) const;

  // Compares a string without a copy when it has no escapes.
  [[nodiscard]] bool equals(std::string_view text) const;

  // A member of an object by its unescaped key, an element of an array by its index.
  [[nodiscard]] Value operator[](std::string_view key) const;
  [[nodiscard]] Value operator[](const char* key) const { return (*this)[std::string_view(key)]; }
  [[nodiscard]] Value at(std::size_t index) const;
  // The members with these names, as `[]` would find them, in one pass for all.
  //   const auto [id, model] = root.members<2>({"id", "model"});
  template <std::size_t N>
  [[nodiscard]] std::array<Value, N> members(const std::array<std::string_view, N>& names) const {
    std::array<Value, N> found;
    find_members(names, found);
    return found;
  }
  [[nodiscard]] std::size_t size() const;  // children; 0 for scalars

  // The key under which this value stands in its object, unescaped.
  [[nodiscard]] std::string key() const;
  // The key's bytes between its quotes, escapes as they stand.
  [[nodiscard]] std::string_view raw_key() const;
  // Where the key's opening quote stands in Document::text(); 0 for what is no member.
  [[nodiscard]] std::size_t key_offset() const;

  // Iterates the children of a container in order; nothing for scalars.
  //   for (json::Value item : value.children())
  class Iterator {
   public:
    using difference_type = std::ptrdiff_t;
    using value_type = Value;
    Iterator() = default;
    Value operator*() const { return {document_, index_}; }
    Iterator& operator++();
    void operator++(int) { ++*this; }
    bool operator==(const Iterator& other) const { return index_ == other.index_; }

   private:
    friend class Value;
    Iterator(const Document* document, std::uint32_t index) : document_(document), index_(index) {}
    const Document* document_ = nullptr;
    std::uint32_t index_ = 0;
  };
  struct Range {
    Iterator first;
    Iterator last;
    [[nodiscard]] Iterator begin() const { return first; }
    [[nodiscard]] Iterator end() const { return last; }
  };
  [[nodiscard]] Range children() const;

 private:
  friend class Document;
  Value(const Document* document, std::uint32_t index) : document_(document), index_(index) {}
  [[nodiscard]] const internal::Node& node() const;
  void find_members(std::span<const std::string_view> names, std::span<Value> found) const;

  const Document* document_ = nullptr;
  std::uint32_t index_ = 0;
};

class Document {
 public:
  // Fails with kInvalidRequest and the place (line and column) of the first fault. At most 4 GiB,
  // limits::kJsonDepthMax deep. Strings must be valid UTF-8.
  static Result<Document> parse(std::string_view text);

  Document(Document&&) noexcept = default;
  Document& operator=(Document&&) noexcept = default;
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;
  ~Document() = default;

  // Views taken from a Document are invalid once it has been moved.
  [[nodiscard]] Value root() const { return {this, 0}; }
  [[nodiscard]] std::string_view text() const { return {text_.get(), size_}; }

 private:
  friend class Value;
  friend class Builder;
  Document() = default;

  std::unique_ptr<char[]> text_;  // with the parser's padding behind `size_`
  std::size_t size_ = 0;
  std::vector<internal::Node> nodes_;
};

// The text of a JSON string literal, given with or without its quotes. Lone surrogates become
// U+FFFD. Nothing when an escape is broken.
[[nodiscard]] std::optional<std::string> unescape(std::string_view literal);

}  // namespace bifrost::json
