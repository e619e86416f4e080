// A handler whose behaviour a test gives as a function. For tests.
#pragma once

#include "server/handler.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace bifrost::server {

class FunctionHandler final : public Handler {
 public:
  using Function = std::function<net::Task<void>(Request&)>;
  explicit FunctionHandler(Function function) : function_(std::move(function)) {}

  net::Task<void> handle(Request& request) override {
    targets.push_back(request.head.target);
    return function_(request);
  }
  void exception_escaped(Request& /*request*/, std::string_view what) override {
    escaped.emplace_back(what);
  }
  [[nodiscard]] std::string protocol_error_body(const Error& error) const override {
    return std::string(error.name());
  }

  std::vector<std::string> targets;  // of the requests that were handled
  std::vector<std::string> escaped;  // exceptions

 private:
  Function function_;
};

}  // namespace bifrost::server
