#include "http/router.h"

#include "base/assert.h"

#include <algorithm>

namespace bifrost::http {
namespace {

constexpr std::string_view kDots = "...";

// A piece of a pattern that holds a parameter: "{model...}:verb".
struct Piece {
  std::string_view name;
  bool tail = false;     // takes slashes too
  std::string_view end;  // text behind it
};

std::optional<Piece> parse_piece(std::string_view text) {
  if (!text.starts_with('{')) return std::nullopt;
  const auto close = text.find('}');
  BF_ASSERT(close != std::string_view::npos);
  Piece piece{.name = text.substr(1, close - 1), .end = text.substr(close + 1)};
  piece.tail = piece.name.ends_with(kDots);
  if (piece.tail) piece.name.remove_suffix(kDots.size());
  BF_ASSERT(!piece.name.empty() && piece.end.find('{') == std::string_view::npos);
  return piece;
}

// The segment behind the slash that `path` begins with.
std::string_view first_segment(std::string_view path) {
  return path.substr(1, path.find('/', 1) - 1);
}

}  // namespace

std::string_view PathParameters::get(std::string_view name) const {
  for (std::size_t i = 0; i < count_; ++i) {
    if (parameters_[i].name == name) return parameters_[i].value;
  }
  return {};
}

void PathParameters::push(std::string_view name, std::string_view value) {
  BF_ASSERT(count_ < parameters_.size());
  parameters_[count_++] = {name, value};
}

// One look-up: down the tree, back where a way leads nowhere. Every node is seen at most once.
class Router::Search {
 public:
  Search(const Router& router, std::string_view method)
      : router_(router), method_(method == "HEAD" ? "GET" : method) {}

  // Does a pattern below the node fit the rest of the path?
  bool visit(std::size_t index, std::string_view rest, std::size_t depth) {
    const Node& node = router_.nodes_[index];
    note(node, depth);
    if (rest.empty()) return take(node.rows, true);
    const std::string_view segment = first_segment(rest);
    for (const Step& step : node.steps) {
      if (take_step(step, segment, rest.substr(1 + segment.size()), depth + 1)) return true;
    }
    return std::ranges::any_of(node.tails,
                               [&](const Tail& tail) { return take_tail(tail, rest.substr(1)); });
  }

  [[nodiscard]] RouteMatch result() && {
    if (match_.row) {
      match_.nearest.reset();
      match_.allow.clear();
    }
    return std::move(match_);
  }

 private:
  void note(const Node& node, std::size_t depth) {
    if (depth <= deepest_) return;
    deepest_ = depth;
    match_.nearest = node.first_row;
  }

  bool take(const std::vector<Row>& rows, bool tells_methods) {
    const auto found = std::ranges::find(rows, method_, &Row::method);
    if (found != rows.end()) {
      match_.row = found->number;
      return true;
    }
    if (!tells_methods) return false;
    for (const Row& row : rows) allow(row.method);
    return false;
  }

  bool take_step(const Step& step, std::string_view segment, std::string_view rest,
                 std::size_t depth) {
    if (step.name.empty()) return step.text == segment && visit(step.node, rest, depth);
    if (segment.size() <= step.text.size() || !segment.ends_with(step.text)) return false;
    match_.parameters.push(step.name, segment.substr(0, segment.size() - step.text.size()));
    if (visit(step.node, rest, depth)) return true;
    match_.parameters.pop();
    return false;
  }

  bool take_tail(const Tail& tail, std::string_view rest) {
    if (rest.size() <= tail.end.size() || !rest.ends_with(tail.end)) return false;
    match_.parameters.push(tail.name, rest.substr(0, rest.size() - tail.end.size()));
    // One without an end takes anything, so it does not tell that just this path exists.
    if (take(tail.rows, !tail.end.empty())) return true;
    match_.parameters.pop();
    return false;
  }

  void allow(std::string_view method) {
    if (match_.allow.find(method) != std::string::npos) return;
    if (!match_.allow.empty()) match_.allow += ", ";
    match_.allow += method;
  }

  const Router& router_;
  std::string_view method_;
  std::size_t deepest_ = 0;
  RouteMatch match_;
};

Router::Router() : nodes_(1) {}

void Router::add(std::string_view method, std::string_view pattern) {
  BF_ASSERT(pattern.starts_with('/'));
  if (pattern == "/") pattern = {};
  std::size_t node = 0;
  std::vector<Row>* rows = nullptr;
  while (!pattern.empty() && rows == nullptr) {
    const std::string_view segment = first_segment(pattern);
    const auto piece = parse_piece(segment);
    if (piece && piece->tail) {
      rows = &tail_of(node, pattern.substr(1));
    } else {
      node = step_from(node, segment);
      pattern.remove_prefix(1 + segment.size());
    }
  }
  if (rows == nullptr) rows = &nodes_[node].rows;
  BF_ASSERT(std::ranges::find(*rows, method, &Row::method) == rows->end());
  rows->push_back({method, rows_++});
}

// Where a segment of a pattern leads; made when it is not there.
std::size_t Router::step_from(std::size_t node, std::string_view segment) {
  const auto piece = parse_piece(segment);
  const Step step{.name = piece ? piece->name : std::string_view(),
                  .text = piece ? piece->end : segment,
                  .node = nodes_.size()};
  std::vector<Step>& steps = nodes_[node].steps;
  for (const Step& known : steps) {
    if (known.name == step.name && known.text == step.text) return known.node;
  }
  const auto behind = [&](const Step& other) {
    if (step.name.empty() != other.name.empty()) return step.name.empty();
    return step.text.size() > other.text.size();
  };
  steps.insert(std::ranges::find_if(steps, behind), step);
  nodes_.push_back({.first_row = rows_});
  return step.node;
}

// The rows of a tail that is written like this; `text` reaches to the end of the pattern.
std::vector<Router::Row>& Router::tail_of(std::size_t node, std::string_view text) {
  const Piece piece = *parse_piece(text);
  std::vector<Tail>& tails = nodes_[node].tails;
  for (Tail& known : tails) {
    if (known.name == piece.name && known.end == piece.end) return known.rows;
  }
  const auto behind = [&](const Tail& other) { return piece.end.size() > other.end.size(); };
  return tails.insert(std::ranges::find_if(tails, behind), {piece.name, piece.end, {}})->rows;
}

RouteMatch Router::match(std::string_view method, std::string_view path) const {
  Search search(*this, method);
  if (path.ends_with('/')) path.remove_suffix(1);
  if (path.empty() || path.starts_with('/')) search.visit(0, path, 0);
  return std::move(search).result();
}

std::string plain_pattern(std::string_view pattern) {
  std::string out(pattern);
  const auto dots = out.find(std::string(kDots) + "}");
  if (dots != std::string::npos) out.erase(dots, kDots.size());
  return out;
}

std::vector<std::string_view> parameter_names(std::string_view pattern) {
  std::vector<std::string_view> names;
  for (auto open = pattern.find('{'); open != std::string_view::npos; open = pattern.find('{')) {
    const Piece piece = *parse_piece(pattern.substr(open, pattern.find('}') + 1 - open));
    names.push_back(piece.name);
    pattern.remove_prefix(pattern.find('}') + 1);
  }
  return names;
}

}  // namespace bifrost::http
