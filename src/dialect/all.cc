#include "dialect/anthropic/dialect.h"
#include "dialect/dialect.h"
#include "dialect/gemini/dialect.h"
#include "dialect/openai_chat/dialect.h"

#include <array>

namespace bifrost::dialect {

llm::RequestTypes Dialect::speaks() const {
  llm::RequestTypes types = {{llm::Operation::kListModels}};  // every family has them
  if (chat != nullptr) {
    types = types.with({llm::Operation::kChat, false}).with({llm::Operation::kChat, true});
  }
  return types;
}

std::span<const Dialect* const> all() {
  static const std::array<const Dialect*, 3> kAll = {
      &openai_chat::dialect(),
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
