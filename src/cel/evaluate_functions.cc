// What functions and macros give.
#include "cel/arena.h"
#include "cel/arithmetic.h"
#include "cel/code.h"
#include "cel/convert.h"
#include "cel/evaluation.h"

#include <algorithm>
#include <utility>

namespace bifrost::cel {
namespace {

std::int64_t characters(std::string_view text) {
  return std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
}

// A search may look at the whole of what is wanted at each place, many bytes at a time.
std::size_t searched_bytes(std::size_t text, std::size_t wanted) {
  constexpr std::size_t kAtATime = 32;
  return text + (text < wanted ? 0 : (text - wanted + 1) * (wanted / kAtATime));
}

std::string concatenated(std::string_view a, std::string_view b) {
  return std::string(a).append(b);
}

}  // namespace

Outcome Evaluation::joined(const Node& node, const Value& left, const Value& right) {
  if (const List* first = left.get<List>()) {
    const List* second = right.get<List>();
    const std::size_t count = first->size + second->size;
    if (!effort_.spend(count)) return too_long(node);
    std::vector<Value> items;
    items.reserve(count);
    items.insert(items.end(), first->begin(), first->end());
    items.insert(items.end(), second->begin(), second->end());
    return arena().list(std::move(items));
  }
  const bool bytes = left.type() == Type::kBytes;
  const std::string_view a = bytes ? left.get<Bytes>()->octets : *left.get<std::string_view>();
  const std::string_view b = bytes ? right.get<Bytes>()->octets : *right.get<std::string_view>();
  if (const Outcome paid = spend_text(node, a.size() + b.size()); !paid) return paid;
  return bytes ? arena().bytes(concatenated(a, b)) : arena().text(concatenated(a, b));
}

Outcome Evaluation::size(const Node& node) {
  const Outcome value = operand(node, 0);
  if (!value) return value;
  if (const auto* text = value->get<std::string_view>()) {
    if (const Outcome paid = spend_text(node, text->size()); !paid) return paid;
    return Value(characters(*text));
  }
  if (const auto* bytes = value->get<Bytes>()) {
    return Value(static_cast<std::int64_t>(bytes->octets.size()));
  }
  if (const auto* list = value->get<List>()) return Value(static_cast<std::int64_t>(list->size));
  if (const Map* map = value->map()) return Value(static_cast<std::int64_t>(map->size()));
  return fail(node, kNoOverload);
}

Outcome Evaluation::search(const Node& node) {
  const Outcome value = operand(node, 0);
  if (!value) return value;
  const Outcome part = operand(node, 1);
  if (!part) return part;
  const auto* text = value->get<std::string_view>();
  const auto* wanted = part->get<std::string_view>();
  if (text == nullptr || wanted == nullptr) return fail(node, kNoOverload);
  const std::size_t bytes =
      node.op == Op::kContains ? searched_bytes(text->size(), wanted->size()) : wanted->size();
  if (const Outcome paid = spend_text(node, bytes); !paid) return paid;
  switch (node.op) {
    case Op::kStartsWith:
      return Value(text->starts_with(*wanted));
    case Op::kEndsWith:
      return Value(text->ends_with(*wanted));
    default:
      return Value(text->contains(*wanted));
  }
}

Outcome Evaluation::matches(const Node& node) {
  const Outcome value = operand(node, 0);
  if (!value) return value;
  const auto* text = value->get<std::string_view>();
  if (text == nullptr) return fail(node, kNoOverload);
  // A byte costs a pattern some ten times what it costs a comparison.
  constexpr std::size_t kTimes = 10;
  if (const Outcome paid = spend_text(node, kTimes * text->size()); !paid) return paid;
  return Value(code_.patterns[node.detail].found_in(*text));
}

Outcome Evaluation::conversion(const Node& node) {
  const Outcome value = operand(node, 0);
  if (!value) return value;
  auto converted = convert(node.op, *value);
  if (!converted) return fail(node, converted.error());
  if (auto* text = std::get_if<MadeText>(&*converted)) return arena().text(std::move(text->text));
  return std::get<Value>(*converted);
}

Outcome Evaluation::macro(const Node& node) {
  const Outcome range = operand(node, 0);
  if (!range) return range;
  const List* list = range->get<List>();
  const Map* map = range->map();
  if (list == nullptr && map == nullptr) return fail(node, kNoOverload);
  MacroRun run;
  locals_.resize(node.detail + 1);
  const std::size_t count = list != nullptr ? list->size : map->size();
  for (std::size_t i = 0; i < count && !run.decided; ++i) {
    locals_[node.detail] = list != nullptr ? list->items[i] : map->at(i).first;
    macro_step(node, run);
    if (effort_.left() == 0) return too_long(node);
  }
  if (!run.decided && run.failed) return std::unexpected(*run.failed);
  switch (node.op) {
    case Op::kAll:
      return Value(!run.decided);
    case Op::kExists:
      return Value(run.decided);
    case Op::kExistsOne:
      return Value(run.found == 1);
    default:
      return arena().list(std::move(run.made));
  }
}

// What one element does. As with || and &&, what decides `exists` and `all` wins over failures;
// the others need to know of each element.
void Evaluation::macro_step(const Node& node, MacroRun& run) {
  const bool logical = node.op == Op::kAll || node.op == Op::kExists;
  if (run.failed && !logical) return;
  bool holds = true;
  if (node.op != Op::kTransform) {
    const Outcome asked = operand(node, 1);
    const bool* truth = asked ? asked->get<bool>() : nullptr;
    if (truth == nullptr) {
      if (!run.failed) run.failed = asked ? fail(node, kNoOverload).error() : asked.error();
      return;
    }
    holds = *truth;
  }
  if (logical) {
    run.decided = holds == (node.op == Op::kExists);
  } else if (node.op == Op::kExistsOne) {
    run.found += holds ? 1 : 0;
  } else if (holds) {
    const Outcome made =
        node.op == Op::kFilter ? Outcome(locals_[node.detail]) : operand(node, node.count - 1);
    if (made) {
      run.made.push_back(*made);
    } else {
      run.failed = made.error();
    }
  }
}

}  // namespace bifrost::cel
