#include "explain/parameters.h"

#include "base/strings.h"
#include "base/try.h"
#include "dialect/request.h"
#include "exchange/call.h"
#include "exchange/model_requests.h"
#include "exchange/request_view.h"
#include "governance/identify.h"
#include "json/document.h"
#include "json/scan.h"
#include "json/writer.h"
#include "routing/permit.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>

namespace bifrost::explain {
namespace {

using Standing = ParameterStep::Standing;

// A parameter with a request's members that ask for it and for nothing else.
struct Probe {
  std::string_view id;
  std::string_view type;
  std::string_view members;
  bool of_others = false;  // no parameter of OpenAI's own format
};

constexpr std::string_view kReasoning = "reasoning_effort";
constexpr std::string_view kTools = "tools";
constexpr std::string_view kTemperature = "temperature";

constexpr std::array kProbes = std::to_array<Probe>({
    {"max_tokens", "integer", R"("max_tokens": 2048)"},
    {kTemperature, "number", R"("temperature": 0.5)"},
    {"top_p", "number", R"("top_p": 0.5)"},
    {"top_k", "integer", R"("top_k": 5)", true},
    {"presence_penalty", "number", R"("presence_penalty": 0.5)"},
    {"frequency_penalty", "number", R"("frequency_penalty": 0.5)"},
    {"logprobs", "boolean", R"("logprobs": true)"},
    {"top_logprobs", "integer", R"("logprobs": true, "top_logprobs": 2)"},
    {"logit_bias", "object", R"("logit_bias": {"5": -1})"},
    {"stop", "array", R"("stop": ["\n\n"])"},
    {"seed", "integer", R"("seed": 5)"},
    {"response_format", "object", R"("response_format": {"type": "json_object"})"},
    {kTools, "array",
     R"("tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}])"},
    {"tool_choice", "string", R"("tool_choice": "auto")"},
    {"parallel_tool_calls", "boolean", R"("parallel_tool_calls": false)"},
    {kReasoning, "string", R"("reasoning_effort": "high")"},
});

// What others may not stand beside.
constexpr std::array kCompanions = {kReasoning, kTools, kTemperature};
// What means nothing without tools.
constexpr std::array<std::string_view, 2> kOfTools = {"tool_choice", "parallel_tool_calls"};

// https://platform.openai.com/docs/api-reference/chat/create
// https://docs.anthropic.com/en/api/messages
// https://ai.google.dev/api/generate-content#generationconfig
struct Bound {
  std::string_view provider;  // of the table of providers
  std::string_view id;
  Range range;
};
constexpr std::array kBounds = std::to_array<Bound>({
    {"openai", kTemperature, {0, 2}},
    {"openai", "top_p", {0, 1}},
    {"openai", "presence_penalty", {-2, 2}},
    {"openai", "frequency_penalty", {-2, 2}},
    {"openai", "top_logprobs", {0, 20}},
    {"anthropic", kTemperature, {0, 1}},
    {"anthropic", "top_p", {0, 1}},
    {"gemini", kTemperature, {0, 2}},
    {"gemini", "top_p", {0, 1}},
});

std::optional<Range> published_range(std::string_view provider, std::string_view id) {
  for (const Bound& bound : kBounds) {
    if (bound.provider == provider && bound.id == id) return bound.range;
  }
  return std::nullopt;
}

const Probe& probe_of(std::string_view id) { return *std::ranges::find(kProbes, id, &Probe::id); }

// "tools[0].function" is of "tools".
bool names(const std::vector<std::string>& paths, std::string_view id) {
  return std::ranges::any_of(paths, [&](std::string_view path) {
    return path.starts_with(id) &&
           (path.size() == id.size() || path[id.size()] == '.' || path[id.size()] == '[');
  });
}

