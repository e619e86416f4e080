#include "catalog/catalog.h"

#include "base/assert.h"
#include "base/strings.h"
#include "base/try.h"
#include "catalog/decimal.h"
#include "catalog/price_patch.h"
#include "catalog/sheet.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace bifrost::catalog {
namespace {

constexpr int kNanoPower = 9;
constexpr std::int64_t kPriceMax = std::int64_t{10'000'000} * 1'000'000'000;  // not reached

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "2.5" dollars as nano-dollars, exactly; nothing: it is no such number.
std::optional<std::int64_t> nano_dollars(std::string_view text) {
  const auto price = scaled(text, kNanoPower);
  if (!price || !price->exact || price->value >= kPriceMax || text.contains('e'))
    return std::nullopt;
  return price->value;
}

// One line of the sheet, by the names of its columns.
class Row {
 public:
  Row(std::span<const std::string_view> columns, std::string_view line)
      : columns_(columns), cells_(split(line, '\t')) {}

  [[nodiscard]] std::string_view text(std::string_view column) const {
    const auto found = std::ranges::find(columns_, column);
    const auto index = static_cast<std::size_t>(found - columns_.begin());
    return index < cells_.size() ? cells_[index] : std::string_view();
  }
  std::optional<std::int64_t> dollars(std::string_view column) {
    return number(column, nano_dollars);
  }
  std::int64_t count(std::string_view column) {
    return number(column, [](std::string_view text) { return parse_int(text); }).value_or(0);
  }
  [[nodiscard]] bool good() const { return good_; }

 private:
  std::optional<std::int64_t> number(std::string_view column, auto parse) {
    const std::string_view cell = text(column);
    if (cell.empty()) return std::nullopt;
    const std::optional<std::int64_t> value = parse(cell);
    if (!value || *value < 0) good_ = false;
    return value;
  }

  std::span<const std::string_view> columns_;
  std::vector<std::string_view> cells_;
  bool good_ = true;
};

PricePatch prices(Row& row) {
  PricePatch out;
  out.tokens.input = row.dollars("input");
  out.tokens.output = row.dollars("output");
  out.tokens.cache_read = row.dollars("cache_read");
  out.tokens.cache_write = row.dollars("cache_write");
  out.tokens.cache_write_1h = row.dollars("cache_write_1h");
  out.tokens.reasoning = row.dollars("reasoning");
  out.tokens.input_audio = row.dollars("input_audio");
  out.tokens.output_audio = row.dollars("output_audio");
  out.tokens.input_image = row.dollars("input_image");
  out.tokens.output_image = row.dollars("output_image");
  out.long_above = row.count("tier");
  out.long_tokens.input = row.dollars("tier_input");
  out.long_tokens.output = row.dollars("tier_output");
  out.long_tokens.cache_read = row.dollars("tier_cache_read");
  out.long_tokens.cache_write = row.dollars("tier_cache_write");
  out.web_search = row.dollars("search");
  return out;
}

Model model_of(Row& row) {
  Model model;
  model.price = price_of(prices(row));
  model.context_tokens = row.count("context");
  model.output_tokens_max = row.count("max_output");
  return model;
}

// "gpt-4o-2024-08-06" and "claude-sonnet-4-20250514" without their dates; else empty.
std::string_view undated(std::string_view model) {
  const auto ends_as = [&](std::string_view shape) {
    if (model.size() <= shape.size()) return false;
    const std::string_view tail = model.substr(model.size() - shape.size());
    return std::ranges::equal(
        tail, shape, [](char c, char wanted) { return wanted == '0' ? is_digit(c) : c == wanted; });
  };
  for (const std::string_view shape : {"-0000-00-00", "-00000000"}) {
    if (ends_as(shape)) return model.substr(0, model.size() - shape.size());
  }
  return {};
}

}  // namespace

const Catalog& Catalog::built_in() {
  static const Catalog kCatalog = [] {
    auto parsed = parse(kSheet);
    BF_ASSERT(parsed.has_value());  // a test reads it, too
    return *std::move(parsed);
  }();
  return kCatalog;
}

Result<Catalog> Catalog::parse(std::string_view sheet) {
  Catalog out;
  std::vector<std::string_view> columns;
  std::size_t number = 0;
  for (const std::string_view line : split(sheet, '\n')) {
    ++number;
    if (line.empty() || line.front() == '#') continue;
    if (columns.empty()) {
      columns = split(line, '\t');
      continue;
    }
    Row row(columns, line);
    const std::string_view provider = row.text("provider");
    const std::string_view name = row.text("model");
    const Model model = model_of(row);
    if (!row.good() || provider.empty() || name.empty()) {
      return gateway_error(ErrorCode::kConfigInvalid,
                           "line " + std::to_string(number) +
                               " of the price sheet: a provider, a model, and numbers without a "
                               "sign are expected");
    }
    out.put(std::string(provider), std::string(name), model);
  }
  return out;
}

void Catalog::put(std::string provider, std::string model, const Model& facts) {
  models_.insert_or_assign(Name{.provider = std::move(provider), .model = std::move(model)}, facts);
}

const Model* Catalog::exactly(std::string_view provider, std::string_view model) const {
  const auto found = models_.find(View(provider, model));
  return found == models_.end() ? nullptr : &found->second;
}

const Model* Catalog::find(std::string_view provider, std::string_view model) const {
  if (const Model* found = exactly(provider, model)) return found;
  const std::string_view shorter = undated(model);
  return shorter.empty() ? nullptr : exactly(provider, shorter);
}

std::vector<std::string_view> Catalog::models_of(std::string_view provider) const {
  std::vector<std::string_view> out;
  for (const auto& [name, model] : models_) {
    if (name.provider == provider) out.push_back(name.model);
  }
  std::ranges::sort(out);
  return out;
}

}  // namespace bifrost::catalog
