// Who used what, summed up from the rows of usage.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost::store {

// What rows may be told apart by.
enum class UsageKey : std::uint8_t {
  kVirtualKey,
  kTeam,
  kCustomer,
  kProvider,
  kProviderKey,
  kModel,
  kDay,  // in UTC
  kHour,
};
[[nodiscard]] constexpr bool is_time(UsageKey key) {
  return key == UsageKey::kDay || key == UsageKey::kHour;
}

struct UsageQuestion {
  // Nanoseconds since 1970 of a request's end; the second one is the first that is out.
  std::int64_t from = 0;
  std::int64_t to = std::numeric_limits<std::int64_t>::max();
  std::vector<UsageKey> group_by = {};                      // each once
  std::vector<std::pair<UsageKey, std::string>> only = {};  // all of them hold; none is a time
  std::int64_t limit = 1;
  std::int64_t offset = 0;
};

struct UsageSum {
  std::int64_t requests = 0;
  std::int64_t failed = 0;
  std::int64_t estimated = 0;  // of them the provider did not tell all
  std::int64_t unpriced = 0;   // of them the price is not known
  // In the classes of llm::Usage.
  std::int64_t input_tokens = 0;
  std::int64_t cache_read_tokens = 0;
  std::int64_t cache_write_tokens = 0;
  std::int64_t cache_write_1h_tokens = 0;
  std::int64_t input_audio_tokens = 0;
  std::int64_t input_image_tokens = 0;
  std::int64_t output_tokens = 0;
  std::int64_t reasoning_tokens = 0;
  std::int64_t output_audio_tokens = 0;
  std::int64_t output_image_tokens = 0;
  std::int64_t web_searches = 0;
  std::int64_t nano_dollars = 0;

  friend bool operator==(const UsageSum&, const UsageSum&) = default;
};

// The members of a sum by their names, which are those of the columns and of the API.
struct UsageMeasure {
  std::string_view name;
  std::int64_t UsageSum::* value;
};
inline constexpr UsageMeasure kUsageMeasures[] = {
    {"requests", &UsageSum::requests},
    {"failed", &UsageSum::failed},
    {"estimated", &UsageSum::estimated},
    {"unpriced", &UsageSum::unpriced},
    {"input_tokens", &UsageSum::input_tokens},
    {"cache_read_tokens", &UsageSum::cache_read_tokens},
    {"cache_write_tokens", &UsageSum::cache_write_tokens},
    {"cache_write_1h_tokens", &UsageSum::cache_write_1h_tokens},
    {"input_audio_tokens", &UsageSum::input_audio_tokens},
    {"input_image_tokens", &UsageSum::input_image_tokens},
    {"output_tokens", &UsageSum::output_tokens},
    {"reasoning_tokens", &UsageSum::reasoning_tokens},
    {"output_audio_tokens", &UsageSum::output_audio_tokens},
    {"output_image_tokens", &UsageSum::output_image_tokens},
    {"web_searches", &UsageSum::web_searches},
    {"nano_dollars", &UsageSum::nano_dollars},
};

// A value of what a question groups by: a name (an id, a provider, a model), or the beginning of
// an hour or a day.
struct UsageGroup {
  std::string name;       // empty: none
  std::int64_t time = 0;  // nanoseconds since 1970
};

struct UsageLine {
  std::vector<UsageGroup> groups;  // in the order of the question
  UsageSum sum;
};

class UsageReports {
 public:
  virtual ~UsageReports() = default;

  // In the order of the groups. Without any it is one line, also when nothing was used. One caller
  // at a time, which may wait. Fails with kStoreUnavailable, also when it takes too long.
  virtual Result<std::vector<UsageLine>> sum(const UsageQuestion& question) = 0;
};

}  // namespace bifrost::store
