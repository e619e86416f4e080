#include "telemetry/exposition_size.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace bifrost::telemetry {
namespace {

constexpr std::size_t kNumberBytesMax = 24;  // the longest double
constexpr std::size_t kCountBytesMax = 16;   // a million a second for three hundred years

std::size_t escaped_size(std::string_view value) {
  return value.size() + static_cast<std::size_t>(std::ranges::count_if(
                            value, [](char c) { return c == '"' || c == '\\' || c == '\n'; }));
}

// a="x",b="y", without those that are empty.
std::size_t labels_size(std::span<const std::string> names, std::span<const std::string> values) {
  std::size_t bytes = 0;
  for (std::size_t at = 0; at < names.size(); ++at) {
    if (values[at].empty()) continue;
    bytes += names[at].size() + escaped_size(values[at]) + std::string_view(R"(="",)").size();
  }
  return bytes;
}

// name_suffix{labels} number
std::size_t line_size(const MetricInfo& info, std::string_view suffix, std::size_t labels,
                      std::size_t number) {
  return info.name.size() + suffix.size() + labels + number + std::string_view("{} \n").size();
}

std::size_t bucket_size(const MetricInfo& info, std::size_t labels, std::string_view bound) {
  return line_size(info, "_bucket", labels + std::string_view(R"(le="")").size() + bound.size(),
                   kCountBytesMax);
}

}  // namespace

std::size_t bytes_of(const MetricInfo& info, std::span<const std::string> names,
                     std::span<const std::string> values) {
  const std::size_t labels = labels_size(names, values);
  if (info.type != Type::kHistogram) return line_size(info, "", labels, kNumberBytesMax);
  std::size_t bytes = line_size(info, "_count", labels, kCountBytesMax) +
                      line_size(info, "_sum", labels, kNumberBytesMax) +
                      bucket_size(info, labels, "+Inf");
  for (const double bound : info.buckets) {
    bytes += bucket_size(info, labels, fmt::format("{}", bound));
  }
  return bytes;
}

std::size_t bytes_around() {
  std::size_t bytes = 0;
  for (const MetricInfo& info : metric_table()) {
    // Also a line of its value, where it has no labels and comes from the kernel.
    bytes += info.help.size() + 2 * info.name.size() +
             std::string_view("# HELP  \n# TYPE  histogram\n").size() +
             line_size(info, "", 0, kNumberBytesMax);
  }
  return bytes;
}

}  // namespace bifrost::telemetry
