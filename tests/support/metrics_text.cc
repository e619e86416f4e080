#include "tests/support/metrics_text.h"

#include "base/strings.h"

#include <algorithm>
#include <optional>

namespace bifrost::test {
namespace {

// Takes "…" off the front, undoing the escapes; nothing when it is broken.
std::optional<std::string> take_quoted(std::string_view& rest) {
  if (!rest.starts_with('"')) return std::nullopt;
  std::string value;
  for (std::size_t at = 1; at < rest.size(); ++at) {
    if (rest[at] == '"') {
      rest.remove_prefix(at + 1);
      return value;
    }
    const bool escaped = rest[at] == '\\';
    if (escaped && ++at == rest.size()) return std::nullopt;
    value += escaped && rest[at] == 'n' ? '\n' : rest[at];
  }
  return std::nullopt;
}

// Takes {a="b",c="d"} off the front.
std::optional<MetricsText::Labels> take_labels(std::string_view& rest) {
  MetricsText::Labels labels;
  if (!rest.starts_with('{')) return labels;
  rest.remove_prefix(1);
  while (!rest.starts_with('}')) {
    const std::size_t equals = rest.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string name(rest.substr(0, equals));
    rest.remove_prefix(equals + 1);
    std::optional<std::string> value = take_quoted(rest);
    if (!value || !labels.emplace(name, std::move(*value)).second) return std::nullopt;
    if (rest.starts_with(',')) rest.remove_prefix(1);
  }
  rest.remove_prefix(1);
  return labels;
}

}  // namespace

MetricsText::MetricsText(std::string_view text) {
  for (const std::string_view line : split(text, '\n')) {
    if (line.empty() || line.starts_with('#')) continue;
    std::string_view rest = line;
    const std::size_t name_end = std::min(rest.find_first_of("{ "), rest.size());
    const std::string name(rest.substr(0, name_end));
    rest.remove_prefix(name_end);
    auto labels = take_labels(rest);
    const auto value = labels ? parse_double(trim(rest)) : std::nullopt;
    if (value) {
      samples_.push_back({.name = name, .labels = std::move(*labels), .value = *value});
    } else {
      malformed_.emplace_back(line);
    }
  }
}

std::vector<const MetricsText::Sample*> MetricsText::matching(std::string_view name,
                                                              const Labels& labels) const {
  std::vector<const Sample*> found;
  for (const Sample& sample : samples_) {
    const auto carries = [&sample](const auto& label) {
      const auto at = sample.labels.find(label.first);
      return at != sample.labels.end() && at->second == label.second;
    };
    if (sample.name == name && std::ranges::all_of(labels, carries)) found.push_back(&sample);
  }
  return found;
}

double MetricsText::sum(std::string_view name, const Labels& labels) const {
  double total = 0;
  for (const Sample* sample : matching(name, labels)) total += sample->value;
  return total;
}

bool MetricsText::has(std::string_view name, const Labels& labels) const {
  return !matching(name, labels).empty();
}

}  // namespace bifrost::test
