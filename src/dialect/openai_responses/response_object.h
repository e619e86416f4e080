// The response object: what a whole answer is, and what the first and the last events of a stream
// hold.
#pragma once

#include "base/error.h"
#include "dialect/openai_responses/output_item.h"
#include "dialect/stream.h"
#include "json/document.h"
#include "json/writer.h"
#include "llm/response.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::dialect::openai_responses {

// "resp_…" out of whatever id a provider gave.
[[nodiscard]] std::string response_id(std::string_view id, std::string_view fallback);

class ResponseObject {
 public:
  // `echo` as AnswerContext has it; what is no JSON object counts as empty.
  explicit ResponseObject(std::string_view echo);

  std::string id;
  std::int64_t created = 0;
  std::string model;
  std::string service_tier;  // empty: the caller's, or the default

  struct State {
    std::string_view status = "in_progress";
    std::string_view incomplete_reason = {};  // empty: no details
    const Error* error = nullptr;
    const llm::Usage* usage = nullptr;
  };
  // Appends the object. `write_output` appends the elements of `output`; `write_more` members
  // behind all others.
  template <class WriteOutput, class WriteMore>
  void write(json::Writer& writer, const State& state, WriteOutput write_output,
             WriteMore write_more) const {
    begin(writer, state);
    writer.key("output").begin_array();
    write_output(writer);
    writer.end_array();
    write_settings(writer);
    write_usage(writer, state);
    write_more(writer);
    writer.end_object();
  }

 private:
  void begin(json::Writer& writer, const State& state) const;
  void write_settings(json::Writer& writer) const;
  static void write_usage(json::Writer& writer, const State& state);
  [[nodiscard]] json::Value echoed(std::string_view name) const;

  std::optional<json::Document> echo_;
};

}  // namespace bifrost::dialect::openai_responses
