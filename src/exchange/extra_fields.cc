#include "exchange/extra_fields.h"

#include "json/append_member.h"
#include "json/document.h"
#include "json/splice.h"
#include "json/writer.h"

#include <chrono>

namespace bifrost::exchange {
namespace {

constexpr std::string_view kName = "extra_fields";

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

}  // namespace

ExtraFields::ExtraFields(const Exchange& exchange)
    : exchange_(exchange),
      asked_(exchange.request.scope.loop().now() - exchange.call->upstream_time),
      raw_request_(wants_raw(exchange, settings_of(exchange).send_back_raw_request,
                             "x-bf-send-back-raw-request")),
      raw_response_(wants_raw(exchange, settings_of(exchange).send_back_raw_response,
                              "x-bf-send-back-raw-response")) {}

void ExtraFields::append(std::string& out, std::chrono::nanoseconds latency,
                         std::optional<std::uint64_t> chunk, std::string_view raw_response) const {
  const ModelCall& call = *exchange_.call;
  json::Writer w(out);
  w.begin_object();
  w.member("request_type", exchange_.surface().operation->name);
  w.member("provider", call.served->target->endpoint->name);
  w.member("original_model_requested", call.facts.model);
  w.member("resolved_model_used", call.served->model);
  w.member("latency", std::chrono::duration_cast<std::chrono::milliseconds>(latency).count());
  if (chunk) w.member("chunk_index", static_cast<std::int64_t>(*chunk));
  if (!call.dropped.empty()) {
    w.key("dropped_compat_plugin_params").begin_array();
    for (const std::string& name : call.dropped) w.string(name);
    w.end_array();
  }
  if (raw_request_) w.key("raw_request").raw(call.served->sent_body);
  if (!raw_response.empty()) w.key("raw_response").raw(raw_response);
  w.end_object();
}

void ExtraFields::add_to(std::string& body, bool present) const {
  const std::string came = raw_response_ ? body : std::string();
  if (present) remove_own(body);
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

std::string ExtraFields::chunk(std::uint64_t number) const {
  std::string out;
  append(out, exchange_.request.scope.loop().now() - asked_, number, {});
  return out;
}

}  // namespace bifrost::exchange
