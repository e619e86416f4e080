// Section `client.compat`: what is done for models that are asked for something they lack.
#pragma once

#include "base/result.h"
#include "config/facts.h"
#include "http/headers.h"

namespace bifrost::exchange {

struct CompatSettings {
  bool should_drop_params = false;

  void describe(this auto& self, auto& visit) {
    visit.field(
        "should_drop_params", self.should_drop_params,
        {.text = "Drop the parameters that a model's family refuses, and name them in the "
                 "answer, instead of passing them. `x-bf-compat` says so for one request."});
    visit.unserved("convert_text_to_chat", config::Shape::kBool,
                   "Ask models that have chats only for text completions.");
    visit.unserved("convert_chat_to_responses", config::Shape::kBool,
                   "Ask models that have the Responses API only for chats.");
    visit.unserved("should_convert_params", config::Shape::kBool,
                   "Convert values of parameters that a model does not know.");
    visit.unserved("azure_deepseek", config::Shape::kBool,
                   "Ask DeepSeek on Azure by chats for what the Responses API was asked.");
    visit.unserved("force_reasoning_only_models_to_responses", config::Shape::kBool,
                   "Send chats with models that reason only to the Responses API.");
  }

  friend bool operator==(const CompatSettings&, const CompatSettings&) = default;
};

// The settings as one request has them. `x-bf-compat` goes before the configuration: `true` and
// `["*"]` are all of them, `false` is none, a list of their names is these and no others. What is
// not served has no effect there either. Fails with kInvalidRequest for anything else.
[[nodiscard]] Result<CompatSettings> compat_of(const CompatSettings& configured,
                                               const http::Headers& headers);

}  // namespace bifrost::exchange
