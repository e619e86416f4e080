// What requests and answers say, as text with one line a thing, so that two can be compared and a
// difference can be read. How it was cut into messages, parts and events is left out.
#pragma once

#include "dialect/dialect.h"
#include "llm/event.h"
#include "llm/request.h"
#include "llm/response.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::test {

// The same JSON value whatever its white space and the order of its members.
[[nodiscard]] std::string canonical(std::string_view json);

// Tools, then messages: text, calls with ids, names and arguments, results with ids and text,
// media.
[[nodiscard]] std::string told_request(const llm::Request& request);

struct ToldCall {
  std::string id;
  std::string name;
  std::string arguments;
  std::string signature;
};

struct ToldChoice {
  std::string text;
  std::string reasoning;
  std::string seals;  // signatures and sealed data of the reasoning
  std::string refusal;
  std::map<std::int64_t, ToldCall> calls;
  llm::FinishReason finish = llm::FinishReason::kUnknown;
};

struct ToldAnswer {
  std::map<std::int64_t, ToldChoice> choices;
  llm::Usage usage;
  std::string failure;  // of a stream
  bool ended = false;   // of a stream
};

[[nodiscard]] ToldAnswer told_answer(const llm::Response& response);
[[nodiscard]] ToldAnswer told_answer(const std::vector<llm::StreamEvent>& events);

// As text, with only what an answer of dialect `from` keeps when it is written in dialect `to`.
[[nodiscard]] std::string told_between(const ToldAnswer& answer, const dialect::Dialect& from,
                                       const dialect::Dialect& to);

}  // namespace bifrost::test
