#include "base/mask.h"

#include <algorithm>
#include <cstddef>

namespace bifrost {
namespace {

// Longer than what keys of one maker begin with ("sk-ant-api03-", "sk-proj-") and than a common
// word; a shorter secret counts as a whole.
constexpr std::size_t kTellingBytes = 14;
constexpr std::string_view kMask = "***";

// How many bytes of the secret stand at the beginning of `text`: of its longest part that does.
std::size_t shown_at(std::string_view text, std::string_view secret, std::size_t telling) {
  if (text.size() < telling) return 0;
  const std::string_view beginning = text.substr(0, telling);
  std::size_t longest = 0;
  for (auto at = secret.find(beginning); at != std::string_view::npos;
       at = secret.find(beginning, at + 1)) {
    const std::string_view rest = secret.substr(at);
    const auto end = std::ranges::mismatch(text, rest).in1;
    longest = std::max(longest, static_cast<std::size_t>(end - text.begin()));
  }
  return longest;
}

}  // namespace

std::string masked(std::string text, std::string_view secret) {
  if (secret.empty()) return text;
  const std::size_t telling = std::min(secret.size(), kTellingBytes);
  std::string out;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t shown = shown_at(rest, secret, telling);
    out += shown > 0 ? kMask : rest.substr(0, 1);
    rest.remove_prefix(std::max<std::size_t>(shown, 1));
  }
  return out;
}

}  // namespace bifrost
