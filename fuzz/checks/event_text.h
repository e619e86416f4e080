// A stream's event as text, so that two runs can be compared and a difference can be read.
#pragma once

#include "llm/event.h"

#include <string>

namespace bifrost::fuzz {

// Every field of the event that a reader could see. Pings are empty: how many there are depends on
// how the bytes were cut.
[[nodiscard]] std::string event_text(const llm::StreamEvent& event);

}  // namespace bifrost::fuzz
