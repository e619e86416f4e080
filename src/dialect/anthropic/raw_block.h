// A block that only this dialect knows, collected from a stream into one JSON object.
//
// The start has most of it. Of the deltas, input_json_delta pieces make up `input`; any other one
// ("compaction_delta") carries members by their names: strings are appended, other values replace.
#pragma once

#include "json/document.h"
#include "llm/content.h"

#include <string>
#include <string_view>
#include <vector>

namespace bifrost::dialect::anthropic {

class RawBlock {
 public:
  explicit RawBlock(json::Value start);

  void add(json::Value delta);
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] llm::RawPart finish() const;

 private:
  struct Change {
    std::string key;
    bool is_text = false;
    std::string value;  // text, or JSON
  };

  void add_member(json::Value member);

  std::string type_;
  std::string start_;
  std::string input_;
  std::vector<Change> changes_;
  std::size_t bytes_ = 0;
};

}  // namespace bifrost::dialect::anthropic
