// Settings as a file, every one with its value, for logs and people. A secret appears as the
// reference it was found by or as "<redacted>", a URL without user and query.
//
// A template for each struct: instantiated by the one file that prints the whole configuration.
#pragma once

#include "config/facts.h"
#include "config/indent.h"
#include "config/value_writer.h"
#include "json/writer.h"

#include <string>

namespace bifrost::config {

template <Described Settings>
[[nodiscard]] std::string redacted_dump(const Settings& settings) {
  std::string out;
  json::Writer writer(out);
  ValueWriter(writer).write(settings, {});
  return indented(out);
}

}  // namespace bifrost::config
