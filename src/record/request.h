// One request, from its head to its end. Views are good while a sink is told.
#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "http/headers.h"
#include "llm/response.h"
#include "llm/usage.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace bifrost::record {

// Who answered a request to a model.
struct Service {
  std::string_view provider;
  std::string_view model;       // as the provider knows it
  std::string_view model_name;  // as the target names it, before any alias of the key
  std::string_view key_id;
  std::string_view key_name;
  std::size_t fallback_index = 0;
  std::int64_t retries = 0;  // at this target
  llm::Usage usage = {};
  std::optional<std::int64_t> nano_dollars = std::nullopt;  // absent: the price is not known
  llm::FinishReason finish = llm::FinishReason::kUnknown;
  std::chrono::nanoseconds first_content_after{};  // from sending to the first content
};

// On whose behalf, as the configuration names them; empty: there is none.
struct Caller {
  std::string_view virtual_key_id = {};
  std::string_view virtual_key_name = {};
  std::string_view team_id = {};
  std::string_view team_name = {};
  std::string_view customer_id = {};
  std::string_view customer_name = {};
};

// What a request to a model was about.
struct ModelCall {
  std::string_view model;  // as the caller wrote it
  bool stream = false;
  std::string_view rule_id = {};  // of the routing rule that sent it where it went; empty: none
  std::string_view rule_name = {};
  std::string_view routing_engine = {};  // that said where it goes; empty: the caller did
  Caller caller = {};
  const Service* service = nullptr;          // null: nobody has answered yet
  std::chrono::nanoseconds upstream_time{};  // attempts, queues and pauses before the answer
};

struct Request {
  std::string_view id;
  std::string_view method;   // as the caller wrote it
  std::string_view path;     // the same, without the query
  std::string_view pattern;  // of the route; empty: there is no such route
  std::string_view route_method;
  std::string_view operation;
  const http::Headers* headers = nullptr;  // the caller's; never null
  const ModelCall* call = nullptr;         // null: it was about no model, or did not get that far

  // Known at the end
  WallTime ended = {};
  std::chrono::nanoseconds duration{};
  int status = 0;                // of the answer; that of the error when the caller left
  const Error* error = nullptr;  // why it failed, or was cut
  std::uint64_t request_bytes = 0;
  std::uint64_t response_bytes = 0;

  [[nodiscard]] const Service* service() const { return call != nullptr ? call->service : nullptr; }
};

}  // namespace bifrost::record
