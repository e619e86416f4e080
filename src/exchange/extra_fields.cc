#include "exchange/extra_fields.h"

#include "exchange/cost.h"
#include "governance/amount.h"
#include "json/append_member.h"
#include "json/document.h"
#include "json/splice.h"
#include "json/writer.h"

#include <chrono>
#include <cstddef>
#include <vector>

namespace bifrost::exchange {
namespace {

constexpr std::string_view kName = "extra_fields";
constexpr std::size_t kUsualBytes = 256;  // of the member

bool wants_raw(const Exchange& exchange, bool configured, std::string_view header) {
  if (exchange.snapshot->client.allow_per_request_raw_override) {
    const std::string_view value = exchange.request.head.headers.get(header);
    if (!value.empty()) return value == "true";
  }
  return configured;
}

const provider::ProviderSettings& settings_of(const Exchange& exchange) {
  return exchange.call->served->target->endpoint->settings;
}

void remove_own(std::string& body) {
  const auto document = json::Document::parse(body);
  if (!document) return;
  json::Splice splice(body);
  for (const json::Value member : document->root().children()) {
    if (member.key() != kName) continue;
    splice.remove_member(member.key_offset(), member.offset() + member.raw().size());
  }
  body = splice.apply();
}

// Dollars, exactly; nothing where the price is not known.
void append_cost(std::string& out, const Exchange& exchange) {
  const auto cost = cost_of(exchange);
  if (!cost) return;
  out += R"(,"cost":)";
  out += governance::dollars_text(*cost, 1);
}

// Which rule has sent it where it went.
void append_rule(std::string& out, const routing::Rule& rule) {
  out += R"(,"routing_metadata":{"routing_engines_used":["routing-rule"],"routing_rule_id":)";
  json::append_string(out, rule.id);
  out += R"(,"routing_rule_name":)";
  json::append_string(out, rule.name);
  out += '}';
}

void append_names(std::string& out, const std::vector<std::string>& names) {
  json::Writer w(out);
  w.begin_array();
  for (const std::string& name : names) w.string(name);
  w.end_array();
}

}  // namespace

ExtraFields::ExtraFields(const Exchange& exchange)
    : exchange_(exchange),
      raw_request_(wants_raw(exchange, settings_of(exchange).send_back_raw_request,
                             "x-bf-send-back-raw-request")),
      raw_response_(wants_raw(exchange, settings_of(exchange).send_back_raw_response,
                              "x-bf-send-back-raw-response")) {}

// On the way of every answer of /v1: the names are written as they stand.
void ExtraFields::append(std::string& out, std::chrono::nanoseconds latency,
                         std::optional<dialect::ChunkPlace> chunk,
                         std::string_view raw_response) const {
  const ModelCall& call = *exchange_.call;
  out += R"({"request_type":")";
  out += exchange_.surface().operation->name;
  out += R"(","provider":)";
  json::append_string(out, call.served->target->endpoint->name);
  out += R"(,"original_model_requested":)";
  json::append_string(out, call.facts.model);
  out += R"(,"resolved_model_used":)";
  json::append_string(out, call.served->model);
  out += R"(,"latency":)";
  json::Writer(out).integer(std::chrono::duration_cast<std::chrono::milliseconds>(latency).count());
  if (chunk) {
    out += R"(,"chunk_index":)";
    json::Writer(out).integer(static_cast<std::int64_t>(chunk->number));
  }
  if (!chunk || chunk->last) append_cost(out, exchange_);
  if (call.rule != nullptr && (!chunk || chunk->last)) append_rule(out, *call.rule);
  if (!call.dropped.refused.empty()) {
    out += R"(,"dropped_compat_plugin_params":)";
    append_names(out, call.dropped.refused);
  }
  if (raw_request_ && (!chunk || chunk->last)) out += R"(,"raw_request":)" + call.served->sent_body;
  if (!raw_response.empty()) out.append(R"(,"raw_response":)").append(raw_response);
  out += '}';
}

void ExtraFields::add_to(std::string& body, bool present) const {
  const std::string came = raw_response_ ? body : std::string();
  if (present) remove_own(body);
  body.reserve(body.size() + kUsualBytes);
  json::append_member(body, kName, [&](std::string& out) {
    append(out, exchange_.call->upstream_time, std::nullopt, came);
  });
}

std::string ExtraFields::whole() const {
  std::string out;
  append(out, exchange_.call->upstream_time, std::nullopt,
         raw_response_ ? std::string_view(exchange_.call->served->answer->body) : "");
  return out;
}

std::string ExtraFields::chunk(dialect::ChunkPlace place, std::chrono::nanoseconds latency) const {
  std::string out;
  append(out, latency, place, {});
  return out;
}

}  // namespace bifrost::exchange
