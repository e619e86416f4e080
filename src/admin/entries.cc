#include "admin/entries.h"

#include <string>

namespace bifrost::admin {

std::string done(std::string_view what, std::string_view verb) {
  std::string out(what);
  constexpr int kToUpper = 'A' - 'a';
  if (out.front() >= 'a' && out.front() <= 'z') {
    out.front() = static_cast<char>(out.front() + kToUpper);
  }
  return out.append(" ").append(verb);
}

Error of_entry(Error error, std::string_view list, std::size_t index, std::string_view what) {
  const std::string place = "governance." + std::string(list) + "[" + std::to_string(index) + "]";
  for (std::string* text : {&error.message, &error.param}) {
    for (auto at = text->find(place); at != std::string::npos; at = text->find(place, at)) {
      const bool has_member = text->substr(at + place.size()).starts_with('.');
      text->replace(at, place.size() + (has_member ? 1 : 0), has_member ? "" : what);
    }
  }
  return error;
}

}  // namespace bifrost::admin
