#include "json/count_values.h"

#include "json/skim.h"

namespace bifrost::json {

std::size_t count_values(std::string_view text) {
  std::size_t count = 1;
  for (std::size_t at = 0; at < text.size(); ++at) {
    switch (text[at]) {
      case '"':
        at = internal::end_of_string(text, at + 1);
        break;
      case ',':
      case '[':
      case '{':
        ++count;
        break;
      default:
        break;
    }
  }
  return count;
}

}  // namespace bifrost::json
