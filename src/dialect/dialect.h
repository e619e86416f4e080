// What a wire format can do, as a table of plain functions without state and without I/O.
//
// Adding one: a folder with these functions and a row in `all.cc`. The golden suite then asks for
// its cases, and the golden, conformance and fuzz suites write those of all others in it.
#pragma once

#include "base/result.h"
#include "http/headers.h"
#include "json/scan.h"
#include "llm/event.h"
#include "llm/request.h"
#include "llm/response.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost::dialect {

// ---------------------------------------------------------------------------------------------
// Requests

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

// How an OpenAI-shaped endpoint takes earlier reasoning on assistant messages.
enum class ReasoningHistory : std::uint8_t {
  kNone,     // not at all (OpenAI): left out when translating
  kContent,  // `reasoning_content` (DeepSeek)
  kDetails,  // `reasoning` and `reasoning_details` (OpenRouter)
};

// How one endpoint differs from the letter of its dialect. Data of a provider's row; both ways
// through the dialect (encode_request and edit_request) obey it.
struct Flavor {
  // Top-level fields that the endpoint refuses: removed, and named as dropped when translating.
  std::span<const std::string_view> removed_fields = {};
  // Top-level fields under another name: {ours, theirs}.
  std::span<const std::pair<std::string_view, std::string_view>> renamed_fields = {};
  bool keeps_cache_control = false;  // `cache_control` on messages and blocks is understood
  bool injects_usage_option = true;  // takes stream_options.include_usage
  bool developer_role = false;       // knows the role "developer"; else it becomes "system"
  bool named_tool_choice = true;     // else a named choice becomes "required"
  std::string_view required_choice = "required";  // its word for tool_choice "required"
  std::string_view minimal_effort = "minimal";    // its word for reasoning effort "minimal"
  std::size_t user_bytes_max = 0;                 // a longer `user` is dropped; 0: any
  bool reasoning_object = false;  // takes `reasoning` {effort, …}; else `reasoning_effort`
  ReasoningHistory reasoning_history = ReasoningHistory::kNone;
  // Thinks by default and refuses a forced tool call then: such requests switch thinking off.
  bool forced_tool_ends_thinking = false;

  [[nodiscard]] bool removes(std::string_view field) const {
    return std::ranges::find(removed_fields, field) != removed_fields.end();
  }
  // The endpoint's name of a field.
  [[nodiscard]] std::string_view name_of(std::string_view field) const {
    for (const auto& [ours, theirs] : renamed_fields) {
      if (ours == field) return theirs;
    }
    return field;
  }
};

struct EncodeOptions {
  std::string_view model;  // as the provider knows it
  const Flavor& flavor;
};

// A request ready to be sent.
struct EncodedRequest {
  std::string body;
  http::Headers headers;             // that the body needs (beta features)
  std::vector<std::string> dropped;  // paths of what had no counterpart, as the caller wrote them
};

// ---------------------------------------------------------------------------------------------
// Answers

// What the encoders need that is not in the answer itself.
struct AnswerContext {
  std::string model;           // that is shown to the caller
  std::string fallback_id;     // used when the provider gave no id
  std::int64_t created = 0;    // seconds since the epoch, used when the provider gave none
  bool include_usage = false;  // an OpenAI-shaped stream ends with a usage chunk
  std::string extra_fields;    // JSON text for `extra_fields`; empty: none (native routes)
};

// Bytes of a provider's stream into events. Survives any cut of the bytes. After a StreamFailure
// or StreamEnd, further bytes are ignored.
class StreamDecoder {
 public:
  virtual ~StreamDecoder() = default;
  virtual void feed(std::string_view bytes, std::vector<llm::StreamEvent>& out) = 0;
  // The connection is through. Appends StreamEnd when the answer was complete by then, else a
  // StreamFailure with kUpstreamCutShort.
  virtual void finish(std::vector<llm::StreamEvent>& out) = 0;
};

// Events into bytes that are legal in the caller's dialect, whatever order and kind they come in.
// A StreamFailure is written as the dialect's in-stream error and closes the stream.
class StreamEncoder {
 public:
  virtual ~StreamEncoder() = default;
  virtual void event(const llm::StreamEvent& event, std::string& out) = 0;
};

// What a tap has learnt so far.
struct TapState {
  llm::Usage usage;
  llm::FinishReason finish = llm::FinishReason::kUnknown;
  std::string model;  // as the provider names it
  std::string id;
  std::uint64_t events = 0;
  std::uint64_t content_events = 0;  // with something of the answer in them
  bool ended = false;                // the wire format's end marker was seen
  bool finished = false;             // a finish reason was seen
  std::optional<Error> error;        // an in-stream error
};

// Reads a stream that is passed on unchanged. Costs little: only events that may matter are looked
// into.
class StreamTap {
 public:
  virtual ~StreamTap() = default;
  virtual void feed(std::string_view bytes) = 0;
  // The connection is through: sets `error` to kUpstreamCutShort unless the answer was complete.
  // Returns the bytes that make the stream legal, empty when it is already (a missing end marker).
  virtual std::string finish() = 0;
  [[nodiscard]] const TapState& state() const { return state_; }

 protected:
  TapState state_;
};

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

// A provider's answer that is an error.
struct ErrorInput {
  int status = 0;
  std::string_view body;
};

// ---------------------------------------------------------------------------------------------

struct Dialect {
  std::string_view name;          // "openai_chat"
  std::string_view content_type;  // of its streams

  // inbound
  Result<RequestFacts> (*peek)(const RequestInput& input, json::Scanner& scanner);
  Result<llm::Request> (*decode_request)(const RequestInput& input);
  std::string (*encode_response)(const llm::Response& response, const AnswerContext& context);
  std::unique_ptr<StreamEncoder> (*make_stream_encoder)(AnswerContext context);
  // The body of an error answer.
  std::string (*encode_error)(const Error& error);
  // An error inside a stream that has already begun, as bytes.
  std::string (*encode_stream_error)(const Error& error);
  // A legal no-op for a silent stream.
  std::string_view keep_alive;
  std::string (*encode_models)(const ModelPage& page);

  // outbound
  Result<EncodedRequest> (*encode_request)(const llm::Request& request,
                                           const EncodeOptions& options);
  // The same-dialect way: the body with only the needed edits. Nothing when none are needed.
  Result<std::optional<std::string>> (*edit_request)(const RequestInput& input,
                                                     const RequestFacts& facts,
                                                     const EncodeOptions& options);
  // The path behind the base URL: "/v1/chat/completions".
  std::string (*chat_path)(std::string_view model, bool stream);
  Result<llm::Response> (*decode_response)(std::string_view body);
  // Usage and finish reason of a whole answer without decoding the rest.
  TapState (*tap_response)(std::string_view body);
  std::unique_ptr<StreamDecoder> (*make_stream_decoder)();
  std::unique_ptr<StreamTap> (*make_stream_tap)();
  Error (*decode_error)(const ErrorInput& input);
  std::string (*models_path)(std::string_view page_token);
  Result<ModelPage> (*decode_models)(std::string_view body);
};

// Every dialect that is linked, in the order of the reference page.
std::span<const Dialect* const> all();
// By name; nothing when unknown.
const Dialect* find(std::string_view name);

}  // namespace bifrost::dialect
