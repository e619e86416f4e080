// The names of what an encoder leaves out of a request, each once, in the caller's own words.
//
// A caller decides how much that is, so that not all of it is named: the first kNamesMax are, the
// others are counted, and of a long name the first kNameBytesMax are kept.
#pragma once

#include "llm/left_out.h"
#include "llm/request.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace bifrost::dialect {

// Borrows the request.
class Dropped {
 public:
  static constexpr std::size_t kNamesMax = 64;
  static constexpr std::size_t kNameBytesMax = 256;

  explicit Dropped(const llm::Request& request) : source_(request.source) {}

  // A field of the request, by the name that llm::FieldName calls ours.
  void field(std::string_view ours) { path(source_.field(ours)); }
  void field_if(bool set, std::string_view ours) {
    if (set) field(ours);
  }
  // A message, part or tool.
  void at(llm::Place place) { path(source_.path(place)); }
  // A member of one.
  void member(llm::Place place, std::string_view ours) { path(source_.member(place, ours)); }
  // What the caller's path is known of, as with llm::Extra.
  void path(std::string_view path);

  [[nodiscard]] llm::LeftOut take() { return std::move(left_out_); }

 private:
  const llm::Source& source_;
  llm::LeftOut left_out_;
  std::unordered_set<std::string> named_;
};

}  // namespace bifrost::dialect
