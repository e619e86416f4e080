// The one place where it is decided what a model costs the one who asks.
#pragma once

#include "catalog/facts.h"
#include "exchange/request_view.h"
#include "llm/operation.h"
#include "provider/endpoint.h"

#include <string_view>

namespace bifrost::exchange {

struct Asked {
  const provider::Endpoint& endpoint;
  std::string_view model;
  llm::Operation operation = llm::Operation::kChat;
  std::string_view key_id = {};  // of the provider; empty: it is not chosen yet
  std::string_view key_name = {};
};

// By the prices of one's own that hold for the caller, else by the sheet.
[[nodiscard]] catalog::Facts facts_of(const RequestView& request, const Asked& asked);

}  // namespace bifrost::exchange
