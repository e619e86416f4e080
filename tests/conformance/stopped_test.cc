// Recorded streams that are ended before their provider does: wherever that is, whoever reads the
// dialect finds an answer that has reached its limit.
#include "tests/conformance/recorded_fixture.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace bifrost::test {
namespace {

constexpr std::size_t kPlacesMax = 20;  // of one stream

// Where an event ends, whatever line ends the provider writes.
std::vector<std::size_t> ends_of_events(std::string_view bytes) {
  std::vector<std::size_t> ends;
  for (const std::string_view blank : {"\n\n", "\r\n\r\n"}) {
    for (auto at = bytes.find(blank); at != std::string_view::npos;
         at = bytes.find(blank, at + blank.size())) {
      ends.push_back(at + blank.size());
    }
  }
  std::ranges::sort(ends);
  return ends;
}

TEST_F(RecordedTest, StreamsCanBeStoppedAnywhere) {
  constexpr llm::Usage kUsage{.input = 7, .output = 3, .known = true};
  for (const Recording& recording : fitting()) {
    if (!recording.stream || recording.status != 200) continue;
    SCOPED_TRACE(recording.name);
    const std::vector<std::size_t> ends = ends_of_events(recording.answer);
    const std::size_t step = ends.size() / kPlacesMax + 1;
    for (std::size_t i = 0; i < ends.size(); i += step) {
      const std::string_view part = std::string_view(recording.answer).substr(0, ends[i]);
      const auto tap = recording.dialect->chat->make_stream_tap();
      tap->feed(part);
      if (tap->state().error) break;
      const std::string ending = tap->stop({.usage = kUsage});
      if (ending.empty()) {
        tally_.add("nothing is open");
        continue;
      }
      const auto events = decode(*recording.dialect, {part, ending});
      ASSERT_FALSE(events.empty());
      EXPECT_TRUE(std::holds_alternative<llm::StreamEnd>(events.back())) << ending;
      const bool limited = std::ranges::any_of(events, [](const llm::StreamEvent& event) {
        const auto* finish = std::get_if<llm::StreamFinish>(&event);
        return finish != nullptr && finish->reason == llm::FinishReason::kLength;
      });
      EXPECT_TRUE(limited) << ending;
      tally_.add("stopped: " + std::string(recording.dialect->name));
    }
  }
}

}  // namespace
}  // namespace bifrost::test
