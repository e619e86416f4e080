#include "store/sql.h"

namespace bifrost::store::sql {

std::int64_t Row::integer(std::size_t column) const {
  const auto* value = std::get_if<std::int64_t>(&cells_[column]);
  return value != nullptr ? *value : 0;
}

const std::string& Row::text(std::size_t column) const {
  static const std::string kNone;
  const auto* value = std::get_if<std::string>(&cells_[column]);
  return value != nullptr ? *value : kNone;
}

}  // namespace bifrost::store::sql
