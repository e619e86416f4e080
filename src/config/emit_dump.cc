#include "config/emit.h"
#include "config/indent.h"
#include "config/value_writer.h"

namespace bifrost::config {

std::string redacted_dump(const Config& config) {
  std::string out;
  json::Writer writer(out);
  ValueWriter(writer).write(config, {});
  return indented(out);
}

}  // namespace bifrost::config
