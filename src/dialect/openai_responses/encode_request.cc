#include "dialect/openai_responses/encode_request.h"

#include "dialect/openai_chat/encode_request.h"
#include "dialect/openai_responses/functions.h"
#include "dialect/what_is_left.h"

#include <algorithm>
#include <string>

namespace bifrost::dialect::openai_responses {
namespace {

// "integer below minimum value. Expected a value >= 16".
// https://platform.openai.com/docs/api-reference/responses/create
constexpr std::int64_t kMaxTokensMin = 16;

class FieldEncoder {
 public:
  FieldEncoder(Encoding& encoding, std::string_view model)
      : encoding_(encoding),
        request_(encoding.request),
        flavor_(encoding.flavor),
        writer_(encoding.writer),
        model_(model) {}

  void encode() {
    writer_.begin_object();
    writer_.member("model", model_);
    writer_.key("input");
    InputEncoder(encoding_).encode_all();
    if (request_.stream) writer_.member("stream", true);
    tools();
    sampling();
    reasoning();
    rest();
    extras();
    writer_.end_object();
  }

 private:
  // Writes the key unless the endpoint refuses the field, which is named as dropped then.
  bool field(std::string_view name) {
    if (flavor_.removes(name)) {
      encoding_.dropped.field(name);
      return false;
    }
    writer_.key(flavor_.name_of(name));
    return true;
  }
  void text(std::string_view name, std::string_view value) {
    if (!value.empty() && field(name)) writer_.string(value);
  }
  void number(std::string_view name, std::optional<double> value) {
    if (value && field(name)) writer_.number(*value);
  }

  void tools() {
    if (any_tool_left(request_, flavor_, kName)) {
      writer_.key("tools");
      encode_tools(encoding_);
    }
    drop_tools();
    if (!may_choose_tool(request_, flavor_, kName)) {
      static_cast<void>(encoding_.extras.take("tool_choice"));
      encoding_.dropped.field_if(request_.tool_choice.has_value(), "tool_choice");
      encoding_.dropped.field_if(request_.parallel_tool_calls.has_value(), "parallel_tool_calls");
      return;
    }
    if (const std::string* whole = encoding_.extras.take("tool_choice")) {
      writer_.key("tool_choice").raw(*whole);
    } else if (request_.tool_choice && field("tool_choice")) {
      encode_tool_choice(encoding_);
    }
    if (request_.parallel_tool_calls && field("parallel_tool_calls")) {
      writer_.boolean(*request_.parallel_tool_calls);
    }
  }

  void drop_tools() {
    if (flavor_.removes("tools")) {
      encoding_.dropped.field_if(!request_.tools.empty() || !request_.raw_tools.empty(), "tools");
      return;
    }
    for (const llm::RawTool& tool : request_.raw_tools) {
      if (tool.dialect != kName) encoding_.dropped.at(tool.place);
    }
  }

  void sampling() {
    if (request_.max_tokens && field("max_output_tokens")) {
      writer_.integer(std::max(*request_.max_tokens, kMaxTokensMin));
    }
    number("temperature", request_.temperature);
    number("top_p", request_.top_p);
    if (request_.top_logprobs && field("top_logprobs")) writer_.integer(*request_.top_logprobs);
    Dropped& dropped = encoding_.dropped;
    dropped.field_if(request_.top_k.has_value(), "top_k");
    dropped.field_if(request_.frequency_penalty.has_value(), "frequency_penalty");
    dropped.field_if(request_.presence_penalty.has_value(), "presence_penalty");
    dropped.field_if(request_.seed.has_value(), "seed");
    dropped.field_if(request_.n.value_or(1) != 1, "n");
    dropped.field_if(!request_.stop.empty(), "stop");
    dropped.field_if(!request_.logit_bias.empty(), "logit_bias");
  }

  void reasoning() {
    std::vector<std::string_view> include;
    if (request_.logprobs.value_or(false)) include.emplace_back("message.output_text.logprobs");
    if (request_.reasoning) {
      reasoning_options(*request_.reasoning);
      // The thoughts of a turn come back with the next one, for nothing is kept there.
      include.emplace_back("reasoning.encrypted_content");
    }
    if (include.empty() || !field("include")) return;
    writer_.begin_array();
    for (const std::string_view wish : include) writer_.string(wish);
    writer_.end_array();
  }

  void reasoning_options(const llm::Reasoning& wanted) {
    if (!field("reasoning")) return;
    const std::string effort = openai_chat::effort_word(wanted, flavor_, encoding_.same_dialect());
    const bool shown = wanted.include_thoughts.value_or(!encoding_.same_dialect());
    writer_.begin_object();
    if (!effort.empty()) writer_.member("effort", effort);
    if (!wanted.summary.empty()) {
      writer_.member("summary", wanted.summary);
    } else if (shown && effort != "none") {
      writer_.member("summary", "auto");
    }
    encoding_.extras.write(writer_, "reasoning");
    writer_.end_object();
  }

  void rest() {
    const bool text_options = request_.response_format || !request_.verbosity.empty() ||
                              encoding_.extras.any_below("text");
    if (text_options && field("text")) encode_text(encoding_);
    if (flavor_.user_bytes_max != 0 && request_.user.size() > flavor_.user_bytes_max) {
      encoding_.dropped.field("user");
    } else {
      text("user", request_.user);
    }
    if (!request_.metadata.empty() && field("metadata")) writer_.raw(request_.metadata);
    text("service_tier", request_.service_tier);
    text("prompt_cache_key", request_.prompt_cache_key);
    text("safety_identifier", request_.safety_identifier);
    store();
    Dropped& dropped = encoding_.dropped;
    dropped.field_if(
        !request_.modalities.empty() && request_.modalities != std::vector<std::string>{"text"},
        "modalities");
    dropped.field_if(!request_.audio.empty(), "audio");
    dropped.field_if(!request_.prediction.empty(), "prediction");
    dropped.field_if(!request_.web_search_options.empty(), "web_search_options");
    dropped.field_if(request_.cache.has_value(), "cache_control");
  }

  // Kept unless told otherwise here, and the other way round in all other formats.
  void store() {
    if (flavor_.removes("store")) return;
    const bool said = request_.store || !encoding_.same_dialect();
    if (flavor_.never_stores || said) {
      writer_.member("store", !flavor_.never_stores && request_.store.value_or(false));
    }
  }

  void extras() {
    encoding_.extras.for_each_top([this](std::string_view key, std::string_view json) {
      if (flavor_.removes(key)) return false;
      writer_.key(flavor_.name_of(key)).raw(json);
      return true;
    });
    for (const std::string& path : encoding_.extras.unwritten()) encoding_.dropped.path(path);
  }

  Encoding& encoding_;
  const llm::Request& request_;
  const Flavor& flavor_;
  json::Writer& writer_;
  std::string_view model_;
};

}  // namespace

Result<EncodedRequest> encode_request(const llm::Request& request, const EncodeOptions& options) {
  EncodedRequest out;
  Encoding encoding{request, options.flavor, json::Writer(out.body),
                    openai_chat::ExtrasIndex(request, kName), Dropped(request)};
  FieldEncoder(encoding, options.model).encode();
  if (!request.messages.empty() && !encoding.any_turn) {
    return nothing_left(request, "OpenAI's Responses");
  }
  out.dropped = encoding.dropped.take();
  return out;
}

}  // namespace bifrost::dialect::openai_responses
