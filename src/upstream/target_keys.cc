#include "upstream/target_keys.h"

#include "base/try.h"

namespace bifrost::upstream {
namespace {

const provider::Key* brought(const Job& job, const provider::Endpoint& endpoint) {
  if (endpoint.keyless) return nullptr;
  if (job.direct_key != nullptr) return job.direct_key;
  return endpoint.name == "anthropic" ? job.anthropic_login : nullptr;
}

}  // namespace

routing::Constraints constraints_at(const routing::Constraints& caller,
                                    const routing::Target& target) {
  routing::Constraints constraints = caller;
  if (target.pin.any()) constraints.pin = target.pin;
  return constraints;
}

Result<TargetKeys> TargetKeys::from_pool(const Job& job, const routing::Target& target) {
  TargetKeys keys;
  keys.job_ = &job;
  keys.target_ = &target;
  keys.direct_ = brought(job, *target.endpoint);
  if (keys.direct_ != nullptr) return keys;
  BF_TRY(keys.picker_, routing::KeyPicker::make(*target.endpoint, target.model,
                                                constraints_at(job.constraints, target)));
  return keys;
}

Result<TargetKeys> TargetKeys::make(const Job& job, const routing::Target& target, SteadyTime now) {
  BF_TRY(TargetKeys keys, from_pool(job, target));
  if (keys.in_session()) keys.picker_->hold(job.session_keys->find(keys.place(), now));
  return keys;
}

Result<TargetKeys> TargetKeys::look(const Job& job, const routing::Target& target, SteadyTime now) {
  BF_TRY(TargetKeys keys, from_pool(job, target));
  if (keys.in_session()) keys.picker_->hold(job.session_keys->peek(keys.place(), now));
  return keys;
}

Result<routing::PickedKey> TargetKeys::pick(Random& random) {
  if (picker_) return picker_->pick(random);
  return routing::PickedKey{direct_, target_->model};
}

void TargetKeys::served(const provider::Key* key, SteadyTime now) {
  if (!in_session() || key == nullptr) return;
  job_->session_keys->bind(place(), key->id(), now + job_->session.ttl);
}

void TargetKeys::given_up() {
  if (in_session()) job_->session_keys->forget(place());
}

void TargetKeys::failed(Retry retry) {
  if (!picker_) return;
  // Where each key has a server of its own, another one may be well.
  const bool other_server = retry == Retry::kSameTarget && target_->endpoint->spec->url_per_key;
  if (retry == Retry::kOtherKey || other_server) picker_->set_aside();
  if (retry == Retry::kReplaceKey) picker_->bury();
}

bool TargetKeys::in_session() const {
  return picker_ && job_->session_keys != nullptr && !job_->session.id.empty() &&
         !job_->constraints.pin.any() && !target_->pin.any() && target_->fallback_index == 0;
}

routing::SessionKeys::Place TargetKeys::place() const {
  return {
      .session = job_->session.id, .provider = target_->endpoint->name, .model = target_->model};
}

}  // namespace bifrost::upstream
