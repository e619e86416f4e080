// What the fake provider is asked for, written into the model's name: that is the one thing which
// reaches it through any gateway and in any wire format.
//
//   bench-s1024                     a whole answer with 1024 bytes of text
//   bench-t20000-g5000-n100-w32     a stream: first event after 20 ms, then every 5 ms, 100 events
//                                   of 32 bytes of text
//   bench-s1024-e10-r20             1 % of the requests fail with 500, 2 % with 429
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bifrost::bench {

struct Recipe {
  std::uint32_t answer_bytes = 1024;         // s: text of a whole answer, at most 16 MiB
  std::chrono::microseconds first_event{0};  // t: from the request to the first event
  std::chrono::microseconds gap{0};          // g: between two events
  std::uint32_t events = 16;                 // n: events with text, at most a million
  std::uint32_t event_bytes = 32;            // w: text of one event, at most 64 KiB
  std::uint32_t failing_permille = 0;        // e: answered with 500
  std::uint32_t limited_permille = 0;        // r: answered with 429

  bool operator==(const Recipe&) const = default;
};

// The name, without what has its default.
[[nodiscard]] std::string model_name(const Recipe& recipe);

// A name as above, with anything before it ("openai/bench-s10"). Nothing when it is no such name or
// a number is out of bounds.
[[nodiscard]] std::optional<Recipe> parse_recipe(std::string_view model);

}  // namespace bifrost::bench
