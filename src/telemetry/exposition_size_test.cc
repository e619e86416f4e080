#include "telemetry/exposition_size.h"

#include "telemetry/registry.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace bifrost::telemetry {
namespace {

ProcessSample full_sample() {
  return {.cpu_seconds = 1.0 / 3,
          .resident_bytes = 123'456'789'012,
          .open_fds = 10'000,
          .start_time_seconds = 1.7e9 + 1.0 / 3,
          .log_lines_dropped = 123'456'789'012};
}

// One set of each metric that has labels, all with the same value.
class FullRegistry {
 public:
  FullRegistry(std::string value, double number) {
    Shard& shard = registry_->add_shard();
    for (const MetricInfo& info : metric_table()) {
      const std::vector<LabelValue> own(label_count(info, registry_->custom_labels().size()),
                                        LabelValue(value));
      if (own.empty()) continue;
      add(shard, info, own, number);
      const std::vector<std::string> values(own.size(), value);
      bytes_ += bytes_of(info, sets_.label_names(info), values);
    }
  }

  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] std::string scrape() const { return registry_->scrape(); }

 private:
  static void add(Shard& shard, const MetricInfo& info, const std::vector<LabelValue>& values,
                  double number) {
    switch (info.type) {
      case Type::kCounter:
        return shard.counter(info.id, values).add(number);
      case Type::kGauge:
        return shard.gauge(info.id, values).set(number);
      case Type::kHistogram:
        return shard.histogram(info.id, values).observe(number);
    }
  }

  std::unique_ptr<Registry> registry_ = *Registry::create({.version = "1",
                                                           .custom_labels = {"team", "zone"},
                                                           .bytes_max = 10 * kExpositionBytesMax,
                                                           .process = full_sample});
  LabelSets sets_{registry_->custom_labels(), 0};  // for names
  std::size_t bytes_ = bytes_around();
};

TEST(ExpositionSize, IsNeverExceeded) {
  const FullRegistry plain("value", 1.2345678901234567e+300);
  EXPECT_LE(plain.scrape().size(), plain.bytes());
  const FullRegistry escaped(std::string(kLabelValueBytesMax, '"'), -1.2345678901234567e-300);
  EXPECT_LE(escaped.scrape().size(), escaped.bytes());
}

TEST(ExpositionSize, IsNotMuchMoreThanWhatIsWritten) {
  const FullRegistry plain("chat_completion", 1);
  EXPECT_GE(plain.scrape().size(), plain.bytes() * 8 / 10);
}

}  // namespace
}  // namespace bifrost::telemetry
