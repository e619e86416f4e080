#include "explain/write_text.h"

#include "base/timestamp.h"
#include "explain/words.h"

#include <fmt/format.h>

#include <iterator>
#include <string_view>
#include <utility>

namespace bifrost::explain {
namespace {

class Page {
 public:
  // A line of its own, so far in.
  template <class... Values>
  void line(std::size_t depth, fmt::format_string<Values...> format, Values&&... values) {
    out_.append(depth * 2, ' ');
    fmt::format_to(std::back_inserter(out_), format, std::forward<Values>(values)...);
    out_ += '\n';
  }
  [[nodiscard]] std::string take() && { return std::move(out_); }

 private:
  std::string out_;
};

std::string_view name_of(const Named& named) { return named.name.empty() ? named.id : named.name; }

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) {
    if (!out.empty()) out += ", ";
    out += name;
  }
  return out;
}

std::string percent(double chance) { return fmt::format("{:.0f} %", chance * 100); }

std::string shown(governance::Unit unit, std::int64_t amount) {
  const bool money = unit == governance::Unit::kNanoDollars;
  return (money ? "$" : "") + amount_text(unit, amount);
}

std::string unit_words(governance::Unit unit) {
  switch (unit) {
    case governance::Unit::kNanoDollars:
      return "";
    case governance::Unit::kConcurrent:
      return " requests at once";
    default:
      return " " + std::string(unit_name(unit));
  }
}

void route(Page& page, const RouteStep& step) {
  if (step.pattern.empty()) {
    page.line(0, "route: none for {} {}", step.method, step.path);
    return;
  }
  page.line(0, "route: {} {}, operation {}{}", step.method, step.pattern, step.operation,
            step.dialect.empty() ? "" : " in the format " + step.dialect);
  if (!step.default_provider.empty()) {
    page.line(1, "a bare model means provider {}", step.default_provider);
  }
}

void caller(Page& page, const CallerStep& step) {
  std::string who = step.known ? fmt::format("virtual key {}", name_of(step.virtual_key))
                               : std::string("anybody: no virtual key is shown");
  if (step.team) who += fmt::format(", team {}", name_of(*step.team));
  if (step.customer) who += fmt::format(", customer {}", name_of(*step.customer));
  page.line(0, "caller: {}", who);
  if (step.own_key) page.line(1, "brings a provider's key");
  if (const std::string_view pin = name_of(step.pinned_key); !pin.empty()) {
    page.line(1, "pins the key {}", pin);
  }
}

void asked(Page& page, const AskedStep& step) {
  page.line(0, "asks for: model {}{}{}", step.model, step.stream ? ", as a stream" : "",
            step.fallbacks.empty() ? "" : ", else " + joined(step.fallbacks));
}

void rules(Page& page, const Explanation& all) {
  for (const RuleStep& step : all.rules) {
    const std::string_view name = name_of(step.rule);
    if (step.result == "matched") {
      page.line(0, "rule {}: matches, goes on with {}{}{}", name, step.provider,
                step.provider.empty() ? "" : "/", step.model);
    } else if (step.result == "error") {
      page.line(0, "rule {}: does not match: {}", name, step.why);
    } else {
      page.line(0, "rule {}: does not match", name);
    }
  }
  if (all.more_rules) page.line(0, "and more rules");
}

void plan(Page& page, const Explanation& all) {
  for (const GrantStep& step : all.grants) {
    if (step.drawn) {
      page.line(0, "provider config {}: drawn first with {}", step.provider, percent(step.chance));
    } else {
      page.line(0, "provider config {}: not drawn: {}", step.provider, step.why);
    }
  }
  for (const LeftOutFallback& each : all.left_out) {
    page.line(0, "fallback {}: left out: {}", each.model, each.why);
  }
}

void limit(Page& page, const LimitStep& step) {
  std::string line = fmt::format("limit of {}: {} of {}{}", step.owner, shown(step.unit, step.used),
                                 shown(step.unit, step.amount), unit_words(step.unit));
  if (step.held > 0) line += fmt::format(" used, {} held", shown(step.unit, step.held));
  if (!step.window.empty()) line += fmt::format(" in each {}", step.window);
  line +=
      fmt::format("; {} left, takes {}", shown(step.unit, step.left), shown(step.unit, step.takes));
  if (step.resets_at) line += fmt::format(", resets at {}", rfc3339_text(*step.resets_at));
  if (!step.fits) line += ": FULL";
  page.line(1, "{}", line);
}

void keys(Page& page, const TargetStep& step) {
  if (step.keyless) page.line(1, "needs no key");
  if (step.own_key) page.line(1, "key: the caller's own");
  for (const KeyStep& key : step.keys) {
    if (key.why.empty()) {
      page.line(1, "key {}: weight {}, asked first with {}", name_of(key.key), key.weight,
                percent(key.chance));
    } else {
      page.line(1, "key {}: not used: {}", name_of(key.key), key.why);
    }
  }
}

void target(Page& page, std::size_t number, const TargetStep& step) {
  page.line(0, "target {}: {}/{}{}", number, step.provider, step.model,
            step.fallback_index > 0 ? " (a fallback)" : "");
  keys(page, step);
  if (step.estimate) {
    const EstimateStep& expected = *step.estimate;
    page.line(1, "expected: {} tokens in, {} out, {}{}", expected.input_tokens,
              expected.output_tokens,
              expected.nano_dollars ? shown(governance::Unit::kNanoDollars, *expected.nano_dollars)
                                    : std::string(kUnknownPrice),
              expected.learnt ? ", by what was used before" : "");
  }
  for (const LimitStep& each : step.limits) limit(page, each);
  if (!step.dialect.empty()) {
    page.line(1, "sent {} as model {}",
              step.translated ? "translated to " + step.dialect : "as it is, in " + step.dialect,
              step.sent_model);
  }
  if (!step.lost.empty()) page.line(1, "has no counterpart there: {}", joined(step.lost));
  if (!step.refused.empty()) page.line(1, "dropped for the model: {}", joined(step.refused));
  if (step.refusal) page.line(1, "passed over: {}", step.refusal->message);
}

void outcome(Page& page, const Explanation& all) {
  if (all.refusal) {
    page.line(0, "outcome: refused with {} {}", all.refusal->status, all.refusal->code);
    page.line(1, "{}", all.refusal->message);
  } else if (all.first) {
    const TargetStep& step = all.targets[*all.first];
    page.line(0, "outcome: asks {}/{}", step.provider, step.model);
  } else {
    page.line(0, "outcome: answered by the gateway itself");
  }
}

}  // namespace

std::string to_text(const Explanation& all) {
  Page page;
  route(page, all.route);
  if (all.caller) caller(page, *all.caller);
  if (all.asked) {
    asked(page, *all.asked);
    rules(page, all);
    plan(page, all);
    for (std::size_t i = 0; i < all.targets.size(); ++i) target(page, i + 1, all.targets[i]);
  }
  outcome(page, all);
  return std::move(page).take();
}

}  // namespace bifrost::explain
