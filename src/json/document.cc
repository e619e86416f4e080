#include "json/document.h"

#include <charconv>
#include <cmath>
#include <utility>

namespace bifrost::json {
namespace {

using internal::Node;

std::optional<unsigned> four_hex(std::string_view text) {
  if (text.size() < 4) return std::nullopt;
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + 4, value, 16);
  if (error != std::errc{} || end != text.data() + 4) return std::nullopt;
  return value;
}

void append_utf8(std::string& out, unsigned code) {
  const auto put = [&](unsigned byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0U | (code >> 6U));
    put(0x80U | (code & 0x3FU));
  } else if (code < 0x10000) {
    put(0xE0U | (code >> 12U));
    put(0x80U | ((code >> 6U) & 0x3FU));
    put(0x80U | (code & 0x3FU));
  } else {
    put(0xF0U | (code >> 18U));
    put(0x80U | ((code >> 12U) & 0x3FU));
    put(0x80U | ((code >> 6U) & 0x3FU));
    put(0x80U | (code & 0x3FU));
  }
}

// Reads what follows "\u"; `at` stands behind it and is moved on.
bool append_unicode_escape(std::string& out, std::string_view text, std::size_t& at) {
  const auto first = four_hex(text.substr(at));
  if (!first) return false;
  at += 4;
  if (*first < 0xD800 || *first > 0xDFFF) {
    append_utf8(out, *first);
    return true;
  }
  if (*first <= 0xDBFF && text.substr(at, 2) == "\\u") {
    const auto second = four_hex(text.substr(at + 2));
    if (second && *second >= 0xDC00 && *second <= 0xDFFF) {
      at += 6;
      append_utf8(out, 0x10000U + ((*first - 0xD800U) << 10U) + (*second - 0xDC00U));
      return true;
    }
  }
  append_utf8(out, 0xFFFD);
  return true;
}

// The text between two quotes without them.
std::string_view inside_quotes(std::string_view literal) {
  return literal.size() >= 2 ? literal.substr(1, literal.size() - 2) : std::string_view{};
}

std::string_view key_bytes(std::string_view text, const Node& node) {
  return {text.data() + node.key_begin, node.key_end - node.key_begin};
}

}  // namespace

std::string_view type_name(Type type) {
  switch (type) {
    case Type::kMissing:
      return "nothing";
    case Type::kNull:
      return "null";
    case Type::kBool:
      return "a boolean";
    case Type::kNumber:
      return "a number";
    case Type::kString:
      return "a string";
    case Type::kArray:
      return "an array";
    case Type::kObject:
      return "an object";
  }
  return "nothing";
}

std::optional<std::string> unescape(std::string_view literal) {
  if (!literal.empty() && literal.front() == '"') literal = inside_quotes(literal);
  std::string out;
  out.reserve(literal.size());
  std::size_t at = 0;
  while (at < literal.size()) {
    const auto backslash = literal.find('\\', at);
    out.append(literal, at, backslash - at);
    if (backslash == std::string_view::npos) break;
    if (backslash + 1 >= literal.size()) return std::nullopt;
    at = backslash + 2;
    switch (literal[backslash + 1]) {
      case '"':
        out += '"';
        break;
      case '\\':
        out += '\\';
        break;
      case '/':
        out += '/';
        break;
      case 'b':
        out += '\b';
        break;
      case 'f':
        out += '\f';
        break;
      case 'n':
        out += '\n';
        break;
      case 'r':
        out += '\r';
        break;
      case 't':
        out += '\t';
        break;
      case 'u':
        if (!append_unicode_escape(out, literal, at)) return std::nullopt;
        break;
      default:
        return std::nullopt;
    }
  }
  return out;
}

const Node& Value::node() const { return document_->nodes_[index_]; }

Type Value::type() const { return exists() ? node().type : Type::kMissing; }

std::string_view Value::raw() const {
  if (!exists()) return {};
  return {document_->text_.get() + node().begin, node().end - node().begin};
}

std::size_t Value::offset() const { return exists() ? node().begin : 0; }

std::optional<bool> Value::boolean() const {
  if (!is_bool()) return std::nullopt;
  return raw() == "true";
}

std::optional<double> Value::number() const {
  if (!is_number()) return std::nullopt;
  const std::string_view text = raw();
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  return value;
}

std::optional<std::int64_t> Value::integer() const {
  if (!is_number()) return std::nullopt;
  const std::string_view text = raw();
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc{} && end == text.data() + text.size()) return value;
  const auto real = number();
  constexpr double kExact = 9007199254740992.0;  // 2^53: whole numbers below are exact
  if (!real || std::trunc(*real) != *real || std::abs(*real) > kExact) return std::nullopt;
  return static_cast<std::int64_t>(*real);
}

std::optional<std::string> Value::string() const {
  if (!is_string()) return std::nullopt;
  if (!node().escaped) return std::string(inside_quotes(raw()));
  return unescape(raw());
}

std::string Value::string_or(std::string_view fallback) const {
  if (!is_string()) return std::string(fallback);
  if (!node().escaped) return std::string(inside_quotes(raw()));
  return unescape(raw()).value_or(std::string(fallback));
}

bool Value::equals(std::string_view text) const {
  if (!is_string()) return false;
  if (!node().escaped) return inside_quotes(raw()) == text;
  return unescape(raw()) == text;
}

std::string Value::key() const {
  const std::string_view bytes = raw_key();
  if (!exists() || !node().key_escaped) return std::string(bytes);
  return unescape(bytes).value_or(std::string(bytes));
}

std::string_view Value::raw_key() const {
  return exists() ? key_bytes(document_->text(), node()) : std::string_view{};
}

std::size_t Value::key_offset() const {
  return exists() && node().key_begin > 0 ? node().key_begin - 1 : 0;
}

Value Value::operator[](std::string_view key) const {
  if (!is_object()) return {};
  const std::string_view text = document_->text();
  const Node* nodes = document_->nodes_.data();
  const std::uint32_t end = nodes[index_].next;
  for (std::uint32_t index = index_ + 1; index != end; index = nodes[index].next) {
    const std::string_view bytes = key_bytes(text, nodes[index]);
    if (nodes[index].key_escaped ? unescape(bytes) == key : bytes == key) {
      return {document_, index};
    }
  }
  return {};
}

void Value::find_members(std::span<const std::string_view> names, std::span<Value> found) const {
  if (!is_object()) return;
  const std::string_view text = document_->text();
  const Node* nodes = document_->nodes_.data();
  const std::uint32_t end = nodes[index_].next;
  for (std::uint32_t index = index_ + 1; index != end; index = nodes[index].next) {
    std::string_view bytes = key_bytes(text, nodes[index]);
    std::optional<std::string> unescaped;
    if (nodes[index].key_escaped) {
      unescaped = unescape(bytes);
      if (unescaped) bytes = *unescaped;
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i] != bytes) continue;
      if (!found[i].exists()) found[i] = {document_, index};
      break;
    }
  }
}

Value Value::at(std::size_t index) const {
  if (!is_array()) return {};
  for (const Value child : children()) {
    if (index-- == 0) return child;
  }
  return {};
}

std::size_t Value::size() const { return exists() ? node().count : 0; }

Value::Range Value::children() const {
  if (!is_object() && !is_array()) return {};
  return {Iterator(document_, index_ + 1), Iterator(document_, node().next)};
}

Value::Iterator& Value::Iterator::operator++() {
  index_ = document_->nodes_[index_].next;
  return *this;
}

}  // namespace bifrost::json
