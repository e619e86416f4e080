// What all operations of one maker's API share: errors, and lists of models.
#pragma once

#include "base/error.h"
#include "base/result.h"
#include "dialect/rate_limits.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::json {
class Writer;
}

namespace bifrost::dialect {

// One model in a list of models.
struct ModelRow {
  std::string id;  // as shown: "openai/gpt-4o"
  std::string name;
  std::string provider;
  std::int64_t created = 0;
  std::int64_t context_length = 0;     // 0: unknown
  std::int64_t max_output_tokens = 0;  // 0: unknown
};

struct ModelPage {
  std::vector<ModelRow> rows;
  std::string next;  // token of the next page; empty: this was the last
};

// The page of a list of models that a caller asks for: at most so many models between two of them.
struct ModelQuery {
  std::size_t limit = 0;             // 0: all
  std::string after = {};            // id of a model; empty: from the first on
  std::string before = {};           // id of a model; empty: to the last
  std::string_view after_name = {};  // what the dialect calls them, for messages
  std::string_view before_name = {};
};

// A provider's answer that is an error.
struct ErrorInput {
  int status = 0;
  std::string_view body;
};

struct Family {
  // The body of an error answer.
  std::string (*encode_error)(const Error& error);
  Error (*decode_error)(const ErrorInput& input);
  // Adds the headers that tell a caller what is left of his limits.
  void (*write_rate_limits)(const RateLimits& limits, http::Headers& headers);

  // `query` is that of the caller's request, without its question mark.
  Result<ModelQuery> (*decode_model_query)(std::string_view query);
  std::string (*encode_models)(const ModelPage& page);
  // One model, as it stands in the list.
  void (*write_model)(json::Writer& writer, const ModelRow& row);
  // The path behind the base URL, with its query. An empty token asks for the first page.
  std::string (*models_path)(std::string_view page_token);
  Result<ModelPage> (*decode_models)(std::string_view body);
  // What may stand before the name of a model and says nothing, for it is a resource's.
  std::string_view model_prefix = {};
};

}  // namespace bifrost::dialect
