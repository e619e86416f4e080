// A public price sheet, as LiteLLM and the original publish theirs: a JSON object of models, each
// with its provider and its prices in dollars for one token.
//
// Source: https://github.com/BerriAI/litellm/blob/main/model_prices_and_context_window.json
#pragma once

#include "base/result.h"
#include "catalog/catalog.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace bifrost::catalog {

struct Datasheet {
  Catalog catalog;          // with what `base` has beside it
  std::size_t models = 0;   // that the sheet has prices of
  std::size_t skipped = 0;  // that have a price which cannot be right
  std::string skipped_why;  // of the first one
};

// What has no price for a token of input is left aside. Fails with kConfigInvalid when it is no
// such sheet: no JSON of an object, or not one model with a price.
[[nodiscard]] Result<Datasheet> read_datasheet(std::string_view json, const Catalog& base);

}  // namespace bifrost::catalog
