#include "net/hosts_file.h"

#include "base/read_file.h"
#include "base/strings.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace bifrost::net {
namespace {

constexpr std::size_t kFileBytesMax = 1024 * 1024;

// The next word, which is taken off the line.
std::string_view take_word(std::string_view& line) {
  constexpr std::string_view kBlank = " \t\r";
  const auto begin = std::min(line.find_first_not_of(kBlank), line.size());
  const auto end = std::min(line.find_first_of(kBlank, begin), line.size());
  const std::string_view word = line.substr(begin, end - begin);
  line.remove_prefix(end);
  return word;
}

bool names_it(std::string_view words, std::string_view name) {
  for (auto word = take_word(words); !word.empty(); word = take_word(words)) {
    if (iequals(word, name)) return true;
  }
  return false;
}

}  // namespace

std::vector<Address> addresses_in_hosts_text(std::string_view text, std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  std::vector<Address> addresses;
  for (std::string_view line : split(text, '\n')) {
    line = line.substr(0, line.find('#'));
    const std::string_view literal = take_word(line);
    if (!names_it(line, name)) continue;
    if (auto address = Address::from_literal(literal, 0)) addresses.push_back(*address);
  }
  return addresses;
}

std::vector<Address> addresses_in_hosts_file(const std::string& path, std::string_view name) {
  const std::string text = read_file(path, kFileBytesMax + 1);
  if (text.size() > kFileBytesMax) return {};
  return addresses_in_hosts_text(text, name);
}

}  // namespace bifrost::net
