#include "base/try.h"
#include "dialect/openai_chat/functions.h"
#include "dialect/openai_responses/functions.h"

namespace bifrost::dialect::openai_responses {

// Model, stream and fallbacks are written as in chats.
Result<RequestFacts> peek(const RequestInput& input, json::Scanner& scanner) {
  BF_TRY(RequestFacts facts, openai_chat::peek(input, scanner));
  facts.include_usage = true;  // the last event has it, asked for or not
  return facts;
}

}  // namespace bifrost::dialect::openai_responses
