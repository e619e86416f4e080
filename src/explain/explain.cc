#include "explain/explain.h"

#include "base/strings.h"
#include "base/try.h"
#include "dialect/request.h"
#include "exchange/cors.h"
#include "exchange/model_requests.h"
#include "exchange/path_model.h"
#include "exchange/plan_call.h"
#include "exchange/session.h"
#include "explain/explain_plan.h"
#include "explain/explain_target.h"
#include "explain/refusal.h"
#include "governance/identify.h"
#include "governance/principal.h"
#include "http/url.h"
#include "json/scan.h"

#include <memory>
#include <utility>

namespace bifrost::explain {
namespace {

Named named(const governance::Named& group) { return {.id = group.id, .name = group.name}; }

// The way of a request, a step a function. Each fails with what the request is refused with.
class Walk {
 public:
  Walk(const World& world, AskedRequest request, Random& random)
      : world_(world), asked_(std::move(request)), random_(random) {}

  Explanation run() && {
    if (auto gone = go(); !gone) {
      out_.refusal =
          refusal_of(gone.error(), route_, out_.asked ? std::string_view(out_.asked->model) : "");
    }
    return std::move(out_);
  }

 private:
  Result<void> go() {
    BF_TRY_VOID(find_route());
    if (route_.surface->operation->access != exchange::Access::kCallers) return {};
    BF_TRY_VOID(find_caller());
    const exchange::ModelRequests* kind = route_.surface->operation->to_model;
    return kind == nullptr ? Result<void>() : ask_model(*kind);
  }

  [[nodiscard]] exchange::RequestView view() const {
    return {.snapshot = world_.snapshot,
            .head = asked_.head,
            .surface = *route_.surface,
            .caller = caller_};
  }

  Result<void> find_route() {
    const std::string_view path = http::path_of(asked_.head.target);
    out_.route.method = asked_.head.method;
    out_.route.path = path;
    route_ = world_.router.match(asked_.head.method, path);
    if (route_.surface == nullptr) {
      return exchange::no_such_route(route_, asked_.head.method, path);
    }
    const exchange::Surface& surface = *route_.surface;
    out_.route.pattern = surface.pattern;
    out_.route.operation = surface.operation->name;
    out_.route.default_provider = surface.provider;
    if (surface.dialect != nullptr) out_.route.dialect = surface.dialect->name;
    return {};
  }

  Result<void> find_caller() {
    const exchange::ClientSettings& client = world_.snapshot.client;
    if (asked_.head.headers.contains("origin")) {
      BF_TRY_VOID(exchange::check_origin({.cors = client.cors, .keyless = client.access.keyless()},
                                         asked_.head.headers));
    }
    const dialect::Dialect* dialect = route_.surface->dialect;
    BF_TRY(caller_, governance::identify(client.access,
                                         {.directory = world_.snapshot.rules.directory,
                                          .now = world_.clock.wall(),
                                          .head = asked_.head,
                                          .path = http::path_of(asked_.head.target),
                                          .dialect = dialect != nullptr ? dialect->name : ""}));
    tell_caller();
    return {};
  }

  void tell_caller() {
    const governance::Principal& principal = *caller_.principal;
    CallerStep& step = out_.caller.emplace();
    step.known = &principal != &governance::anybody();
    if (step.known) step.virtual_key = {.id = principal.id, .name = principal.name};
    if (principal.team != nullptr) step.team = named(*principal.team);
    if (principal.customer != nullptr) step.customer = named(*principal.customer);
    step.pinned_key = {.id = std::string(caller_.pin.id), .name = std::string(caller_.pin.name)};
    step.own_key = caller_.direct_key != nullptr || caller_.anthropic_login != nullptr;
    step.all_providers = principal.access.all_providers;
  }

  Result<void> ask_model(const exchange::ModelRequests& kind) {
    BF_TRY(const std::string path_model, exchange::path_model(route_));
    const dialect::RequestInput input{
        .body = asked_.body, .path_model = path_model, .path_stream = route_.surface->path_stream};
    json::Scanner scanner;
    BF_TRY(const dialect::RequestFacts facts, kind.peek(view(), input, scanner));
    out_.asked = AskedStep{.model = facts.model,
                           .stream = facts.stream,
                           .fallbacks = facts.fallbacks,
                           .body_bytes = asked_.body.size()};
    exchange::CallTrail trail;
    const auto planned = exchange::plan_call(view(), facts, world_.clock.wall(), random_, &trail);
    tell_plan(trail, planned ? &*planned : nullptr, out_);
    if (!planned) return planned.error();
    BF_TRY(const std::unique_ptr<exchange::Call> call,
           kind.make_call(view(), input, facts, world_.memory));
    return visit(planned->plan, *call);
  }

  Result<void> visit(const routing::Plan& plan, exchange::Call& call) {
    BF_TRY(const routing::Session session, exchange::session_of(asked_.head.headers));
    const upstream::Job job{.network = world_.snapshot.network,
                            .plan = plan,
                            .call = call,
                            .constraints = caller_.constraints(),
                            .session = session,
                            .session_keys = &world_.session_keys,
                            .direct_key = caller_.direct_key.get(),
                            .anthropic_login = caller_.anthropic_login.get()};
    const exchange::RequestView request = view();
    const Planned planned{.world = world_,
                          .request = request,
                          .call = call,
                          .job = job,
                          .body_bytes = asked_.body.size(),
                          .random = random_};
    // As upstream::execute goes from one to the next, and fails.
    std::optional<Error> primary = plan.primary_error;
    bool over = false;
    for (const routing::Target& target : plan.targets) {
      TargetStep& step = out_.targets.emplace_back();
      auto open = explain_target(planned, target, step);
      if (open) {
        if (!over && !out_.first) out_.first = out_.targets.size() - 1;
        continue;
      }
      step.refusal = refusal_of(open.error(), route_, out_.asked->model);
      if (open.error().retry == Retry::kNo && !out_.first) over = true;
      if (!primary) primary = std::move(open).error();
    }
    if (out_.first) return {};
    return *std::move(primary);
  }

  const World& world_;
  AskedRequest asked_;
  Random& random_;
  exchange::Match route_;
  governance::Caller caller_;
  Explanation out_;
};

}  // namespace

Explanation explain(const World& world, AskedRequest request, Random& random) {
  return Walk(world, std::move(request), random).run();
}

}  // namespace bifrost::explain
