// Section `openai_config` of a provider.
#pragma once

#include "config/facts.h"

namespace bifrost::provider {

struct OpenAiSettings {
  bool disable_store = false;

  void describe(this auto& self, auto& visit) {
    visit.field("disable_store", self.disable_store,
                {.text = "Ask the provider not to store responses."});
  }

  friend bool operator==(const OpenAiSettings&, const OpenAiSettings&) = default;
};

}  // namespace bifrost::provider
