// Running an expression in a test.
#pragma once

#include "cel/evaluation.h"
#include "cel/program.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost::cel {

class NamedValues final : public Variables {
 public:
  void add(std::string_view name, Value value) {
    names_.push_back(name);
    values_.push_back(value);
  }
  [[nodiscard]] const std::vector<std::string_view>& names() const { return names_; }
  [[nodiscard]] std::optional<Value> get(std::size_t variable) const override {
    return values_[variable];
  }

 private:
  std::vector<std::string_view> names_;
  std::vector<Value> values_;
};

// A program, what it is run on, and its run, which owns what the outcome views.
class Ran {
 public:
  explicit Ran(std::string_view text, const NamedValues& variables = none())
      : program_(Program::compile(text, variables.names())) {
    if (!program_) return;
    evaluation_ = std::make_unique<Evaluation>(*program_, variables);
    outcome_ = evaluation_->run();
  }

  [[nodiscard]] bool failed() const { return !program_ || !outcome_; }
  [[nodiscard]] const Value& value() const { return *outcome_; }
  [[nodiscard]] const Program& program() const { return *program_; }
  [[nodiscard]] std::size_t steps() const { return evaluation_->steps(); }
  // Why there is no value, wherever that was found.
  [[nodiscard]] std::string why() const {
    if (!program_) return program_.error().message;
    return outcome_ ? std::string() : describe(*program_, outcome_.error());
  }
  [[nodiscard]] bool truth() const {
    const bool* held = failed() ? nullptr : outcome_->get<bool>();
    EXPECT_NE(held, nullptr) << why();
    return held != nullptr && *held;
  }

 private:
  static const NamedValues& none() {
    static const NamedValues kNone;
    return kNone;
  }

  Result<Program> program_;
  std::unique_ptr<Evaluation> evaluation_;
  Outcome outcome_;
};

// As `==`, but types have to be the same too, and there is no end of steps.
inline bool same(const Value& a, const Value& b) {
  if (a.type() != b.type()) return false;
  if (const List* list = a.get<List>()) {
    return list->size == b.get<List>()->size &&
           std::equal(list->begin(), list->end(), b.get<List>()->begin(), same);
  }
  if (const Map* map = a.map()) {
    if (map->size() != b.map()->size()) return false;
    for (std::size_t i = 0; i < map->size(); ++i) {
      const auto [key, value] = map->at(i);
      const auto other = b.map()->find(key);
      if (!other || !same(value, *other)) return false;
    }
    return true;
  }
  Effort effort(std::size_t{1} << 20);
  return equal(a, b, effort);
}

}  // namespace bifrost::cel
