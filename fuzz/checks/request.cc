#include "base/assert.h"
#include "dialect/chat_codec.h"
#include "fuzz/checks/checks.h"
#include "json/document.h"

namespace bifrost::fuzz {
namespace {

constexpr std::string_view kModel = "gemini-2.5-pro";

bool names_schema(std::string_view path) {
  return path.find("chema") != std::string_view::npos ||
         path.find("parameters") != std::string_view::npos;
}

void check_encoded(const llm::Request& request, const dialect::Dialect& to,
                   const dialect::Flavor& flavor) {
  const auto encoded = to.chat->encode_request(request, {.model = kModel, .flavor = flavor});
  if (!encoded) {
    BF_ASSERT(!encoded.error().message.empty());
    return;
  }
  BF_ASSERT(is_json(encoded->body));
  std::string again = encoded->body;
  json::reserve_padding(again);
  const auto twice = to.chat->decode_request({.body = again, .path_model = kModel});
  // A schema is the caller's: it is passed on whatever it is, and refused by who reads it.
  if (!twice) BF_ASSERT(names_schema(twice.error().param));
}

}  // namespace

void check_request(const dialect::Dialect& dialect, std::string_view text) {
  std::string body(text);
  json::reserve_padding(body);
  const bool model_in_path = dialect.name == "gemini";
  const dialect::RequestInput input{.body = body,
                                    .path_model = model_in_path ? kModel : std::string_view{}};
  json::Scanner scanner;
  const auto facts = dialect.chat->peek(input, scanner);
  const auto request = dialect.chat->decode_request(input);
  if (!request) {
    BF_ASSERT(!request.error().message.empty());
    return;
  }
  // The way through `peek` comes first and is stricter about names.
  if (!facts) {
    BF_ASSERT(!facts.error().param.empty());
    return;
  }
  BF_ASSERT(facts->model == request->model);
  BF_ASSERT(facts->stream == request->stream);
  BF_ASSERT(facts->fallbacks == request->fallbacks);
  for (const dialect::Dialect* to : dialect::all()) {
    for (const dialect::Flavor& flavor : flavors()) check_encoded(*request, *to, flavor);
  }
}

}  // namespace bifrost::fuzz
