#include "app/log_problems.h"

#include "base/log.h"

#include <string_view>

namespace bifrost::app {

void log_problems(std::string_view area, const Error& error) {
  std::string_view rest = error.message;
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    BF_LOG(kError, area, rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
}

}  // namespace bifrost::app
