// The text of sheet.tsv, put into the program when it is built.
#pragma once

#include <string_view>

namespace bifrost::catalog {

extern const std::string_view kSheet;

}  // namespace bifrost::catalog
