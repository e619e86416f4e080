#include "llm/content.h"

namespace bifrost::llm {

// Not in the header, where everybody who includes it would compare all kinds of parts.
bool ToolResultPart::operator==(const ToolResultPart&) const = default;

}  // namespace bifrost::llm
