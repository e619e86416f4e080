#include "catalog/catalog.h"

#include "base/assert.h"
#include "base/strings.h"
#include "base/try.h"
#include "catalog/sheet.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <vector>

namespace bifrost::catalog {
namespace {

constexpr int kNanoDigits = 9;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "2.5" dollars as nano-dollars, exactly; nothing: it is no such number.
std::optional<std::int64_t> nano_dollars(std::string_view text) {
  const auto dot = std::min(text.find('.'), text.size());
  std::string digits(text.substr(0, dot));
  const std::string_view rest = dot < text.size() ? text.substr(dot + 1) : std::string_view();
  if (digits.empty() || digits.size() > 7 || rest.size() > kNanoDigits) return std::nullopt;
  digits += rest;
  digits.append(kNanoDigits - rest.size(), '0');
  if (!std::ranges::all_of(digits, is_digit)) return std::nullopt;
  return parse_int(digits);
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
  std::int64_t dollars(std::string_view column, std::int64_t otherwise) {
    return number(column, otherwise, nano_dollars);
  }
  std::int64_t count(std::string_view column) {
    return number(column, 0, [](std::string_view text) { return parse_int(text); });
  }
  [[nodiscard]] bool good() const { return good_; }

 private:
  std::int64_t number(std::string_view column, std::int64_t otherwise, auto parse) {
    const std::string_view cell = text(column);
    if (cell.empty()) return otherwise;
    const std::optional<std::int64_t> value = parse(cell);
    if (!value || *value < 0) good_ = false;
    return value.value_or(0);
  }

  std::span<const std::string_view> columns_;
  std::vector<std::string_view> cells_;
  bool good_ = true;
};

// What is not priced of its own costs what the rest of its side does.
TokenPrices prices(Row& row) {
  TokenPrices out;
  out.input = row.dollars("input", 0);
  out.output = row.dollars("output", 0);
  out.cache_read = row.dollars("cache_read", out.input);
  out.cache_write = row.dollars("cache_write", out.input);
  out.cache_write_1h = row.dollars("cache_write_1h", out.cache_write);
  out.reasoning = row.dollars("reasoning", out.output);
  out.input_audio = row.dollars("input_audio", out.input);
  out.output_audio = row.dollars("output_audio", out.output);
  out.input_image = row.dollars("input_image", out.input);
  out.output_image = row.dollars("output_image", out.output);
  return out;
}

// The same of long calls: what follows its side there follows it here, the rest stays.
TokenPrices long_prices(Row& row, const TokenPrices& usual) {
  TokenPrices out;
  out.input = row.dollars("tier_input", usual.input);
  out.output = row.dollars("tier_output", usual.output);
  const auto follow = [](std::int64_t price, std::int64_t side, std::int64_t long_side) {
    return price == side ? long_side : price;
  };
  out.cache_read = row.dollars("tier_cache_read", follow(usual.cache_read, usual.input, out.input));
  out.cache_write =
      row.dollars("tier_cache_write", follow(usual.cache_write, usual.input, out.input));
  out.cache_write_1h = follow(usual.cache_write_1h, usual.cache_write, out.cache_write);
  out.reasoning = follow(usual.reasoning, usual.output, out.output);
  out.input_audio = follow(usual.input_audio, usual.input, out.input);
  out.output_audio = follow(usual.output_audio, usual.output, out.output);
  out.input_image = follow(usual.input_image, usual.input, out.input);
  out.output_image = follow(usual.output_image, usual.output, out.output);
  return out;
}

Model model_of(Row& row) {
  Model model;
  model.price.tokens = prices(row);
  model.price.long_above = row.count("tier");
  model.price.long_tokens = long_prices(row, model.price.tokens);
  model.price.web_search = row.dollars("search", 0);
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
    Name name{.provider = std::string(row.text("provider")),
              .model = std::string(row.text("model"))};
    const Model model = model_of(row);
    if (!row.good() || name.provider.empty() || name.model.empty()) {
      return gateway_error(ErrorCode::kConfigInvalid,
                           "line " + std::to_string(number) +
                               " of the price sheet: a provider, a model, and numbers without a "
                               "sign are expected");
    }
    out.models_.insert_or_assign(std::move(name), model);
  }
  return out;
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
