// /api/models: what the keys of providers may be used for, and what is known of it.

#include "admin/model_search.h"
#include "admin/resources.h"
#include "admin/show.h"
#include "base/try.h"
#include "catalog/facts.h"
#include "catalog/price_fields.h"
#include "provider/registry.h"
#include "routing/permit.h"

#include <set>
#include <string>

namespace bifrost::admin {
namespace {

constexpr std::int64_t kLimit = 1000;

// {"models": [...], "total": 7}, with at most `limit` of them.
template <class Write>
Result<Answer> listed(const Call& call, Write write) {
  BF_TRY(const std::int64_t limit, read_limit(call.query, kLimit));
  Answer answer;
  json::Writer writer(answer.body);
  std::int64_t total = 0;
  writer.begin_object().key("models").begin_array();
  const auto tell = [&](const FoundModel& model) {
    if (total++ >= limit) return;
    writer.begin_object();
    writer.member("name", model.name).member("provider", model.provider);
    write(writer, model);
    write_texts(writer, "accessible_by_keys", model.keys);
    writer.end_object();
  };
  BF_TRY_VOID(search_models(call, tell));
  writer.end_array().member("total", total).end_object();
  return answer;
}

void positive(json::Writer& writer, std::string_view name, std::int64_t value) {
  if (value > 0) writer.member(name, value);
}

// By the sheet in force, and the prices of one's own that hold for everybody.
void write_details(json::Writer& writer, const exchange::Snapshot& snapshot,
                   const FoundModel& found) {
  const provider::Endpoint* endpoint = snapshot.registry.find(found.provider);
  if (endpoint == nullptr) return;
  const catalog::Model* model = routing::model_facts(*snapshot.catalog, *endpoint, found.name);
  if (model != nullptr) {
    positive(writer, "context_length", model->context_tokens);
    positive(writer, "max_output_tokens", model->output_tokens_max);
  }
  const catalog::Facts facts(
      model, snapshot.rules.prices.find({.virtual_key = {},
                                         .provider = endpoint->name,
                                         .provider_key = {},
                                         .model = {routing::counted_model(*endpoint, found.name),
                                                   endpoint->canonical_model(found.name)}}));
  if (facts.price() == nullptr) return;
  constexpr double kOneDollar = 1e15;  // in nano-dollars for a million
  catalog::each_price(*facts.price(), [&](const std::string& name, std::int64_t nano_dollars) {
    writer.member(name, static_cast<double>(nano_dollars) / kOneDollar);
  });
}

}  // namespace

Result<Answer> list_configured_models(const Call& call) {
  return listed(call, [](json::Writer& /*writer*/, const FoundModel& /*model*/) {});
}

Result<Answer> list_model_details(const Call& call) {
  return listed(call, [&](json::Writer& writer, const FoundModel& model) {
    write_details(writer, call.world.snapshot, model);
  });
}

// By the name that prices go by: without owners before it, behind aliases.
Result<Answer> list_base_models(const Call& call) {
  BF_TRY(const std::int64_t limit, read_limit(call.query, kLimit));
  std::set<std::string> names;
  const auto note = [&](const FoundModel& model) {
    const provider::Endpoint* endpoint = call.world.snapshot.registry.find(model.provider);
    names.emplace(endpoint == nullptr ? model.name : routing::counted_model(*endpoint, model.name));
  };
  BF_TRY_VOID(search_models(call, note));
  Answer answer;
  json::Writer writer(answer.body);
  writer.begin_object().key("models").begin_array();
  std::int64_t shown = 0;
  for (const std::string& name : names) {
    if (shown++ < limit) writer.string(name);
  }
  writer.end_array().member("total", static_cast<std::int64_t>(names.size())).end_object();
  return answer;
}

}  // namespace bifrost::admin
