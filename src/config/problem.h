// What is wrong with a file: all of it at once, each with its place.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::config {

struct Problem {
  std::string path;  // "providers.openai.keys[0].value"; empty: the file as a whole
  std::string message;

  friend bool operator==(const Problem&, const Problem&) = default;
};

// "path: message"
[[nodiscard]] std::string render(const Problem& problem);
// One problem per line, without a line break at the end.
[[nodiscard]] std::string render(const std::vector<Problem>& problems);

// Collects up to limits::kConfigProblemsMax problems and counts the rest.
class Problems {
 public:
  void add(std::string path, std::string message);
  // For checks of one setting against another: says nothing when the place, something in it, or
  // what it stands in is already known to be wrong: the check would only repeat that in other
  // words.
  void add_unless_reported(std::string path, std::string message);

  [[nodiscard]] bool empty() const { return problems_.empty(); }
  // In the order of the file's paths as they were found; the last one counts what was left out.
  [[nodiscard]] std::vector<Problem> take();

 private:
  [[nodiscard]] bool reported(std::string_view path) const;

  std::vector<Problem> problems_;
  std::size_t left_out_ = 0;
};

// Builds the path of a place while walking through a file.
class Path {
 public:
  // Undoes one step when it goes out of scope.
  class [[nodiscard]] Step {
   public:
    Step(Path& path, std::size_t length) : path_(path), length_(length) {}
    ~Step() { path_.text_.resize(length_); }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

   private:
    Path& path_;
    std::size_t length_;
  };

  Step enter(std::string_view name);
  Step enter(std::size_t index);

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool is_root() const { return text_.empty(); }
  // The place of a member of this one.
  [[nodiscard]] std::string member(std::string_view name) const;

 private:
  std::string text_;
};

}  // namespace bifrost::config
