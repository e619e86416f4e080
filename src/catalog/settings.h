// Section `framework`: where prices come from, beside those of the program.
#pragma once

#include "config/facts.h"

#include <chrono>
#include <string>

namespace bifrost::catalog {

struct PricingSettings {
  std::string url;
  std::chrono::milliseconds sync_interval{std::chrono::hours(24)};

  void describe(this auto& self, auto& visit) {
    using namespace std::chrono_literals;
    visit.field("pricing_url", self.url,
                {.text = "A price sheet as LiteLLM and the original publish theirs, http or https "
                         "or an absolute path. Its lines go before those that come with the "
                         "program. Without it nothing is fetched.",
                 .form = config::Form::kPathOrUrl});
    visit.field("pricing_sync_interval", self.sync_interval,
                {.text = "How often it is read again.",
                 .minimum = 3600,
                 .maximum = 31'536'000,
                 .unit = 1s});
    visit.unserved("model_parameters_url", config::Shape::kString, "What models accept.");
    visit.unserved("mcp_library_url", config::Shape::kString, "A list of MCP servers.");
    visit.unserved("mcp_library_sync_interval", config::Shape::kInteger, "How often it is read.");
    visit.unserved("live_models_sync_interval", config::Shape::kInteger,
                   "How often providers are asked for their models.");
  }

  friend bool operator==(const PricingSettings&, const PricingSettings&) = default;
};

struct FrameworkSettings {
  PricingSettings pricing;

  void describe(this auto& self, auto& visit) {
    visit.field("pricing", self.pricing, {.text = "The price sheet."});
  }

  friend bool operator==(const FrameworkSettings&, const FrameworkSettings&) = default;
};

}  // namespace bifrost::catalog
