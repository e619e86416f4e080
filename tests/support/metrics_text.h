// What a scrape says, for tests: values by name and labels.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost::test {

class MetricsText {
 public:
  using Labels = std::map<std::string, std::string, std::less<>>;

  explicit MetricsText(std::string_view text);

  // The sum of all samples of that name that have these labels (others may be there as well).
  [[nodiscard]] double sum(std::string_view name, const Labels& labels = {}) const;
  [[nodiscard]] bool has(std::string_view name, const Labels& labels = {}) const;
  // Lines that are neither samples nor comments.
  [[nodiscard]] const std::vector<std::string>& malformed() const { return malformed_; }

 private:
  struct Sample {
    std::string name;
    Labels labels;
    double value = 0;
  };
  [[nodiscard]] std::vector<const Sample*> matching(std::string_view name,
                                                    const Labels& labels) const;

  std::vector<Sample> samples_;
  std::vector<std::string> malformed_;
};

}  // namespace bifrost::test
