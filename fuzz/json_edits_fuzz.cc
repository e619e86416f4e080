// Edits of a JSON text: splices at any depth, and the same-dialect way of each dialect.
#include "base/assert.h"
#include "fuzz/checks/checks.h"
#include "json/document.h"
#include "json/splice.h"
#include "json/writer.h"

#include <string>

namespace bifrost::fuzz {
namespace {

enum class Fate { kKept, kRemoved, kReplaced };

// What becomes of a value depends on where it stands, so that both ways below decide alike.
Fate fate_of(json::Value value) {
  switch (Random(value.offset()).next() % 6) {
    case 0:
      return Fate::kRemoved;
    case 1:
      return Fate::kReplaced;
    default:
      return Fate::kKept;
  }
}

void splice(json::Value container, json::Splice& edits) {
  for (const json::Value child : container.children()) {
    const std::size_t begin = container.is_object() ? child.key_offset() : child.offset();
    switch (fate_of(child)) {
      case Fate::kRemoved:
        edits.remove_member(begin, child.offset() + child.raw().size());
        break;
      case Fate::kReplaced:
        edits.replace(child.raw(), "[0]");
        break;
      case Fate::kKept:
        splice(child, edits);
    }
  }
}

// The value written anew without white space, with every child in the shape that it shall have.
template <class Shape>
std::string written(json::Value value, Shape shape) {
  if (!value.is_object() && !value.is_array()) return std::string(value.raw());
  std::string text;
  for (const json::Value child : value.children()) {
    const std::string child_text = shape(child);
    if (child_text.empty()) continue;
    if (!text.empty()) text += ',';
    if (value.is_object()) text += json::quoted(child.key()) + ':';
    text += child_text;
  }
  return value.is_object() ? '{' + text + '}' : '[' + text + ']';
}

std::string as_it_is(json::Value value) { return written(value, as_it_is); }

std::string with_fates(json::Value value) {
  return written(value, [](json::Value child) -> std::string {
    switch (fate_of(child)) {
      case Fate::kRemoved:
        return {};
      case Fate::kReplaced:
        return "[0]";
      case Fate::kKept:
        break;
    }
    return with_fates(child);
  });
}

void check_splice(std::string_view text) {
  const auto before = json::Document::parse(text);
  if (!before) return;
  json::Splice edits(before->text());
  splice(before->root(), edits);
  const auto after = json::Document::parse(edits.apply());
  BF_ASSERT(after.has_value());
  BF_ASSERT(as_it_is(after->root()) == with_fates(before->root()));
}

}  // namespace
}  // namespace bifrost::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = bifrost::fuzz::text_of(data, size);
  bifrost::fuzz::check_splice(text);
  for (const auto* dialect : bifrost::dialect::all()) bifrost::fuzz::check_edit(*dialect, text);
  return 0;
}
