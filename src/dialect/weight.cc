#include "dialect/weight.h"

#include "json/count_values.h"

namespace bifrost::dialect {

Weight Weight::of(std::string_view json) {
  return {.text_bytes = json.size(), .values = json::count_values(json)};
}

}  // namespace bifrost::dialect
