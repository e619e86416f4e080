#include "admin/governance.h"

#include "base/try.h"

#include <utility>

namespace bifrost::admin {
namespace {

GovernancePtr section_of(exchange::Desk::Settings settings) {
  const governance::GovernanceSettings* section = &settings->governance;
  return {std::move(settings), section};
}

}  // namespace

GovernancePtr governance_of(const Call& call) { return section_of(call.desk.settings()); }

Result<GovernancePtr> change_governance(const Call& call, const GovernanceEdit& edit,
                                        const exchange::Desk::Terms& terms) {
  BF_TRY(auto settings,
         call.desk.change(
             [&](exchange::ManagedSettings& managed) { return edit(managed.governance); }, terms));
  return section_of(std::move(settings));
}

}  // namespace bifrost::admin
