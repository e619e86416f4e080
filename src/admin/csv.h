// Comma-separated values (RFC 4180), for spreadsheets.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bifrost::admin {

inline constexpr std::string_view kCsvType = "text/csv; charset=utf-8; header=present";

// Cells of a row one after the other; a row is ended by whoever writes it.
class Csv {
 public:
  explicit Csv(std::string& out) : out_(out) {}  // `out` outlives it

  // A text that a spreadsheet would take for a formula gets an apostrophe before it: names are
  // what outsiders call things, and whoever opens the table must not run them.
  Csv& text(std::string_view text);
  // Digits, perhaps with a point: not an outsider's.
  Csv& number(std::string_view digits);
  Csv& number(std::int64_t value);
  void end_row();

 private:
  void separate();

  std::string& out_;
  bool begun_ = false;  // the row has a cell
};

}  // namespace bifrost::admin
