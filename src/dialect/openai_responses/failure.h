// Answers that failed: events of a stream and responses with the status "failed", both ways.
//
// OpenAI documents {"type":"error","code":…,"message":…,"param":…} and sends
// {"type":"error","error":{"type":…,"code":…,"message":…,"param":…}}; the official clients raise on
// the second only. Either is read, and we write an event that is both.
#pragma once

#include "base/error.h"
#include "json/document.h"
#include "json/writer.h"

#include <cstdint>
#include <string>

namespace bifrost::dialect::openai_responses {

// The error of a response whose status is "failed".
[[nodiscard]] Error decode_failure(json::Value response);

// The value of `error` in a failed response.
void encode_failure(json::Writer& writer, const Error& error);

// The data of an error event.
[[nodiscard]] std::string encode_error_event(const Error& error, std::int64_t sequence_number);

}  // namespace bifrost::dialect::openai_responses
