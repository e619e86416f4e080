// Ids of function calls where Google gives none.
//
// Everybody else matches a result to its call by an id; Gemini used to match by name and order.
// The ids made up here depend on nothing but the text they stand in, so that a retry, a prompt
// cache and a later turn see the same ones.
#pragma once

#include "llm/content.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace bifrost::dialect::gemini {

// Of the `ordinal`-th call of an answer. `answer_id` keeps the ids of two turns apart.
[[nodiscard]] std::string answer_call_id(std::string_view answer_id, std::size_t ordinal,
                                         std::string_view name);

// The calls of one conversation in order.
class CallHistory {
 public:
  // Gives the call an id when it has none.
  void add(llm::ToolCallPart& call);
  // Fills the id and name of a result from the call that it answers.
  void match(llm::ToolResultPart& result);
  // The name under which the call was made; empty when unknown.
  [[nodiscard]] std::string_view name_of(std::string_view id) const;

 private:
  struct Open {
    std::vector<std::string> ids;  // of the calls to one function, in order
    std::size_t next = 0;          // the first that has no result
  };

  std::size_t calls_ = 0;
  std::size_t orphans_ = 0;  // results without a call
  std::unordered_map<std::string, std::string> names_;
  std::unordered_map<std::string, Open> open_;
};

}  // namespace bifrost::dialect::gemini
