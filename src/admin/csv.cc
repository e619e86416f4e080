#include "admin/csv.h"

namespace bifrost::admin {
namespace {

// https://owasp.org/www-community/attacks/CSV_Injection
bool is_formula(std::string_view text) {
  constexpr std::string_view kBegins = "=+-@\t\r\n";
  return !text.empty() && kBegins.contains(text.front());
}

}  // namespace

void Csv::separate() {
  if (begun_) out_ += ',';
  begun_ = true;
}

Csv& Csv::text(std::string_view text) {
  separate();
  const bool formula = is_formula(text);
  if (!formula && text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out_ += text;
    return *this;
  }
  out_ += '"';
  if (formula) out_ += '\'';
  for (const char c : text) {
    if (c == '"') out_ += '"';
    out_ += c;
  }
  out_ += '"';
  return *this;
}

Csv& Csv::number(std::string_view digits) {
  separate();
  out_ += digits;
  return *this;
}

Csv& Csv::number(std::int64_t value) { return number(std::to_string(value)); }

void Csv::end_row() {
  out_ += "\r\n";
  begun_ = false;
}

}  // namespace bifrost::admin
