#include "store/sql_text.h"

#include "base/utf8.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace bifrost::store {
namespace {

bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > 0; });
}

std::string clean(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t bytes = text.front() == '\0' ? 0 : utf8_sequence(text);
    out += bytes == 0 ? std::string_view("?") : text.substr(0, bytes);
    text.remove_prefix(std::max<std::size_t>(bytes, 1));
  }
  return out;
}

}  // namespace

std::string cleaned(std::string text) { return is_plain(text) ? std::move(text) : clean(text); }

Text::Text(const std::string& text)
    : cleaned_(is_plain(text) ? std::string() : clean(text)),
      view_(is_plain(text) ? std::string_view(text) : std::string_view(cleaned_)) {}

}  // namespace bifrost::store
