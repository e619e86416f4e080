#include "dialect/openai_chat/dialect.h"
#include "provider/rows.h"

namespace bifrost::provider {

ProviderSpec openai() {
  return {
      .name = "openai",
      .title = "OpenAI",
      .sides = {{.dialect = &dialect::openai_chat::dialect(),
                 .flavor =
                     {
                         .developer_role = true,
                         // "string too long. Expected a string with maximum length 64".
                         // https://platform.openai.com/docs/api-reference/chat/create
                         .user_bytes_max = 64,
                     }}},
      .base_url = "https://api.openai.com",
      .key_env = "OPENAI_API_KEY",
      .docs = "https://platform.openai.com/docs/api-reference/chat",
  };
}

}  // namespace bifrost::provider
