// OpenAI's chat completions, and what two dozen other providers made of it.
#pragma once

#include "dialect/dialect.h"

namespace bifrost::dialect::openai_chat {

const Dialect& dialect();

}  // namespace bifrost::dialect::openai_chat
