#include "dialect/openai_chat/dialect.h"
#include "provider/rows.h"

namespace bifrost::provider {

ProviderSpec demo_row() {
  return {
      .name = "demo",
      .title = "Built-in demo",
      .sides = {{.dialect = &dialect::openai_chat::dialect(),
                 .signing = &kUnsigned,
                 // Nothing is refused, so that a request shows what a real provider would see.
                 .flavor =
                     {
                         .keeps_cache_control = true,
                         .developer_role = true,
                         .files_by_address = true,
                         .reasoning_object = true,
                         .reasoning_history = dialect::ReasoningHistory::kDetails,
                     }}},
      .key_rule = KeyRule::kNone,
      .built_in = true,
      .notes = "Answers offline. Models: demo/chat, demo/reasoner, demo/error-<status>",
  };
}

}  // namespace bifrost::provider
