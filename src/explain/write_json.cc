#include "explain/write_json.h"

#include "base/timestamp.h"
#include "explain/words.h"
#include "json/writer.h"

#include <string_view>

namespace bifrost::explain {
namespace {

using json::Writer;

// Nothing where there is none of it.
void text(Writer& w, std::string_view name, std::string_view value) {
  if (!value.empty()) w.member(name, value);
}

void texts(Writer& w, std::string_view name, const std::vector<std::string>& values) {
  w.key(name).begin_array();
  for (const std::string& value : values) w.string(value);
  w.end_array();
}

void named(Writer& w, std::string_view name, const Named& value) {
  if (value.id.empty() && value.name.empty()) return;
  w.key(name).begin_object();
  text(w, "id", value.id);
  text(w, "name", value.name);
  w.end_object();
}

void refusal(Writer& w, const Refusal& refusal) {
  w.key("refused").begin_object();
  w.member("status", refusal.status).member("code", std::string_view(refusal.code));
  text(w, "type", refusal.type);
  w.member("message", std::string_view(refusal.message));
  text(w, "param", refusal.param);
  if (refusal.retry_after) w.member("retry_after_ms", std::int64_t{refusal.retry_after->count()});
  w.key("body").raw(refusal.body);
  w.end_object();
}

void route(Writer& w, const RouteStep& step) {
  w.key("route").begin_object();
  w.member("method", std::string_view(step.method)).member("path", std::string_view(step.path));
  text(w, "pattern", step.pattern);
  text(w, "operation", step.operation);
  text(w, "dialect", step.dialect);
  text(w, "default_provider", step.default_provider);
  w.end_object();
}

void caller(Writer& w, const CallerStep& step) {
  w.key("caller").begin_object();
  named(w, "virtual_key", step.virtual_key);
  if (step.team) named(w, "team", *step.team);
  if (step.customer) named(w, "customer", *step.customer);
  named(w, "pinned_key", step.pinned_key);
  w.member("own_key", step.own_key).member("all_providers", step.all_providers);
  w.end_object();
}

void asked(Writer& w, const AskedStep& step) {
  w.key("asked").begin_object();
  w.member("model", std::string_view(step.model)).member("stream", step.stream);
  texts(w, "fallbacks", step.fallbacks);
  w.member("body_bytes", static_cast<std::int64_t>(step.body_bytes));
  w.end_object();
}

void rules(Writer& w, const Explanation& all) {
  w.key("rules").begin_array();
  for (const RuleStep& step : all.rules) {
    w.begin_object();
    text(w, "id", step.rule.id);
    text(w, "name", step.rule.name);
    w.member("round", static_cast<std::int64_t>(step.round));
    w.member("result", std::string_view(step.result));
    text(w, "why", step.why);
    text(w, "provider", step.provider);
    text(w, "model", step.model);
    named(w, "key", step.key);
    w.end_object();
  }
  w.end_array();
  if (all.more_rules) w.member("more_rules", true);
  if (all.routed_by) named(w, "routed_by", *all.routed_by);
}

void grants(Writer& w, const std::vector<GrantStep>& all) {
  w.key("provider_configs").begin_array();
  for (const GrantStep& step : all) {
    w.begin_object().member("provider", std::string_view(step.provider)).key("weight");
    if (step.weight) {
      w.number(*step.weight);
    } else {
      w.null();
    }
    w.member("chance", step.chance);
    text(w, "out", step.why);
    w.end_object();
  }
  w.end_array();
}

void left_out(Writer& w, const std::vector<LeftOutFallback>& all) {
  w.key("fallbacks_left_out").begin_array();
  for (const LeftOutFallback& each : all) {
    w.begin_object().member("model", std::string_view(each.model));
    w.member("why", std::string_view(each.why)).end_object();
  }
  w.end_array();
}

void keys(Writer& w, const std::vector<KeyStep>& all) {
  w.key("keys").begin_array();
  for (const KeyStep& step : all) {
    w.begin_object();
    w.member("id", std::string_view(step.key.id)).member("name", std::string_view(step.key.name));
    w.member("weight", step.weight).member("chance", step.chance);
    text(w, "out", step.why);
    w.end_object();
  }
  w.end_array();
}

// Dollars are exact as texts; as numbers they read like everywhere else in the API.
void amount(Writer& w, std::string_view name, governance::Unit unit, std::int64_t value) {
  w.key(name).raw(amount_text(unit, value));
}

void limits(Writer& w, const std::vector<LimitStep>& all) {
  w.key("limits").begin_array();
  for (const LimitStep& step : all) {
    w.begin_object();
    w.member("owner", std::string_view(step.owner)).member("unit", unit_name(step.unit));
    text(w, "window", step.window);
    amount(w, "amount", step.unit, step.amount);
    amount(w, "used", step.unit, step.used);
    amount(w, "held", step.unit, step.held);
    amount(w, "left", step.unit, step.left);
    amount(w, "takes", step.unit, step.takes);
    if (step.resets_at) w.member("resets_at", std::string_view(rfc3339_text(*step.resets_at)));
    w.member("fits", step.fits);
    w.end_object();
  }
  w.end_array();
}

void estimate(Writer& w, const EstimateStep& step) {
  w.key("estimate").begin_object();
  w.member("input_tokens", step.input_tokens).member("output_tokens", step.output_tokens);
  if (step.nano_dollars) {
    amount(w, "cost", governance::Unit::kNanoDollars, *step.nano_dollars);
  } else {
    w.member("cost", kUnknownPrice);
  }
  w.member("learnt", step.learnt);
  w.end_object();
}

void target(Writer& w, const TargetStep& step) {
  w.begin_object();
  w.member("provider", std::string_view(step.provider));
  w.member("model", std::string_view(step.model));
  w.member("fallback_index", static_cast<std::int64_t>(step.fallback_index));
  if (!step.dialect.empty()) {
    w.member("dialect", std::string_view(step.dialect)).member("translated", step.translated);
    w.member("sent_model", std::string_view(step.sent_model));
    texts(w, "left_out", step.lost);
    texts(w, "refused_parameters", step.refused);
  }
  if (step.own_key) w.member("own_key", true);
  if (step.keyless) w.member("keyless", true);
  keys(w, step.keys);
  if (step.estimate) estimate(w, *step.estimate);
  limits(w, step.limits);
  if (step.refusal) refusal(w, *step.refusal);
  w.end_object();
}

}  // namespace

std::string to_json(const Explanation& all) {
  std::string out;
  Writer w(out);
  w.begin_object().member("outcome", outcome_name(all));
  route(w, all.route);
  if (all.caller) caller(w, *all.caller);
  if (all.asked) {
    asked(w, *all.asked);
    rules(w, all);
    grants(w, all.grants);
    left_out(w, all.left_out);
    w.key("targets").begin_array();
    for (const TargetStep& step : all.targets) target(w, step);
    w.end_array();
  }
  if (all.first) w.member("first_target", static_cast<std::int64_t>(*all.first));
  if (all.refusal) refusal(w, *all.refusal);
  w.end_object();
  return out;
}

}  // namespace bifrost::explain
