#include "dialect/anthropic/dialect.h"
#include "dialect/chat_codec.h"
#include "dialect/dialect.h"
#include "dialect/gemini/dialect.h"
#include "dialect/openai_chat/dialect.h"
#include "dialect/openai_responses/dialect.h"

#include <array>

namespace bifrost::dialect {

llm::RequestTypes Dialect::speaks() const {
  llm::RequestTypes types = {{llm::Operation::kListModels}};  // every family has them
  if (chat != nullptr) {
    types = types.with({chat->operation, false}).with({chat->operation, true});
  }
  return types;
}

std::span<const Dialect* const> all() {
  static const std::array<const Dialect*, 4> kAll = {
      &openai_chat::dialect(),
      &openai_responses::dialect(),
      &anthropic::dialect(),
      &gemini::dialect(),
  };
  return kAll;
}

const Dialect* find(std::string_view name) {
  for (const Dialect* dialect : all()) {
    if (dialect->name == name) return dialect;
  }
  return nullptr;
}

}  // namespace bifrost::dialect
