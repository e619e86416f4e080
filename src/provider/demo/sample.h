// A value that satisfies a JSON schema.
//
// Covers what tool parameters and response formats are made of: types, enums, constants, required
// properties, bounds, common string formats, unions, allOf of objects and references inside the
// document. Not covered: patterns, conditionals, dependent schemas. Output and recursion are
// bounded: a schema that demands more gets a value that is cut at the bound.
#pragma once

#include "json/document.h"

#include <string>

namespace bifrost::provider::demo {

// JSON text. A missing or odd schema gives "{}".
[[nodiscard]] std::string sample(json::Value schema);

}  // namespace bifrost::provider::demo
