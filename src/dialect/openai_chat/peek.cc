#include "dialect/fallbacks.h"
#include "dialect/openai_chat/decode_request.h"
#include "dialect/openai_chat/functions.h"
#include "dialect/request_members.h"

namespace bifrost::dialect::openai_chat {
namespace {

Error wrong_member(std::string_view key, std::string_view wanted) {
  return client_error(ErrorCode::kInvalidRequest,
                      "'" + std::string(key) + "' must be " + std::string(wanted),
                      std::string(key));
}

// Does a flat object, as it stands, hold `"include_usage": true`?
bool asks_for_usage(std::string_view options) {
  constexpr std::string_view kKey = "\"include_usage\"";
  auto at = options.find(kKey);
  if (at == std::string_view::npos) return false;
  at = options.find_first_not_of(" \t\r\n:", at + kKey.size());
  return at != std::string_view::npos && options.substr(at).starts_with("true");
}

}  // namespace

Result<RequestFacts> peek(const RequestInput& input, json::Scanner& scanner) {
  BF_TRY(const auto* members, request_members(input, scanner));
  RequestFacts facts;
  facts.members = *members;
  facts.model = input.path_model;
  for (const auto& [key, value] : facts.members) {
    if (key == "model" && value != "null") {
      auto model = value.starts_with('"') ? json::unescape(value) : std::nullopt;
      if (!model) return wrong_member(key, "a string; write a model as \"provider/model\"");
      // What stands in the path was chosen by the route.
      if (input.path_model.empty()) facts.model = *std::move(model);
    } else if (key == "stream" && value != "null") {
      if (value != "true" && value != "false") {
        return wrong_member(key, "a boolean; write true or false without quotes");
      }
      facts.stream = value == "true";
    } else if (key == "stream_options") {
      facts.include_usage = asks_for_usage(value);
    } else if (key == "fallbacks") {
      BF_TRY(const auto document, json::Document::parse(value));
      BF_TRY(facts.fallbacks, read_fallbacks(document.root()));
    }
  }
  if (facts.model.empty()) {
    return client_error(ErrorCode::kInvalidRequest,
                        "'model' is required; write a model as \"provider/model\"", "model");
  }
  return facts;
}

}  // namespace bifrost::dialect::openai_chat
