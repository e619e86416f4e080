// A text as a parameter of a statement, whatever an outsider put into it.
#pragma once

#include "store/sql.h"

#include <string>
#include <string_view>

namespace bifrost::store {

// The text, or one with "?" in place of what a database does not take.
[[nodiscard]] std::string cleaned(std::string text);

// As it is, or cleaned: PostgreSQL takes neither a zero nor what is no UTF-8, and models are what
// callers call them.
class Text {
 public:
  explicit Text(const std::string& text);
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;
  operator sql::Parameter() const { return view_; }  // NOLINT: it is one

 private:
  std::string cleaned_;
  std::string_view view_;
};

}  // namespace bifrost::store
