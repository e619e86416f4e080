// The API's `usage` object, both ways.
//
// On the wire input_tokens is the plain input only and output_tokens contains the thinking. A
// stream reports twice: message_start has the input, message_delta the final, cumulative numbers,
// and what is absent or null there keeps its earlier value.
//
// `iterations` of type "compaction" are billed but not part of the top-level numbers, so they are
// added. Those of type "advisor_message" are another model's and are left out, as the API does.
#pragma once

#include "json/document.h"
#include "json/writer.h"
#include "llm/usage.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace bifrost::dialect::anthropic {

class UsageReader {
 public:
  void read(json::Value usage);
  [[nodiscard]] llm::Usage usage() const;
  [[nodiscard]] const std::string& service_tier() const { return service_tier_; }

 private:
  struct Counts {
    std::int64_t input = 0;
    std::int64_t cache_write = 0;
    std::int64_t cache_write_1h = 0;
    std::int64_t cache_read = 0;
    std::int64_t output = 0;
    std::int64_t thinking = 0;

    void read(json::Value usage);
  };

  Counts total_;
  Counts compaction_;
  std::int64_t web_searches_ = 0;
  std::string service_tier_;
  bool known_ = false;
};

// Members of a usage object, without its braces.
void write_usage_fields(json::Writer& writer, const llm::Usage& usage);

// Our word for the API's service tier and back: "standard" is what others call "default".
[[nodiscard]] std::string hub_service_tier(std::string_view tier);
[[nodiscard]] std::string wire_service_tier(std::string_view tier);

}  // namespace bifrost::dialect::anthropic
