// /api/governance/virtual-keys/…/rotate: another value, while the one before is good for a while.

#include "admin/entries.h"
#include "admin/resources.h"
#include "admin/virtual_key.h"
#include "base/strings.h"
#include "base/try.h"
#include "config/problem.h"
#include "governance/settings/former_values.h"

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::admin {
namespace {

using governance::GovernanceSettings;
using governance::VirtualKeySettings;

constexpr std::size_t kKeysAtOnceMax = 1000;  // as a page of a list has

struct RotationBody {
  static constexpr std::array<std::string_view, 0> kUnserved = {};

  std::vector<std::string> ids;

  void describe(this auto& self, auto& visit) {
    visit.field(
        "ids", self.ids,
        {.text = "Of the virtual keys.", .form = config::Form::kNonEmpty, .required = true});
  }
};

std::string place(std::size_t index) { return "ids[" + std::to_string(index) + "]"; }

Result<void> refusal_of(config::Problems& problems) {
  if (problems.empty()) return {};
  return client_error(ErrorCode::kInvalidRequest, config::render(problems.take()), "ids");
}

Result<std::vector<std::string>> read_ids(const Call& call) {
  RotationBody body;
  BF_TRY_VOID(read_body(call, body));
  config::Problems problems;
  if (body.ids.empty()) problems.add("ids", "names no virtual key");
  if (body.ids.size() > kKeysAtOnceMax) {
    problems.add("ids", "has " + std::to_string(body.ids.size()) + " entries; at most " +
                            std::to_string(kKeysAtOnceMax) + " are rotated at once");
  }
  std::map<std::string_view, std::size_t> first;
  for (std::size_t i = 0; i < body.ids.size(); ++i) {
    const auto [other, is_first] = first.emplace(body.ids[i], i);
    if (!is_first) problems.add(place(i), "is " + place(other->second) + " once more");
  }
  BF_TRY_VOID(refusal_of(problems));
  return std::move(body.ids);
}

// Where the keys are, in the order of the ids. One look at all keys, however many are asked for.
Result<std::vector<std::size_t>> places_of(const GovernanceSettings& governance,
                                           const std::vector<std::string>& ids) {
  const auto& keys = governance.virtual_keys;
  std::map<std::string_view, std::size_t> asked;
  for (std::size_t i = 0; i < ids.size(); ++i) asked.emplace(ids[i], i);
  std::vector<std::size_t> found(ids.size(), keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto at = asked.find(keys[i].id);
    if (at != asked.end()) found[at->second] = i;
  }
  config::Problems problems;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (found[i] < keys.size()) continue;
    problems.add(place(i), "there is no virtual key with the id " + quoted(ids[i]));
  }
  BF_TRY_VOID(refusal_of(problems));
  return found;
}

}  // namespace

Result<Answer> rotate_virtual_key(const Call& call) {
  const auto grace = call.desk.settings()->client.vk_rotation_cooldown;
  const auto rotate = [&](GovernanceSettings& /*governance*/,
                          VirtualKeySettings& key) -> Result<void> {
    governance::rotate(key, new_key_value(), grace, call.now);
    return {};
  };
  return change_entry<ShowVirtualKey>(call, kKeys, rotate, "rotated");
}

Result<Answer> rotate_virtual_keys(const Call& call) {
  BF_TRY(const std::vector<std::string> ids, read_ids(call));
  BF_TRY(const auto terms, read_terms(call, kKeys.kind));
  // Whoever asks what became of one key does not have to read of the others.
  if (call.trail != nullptr) call.trail->each_apart = true;
  const auto grace = call.desk.settings()->client.vk_rotation_cooldown;
  const auto rotate = [&](GovernanceSettings& governance) -> Result<void> {
    BF_TRY(const auto places, places_of(governance, ids));
    for (const std::size_t place : places) {
      governance::rotate(governance.virtual_keys.edit(place), new_key_value(), grace, call.now);
    }
    return {};
  };
  BF_TRY(const GovernancePtr governance, change_governance(call, rotate, terms));
  BF_TRY(const auto places, places_of(*governance, ids));
  Answer answer;
  json::Writer writer(answer.body);
  const ShowVirtualKey show(call, *governance);
  writer.begin_object().member("message", done("virtual keys", "rotated"));
  writer.key("virtual_keys").begin_array();
  for (const std::size_t place : places) show(writer, governance->virtual_keys[place]);
  writer.end_array().member("count", static_cast<std::int64_t>(places.size())).end_object();
  return answer;
}

}  // namespace bifrost::admin
