#include "config/bounds.h"

#include "config/duration.h"
#include "json/writer.h"

#include <cmath>

namespace bifrost::config {
namespace {

// A bound of a duration is a number of its unit.
std::string show_bound(double bound, const Facts& facts) {
  if (facts.unit.count() == 0) return show_number(bound);
  const double milliseconds = bound * static_cast<double>(facts.unit.count());
  return format_duration(std::chrono::milliseconds(std::llround(milliseconds)));
}

}  // namespace

std::string show_number(double number) {
  constexpr double kWholeMax = 1e15;
  std::string out;
  json::Writer writer(out);
  if (std::trunc(number) == number && std::abs(number) <= kWholeMax) {
    writer.integer(static_cast<std::int64_t>(number));
  } else {
    writer.number(number);
  }
  return out;
}

std::string show_bounds(const Facts& facts) {
  if (facts.minimum && facts.maximum) {
    return "between " + show_bound(*facts.minimum, facts) + " and " +
           show_bound(*facts.maximum, facts);
  }
  if (facts.minimum) return "at least " + show_bound(*facts.minimum, facts);
  if (facts.maximum) return "at most " + show_bound(*facts.maximum, facts);
  return {};
}

}  // namespace bifrost::config
