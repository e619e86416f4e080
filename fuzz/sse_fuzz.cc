// Server-sent events: the same events however the bytes are cut, and what is written is read again.
#include "base/assert.h"
#include "fuzz/checks/checks.h"
#include "http/sse/parser.h"

#include <string>
#include <vector>

namespace bifrost::fuzz {
namespace {

using http::sse::Event;

struct Parsed {
  std::vector<Event> events;
  std::size_t comments = 0;
  std::string stray;
  bool failed = false;

  bool operator==(const Parsed&) const = default;
};

Parsed parse(const std::vector<std::string_view>& pieces, std::size_t event_bytes_max) {
  http::sse::Parser parser(event_bytes_max);
  Parsed parsed;
  for (const std::string_view piece : pieces) {
    if (!parser.feed(piece, parsed.events)) parsed.failed = true;
  }
  if (!parsed.failed) parser.flush(parsed.events);
  parsed.comments = parser.comments();
  parsed.stray = parser.stray();
  return parsed;
}

void check_cuts(std::string_view bytes, std::size_t event_bytes_max) {
  const Parsed whole = parse({bytes}, event_bytes_max);
  Random random = decisions_for(bytes);
  for (int i = 0; i < 3; ++i) BF_ASSERT(parse(cut(bytes, random), event_bytes_max) == whole);
}

void check_written(const Event& event) {
  std::string bytes;
  http::sse::append_event(bytes, event.type, event.data);
  const Parsed again = parse({bytes}, limits::kStreamEventBytesMax);
  BF_ASSERT(again.events == std::vector<Event>{event});
}

}  // namespace
}  // namespace bifrost::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bifrost;
  const std::string_view bytes = fuzz::text_of(data, size);
  fuzz::check_cuts(bytes, limits::kStreamEventBytesMax);
  fuzz::check_cuts(bytes, 32);
  for (const auto& event : fuzz::parse({bytes}, limits::kStreamEventBytesMax).events) {
    fuzz::check_written(event);
  }
  return 0;
}
