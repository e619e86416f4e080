// The index over a JSON text, the scanner of the hot path, and that both read the same.
#include "base/assert.h"
#include "fuzz/checks/checks.h"
#include "json/document.h"
#include "json/scan.h"
#include "json/writer.h"

#include <algorithm>
#include <string>

namespace bifrost::fuzz {
namespace {

// Each value is parsed again on its own, which costs the square of the depth.
constexpr std::size_t kTextBytesMax = 4096;

bool is_space_or_punctuation(std::string_view text) {
  return text.find_first_not_of(" \t\r\n,:") == std::string_view::npos;
}

// The slices of the children and what may stand between them make up the container.
void check_value(json::Value value, std::string_view text) {
  BF_ASSERT(text.substr(value.offset(), value.raw().size()) == value.raw());
  const auto alone = json::Document::parse(value.raw());
  BF_ASSERT(alone.has_value());
  BF_ASSERT(alone->root().type() == value.type());
  if (value.is_string()) {
    const auto again = json::Document::parse(json::quoted(value.string_or("")));
    BF_ASSERT(again.has_value() && again->root().string() == value.string());
    BF_ASSERT(json::unescape(value.raw()) == value.string());
  }
  std::size_t at = value.offset() + 1;
  std::size_t count = 0;
  for (const json::Value child : value.children()) {
    if (value.is_object()) {
      BF_ASSERT(is_space_or_punctuation(text.substr(at, child.key_offset() - at)));
      BF_ASSERT(text[child.key_offset()] == '"');
      BF_ASSERT(value[child.key()].exists());
      at = child.offset();
    }
    BF_ASSERT(child.offset() >= at);
    BF_ASSERT(is_space_or_punctuation(text.substr(at, child.offset() - at)));
    check_value(child, text);
    at = child.offset() + child.raw().size();
    ++count;
  }
  BF_ASSERT(count == value.size());
  if (!value.is_object() && !value.is_array()) return;
  const std::size_t end = value.offset() + value.raw().size() - 1;
  BF_ASSERT(is_space_or_punctuation(text.substr(at, end - at)));
}

// What the index takes for an object the scanner takes for one, with the same members. The other
// way round the scanner is laxer: it does not look into the values.
void check_scanner(const json::Document& document, const std::string& text) {
  json::Scanner scanner;
  const auto members = scanner.scan_members(text);
  const json::Value root = document.root();
  const bool escaped_key = std::ranges::any_of(root.children(), [&](json::Value child) {
    return root.is_object() &&
           text.substr(child.key_offset() + 1).starts_with(child.key()) == false;
  });
  if (escaped_key) return;  // the scanner refuses them
  BF_ASSERT(members.has_value() == root.is_object());
  if (!members) return;
  BF_ASSERT((*members)->size() == root.size());
  std::size_t index = 0;
  for (const json::Value child : root.children()) {
    const json::Member& member = (**members)[index++];
    BF_ASSERT(member.value == child.raw());
    BF_ASSERT(json::unescape(member.key) == child.key());
  }
}

}  // namespace
}  // namespace bifrost::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bifrost;
  std::string text(fuzz::text_of(data, std::min(size, fuzz::kTextBytesMax)));
  json::reserve_padding(text);
  const auto document = json::Document::parse(text);
  if (document) {
    fuzz::check_value(document->root(), document->text());
    fuzz::check_scanner(*document, text);
  } else {
    BF_ASSERT(!document.error().message.empty());
    json::Scanner scanner;
    ignore(scanner.scan_members(text), "it may be laxer, but must not crash");
  }
  return 0;
}
