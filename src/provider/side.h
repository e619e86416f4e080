// One wire format that the servers of a provider speak: which operations, at which paths, signed
// how, and where they depart from the letter of the format.
//
// Most providers have one side. A second one speaks to the same servers in another format; which
// of them a request goes to is for Endpoint::side to say.
#pragma once

#include "dialect/dialect.h"
#include "dialect/flavor.h"
#include "http/url.h"
#include "llm/operation.h"
#include "provider/sign.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>

namespace bifrost::provider {

// What nearly every provider offers.
inline constexpr llm::RequestTypes kChatAndModels = {
    {llm::Operation::kListModels}, {llm::Operation::kChat, false}, {llm::Operation::kChat, true}};
inline constexpr llm::RequestTypes kChatOnly =
    kChatAndModels.without({llm::Operation::kListModels});

inline constexpr llm::RequestTypes kResponsesOnly = {{llm::Operation::kResponses, false},
                                                     {llm::Operation::kResponses, true}};

struct StaticHeader {
  std::string_view name;
  std::string_view value;
};

// Where an operation is served behind the base URL.
struct OperationPath {
  llm::Operation operation;
  std::string_view path;
};

// Data of a provider's row.
struct SideSpec {
  const dialect::Dialect* dialect = nullptr;
  llm::RequestTypes offers = kChatAndModels;
  const Signing* signing = &kBearer;
  std::span<const OperationPath> paths = {};  // instead of the dialect's
  std::span<const StaticHeader> headers = {};
  dialect::Flavor flavor = {};
  bool sends_done_marker = true;  // ends its streams as the dialect says
  bool on_request = false;        // only for keys with use_anthropic_endpoints

  // Empty: where the dialect says.
  [[nodiscard]] std::string_view path_of(llm::Operation operation) const {
    const auto found = std::ranges::find(paths, operation, &OperationPath::operation);
    return found == paths.end() ? std::string_view{} : found->path;
  }
};

// A side of one deployment.
struct Side {
  const SideSpec* spec = nullptr;  // never null
  http::Url base;                  // no host: the provider is built in, or each key has its own
  dialect::Flavor flavor;          // the spec's with this deployment's settings
  bool sends_done_marker = true;

  [[nodiscard]] const dialect::Dialect& dialect() const { return *spec->dialect; }
};

}  // namespace bifrost::provider
