#include "cel/evaluation.h"

#include "cel/arena.h"
#include "cel/arithmetic.h"
#include "cel/code.h"
#include "cel/lexer.h"

#include <algorithm>
#include <utility>

namespace bifrost::cel {
namespace {

constexpr std::string_view kNoKey = "there is no such key";

bool may_be_key(const Value& value) {
  switch (value.type()) {
    case Type::kBool:
    case Type::kInt:
    case Type::kUint:
    case Type::kString:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::string describe(const Program& program, const Failure& failure) {
  return fault_at(program.code().text, failure.place, failure.reason).message;
}

Evaluation::Evaluation(const Program& program, const Variables& variables, std::size_t steps_max)
    : code_(program.code()), variables_(variables), steps_max_(steps_max), effort_(steps_max) {}
Evaluation::~Evaluation() = default;

Outcome Evaluation::run() { return evaluate(code_.root); }

Evaluation::Arena& Evaluation::arena() {
  if (!arena_) arena_ = std::make_unique<Arena>();
  return *arena_;
}

std::unexpected<Failure> Evaluation::fail(const Node& node, std::string_view reason) {
  return std::unexpected(Failure{.reason = reason, .place = node.place});
}

std::unexpected<Failure> Evaluation::too_long(const Node& node) {
  return fail(node, "this takes too many steps");
}

// A map may have to look at each of its keys.
std::optional<Value> Evaluation::look_up(const Map& map, const Value& key) {
  constexpr std::size_t kKeysAStep = 8;
  if (!effort_.spend(map.size() / kKeysAStep)) return std::nullopt;
  return map.find(key);
}

Outcome Evaluation::spend_text(const Node& node, std::size_t bytes) {
  if (effort_.spend_text(bytes)) return Value();
  return too_long(node);
}

Outcome Evaluation::operand(const Node& node, std::size_t which) {
  return evaluate(code_.operands[node.first + which]);
}

Outcome Evaluation::evaluate(std::uint32_t index) {
  const Node& node = code_.nodes[index];
  if (!effort_.spend(1)) return too_long(node);
  switch (node.op) {
    case Op::kConstant:
      return code_.constants[node.detail];
    case Op::kVariable:
      return variable(node);
    case Op::kLocal:
      return locals_[node.detail];
    case Op::kList:
      return make_list(node);
    case Op::kMap:
      return make_map(node);
    case Op::kSelect:
      return select(node);
    case Op::kHas:
      return has(node);
    case Op::kIndex:
      return index_of(node);
    case Op::kConditional:
      return conditional(node);
    case Op::kOr:
      return logic(node, true);
    case Op::kAnd:
      return logic(node, false);
    case Op::kNot:
    case Op::kNegate:
      return unary(node);
    case Op::kEqual:
    case Op::kNotEqual:
      return equality(node);
    case Op::kLess:
    case Op::kLessEqual:
    case Op::kGreater:
    case Op::kGreaterEqual:
      return comparison(node);
    case Op::kIn:
      return in(node);
    case Op::kAdd:
    case Op::kSubtract:
    case Op::kMultiply:
    case Op::kDivide:
    case Op::kModulo:
      return arithmetic(node);
    case Op::kSize:
      return size(node);
    case Op::kStartsWith:
    case Op::kEndsWith:
    case Op::kContains:
      return search(node);
    case Op::kMatches:
      return matches(node);
    case Op::kToBool:
    case Op::kToBytes:
    case Op::kToDouble:
    case Op::kToInt:
    case Op::kToString:
    case Op::kToUint:
    case Op::kDyn:
      return conversion(node);
    case Op::kAll:
    case Op::kExists:
    case Op::kExistsOne:
    case Op::kFilter:
    case Op::kTransform:
    case Op::kFilteredTransform:
      return macro(node);
  }
  std::unreachable();
}

Outcome Evaluation::variable(const Node& node) {
  const auto value = variables_.get(node.detail);
  return value ? Outcome(*value) : fail(node, "this is not known now");
}

Outcome Evaluation::make_list(const Node& node) {
  std::vector<Value> items;
  items.reserve(node.count);
  for (std::size_t i = 0; i < node.count; ++i) {
    const Outcome item = operand(node, i);
    if (!item) return item;
    items.push_back(*item);
  }
  return arena().list(std::move(items));
}

Outcome Evaluation::make_map(const Node& node) {
  std::vector<std::pair<Value, Value>> entries;
  entries.reserve(node.count / 2);
  for (std::size_t i = 0; i < node.count; i += 2) {
    const Outcome key = operand(node, i);
    if (!key) return key;
    const Outcome value = operand(node, i + 1);
    if (!value) return value;
    if (!may_be_key(*key)) return fail(node, "keys are of the types bool, int, uint and string");
    for (const auto& [other, held] : entries) {
      if (equal(other, *key, effort_)) return fail(node, "two entries of the map have one key");
    }
    entries.emplace_back(*key, *value);
  }
  return arena().map(std::move(entries));
}

Outcome Evaluation::select(const Node& node) {
  const Outcome whole = operand(node, 0);
  if (!whole) return whole;
  const Map* map = whole->map();
  if (map == nullptr) return fail(node, kNoOverload);
  const auto found = look_up(*map, code_.constants[node.detail]);
  return found ? Outcome(*found) : fail(node, kNoKey);
}

Outcome Evaluation::has(const Node& node) {
  const Outcome whole = operand(node, 0);
  if (!whole) return whole;
  const Map* map = whole->map();
  if (map == nullptr) return fail(node, kNoOverload);
  return Value(look_up(*map, code_.constants[node.detail]).has_value());
}

Outcome Evaluation::index_of(const Node& node) {
  const Outcome whole = operand(node, 0);
  if (!whole) return whole;
  const Outcome key = operand(node, 1);
  if (!key) return key;
  if (const Map* map = whole->map()) {
    if (!may_be_key(*key) && key->type() != Type::kDouble) return fail(node, kNoOverload);
    const auto found = look_up(*map, *key);
    return found ? Outcome(*found) : fail(node, kNoKey);
  }
  const List* list = whole->get<List>();
  if (list == nullptr) return fail(node, kNoOverload);
  const auto place = whole_number(*key);
  if (!place) return fail(node, "the index of a list is a whole number");
  if (*place < 0 || std::cmp_greater_equal(*place, list->size)) {
    return fail(node, "the list has no such element");
  }
  return list->items[*place];
}

Outcome Evaluation::in(const Node& node) {
  const Outcome element = operand(node, 0);
  if (!element) return element;
  const Outcome whole = operand(node, 1);
  if (!whole) return whole;
  if (const Map* map = whole->map()) return Value(look_up(*map, *element).has_value());
  const List* list = whole->get<List>();
  if (list == nullptr) return fail(node, kNoOverload);
  const bool there = std::ranges::any_of(
      *list, [&](const Value& other) { return equal(*element, other, effort_); });
  if (!there && effort_.left() == 0) return too_long(node);
  return Value(there);
}

Outcome Evaluation::conditional(const Node& node) {
  const Outcome condition = operand(node, 0);
  if (!condition) return condition;
  const bool* truth = condition->get<bool>();
  if (truth == nullptr) return fail(node, kNoOverload);
  return operand(node, *truth ? 1 : 2);
}

// The value that decides wins over failures, in whichever order they stand.
Outcome Evaluation::logic(const Node& node, bool decisive) {
  std::optional<Failure> failed;
  for (std::size_t i = 0; i < node.count; ++i) {
    const Outcome value = operand(node, i);
    const bool* truth = value ? value->get<bool>() : nullptr;
    if (truth != nullptr && *truth == decisive) return Value(decisive);
    if (truth != nullptr || failed) continue;
    failed = value ? fail(node, kNoOverload).error() : value.error();
  }
  if (failed) return std::unexpected(*failed);
  return Value(!decisive);
}

Outcome Evaluation::unary(const Node& node) {
  const Outcome value = operand(node, 0);
  if (!value) return value;
  if (node.op == Op::kNot) {
    const bool* truth = value->get<bool>();
    return truth == nullptr ? Outcome(fail(node, kNoOverload)) : Value(!*truth);
  }
  const auto negated = negate(*value);
  return negated ? Outcome(*negated) : fail(node, negated.error());
}

Outcome Evaluation::equality(const Node& node) {
  const Outcome left = operand(node, 0);
  if (!left) return left;
  const Outcome right = operand(node, 1);
  if (!right) return right;
  const bool same = equal(*left, *right, effort_);
  if (effort_.left() == 0) return too_long(node);
  return Value(same == (node.op == Op::kEqual));
}

Outcome Evaluation::comparison(const Node& node) {
  const Outcome left = operand(node, 0);
  if (!left) return left;
  const Outcome right = operand(node, 1);
  if (!right) return right;
  if (const auto* text = left->get<std::string_view>()) {
    if (const Outcome paid = spend_text(node, text->size()); !paid) return paid;
  }
  const auto way = order(*left, *right);
  if (!way) return fail(node, kNoOverload);
  switch (node.op) {
    case Op::kLess:
      return Value(*way < 0);
    case Op::kLessEqual:
      return Value(*way <= 0);
    case Op::kGreater:
      return Value(*way > 0);
    default:
      return Value(*way >= 0);
  }
}

Outcome Evaluation::arithmetic(const Node& node) {
  const Outcome left = operand(node, 0);
  if (!left) return left;
  const Outcome right = operand(node, 1);
  if (!right) return right;
  if (node.op == Op::kAdd && left->type() == right->type()) {
    switch (left->type()) {
      case Type::kString:
      case Type::kBytes:
      case Type::kList:
        return joined(node, *left, *right);
      default:
        break;
    }
  }
  const auto value = calculate(node.op, *left, *right);
  return value ? Outcome(*value) : fail(node, value.error());
}

}  // namespace bifrost::cel
