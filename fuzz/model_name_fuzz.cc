// Names of models: whatever a caller writes, the path that is sent stays below the provider's own.
#include "llm/model_name.h"

#include "base/assert.h"
#include "base/limits.h"
#include "base/strings.h"
#include "dialect/chat_codec.h"
#include "fuzz/checks/checks.h"
#include "provider/prepare.h"
#include "provider/registry.h"
#include "routing/permit.h"
#include "routing/plan.h"

#include <algorithm>
#include <string>
#include <utility>

namespace {

using namespace bifrost;

constexpr std::string_view kPrefix = "/team/prefix/";
constexpr std::string_view kDenied = "gemini-pro";

provider::Registry build() {
  provider::Providers providers;
  for (const std::string_view name : {"gemini", "openai", "huggingface"}) {
    auto& settings = providers.append(std::string(name));
    settings.network.base_url = "https://host.example" + std::string(kPrefix);
    auto& key = settings.keys.emplace_back();
    key.name = "main";
    key.value = config::Secret("secret");
    key.models = {std::string(provider::kEverything)};
    key.blacklisted_models = {std::string(kDenied)};
  }
  auto built = provider::Registry::build(providers);
  BF_ASSERT(built.has_value());
  return *std::move(built);
}

// As a server may read it: decoded once and again.
void check_segments(std::string_view path) {
  for (const std::string_view segment : split(path, '/')) {
    std::string plain(segment);
    for (int i = 0; i < 3; ++i) {
      BF_ASSERT(plain != "." && plain != "..");
      BF_ASSERT(plain.find_first_of("/\\") == std::string::npos || i == 0);
      plain = percent_decode(plain).value_or(plain);
    }
  }
}

void check_target(const routing::Target& target, bool stream) {
  const provider::Endpoint& endpoint = *target.endpoint;
  BF_ASSERT(!target.model.empty() && target.model.size() <= limits::kModelNameBytesMax);
  if (target.model == kDenied) {
    BF_ASSERT(routing::best_permit(endpoint, target.model) == routing::Permit::kDenied);
  }
  const provider::Key* key = &endpoint.keys.front();
  const std::string model = endpoint.wire_model(target.model);
  const llm::RequestType type = {llm::Operation::kChat, stream};
  const provider::Addressee to{
      .endpoint = endpoint, .side = **endpoint.side(type, nullptr, key, target.model), .key = key};
  const std::string path = to.side.dialect().chat->path(model, stream);
  const auto request =
      provider::prepare(to, {.type = type,
                             .path = path,
                             .model = model,
                             .encoded = {.body = "{}", .headers = {}, .dropped = {}}});
  BF_ASSERT(request.has_value());
  BF_ASSERT(request->target.starts_with(kPrefix));
  BF_ASSERT(std::ranges::all_of(request->target, [](char c) { return c > 0x20 && c < 0x7F; }));
  check_segments(request->target.substr(0, request->target.find('?')));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const provider::Registry kRegistry = build();
  const std::string_view text = fuzz::text_of(data, size);
  const bool good = llm::check_model_name(text).has_value();
  for (const std::string& name : {std::string(text), "gemini/" + std::string(text)}) {
    const auto target = routing::resolve(kRegistry, name);
    if (!target) continue;
    BF_ASSERT(good);
    check_target(*target, name.size() % 2 == 0);
  }
  return 0;
}
