// What expressions compute with.
//
// Values are small and copied; texts, lists and maps are views of what outlives them: the program,
// its variables, or the Evaluation that made them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace bifrost::cel {

class Value;
class Map;

enum class Type : std::uint8_t {
  kNull,
  kBool,
  kInt,
  kUint,
  kDouble,
  kString,
  kBytes,
  kList,
  kMap,
};

[[nodiscard]] std::string_view type_name(Type type);

struct Bytes {
  std::string_view octets;
};

struct List {
  const Value* items = nullptr;
  std::size_t size = 0;

  [[nodiscard]] const Value* begin() const { return items; }
  [[nodiscard]] const Value* end() const;
};

class Value {
 public:
  Value() = default;  // null
  explicit Value(bool value) : held_(value) {}
  explicit Value(std::int64_t value) : held_(value) {}
  explicit Value(std::uint64_t value) : held_(value) {}
  explicit Value(double value) : held_(value) {}
  explicit Value(std::string_view text) : held_(text) {}
  explicit Value(Bytes bytes) : held_(bytes) {}
  explicit Value(List list) : held_(list) {}
  explicit Value(const Map& map) : held_(&map) {}
  Value(const char*) = delete;  // it would be a bool

  [[nodiscard]] Type type() const { return static_cast<Type>(held_.index()); }

  // Null when it is of another type: bool, std::int64_t, std::uint64_t, double, std::string_view,
  // Bytes, List.
  template <class T>
  [[nodiscard]] const T* get() const {
    return std::get_if<T>(&held_);
  }
  [[nodiscard]] const Map* map() const {
    const auto* held = std::get_if<const Map*>(&held_);
    return held == nullptr ? nullptr : *held;
  }

 private:
  // In the order of Type.
  std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string_view, Bytes,
               List, const Map*>
      held_;
};

inline const Value* List::end() const { return items + size; }

// Keys are of one of the types bool, int, uint and string.
class Map {
 public:
  Map() = default;
  Map(const Map&) = delete;
  Map& operator=(const Map&) = delete;
  virtual ~Map() = default;

  [[nodiscard]] virtual std::optional<Value> find(const Value& key) const = 0;
  [[nodiscard]] virtual std::size_t size() const = 0;
  // By any order that stays the same.
  [[nodiscard]] virtual std::pair<Value, Value> at(std::size_t index) const = 0;
};

}  // namespace bifrost::cel
