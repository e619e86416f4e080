#include "cel/value.h"

#include <array>
#include <utility>

namespace bifrost::cel {

std::string_view type_name(Type type) {
  static constexpr std::array<std::string_view, 9> kNames = {
      "null", "bool", "int", "uint", "double", "string", "bytes", "list", "map"};
  return kNames[std::to_underlying(type)];
}

}  // namespace bifrost::cel
