// Where the caller wrote what a request is made of, so that what cannot be passed on is named in
// the caller's own words.
//
// A decoder adds a place for each message, part and tool that it reads and marks them with it.
// Nothing is spelt until somebody asks for a path, and an encoder that does so need not know in
// which dialect the caller wrote: it may join, split and move what it was given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::llm {

// A place in the caller's request. All are equal: where a thing was written makes it no other
// thing.
struct Place {
  std::uint32_t node = 0;  // 0: the request itself

  friend constexpr bool operator==(Place, Place) { return true; }
};

// A field under the name that encoders use (OpenAI's), and under the caller's. A name with a dot
// stands below a part or tool ("function.strict"), or inside of a field.
struct FieldName {
  std::string_view ours;
  std::string_view callers;
};

class Source {
 public:
  Source() = default;
  // The names in the caller's dialect that differ from ours. They outlive this.
  explicit Source(std::span<const FieldName> names) : names_(names) {}

  // The member `key` of what stands at `above`, or an element of that list. `key` is a literal.
  Place add(Place above, std::string_view key) { return add_node({above.node, kNoIndex, key}); }
  Place add(Place above, std::string_view key, std::size_t index) {
    return add_node({above.node, static_cast<std::uint32_t>(index), key});
  }
  // This caller wrote the field under another name than the dialect's usual one. Both are literals.
  void rename(std::string_view ours, std::string_view callers) {
    renamed_.push_back({ours, callers});
  }

  // "messages[2].content[1]"
  [[nodiscard]] std::string path(Place place) const;
  // A member of what stands at `place`, by the caller's own name.
  [[nodiscard]] std::string path(Place place, std::string_view member) const;
  // A field of the request itself by the name that encoders use.
  [[nodiscard]] std::string field(std::string_view ours) const;
  // A member of what stands at `place`, by the name that encoders use.
  [[nodiscard]] std::string member(Place place, std::string_view ours) const;

 private:
  static constexpr std::uint32_t kNoIndex = 0xffffffff;

  struct Node {
    std::uint32_t above;
    std::uint32_t index;
    std::string_view key;
  };

  Place add_node(Node node) {
    nodes_.push_back(node);
    return {static_cast<std::uint32_t>(nodes_.size())};
  }
  [[nodiscard]] std::string_view callers_name(std::string_view ours) const;

  std::span<const FieldName> names_;
  std::vector<FieldName> renamed_;
  std::vector<Node> nodes_;  // that of number n stands at n - 1
};

}  // namespace bifrost::llm
