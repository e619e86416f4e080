// The names of what an encoder leaves out of a request, each once, in the caller's own words.
#pragma once

#include "llm/request.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost::dialect {

// Borrows the request.
class Dropped {
 public:
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
  void path(std::string path);

  [[nodiscard]] std::vector<std::string> take() { return std::move(paths_); }

 private:
  const llm::Source& source_;
  std::vector<std::string> paths_;
};

}  // namespace bifrost::dialect
