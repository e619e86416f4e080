// /api/models/parameters: which parameters a model takes, as callers of /v1 write them.

#include "admin/resources.h"
#include "base/strings.h"
#include "base/try.h"
#include "explain/parameters.h"
#include "http/url.h"
#include "json/writer.h"
#include "provider/registry.h"
#include "routing/permit.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::admin {
namespace {

using explain::ParameterStep;
using provider::Endpoint;
using Standing = ParameterStep::Standing;

struct Asked {
  const Endpoint* endpoint = nullptr;
  std::string model;
};

Error wrong(std::string_view field, std::string_view why) {
  return client_error(ErrorCode::kInvalidRequest, std::string(field).append(": ").append(why),
                      std::string(field));
}

// By the sheet in force, or since one of the provider's keys names it.
bool knows(const exchange::Snapshot& snapshot, const Endpoint& endpoint, std::string_view model) {
  if (routing::model_facts(*snapshot.catalog, endpoint, model) != nullptr) return true;
  const std::vector<std::string> named = endpoint.named_models();
  return std::ranges::find(named, model) != named.end();
}

// "openai/gpt-4o" as requests mean it. A provider that is named beside it has to be the same.
void split_provider(const exchange::Snapshot& snapshot, std::string& provider, std::string& model) {
  const auto parts = split_once(model, '/');
  if (!parts || snapshot.registry.find(parts->first) == nullptr) return;
  if (!provider.empty() && provider != parts->first) return;
  provider = parts->first;
  model = std::string(parts->second);
}

// Whose model it is: of the provider that is named, else of the first one that knows it.
Result<Asked> read_asked(const Call& call) {
  const exchange::Snapshot& snapshot = call.world.snapshot;
  std::string model = http::query_value(call.query, "model").value_or("");
  std::string provider = http::query_value(call.query, "provider").value_or("");
  if (model.empty()) return wrong("model", "required: the name of a model, such as gpt-4o");
  if (!provider.empty() && snapshot.registry.find(provider) == nullptr) {
    return wrong("provider",
                 quoted(provider) + " is not configured; there are " + snapshot.registry.names());
  }
  split_provider(snapshot, provider, model);
  for (const Endpoint& endpoint : snapshot.registry) {
    if (!provider.empty() && endpoint.name != provider) continue;
    if (knows(snapshot, endpoint, model)) return Asked{.endpoint = &endpoint, .model = model};
  }
  return client_error(ErrorCode::kModelNotFound,
                      "model: neither the price sheet nor a key of a configured provider knows " +
                          quoted(model) + (provider.empty() ? "" : " of " + provider),
                      "model");
}

void write_range(json::Writer& writer, const explain::Range& range) {
  writer.key("range").begin_object();
  writer.member("min", range.least).member("max", range.most);
  writer.end_object();
}

void write_taken(json::Writer& writer, const ParameterStep& step, std::int64_t output_tokens_max) {
  writer.begin_object().member("id", step.id).member("type", step.type);
  if (step.range) {
    write_range(writer, *step.range);
  } else if (step.id == "max_tokens" && output_tokens_max > 0) {
    write_range(writer, {.least = 1, .most = static_cast<double>(output_tokens_max)});
  }
  if (!step.not_with.empty()) {
    writer.key("not_with").begin_array();
    for (const std::string_view other : step.not_with) writer.string(other);
    writer.end_array();
  }
  writer.end_object();
}

void write_ids(json::Writer& writer, std::string_view name,
               const std::vector<ParameterStep>& parameters, Standing standing) {
  writer.key(name).begin_array();
  for (const ParameterStep& step : parameters) {
    if (step.standing == standing) writer.string(step.id);
  }
  writer.end_array();
}

bool takes(const std::vector<ParameterStep>& parameters, std::string_view id) {
  const auto found = std::ranges::find(parameters, id, &ParameterStep::id);
  return found != parameters.end() && found->standing == Standing::kTaken;
}

}  // namespace

Result<Answer> show_model_parameters(const Call& call) {
  BF_TRY(const Asked asked, read_asked(call));
  BF_TRY(const explain::ModelParameters told,
         explain::model_parameters(call.world, *asked.endpoint, asked.model));
  const catalog::Model* facts =
      routing::model_facts(*call.world.snapshot.catalog, *asked.endpoint, asked.model);
  const std::int64_t output_max = facts != nullptr ? facts->output_tokens_max : 0;
  Answer answer;
  json::Writer writer(answer.body);
  writer.begin_object().member("model", std::string_view(asked.model));
  writer.member("provider", std::string_view(asked.endpoint->name));
  writer.member("dialect", told.dialect);
  if (facts != nullptr && facts->context_tokens > 0) {
    writer.member("context_length", facts->context_tokens);
  }
  if (output_max > 0) writer.member("max_output_tokens", output_max);
  writer.key("model_parameters").begin_array();
  for (const ParameterStep& step : told.parameters) {
    if (step.standing == Standing::kTaken) write_taken(writer, step, output_max);
  }
  writer.end_array();
  write_ids(writer, "refused_parameters", told.parameters, Standing::kRefused);
  write_ids(writer, "left_out", told.parameters, Standing::kLost);
  writer.member("supports_reasoning", takes(told.parameters, "reasoning_effort"));
  writer.member("supports_function_calling", takes(told.parameters, "tools"));
  writer.end_object();
  return answer;
}

}  // namespace bifrost::admin
