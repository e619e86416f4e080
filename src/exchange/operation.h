// What is done with requests of one kind. Operations are rows of one table (operation/all.h), each
// in a file of its own; routes name them, and nobody else knows one by name.
#pragma once

#include "base/result.h"
#include "net/task.h"
#include "overload/control.h"

#include <cstdint>
#include <string_view>

namespace bifrost::exchange {

struct Exchange;
struct ModelRequests;
struct WorkerKit;

// Who may be served.
enum class Access : std::uint8_t {
  kCallers,    // who passes the checks of the section `client`
  kAnybody,    // a load balancer or a scraper
  kOperators,  // who passes admin::admit
  kSignIn,     // who is about to show that he is an operator
};

struct Operation {
  std::string_view name;  // in metrics, answers and references
  Access access = Access::kCallers;
  overload::Priority priority = overload::Priority::kNormal;
  // Answers through the exchange. An error that it returns is written by whoever runs it.
  net::Task<Result<void>> (*run)(WorkerKit& kit, Exchange& exchange);
  const ModelRequests* to_model = nullptr;  // null: its requests go to no model
};

}  // namespace bifrost::exchange
