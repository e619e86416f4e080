#include "dialect/gemini/partial_args.h"

#include "base/strings.h"
#include "dialect/gemini/spelling.h"
#include "json/writer.h"

#include <optional>
#include <utility>

namespace bifrost::dialect::gemini {
namespace {

// A deeper path is not followed.
constexpr std::size_t kDepthMax = 64;

// The text of a JSON string without its quotes.
std::string inside_quotes(std::string_view text) {
  const std::string literal = json::quoted(text);
  return literal.substr(1, literal.size() - 2);
}

// The name between quotes at the front of "'a b'].c"; `text` is moved behind the bracket.
std::optional<std::string> quoted_name(std::string_view& text) {
  const char quote = text.front();
  std::string name;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      name += text[++i];
    } else if (text[i] != quote) {
      name += text[i];
    } else if (i + 1 < text.size() && text[i + 1] == ']') {
      text.remove_prefix(i + 2);
      return name;
    } else {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

}  // namespace

// "$.a.b[0]['c d']". False when it is something else.
bool PartialArgs::parse_path(std::string_view text, Path& path) {
  if (!text.starts_with('$')) return false;
  text.remove_prefix(1);
  while (!text.empty()) {
    if (path.size() >= kDepthMax) return false;
    if (text.starts_with('.')) {
      text.remove_prefix(1);
      const std::string_view name = text.substr(0, text.find_first_of(".["));
      if (name.empty()) return false;
      path.push_back({.name = std::string(name)});
      text.remove_prefix(name.size());
      continue;
    }
    if (!text.starts_with('[') || text.size() < 3) return false;
    text.remove_prefix(1);
    if (text.front() == '\'' || text.front() == '"') {
      auto name = quoted_name(text);
      if (!name) return false;
      path.push_back({.name = *std::move(name)});
      continue;
    }
    const auto end = text.find(']');
    if (end == std::string_view::npos || !parse_int(text.substr(0, end))) return false;
    path.push_back({.index = true, .name = std::string(text.substr(0, end))});
    text.remove_prefix(end + 1);
  }
  return !path.empty() && !path.front().index;
}

std::string PartialArgs::add(json::Value arg) {
  std::string out;
  Path path;
  if (!parse_path(field(arg, "jsonPath").string_or(""), path)) return out;
  const std::size_t shared = shared_levels(path);
  const bool same = shared == stack_.size() && shared == path.size() && !stack_.empty() &&
                    stack_.back().at == path.back();
  const bool goes_on = field(arg, "willContinue").boolean().value_or(false);
  const json::Value text = field(arg, "stringValue");
  if (same && in_string_ && text.is_string()) {
    out += inside_quotes(text.string_or(""));
  } else {
    if (same && !in_string_) return out;  // said twice
    close_to(shared, out);
    enter(path, out);
    write_value(arg, out);
  }
  if (in_string_ && !goes_on) close_string(out);
  return out;
}

std::string PartialArgs::finish() {
  if (stack_.empty()) return "{}";
  std::string out;
  close_to(0, out);
  return out;
}

// How many open containers the path goes through.
std::size_t PartialArgs::shared_levels(const Path& path) const {
  std::size_t levels = 0;
  while (levels < stack_.size() && levels < path.size() &&
         stack_[levels].array == path[levels].index) {
    ++levels;
    const bool deeper = levels < stack_.size() && levels < path.size();
    if (deeper && stack_[levels - 1].at != path[levels - 1]) break;
  }
  return levels;
}

void PartialArgs::close_string(std::string& out) {
  if (std::exchange(in_string_, false)) out += '"';
}

void PartialArgs::close_to(std::size_t levels, std::string& out) {
  close_string(out);
  while (stack_.size() > levels) {
    out += stack_.back().array ? ']' : '}';
    stack_.pop_back();
  }
}

// Opens what is missing and names the child of each container on the way.
void PartialArgs::enter(const Path& path, std::string& out) {
  const std::size_t shared = stack_.size();
  for (std::size_t level = shared == 0 ? 0 : shared - 1; level < path.size(); ++level) {
    const Step& step = path[level];
    if (level >= stack_.size()) {
      out += step.index ? '[' : '{';
      stack_.push_back({.array = step.index});
    }
    Level& open = stack_.back();
    if (std::exchange(open.used, true)) out += ',';
    open.at = step;
    if (!step.index) {
      json::append_string(out, step.name);
      out += ':';
    }
  }
}

void PartialArgs::write_value(json::Value arg, std::string& out) {
  if (const json::Value text = field(arg, "stringValue"); text.is_string()) {
    out += '"';
    out += inside_quotes(text.string_or(""));
    in_string_ = true;
  } else if (const json::Value number = field(arg, "numberValue"); number.is_number()) {
    out += number.raw();
  } else if (const json::Value flag = field(arg, "boolValue"); flag.is_bool()) {
    out += flag.raw();
  } else {
    out += "null";
  }
}

}  // namespace bifrost::dialect::gemini
