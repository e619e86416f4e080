// Which row of a table of routes a request means, and what stood for the parameters of its path.
//
// A pattern is a path of segments:
//
//   /v1/models                as written
//   /v1/files/{id}/content    one segment, not empty
//   /v1/jobs/{id}:cancel      one segment that ends like this
//   /v1/models/{model...}     all that is left, slashes and all, not empty
//   /v1beta/models/{model...}:generateContent, /deployments/{model...}/chat/completions
//                             all that is left up to this end
//
// The more exact pattern goes first, segment by segment: as written, then {name} with the longest
// end, then {name...} with the longest end. Parameters are given as they were sent, still encoded.
//
// Knows nothing of what a row is: rows are numbered as they were added. Immutable once it is
// filled, and then safe from any thread.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::http {

inline constexpr std::size_t kPathParametersMax = 4;

class PathParameters {
 public:
  // Empty when the pattern has none of that name. As sent, still percent-encoded.
  [[nodiscard]] std::string_view get(std::string_view name) const;
  [[nodiscard]] std::size_t size() const { return count_; }

  void push(std::string_view name, std::string_view value);
  void pop() { --count_; }

 private:
  struct Parameter {
    std::string_view name;
    std::string_view value;
  };
  std::array<Parameter, kPathParametersMax> parameters_ = {};
  std::size_t count_ = 0;
};

struct RouteMatch {
  std::optional<std::size_t> row;  // nothing: no such path, or not with this method
  PathParameters parameters;       // views into the pattern and the path

  // Where there is no row:
  std::string allow;                   // the methods that the path does take: "GET, POST"
  std::optional<std::size_t> nearest;  // of the rows that go along with the path the furthest, the
                                       // first; nothing when none has even its first segment
};

class Router {
 public:
  Router();

  // Both outlive the router. A pattern begins with a slash, has at most kPathParametersMax
  // parameters, and nothing but text behind a {name...}.
  void add(std::string_view method, std::string_view pattern);

  // `path` is without its query; a slash at its end is not looked at. HEAD is taken for GET.
  [[nodiscard]] RouteMatch match(std::string_view method, std::string_view path) const;

 private:
  struct Row {
    std::string_view method;
    std::size_t number;
  };
  // A step to a segment. Without a name it is written; else it is any that ends like this.
  struct Step {
    std::string_view name;
    std::string_view text;
    std::size_t node;
  };
  struct Tail {
    std::string_view name;
    std::string_view end;
    std::vector<Row> rows;
  };
  struct Node {
    std::size_t first_row;    // of those that end here or further down
    std::vector<Step> steps;  // the more exact first
    std::vector<Tail> tails;  // the longest end first
    std::vector<Row> rows;    // of patterns that end here
  };
  class Search;

  std::size_t step_from(std::size_t node, std::string_view segment);
  std::vector<Row>& tail_of(std::size_t node, std::string_view text);

  std::vector<Node> nodes_;  // the first is where every path begins
  std::size_t rows_ = 0;
};

// A pattern as it is told to people and to OpenAPI: without the dots of its parameters.
[[nodiscard]] std::string plain_pattern(std::string_view pattern);

// The names of a pattern's parameters, in their order.
[[nodiscard]] std::vector<std::string_view> parameter_names(std::string_view pattern);

}  // namespace bifrost::http
