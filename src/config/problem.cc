#include "config/problem.h"

#include "base/limits.h"
#include "base/strings.h"
#include "json/writer.h"

#include <algorithm>
#include <utility>

namespace bifrost::config {
namespace {

constexpr std::size_t kNameBytesMax = 80;  // of a name inside a path

bool is_plain(std::string_view name) {
  return !name.empty() && name.size() <= kNameBytesMax && std::ranges::all_of(name, [](char c) {
    return (c >= '0' && c <= '9') || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z') || c == '_' ||
           c == '-' || c == '$';
  });
}

void append_member(std::string& path, std::string_view name) {
  if (is_plain(name)) {
    if (!path.empty()) path += '.';
    path += name;
  } else {
    path += '[';
    json::append_string(path, utf8_prefix(name, kNameBytesMax));
    path += ']';
  }
}

// Whether `path` is `place` or something in it.
bool is_within(std::string_view path, std::string_view place) {
  if (!path.starts_with(place)) return false;
  const std::string_view below = path.substr(place.size());
  return below.empty() || below.starts_with('.') || below.starts_with('[');
}

}  // namespace

std::string render(const Problem& problem) {
  return problem.path.empty() ? problem.message : problem.path + ": " + problem.message;
}

std::string render(const std::vector<Problem>& problems) {
  std::string out;
  for (const Problem& problem : problems) {
    if (!out.empty()) out += '\n';
    out += render(problem);
  }
  return out;
}

void Problems::add(std::string path, std::string message) {
  if (problems_.size() >= limits::kConfigProblemsMax) {
    ++left_out_;
    return;
  }
  problems_.push_back({.path = std::move(path), .message = std::move(message)});
}

void Problems::add_unless_reported(std::string path, std::string message) {
  if (!reported(path)) add(std::move(path), std::move(message));
}

bool Problems::reported(std::string_view path) const {
  return std::ranges::any_of(problems_, [&](const Problem& problem) {
    return is_within(problem.path, path) ||
           (!problem.path.empty() && is_within(path, problem.path));
  });
}

std::vector<Problem> Problems::take() {
  if (left_out_ > 0) {
    problems_.push_back({.path = {}, .message = "... and " + std::to_string(left_out_) + " more"});
    left_out_ = 0;
  }
  return std::exchange(problems_, {});
}

Path::Step Path::enter(std::string_view name) {
  const std::size_t length = text_.size();
  append_member(text_, name);
  return {*this, length};
}

Path::Step Path::enter(std::size_t index) {
  const std::size_t length = text_.size();
  text_ += '[';
  text_ += std::to_string(index);
  text_ += ']';
  return {*this, length};
}

std::string Path::member(std::string_view name) const {
  std::string path = text_;
  append_member(path, name);
  return path;
}

}  // namespace bifrost::config