// Writes requests for one model, and looks what became of them.
class Prober {
 public:
  Prober(const World& world, const provider::Endpoint& endpoint, std::string_view model)
      : world_(world), endpoint_(endpoint), model_(model) {
    head_ = {.method = "POST", .target = "/v1/chat/completions", .headers = {}};
    // So that what the model refuses is named.
    head_.headers.add("x-bf-compat", "true");
    route_ = world.router.match(head_.method, head_.target);
  }

  // Null: there is none for chats.
  Result<const provider::Side*> side() const {
    return endpoint_.side({.operation = llm::Operation::kChat}, route_.surface->dialect, nullptr,
                          model_);
  }

  // What is left out of a request with all of these parameters.
  Result<llm::LeftOut> left_out(std::initializer_list<std::string_view> ids) const {
    const std::string body = body_with(ids);
    const dialect::RequestInput input{.body = body, .path_model = {}, .path_stream = false};
    const exchange::RequestView view{
        .snapshot = world_.snapshot, .head = head_, .surface = *route_.surface, .caller = caller_};
    const exchange::ModelRequests& kind = *route_.surface->operation->to_model;
    json::Scanner scanner;
    BF_TRY(const dialect::RequestFacts facts, kind.peek(view, input, scanner));
    BF_TRY(const std::unique_ptr<exchange::Call> call,
           kind.make_call(view, input, facts, world_.memory));
    BF_TRY(const provider::Side* to, side());
    BF_TRY(dialect::EncodedRequest encoded, call->encode(*to, endpoint_.wire_model(model_)));
    return std::move(encoded.dropped);
  }

  [[nodiscard]] Standing standing(std::string_view id, std::string_view beside) const {
    const bool of_tools = std::ranges::find(kOfTools, id) != kOfTools.end();
    const auto dropped = left_out({id, beside, of_tools ? kTools : std::string_view()});
    if (!dropped || names(dropped->lost, id)) return Standing::kLost;
    return names(dropped->refused, id) ? Standing::kRefused : Standing::kTaken;
  }

 private:
  [[nodiscard]] std::string body_with(std::initializer_list<std::string_view> ids) const {
    std::string body = R"({"messages": [{"role": "user", "content": "Hi"}], "model": )";
    json::Writer(body).string(endpoint_.name + "/" + std::string(model_));
    std::vector<std::string_view> said;
    for (const std::string_view id : ids) {
      if (id.empty() || std::ranges::find(said, id) != said.end()) continue;
      said.push_back(id);
      body.append(", ").append(probe_of(id).members);
    }
    body += '}';
    json::reserve_padding(body);
    return body;
  }

  const World& world_;
  const provider::Endpoint& endpoint_;
  std::string_view model_;
  http::RequestHead head_;
  exchange::Match route_;
  governance::Caller caller_;
};

}  // namespace

Result<ModelParameters> model_parameters(const World& world, const provider::Endpoint& endpoint,
                                         std::string_view model) {
  const Prober prober(world, endpoint, model);
  BF_TRY(const provider::Side* side, prober.side());
  ModelParameters out{.dialect = side->dialect().name, .parameters = {}};
  for (const Probe& probe : kProbes) {
    if (probe.of_others && out.dialect == "openai_chat") continue;
    out.parameters.push_back({.id = probe.id,
                              .type = probe.type,
                              .standing = prober.standing(probe.id, {}),
                              .range = published_range(endpoint.spec->name, probe.id)});
  }
  const auto is_taken = [&](std::string_view id) {
    const auto found = std::ranges::find(out.parameters, id, &ParameterStep::id);
    return found != out.parameters.end() && found->standing == Standing::kTaken;
  };
  for (ParameterStep& step : out.parameters) {
    if (step.standing != Standing::kTaken) continue;
    for (const std::string_view other : kCompanions) {
      if (other == step.id || !is_taken(other)) continue;
      if (prober.standing(step.id, other) != Standing::kTaken) step.not_with.push_back(other);
    }
  }
  return out;
}

}  // namespace bifrost::explain
