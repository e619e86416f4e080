#include "dialect/openai_chat/encode_request.h"

#include "base/strings.h"
#include "dialect/openai_chat/functions.h"
#include "dialect/openai_chat/model_traits.h"
#include "dialect/what_is_left.h"

#include <utility>

namespace bifrost::dialect::openai_chat {

bool Encoding::same_dialect() const { return request.dialect == kName; }

bool Encoding::writes_signatures() const {
  return same_dialect() || ascii_lower(model).find("gemini") != std::string::npos;
}

void Encoding::write_cache(const std::optional<llm::CacheMarker>& cache) {
  if (!cache) return;
  if (!flavor.keeps_cache_control) {
    // One line says it for all of them: a conversation has dozens.
    drop("cache_control");
    return;
  }
  writer.key("cache_control").begin_object();
  writer.member("type", "ephemeral");
  if (!cache->ttl.empty()) writer.member("ttl", cache->ttl);
  writer.end_object();
}

namespace {

// Top-level fields, under the names and within the bounds of the endpoint.
class FieldEncoder {
 public:
  FieldEncoder(Encoding& encoding, const EncodeOptions& options)
      : encoding_(encoding),
        request_(encoding.request),
        flavor_(encoding.flavor),
        writer_(encoding.writer),
        model_(options.model) {}

  void encode() {
    writer_.begin_object();
    writer_.member("model", model_);
    if (field("messages")) MessageEncoder(encoding_).encode_all();
    stream();
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
      encoding_.drop(name);
      return false;
    }
    writer_.key(flavor_.name_of(name));
    return true;
  }

  void text(std::string_view name, std::string_view value) {
    if (!value.empty() && field(name)) writer_.string(value);
  }
  void raw(std::string_view name, std::string_view value) {
    if (!value.empty() && field(name)) writer_.raw(value);
  }
  void flag(std::string_view name, std::optional<bool> value) {
    if (value && field(name)) writer_.boolean(*value);
  }
  void integer(std::string_view name, std::optional<std::int64_t> value) {
    if (value && field(name)) writer_.integer(*value);
  }
  void number(std::string_view name, std::optional<double> value) {
    if (value && field(name)) writer_.number(*value);
  }
  void strings(std::string_view name, const std::vector<std::string>& values) {
    if (values.empty() || !field(name)) return;
    writer_.begin_array();
    for (const std::string& value : values) writer_.string(value);
    writer_.end_array();
  }

  void stream() {
    if (!request_.stream) return;
    flag("stream", true);
    const bool usage = flavor_.injects_usage_option;
    if (!usage && !encoding_.extras.any_below("stream_options")) return;
    if (!field("stream_options")) return;
    writer_.begin_object();
    if (usage) writer_.member("include_usage", true);
    encoding_.extras.write(writer_, "stream_options");
    writer_.end_object();
  }

  void tools() {
    if (any_tool_left(request_, flavor_, kName)) {
      writer_.key(flavor_.name_of("tools"));
      encode_tools(encoding_);
    }
    drop_tools();
    // Refused where there is no tool: "'tool_choice' is only allowed when 'tools' are specified".
    may_choose_tool(request_, flavor_, kName) ? tool_options() : drop_tool_options();
  }

  void drop_tools() {
    if (flavor_.removes("tools")) {
      if (!request_.tools.empty() || !request_.raw_tools.empty()) encoding_.drop("tools");
      return;
    }
    for (const llm::RawTool& tool : request_.raw_tools) {
      if (tool.dialect != kName) encoding_.dropped.at(tool.place);
    }
  }

  void tool_options() {
    if (const std::string* whole = encoding_.extras.take("tool_choice")) {
      raw("tool_choice", *whole);
    } else if (request_.tool_choice && field("tool_choice")) {
      encode_tool_choice(encoding_);
    }
    flag("parallel_tool_calls", request_.parallel_tool_calls);
  }

  void drop_tool_options() {
    static_cast<void>(encoding_.extras.take("tool_choice"));
    if (request_.tool_choice) encoding_.drop("tool_choice");
    if (request_.parallel_tool_calls) encoding_.drop("parallel_tool_calls");
  }

  void sampling() {
    integer("max_completion_tokens", request_.max_tokens);
    number("temperature", request_.temperature);
    number("top_p", request_.top_p);
    if (request_.top_k) {
      // Not OpenAI's: only a caller of this dialect can know that the endpoint takes it.
      if (encoding_.same_dialect()) {
        integer("top_k", request_.top_k);
      } else {
        encoding_.drop("top_k");
      }
    }
    number("frequency_penalty", request_.frequency_penalty);
    number("presence_penalty", request_.presence_penalty);
    integer("seed", request_.seed);
    integer("n", request_.n);
    strings("stop", request_.stop);
    flag("logprobs", request_.logprobs);
    integer("top_logprobs", request_.top_logprobs);
    raw("logit_bias", request_.logit_bias);
  }

  void reasoning() {
    if (ends_thinking(encoding_)) {
      static_cast<void>(encoding_.extras.take("thinking"));
      raw("thinking", kThinkingOff);
      if (request_.reasoning) encoding_.drop("reasoning_effort");
      return;
    }
    if (!request_.reasoning) return;
    if (flavor_.reasoning_object) {
      if (field("reasoning")) encode_reasoning_options(encoding_);
      return;
    }
    effort(*request_.reasoning);
    if (!request_.reasoning->summary.empty()) encoding_.drop("reasoning.summary");
    if (request_.reasoning->include_thoughts) encoding_.drop("reasoning.include_thoughts");
  }

  void effort(const llm::Reasoning& reasoning) {
    const bool off = reasoning.effort.empty() && reasoning.budget_tokens == 0;
    if (!off) {
      return text("reasoning_effort", effort_word(reasoning, flavor_, encoding_.same_dialect()));
    }
    // Whoever switched thinking off does not want to pay for it.
    const ThinkingOff thinking = thinking_off(model_);
    if (thinking.way == ThinkingOff::Way::kWord) return text("reasoning_effort", thinking.effort);
    if (thinking.way == ThinkingOff::Way::kUnknown) encoding_.drop("reasoning");
  }

  void rest() {
    if (request_.response_format && field("response_format")) encode_response_format(encoding_);
    if (flavor_.user_bytes_max != 0 && request_.user.size() > flavor_.user_bytes_max) {
      encoding_.drop("user");
    } else {
      text("user", request_.user);
    }
    raw("metadata", request_.metadata);
    text("service_tier", request_.service_tier);
    text("verbosity", request_.verbosity);
    flag("store", request_.store);
    strings("modalities", request_.modalities);
    raw("audio", request_.audio);
    raw("prediction", request_.prediction);
    text("prompt_cache_key", request_.prompt_cache_key);
    text("safety_identifier", request_.safety_identifier);
    raw("web_search_options", request_.web_search_options);
    encoding_.write_cache(request_.cache);
  }

  void extras() {
    encoding_.extras.for_each_top([this](std::string_view key, std::string_view json) {
      if (flavor_.removes(key)) return false;
      raw(key, json);
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
  Encoding encoding{
      request,          options.flavor, json::Writer(out.body), ExtrasIndex(request, kName),
      Dropped(request), options.model};
  FieldEncoder(encoding, options).encode();
  if (!request.messages.empty() && !encoding.same_dialect() && !encoding.any_turn) {
    return nothing_left(request, "OpenAI's format");
  }
  out.dropped = encoding.dropped.take();
  return out;
}

}  // namespace bifrost::dialect::openai_chat
