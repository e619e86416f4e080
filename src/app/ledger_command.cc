#include "app/ledger_command.h"

#include "app/connect_store.h"
#include "app/open_ledger.h"
#include "ledger/verify.h"

#include <algorithm>
#include <ostream>
#include <string>

namespace bifrost::app {
namespace {

// What stands between the parts of an id is for programs.
std::string shown(std::string id) {
  constexpr char kBetween = '\x1f';
  std::ranges::replace(id, kBetween, '/');
  return id;
}

}  // namespace

int verify_ledger(const store::StoreSettings& settings, const std::string& app_dir,
                  std::ostream& out) {
  if (const std::string why = no_database(settings, app_dir); !why.empty()) {
    out << "there is no ledger: " << why << '\n';
    return 1;
  }
  auto store = look_at_ledger(settings, app_dir);
  if (!store) {
    out << store.error().message << '\n';
    return 1;
  }
  const auto all = (*store)->recount();
  if (!all) {
    out << all.error().message << '\n';
    return 1;
  }
  const auto wrong = ledger::differences(*all);
  for (const store::Recount& each : wrong) {
    out << shown(each.counter.limit) << ": the counter says " << each.counter.used
        << ", the rows say " << each.used << '\n';
  }
  out << all->size() << " counter(s), " << wrong.size() << " of them wrong\n";
  return wrong.empty() ? 0 : 1;
}

}  // namespace bifrost::app
