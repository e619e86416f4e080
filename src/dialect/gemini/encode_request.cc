#include "base/strings.h"
#include "dialect/gemini/contents.h"
#include "dialect/gemini/extras.h"
#include "dialect/gemini/functions.h"
#include "dialect/gemini/thinking.h"
#include "dialect/what_is_left.h"
#include "json/document.h"
#include "json/writer.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace bifrost::dialect::gemini {
namespace {

class RequestEncoder {
 public:
  RequestEncoder(const llm::Request& request, const EncodeOptions& options)
      : request_(request),
        options_(options),
        extras_(request),
        dropped_(request),
        out_(encoded_.body) {}

  Result<EncodedRequest> encode() {
    const bool native = request_.dialect == kName;
    Contents contents = encode_contents(request_, options_.model, dropped_);
    if (contents.contents == "[]" && !request_.messages.empty() && !native) {
      return nothing_left(request_, "Gemini's format");
    }
    out_.begin_object();
    if (top("contents")) out_.raw(contents.contents);
    if (!contents.system_instruction.empty() && top("systemInstruction")) {
      out_.raw(contents.system_instruction);
    }
    tools();
    object("toolConfig", tool_config());
    object("generationConfig", generation_config());
    extras_.write(out_, "", removed());
    out_.end_object();
    name_dropped();
    encoded_.dropped = dropped_.take();
    return std::move(encoded_);
  }

 private:
  // Writes the key as the endpoint spells it; false when it refuses the field.
  bool top(std::string_view key) {
    if (options_.flavor.removes(key)) {
      drop(key);
      return false;
    }
    out_.key(options_.flavor.name_of(key));
    return true;
  }

  [[nodiscard]] std::span<const std::string_view> removed() const {
    return options_.flavor.removed_fields;
  }

  void object(std::string_view key, const std::string& json) {
    if (json != "{}" && top(key)) out_.raw(json);
  }

  void drop(std::string_view field) { dropped_.field(field); }

  // -- tools

  [[nodiscard]] bool has_functions() const {
    return std::ranges::any_of(request_.tools, [](const llm::Tool& tool) { return !tool.custom; });
  }

  void tools() {
    std::string list;
    json::Writer out(list);
    out.begin_array();
    if (has_functions()) {
      out.begin_object().key("functionDeclarations").begin_array();
      for (const llm::Tool& tool : request_.tools) declaration(out, tool);
      out.end_array().end_object();
    }
    server_tools(out);
    out.end_array();
    if (list != "[]" && top("tools")) out_.raw(list);
  }

  static void declaration(json::Writer& out, const llm::Tool& tool) {
    if (tool.custom) return;
    out.begin_object().member("name", tool.name);
    if (!tool.description.empty()) out.member("description", tool.description);
    if (!tool.parameters.empty()) out.key("parametersJsonSchema").raw(tool.parameters);
    out.end_object();
  }

  void server_tools(json::Writer& out) {
    bool search = !request_.web_search_options.empty();
    if (search) name_search_options();
    for (const llm::RawTool& tool : request_.raw_tools) {
      if (tool.dialect == kName) {
        out.raw(tool.json);
      } else if (tool.type.starts_with("web_search")) {
        search = true;  // every provider's own search, under one name
        name_options(tool);
      } else {
        dropped_.at(tool.place);
      }
    }
    if (search) out.begin_object().key("googleSearch").begin_object().end_object().end_object();
  }

  // Google's search takes none of them, however they are asked for.
  void name_options(const llm::RawTool& tool) {
    const auto options = json::Document::parse(tool.json);
    if (!options) return;
    for (const json::Value option : options->root().children()) {
      const std::string key = option.key();
      if (key != "type" && key != "name") dropped_.member(tool.place, key);
    }
  }

  void name_search_options() {
    const auto options = json::Document::parse(request_.web_search_options);
    if (!options) return;
    for (const json::Value option : options->root().children()) {
      drop("web_search_options." + option.key());
    }
  }

  // Is a function left that the choice may mean? What a caller of this dialect wrote is for its
  // endpoint to judge.
  [[nodiscard]] bool may_choose() const {
    if (options_.flavor.removes("tools")) return false;
    if (request_.dialect == kName) return true;
    const auto& choice = request_.tool_choice;
    const bool named = choice && choice->mode == llm::ToolChoice::Mode::kNamed;
    return std::ranges::any_of(request_.tools, [&](const llm::Tool& tool) {
      return !tool.custom && (!named || tool.name == choice->name);
    });
  }

  std::string tool_config() {
    std::string json;
    json::Writer out(json);
    out.begin_object();
    // Google refuses a calling mode without functions.
    if (may_choose()) {
      std::string calling = calling_config();
      if (calling != "{}") out.key("functionCallingConfig").raw(calling);
    } else if (request_.tool_choice) {
      drop("tool_choice");
    }
    extras_.write(out, "toolConfig");
    out.end_object();
    return json;
  }

  std::string calling_config() {
    constexpr std::string_view kPath = "toolConfig.functionCallingConfig";
    std::string json;
    json::Writer out(json);
    out.begin_object();
    if (request_.tool_choice && !extras_.has(kPath, "mode")) {
      out.member("mode", mode_name(request_.tool_choice->mode));
    }
    if (request_.tool_choice && request_.tool_choice->mode == llm::ToolChoice::Mode::kNamed) {
      out.key("allowedFunctionNames").begin_array().string(request_.tool_choice->name).end_array();
    }
    extras_.write(out, kPath);
    out.end_object();
    return json;
  }

