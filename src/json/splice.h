// Edits of a text as replaced slices, so that every byte that was not edited stays as it was.
//
// Edits may be added in any order and must not overlap; `apply` sorts them. Cost: one copy of the
// text. Not thread-safe.
#pragma once

#include "json/scan.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost::json {

class Splice {
 public:
  // `text` outlives the Splice.
  explicit Splice(std::string_view text) : text_(text) {}

  // `slice` is a view into the text.
  void replace(std::string_view slice, std::string replacement);
  void replace(std::size_t offset, std::size_t length, std::string replacement);
  void insert(std::size_t offset, std::string added) { replace(offset, 0, std::move(added)); }
  // Removes one member of an object or element of an array together with the comma that it no
  // longer needs, whichever of its neighbours go too. `begin` and `end` are the offsets of its
  // first byte (of the key, quotes included) and behind its last byte.
  void remove_member(std::size_t begin, std::size_t end);
  // The same for a member that a Scanner found in the text.
  void remove_member(const Member& member);

  [[nodiscard]] bool empty() const { return edits_.empty() && removals_.empty(); }
  [[nodiscard]] std::string apply() const;

 private:
  struct Edit {
    std::size_t offset;
    std::size_t length;
    std::string replacement;
    std::size_t order;  // edits at one place keep the order they were added in
  };

  struct Removal {
    std::size_t begin;
    std::size_t end;
  };

  [[nodiscard]] std::vector<Edit> removal_edits() const;

  std::string_view text_;
  std::vector<Edit> edits_;
  std::vector<Removal> removals_;
};

}  // namespace bifrost::json
