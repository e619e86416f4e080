// Bodies of errors, both ways. Beside the two functions of the dialect table: the shape that the
// gateway's own `/v1` routes answer with.
#pragma once

#include "base/error.h"
#include "json/document.h"

#include <optional>
#include <string>
#include <string_view>

namespace bifrost::dialect::openai_chat {

// What the `/v1` body says beside the error itself.
struct UnifiedErrorContext {
  std::string_view event_id;
  std::string_view provider;
  std::string_view model_requested;
  std::string_view request_type;  // "chat_completion", "chat_completion_stream" …
};

// {event_id, type, is_bifrost_error, status_code, error: {type, code, message, param, event_id},
//  extra_fields: {provider, model_requested, request_type, error_type}}
[[nodiscard]] std::string encode_unified_error(const Error& error,
                                               const UnifiedErrorContext& context);

// The error that a 2xx body or a stream event holds instead of an answer; nothing when it holds
// none. `status` is 0 for an error inside a 200.
[[nodiscard]] std::optional<Error> find_error(json::Value root, int status);

// The error of a body that is not what it should be: HTML, broken JSON, another format.
[[nodiscard]] Error unreadable_answer(std::string_view body, std::string_view what);
// The same for a stream whose first event is nothing that we know.
[[nodiscard]] Error foreign_answer(std::string_view event);

}  // namespace bifrost::dialect::openai_chat
