// OpenAI's Responses: a conversation as a list of items, and answers that are such a list.
#pragma once

#include "dialect/dialect.h"

namespace bifrost::dialect::openai_responses {

const Dialect& dialect();

}  // namespace bifrost::dialect::openai_responses
