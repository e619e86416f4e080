// Section `ledger`: how usage is written down.
#pragma once

#include "config/facts.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace bifrost::ledger {

enum class OnFull : std::uint8_t { kServe, kRefuse };

}  // namespace bifrost::ledger

template <>
struct bifrost::config::EnumTexts<bifrost::ledger::OnFull> {
  static constexpr std::array<std::string_view, 2> kTexts = {"serve", "refuse"};
};

namespace bifrost::ledger {

struct Settings {
  OnFull on_full = OnFull::kServe;
  std::int64_t journal_size_mb = 16;
  std::chrono::milliseconds write_interval{250};

  void describe(this auto& self, auto& visit) {
    using namespace std::chrono_literals;
    visit.field("on_ledger_full", self.on_full,
                {.text = "What happens while the journals are full because the database has been "
                         "away for long: `serve` goes on and counts in "
                         "`bifrost_ledger_lost_total` what is written nowhere; `refuse` answers "
                         "requests to models with 503.",
                 .ours = true});
    visit.field("journal_size_mb", self.journal_size_mb,
                {.text = "Size of each worker's journal in MiB. It has room for about two thousand "
                         "requests a MiB that the database does not have yet.",
                 .minimum = 9,
                 .maximum = 4096,
                 .restart = true,
                 .ours = true});
    visit.field("write_interval_in_seconds", self.write_interval,
                {.text = "How often what has ended is written to the database.",
                 .minimum = 0.01,
                 .maximum = 60,
                 .unit = 1s,
                 .restart = true,
                 .ours = true});
  }

  friend bool operator==(const Settings&, const Settings&) = default;
};

}  // namespace bifrost::ledger
