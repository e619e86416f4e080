#include "dialect/openai_chat/dialect.h"
#include "dialect/openai_responses/dialect.h"
#include "provider/rows.h"

namespace bifrost::provider {

namespace {

dialect::Flavor flavor() {
  return {
      .developer_role = true,
      // "string too long. Expected a string with maximum length 64".
      // https://platform.openai.com/docs/api-reference/chat/create
      .user_bytes_max = 64,
  };
}

SideSpec responses_side() {
  SideSpec side{.dialect = &dialect::openai_responses::dialect(),
                .offers = kResponsesOnly,
                .flavor = flavor()};
  side.flavor.keeps_unless_told = true;
  return side;
}

}  // namespace

ProviderSpec openai() {
  return {
      .name = "openai",
      .title = "OpenAI",
      .sides = {{.dialect = &dialect::openai_chat::dialect(), .flavor = flavor()},
                responses_side()},
      .base_url = "https://api.openai.com",
      .key_env = "OPENAI_API_KEY",
      .docs = "https://platform.openai.com/docs/api-reference/chat",
  };
}

}  // namespace bifrost::provider
