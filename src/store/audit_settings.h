// Section `audit_logs`: the record of who changed what.
#pragma once

#include "config/facts.h"
#include "config/secret.h"

#include <cstdint>

namespace bifrost::config {
class CheckScope;
}

namespace bifrost::store {

struct AuditSettings {
  bool disabled = false;
  config::Secret hmac_key;
  std::int64_t retention_days = 0;
  bool omit_ip_addresses = false;

  void describe(this auto& self, auto& visit) {
    visit.field("disabled", self.disabled, {.text = "Keep no record."});
    visit.field(
        "hmac_key", self.hmac_key,
        {.text = "What records are signed with (HMAC-SHA256), 32 bytes or more, so that one "
                 "that was changed in the database is found. Without it they are not "
                 "signed."});
    visit.field("retention_days", self.retention_days,
                {.text = "Older records are deleted; 0: none is.", .minimum = 0, .maximum = 36500});
    visit.field("omit_ip_addresses", self.omit_ip_addresses,
                {.text = "Keep no addresses of callers in it."});
    self.describe_unserved(visit);
  }

  void check(config::CheckScope& scope) const;

  friend bool operator==(const AuditSettings&, const AuditSettings&) = default;

 private:
  void describe_unserved(this auto& /*self*/, auto& visit) {
    visit.unserved("archive_interval", config::Shape::kAny, "How often records are archived.");
    visit.unserved("archive_grace_period", config::Shape::kAny, "When a window is complete.");
    visit.unserved("archive_max_object_bytes", config::Shape::kInteger, "Size of its parts.");
    visit.unserved("object_storage", config::Shape::kObject, "Where the archive is.");
  }
};

}  // namespace bifrost::store
