#include "admin/entries.h"

namespace bifrost::admin {

std::string done(std::string_view what, std::string_view verb) {
  std::string out(what);
  constexpr char kToUpper = 'A' - 'a';
  out.front() = static_cast<char>(out.front() + kToUpper);
  return out.append(" ").append(verb);
}

}  // namespace bifrost::admin
