// One candidate of an answer in our words, and the head that answers and stream chunks share.
#pragma once

#include "base/result.h"
#include "dialect/stream.h"
#include "json/document.h"
#include "json/writer.h"
#include "llm/response.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bifrost::dialect::gemini {

// What an answer says about itself; a chunk says it again each time.
struct AnswerHead {
  std::string id;
  std::string model;
  std::int64_t created = 0;
};

[[nodiscard]] AnswerHead decode_head(json::Value root);

// Appends createTime, modelVersion and responseId, as far as they are known.
void write_head(json::Writer& out, const AnswerHead& head, const AnswerContext& context);

// How many candidates of a stream are told apart. Google allows 8.
inline constexpr std::int64_t kCandidatesMax = 128;

// Which candidate of a stream this is a piece of; nothing when it can be none.
[[nodiscard]] std::optional<std::int64_t> candidate_index(json::Value candidate);

[[nodiscard]] llm::Choice decode_candidate(json::Value candidate, std::string_view answer_id);
void write_candidate(json::Writer& out, const llm::Choice& choice);

// What the body of a whole answer says; else why it is none.
[[nodiscard]] Result<json::Document> read_answer(std::string_view body);

// Why the prompt itself was refused; empty when it was not.
[[nodiscard]] std::string block_reason(json::Value prompt_feedback);

// The error object of a body or a chunk, which may be wrapped in an array; missing when there is
// none.
[[nodiscard]] json::Value error_of(json::Value root);

// From such an object. `body` is what it was read from.
[[nodiscard]] Error error_from(json::Value error, int status, std::string_view body);

// From a body that stands where a stream should.
[[nodiscard]] Error plain_error(std::string_view text);

}  // namespace bifrost::dialect::gemini
