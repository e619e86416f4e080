// Section `client.header_filter_config`: which of a caller's headers reach providers.
#pragma once

#include "config/facts.h"

#include <string>
#include <vector>

namespace bifrost::provider {

struct HeaderFilterSettings {
  std::vector<std::string> allowlist;
  std::vector<std::string> denylist;

  void describe(this auto& self, auto& visit) {
    visit.field("allowlist", self.allowlist,
                {.text = "When not empty, only these headers may be forwarded by `x-bf-eh-<name>`.",
                 .form = config::Form::kHeaderName});
    visit.field("denylist", self.denylist,
                {.text = "Headers that are never forwarded; goes before the allow-list.",
                 .form = config::Form::kHeaderName});
  }

  friend bool operator==(const HeaderFilterSettings&, const HeaderFilterSettings&) = default;
};

}  // namespace bifrost::provider
