#include "dialect/gemini/dialect.h"
#include "provider/rows.h"

namespace bifrost::provider {

ProviderSpec gemini() {
  return {
      .name = "gemini",
      .title = "Google Gemini",
      .sides = {{.dialect = &dialect::gemini::dialect(), .signing = &kGoogleApiKey}},
      .base_url = "https://generativelanguage.googleapis.com",
      .key_env = "GEMINI_API_KEY",
      .docs = "https://ai.google.dev/api/generate-content",
      .notes = "A key that is an OAuth access token (ya29...) travels as a bearer token",
  };
}

}  // namespace bifrost::provider
