#include "dialect/fault.h"

#include <utility>

namespace bifrost::dialect {

Error fault_at(std::string path, std::string_view what) {
  std::string whole = path.empty() ? "the request body" : "'" + path + "'";
  whole += ' ';
  whole += what;
  return client_error(ErrorCode::kInvalidRequest, std::move(whole), std::move(path));
}

Error wrong_type(std::string path, json::Value value, std::string_view wanted,
                 std::string_view fix) {
  std::string what = "must be ";
  what += wanted;
  what += ", but is ";
  what += json::type_name(value.type());
  if (!fix.empty()) {
    what += "; ";
    what += fix;
  }
  return fault_at(std::move(path), what);
}

}  // namespace bifrost::dialect
