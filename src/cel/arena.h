// What an evaluation makes: texts, lists and maps that live as long as it does.
#pragma once

#include "cel/compare.h"
#include "cel/evaluation.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost::cel {

// A map that was written down. Small, so it is searched from its beginning.
class MadeMap final : public Map {
 public:
  explicit MadeMap(std::vector<std::pair<Value, Value>> entries) : entries_(std::move(entries)) {}
  [[nodiscard]] std::optional<Value> find(const Value& key) const override {
    for (const auto& [name, value] : entries_) {
      Effort effort(Program::kBytesMax);  // keys are no longer than the expression
      if (equal(name, key, effort)) return value;
    }
    return std::nullopt;
  }
  [[nodiscard]] std::size_t size() const override { return entries_.size(); }
  [[nodiscard]] std::pair<Value, Value> at(std::size_t index) const override {
    return entries_[index];
  }

 private:
  std::vector<std::pair<Value, Value>> entries_;
};

class Evaluation::Arena {
 public:
  Value text(std::string text) {
    return Value(
        std::string_view(*texts_.emplace_back(std::make_unique<std::string>(std::move(text)))));
  }
  Value bytes(std::string octets) {
    return Value(Bytes{*text(std::move(octets)).get<std::string_view>()});
  }
  Value list(std::vector<Value> items) {
    const auto& kept = lists_.emplace_back(std::make_unique<std::vector<Value>>(std::move(items)));
    return Value(List{.items = kept->data(), .size = kept->size()});
  }
  Value map(std::vector<std::pair<Value, Value>> entries) {
    return Value(*maps_.emplace_back(std::make_unique<MadeMap>(std::move(entries))));
  }

 private:
  std::vector<std::unique_ptr<std::string>> texts_;
  std::vector<std::unique_ptr<std::vector<Value>>> lists_;
  std::vector<std::unique_ptr<MadeMap>> maps_;
};

}  // namespace bifrost::cel
