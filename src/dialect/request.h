// Requests on their way through a wire format: as they came, what routing needs of them, and ready
// to be sent.
#pragma once

#include "dialect/flavor.h"
#include "http/headers.h"
#include "json/scan.h"
#include "llm/left_out.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::dialect {

// A request as it came: the body, and what stands in the path for dialects that put it there.
struct RequestInput {
  const std::string& body;           // prepared with json::reserve_padding
  std::string_view path_model = {};  // percent-decoded; empty: the body names the model
  bool path_stream = false;          // the path asks for a stream (Gemini)
};

// The little that routing needs, read without decoding the body. Views point into the body.
struct RequestFacts {
  std::string model;
  bool stream = false;
  bool include_usage = false;  // already asks for usage in the stream
  std::vector<std::string> fallbacks;
  std::vector<json::Member> members;  // of the top-level object

  // The bytes of a member's value; empty when the caller wrote no such member.
  [[nodiscard]] std::string_view value_of(std::string_view key) const {
    const auto found = std::ranges::find(members, key, &json::Member::key);
    return found == members.end() ? std::string_view{} : found->value;
  }
};

struct EncodeOptions {
  std::string_view model;  // as the provider knows it
  const Flavor& flavor;
  bool drop_refused = false;  // a passing request loses what the model refuses (refusals.h)
};

// A request that passes, with the edits that the endpoint needs.
struct EditedRequest {
  std::optional<std::string> body;   // nothing: none were needed
  std::vector<std::string> refused;  // paths of what the model refuses, as the caller wrote them
};

// A request ready to be sent.
struct EncodedRequest {
  std::string body;
  http::Headers headers;  // that the body needs (beta features)
  llm::LeftOut dropped;
};

}  // namespace bifrost::dialect