  static std::string_view mode_name(llm::ToolChoice::Mode mode) {
    switch (mode) {
      case llm::ToolChoice::Mode::kAuto:
        return "AUTO";
      case llm::ToolChoice::Mode::kNone:
        return "NONE";
      case llm::ToolChoice::Mode::kRequired:
      case llm::ToolChoice::Mode::kNamed:
        return "ANY";
    }
    return "AUTO";
  }

  // -- generationConfig

  std::string generation_config() {
    std::string json;
    json::Writer out(json);
    out.begin_object();
    sampling(out);
    limits(out);
    format(out);
    modalities(out);
    thinking(out);
    extras_.write(out, "generationConfig");
    out.end_object();
    return json;
  }

  void sampling(json::Writer& out) const {
    if (request_.temperature) out.member("temperature", *request_.temperature);
    if (request_.top_p) out.member("topP", *request_.top_p);
    if (request_.top_k) out.member("topK", *request_.top_k);
    if (request_.presence_penalty) out.member("presencePenalty", *request_.presence_penalty);
    if (request_.frequency_penalty) out.member("frequencyPenalty", *request_.frequency_penalty);
    if (request_.seed) out.member("seed", *request_.seed & std::numeric_limits<int>::max());
    if (request_.logprobs) out.member("responseLogprobs", *request_.logprobs);
    if (request_.top_logprobs && request_.logprobs.value_or(false)) {
      out.member("logprobs", *request_.top_logprobs);
    }
  }

  void limits(json::Writer& out) const {
    if (request_.max_tokens) out.member("maxOutputTokens", *request_.max_tokens);
    if (request_.n) out.member("candidateCount", *request_.n);
    if (request_.stop.empty()) return;
    out.key("stopSequences").begin_array();
    for (const std::string& sequence : request_.stop) out.string(sequence);
    out.end_array();
  }

  void format(json::Writer& out) const {
    using Kind = llm::ResponseFormat::Kind;
    if (!request_.response_format) return;
    const llm::ResponseFormat& wanted = *request_.response_format;
    out.member("responseMimeType", wanted.kind == Kind::kText ? "text/plain" : "application/json");
    if (wanted.kind == Kind::kJsonSchema && !wanted.schema.empty()) {
      out.key("responseJsonSchema").raw(wanted.schema);
    }
  }

  void modalities(json::Writer& out) const {
    if (request_.modalities.empty()) return;
    out.key("responseModalities").begin_array();
    for (const std::string& modality : request_.modalities) out.string(upper(modality));
    out.end_array();
  }

  static std::string upper(std::string text) {
    for (char& c : text) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return text;
  }

  void thinking(json::Writer& out) {
    std::string json;
    json::Writer inner(json);
    inner.begin_object();
    if (request_.reasoning) {
      const ThinkingConfig config =
          thinking_config(*request_.reasoning, thinking_rules(options_.model));
      if (config.empty()) drop_reasoning(*request_.reasoning);
      drop_if(!request_.reasoning->summary.empty(), "reasoning.summary");
      if (config.include_thoughts) inner.member("includeThoughts", *config.include_thoughts);
      if (config.budget) inner.member("thinkingBudget", *config.budget);
      if (!config.level.empty()) inner.member("thinkingLevel", config.level);
    }
    extras_.write(inner, "generationConfig.thinkingConfig");
    inner.end_object();
    if (json != "{}") out.key("thinkingConfig").raw(json);
  }

  void drop_reasoning(const llm::Reasoning& reasoning) {
    // Not thinking is what the model does anyway.
    if (reasoning.effort == "none" || reasoning.budget_tokens == 0) return;
    drop(reasoning.effort.empty() ? "reasoning" : "reasoning_effort");
  }

  // -- what has no counterpart

  void name_dropped() {
    for (const llm::Tool& tool : request_.tools) {
      if (tool.custom) dropped_.at(tool.place);
      if (tool.strict) dropped_.member(tool.place, "function.strict");
    }
    const auto& format = request_.response_format;
    drop_if(format && !format->description.empty(), "response_format.json_schema.description");
    drop_if(!request_.logit_bias.empty(), "logit_bias");
    drop_if(request_.top_logprobs && !request_.logprobs.value_or(false), "top_logprobs");
    drop_if(request_.parallel_tool_calls.has_value(), "parallel_tool_calls");
    drop_if(!request_.service_tier.empty(), "service_tier");
    drop_if(!request_.user.empty(), "user");
    drop_if(!request_.safety_identifier.empty(), "safety_identifier");
    drop_if(!request_.metadata.empty(), "metadata");
    drop_if(request_.store.has_value(), "store");
    drop_if(!request_.verbosity.empty(), "verbosity");
    drop_if(!request_.audio.empty(), "audio");
    drop_if(!request_.prediction.empty(), "prediction");
    drop_if(!request_.prompt_cache_key.empty(), "prompt_cache_key");
    drop_if(has_cache_marker(), "cache_control");
    for (const std::string_view field : removed()) drop_if(extras_.has("", field), field);
    for (const std::string& path : extras_.lost()) dropped_.path(path);
  }

  void drop_if(bool set, std::string_view field) { dropped_.field_if(set, field); }

  [[nodiscard]] bool has_cache_marker() const {
    const auto marked = [](const auto& holder) { return holder.cache.has_value(); };
    return marked(request_) || std::ranges::any_of(request_.tools, marked) ||
           std::ranges::any_of(request_.messages, [&](const llm::Message& message) {
             return std::ranges::any_of(message.parts, marked);
           });
  }

  const llm::Request& request_;
  const EncodeOptions& options_;
  Extras extras_;
  Dropped dropped_;
  EncodedRequest encoded_;
  json::Writer out_;
};

}  // namespace

Result<EncodedRequest> encode_request(const llm::Request& request, const EncodeOptions& options) {
  return RequestEncoder(request, options).encode();
}

}  // namespace bifrost::dialect::gemini
