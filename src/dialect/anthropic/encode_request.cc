// Our own request into the bytes of a Messages request.
#include "base/strings.h"
#include "base/try.h"
#include "dialect/anthropic/betas.h"
#include "dialect/anthropic/encode_blocks.h"
#include "dialect/anthropic/functions.h"
#include "dialect/anthropic/layout.h"
#include "dialect/anthropic/model_traits.h"
#include "dialect/anthropic/thinking.h"
#include "dialect/what_is_left.h"
#include "json/document.h"

#include <algorithm>
#include <utility>

namespace bifrost::dialect::anthropic {
namespace {

using llm::Role;

// What a free-form tool takes: its text as the one member of an object, see tool_call.h.
constexpr std::string_view kFreeFormSchema =
    R"({"type":"object","properties":{"input":{"type":"string"}},"required":["input"]})";

// The API demands an object schema that says so.
std::string input_schema(std::string_view parameters) {
  constexpr std::string_view kEmpty = R"({"type":"object","properties":{}})";
  const auto document = json::Document::parse(parameters);
  if (!document || !document->root().is_object()) return std::string(kEmpty);
  const json::Value schema = document->root();
  if (schema.size() == 0) return std::string(kEmpty);
  std::string text(schema.raw());
  if (!schema["type"].is_set()) text.insert(1, R"("type":"object",)");
  return text;
}

class RequestEncoder {
 public:
  RequestEncoder(const llm::Request& request, const EncodeOptions& options)
      : request_(request),
        options_(options),
        native_(request.dialect == kName),
        traits_(model_traits(options.model)),
        dropped_(request),
        plan_(
            plan_thinking(request, traits_, forces_tool(request, options.flavor, kName), dropped_)),
        extras_(request),
        writer_(encoded_.body),
        blocks_({.writer = writer_,
                 .extras = extras_,
                 .dropped = dropped_,
                 .source = request.source,
                 .native = native_}),
        layout_(lay_out(request, blocks_, dropped_)) {}

  Result<EncodedRequest> encode();

 private:
  void write_head();
  Result<void> write_system();
  Result<void> write_messages();
  void write_tools();
  void write_tool(const llm::Tool& tool);
  void write_tool_choice();
  void write_thinking();
  void write_output_config();
  void write_sampling();
  void write_stop();
  void write_metadata();
  void write_service_tier();
  void name_unsupported();

  // Is the top-level field to be written? Then its key is. `ours` is its name for Dropped.
  bool open(std::string_view name, std::string_view ours);
  bool open(std::string_view name) { return open(name, name); }
  void drop(std::string_view field) { dropped_.field(field); }
  void drop_if(bool set, std::string_view field) { dropped_.field_if(set, field); }

  const llm::Request& request_;
  const EncodeOptions& options_;
  bool native_;
  EncodedRequest encoded_;
  ModelTraits traits_;
  Dropped dropped_;
  ThinkingPlan plan_;
  ExtraFields extras_;
  json::Writer writer_;
  BlockEncoder blocks_;
  Layout layout_;
  ExtensibleObject* body_ = nullptr;
};

Result<EncodedRequest> RequestEncoder::encode() {
  if (layout_.turns.empty() && !request_.messages.empty() && !native_) {
    return nothing_left(request_, "Anthropic's format");
  }
  for (const std::string_view removed : options_.flavor.removed_fields) extras_.remove(removed);
  if (options_.flavor.forced_tool_ends_thinking && forces_tool(request_, options_.flavor, kName)) {
    plan_.kind = ThinkingPlan::Kind::kDisabled;
    plan_.effort.clear();
    plan_.display.clear();
  }
  ExtensibleObject body(writer_, extras_.find({}));
  body_ = &body;
  write_head();
  BF_TRY_VOID(write_system());
  BF_TRY_VOID(write_messages());
  write_tools();
  write_tool_choice();
  write_thinking();
  write_output_config();
  write_sampling();
  write_stop();
  write_metadata();
  write_service_tier();
  name_unsupported();
  body.close();
  for (const std::string& path : extras_.unwritten()) dropped_.path(path);
  encoded_.dropped = dropped_.take();

  const std::string betas = needed_betas(request_, {.thinking = plan_.on()});
  if (!betas.empty()) encoded_.headers.set("anthropic-beta", betas);
  return std::move(encoded_);
}

bool RequestEncoder::open(std::string_view name, std::string_view ours) {
  if (options_.flavor.removes(name)) {
    drop(ours);
    return false;
  }
  if (!body_->takes(name)) return false;
  writer_.key(options_.flavor.name_of(name));
  return true;
}

void RequestEncoder::write_head() {
  writer_.member("model", options_.model);
  if (open("max_tokens", "max_completion_tokens")) writer_.integer(plan_.max_tokens);
  if (request_.stream) writer_.member("stream", true);
}

Result<void> RequestEncoder::write_system() {
  if (layout_.system.empty() || !open("system")) return {};
  return blocks_.write_content(layout_.system, Role::kSystem);
}

Result<void> RequestEncoder::write_messages() {
  writer_.key("messages").begin_array();
  for (const Turn& turn : layout_.turns) {
    writer_.begin_object().member("role", turn.role).key("content");
    const Role role = turn.role == "assistant" ? Role::kAssistant : Role::kUser;
    BF_TRY_VOID(blocks_.write_content(turn.parts, role));
    writer_.end_object();
  }
  writer_.end_array();
  for (const llm::Message& message : request_.messages) {
    if (!message.name.empty()) dropped_.member(message.place, "name");
    if (has_signature(message)) drop("signature");
  }
  return {};
}

void RequestEncoder::write_tools() {
  if (request_.tools.empty() && request_.raw_tools.empty()) return;
  const auto ours = [](const llm::RawTool& tool) { return tool.dialect == kName; };
  if (!options_.flavor.removes("tools")) {
    for (const llm::RawTool& tool : request_.raw_tools) {
      if (!ours(tool)) dropped_.at(tool.place);
    }
    if (!any_tool_left(request_, options_.flavor, kName)) return;
  }
  if (!open("tools")) return;
  writer_.begin_array();
  for (const llm::Tool& tool : request_.tools) write_tool(tool);
  for (const llm::RawTool& tool : request_.raw_tools) {
    if (ours(tool)) writer_.raw(tool.json);
  }
  writer_.end_array();
}

void RequestEncoder::write_tool(const llm::Tool& tool) {
  ExtensibleObject object(writer_, extras_.find(request_.source, tool.place));
  writer_.member("name", tool.name);
  if (!tool.description.empty()) writer_.member("description", tool.description);
  writer_.key("input_schema")
      .raw(tool.custom ? std::string(kFreeFormSchema) : input_schema(tool.parameters));
  if (tool.strict && !tool.custom) writer_.member("strict", *tool.strict);
  if (tool.cache && object.takes("cache_control")) {
    writer_.key("cache_control");
    write_cache_control(writer_, *tool.cache);
  }
  object.close();
  if (!tool.format.empty()) dropped_.member(tool.place, "custom.format");
}

void RequestEncoder::write_tool_choice() {
  using Mode = llm::ToolChoice::Mode;
  const bool serial = request_.parallel_tool_calls == false;
  // Without tools there is nothing to choose from, and the API says so with an error.
  if (!may_choose_tool(request_, options_.flavor, kName)) {
    drop_if(request_.tool_choice.has_value(), "tool_choice");
    drop_if(request_.parallel_tool_calls.has_value(), "parallel_tool_calls");
    return;
  }
  if (!request_.tool_choice && !(serial || (native_ && request_.parallel_tool_calls))) return;
  if (!open("tool_choice")) return;
  const Mode mode = request_.tool_choice ? request_.tool_choice->mode : Mode::kAuto;
  const bool named = mode == Mode::kNamed && options_.flavor.named_tool_choice;
  writer_.begin_object();
  switch (mode) {
    case Mode::kAuto:
      writer_.member("type", "auto");
      break;
    case Mode::kNone:
      writer_.member("type", "none");
      break;
    case Mode::kRequired:
      writer_.member("type", "any");
      break;
    case Mode::kNamed:
      writer_.member("type", named ? "tool" : "any");
      break;
  }
  if (named) writer_.member("name", request_.tool_choice->name);
  if (mode != Mode::kNone && (serial || (native_ && request_.parallel_tool_calls))) {
    writer_.member("disable_parallel_tool_use", serial);
  }
  drop_if(mode == Mode::kNone && serial, "parallel_tool_calls");
  writer_.end_object();
}

void RequestEncoder::write_thinking() {
  using Kind = ThinkingPlan::Kind;
  if (plan_.kind == Kind::kUnset || !open("thinking", "reasoning_effort")) return;
  ExtensibleObject object(writer_, extras_.find("thinking"));
  switch (plan_.kind) {
    case Kind::kUnset:
      break;
    case Kind::kDisabled:
      writer_.member("type", "disabled");
      break;
    case Kind::kBetweenTools:
      writer_.member("type", "between_tools");
      break;
    case Kind::kAdaptive:
      writer_.member("type", "adaptive");
      break;
    case Kind::kBudget:
      writer_.member("type", "enabled").member("budget_tokens", plan_.budget);
      break;
  }
  if (!plan_.display.empty() && object.takes("display")) writer_.member("display", plan_.display);
  object.close();
}

void RequestEncoder::write_output_config() {
  using Kind = llm::ResponseFormat::Kind;
  const auto& format = request_.response_format;
  const bool schema = format && format->kind == Kind::kJsonSchema && !format->schema.empty();
  if (format && format->kind != Kind::kText && !schema) drop("response_format");
  drop_if(schema && !format->description.empty(), "response_format.json_schema.description");

  const bool extra = extras_.find("output_config") != nullptr;
  if ((plan_.effort.empty() && !schema && !extra) || !open("output_config")) return;
  ExtensibleObject object(writer_, extras_.find("output_config"));
  if (!plan_.effort.empty() && object.takes("effort")) writer_.member("effort", plan_.effort);
  if (schema && object.takes("format")) {
    writer_.key("format").begin_object().member("type", "json_schema");
    writer_.key("schema").raw(format->schema).end_object();
  }
  object.close();
}

void RequestEncoder::write_sampling() {
  // Thinking leaves no freedom: temperature has to be 1, top_p near 1, top_k unset.
  const bool fixed = !traits_.sampling;
  const auto& temperature = request_.temperature;
  if (temperature) {
    const double value = std::min(*temperature, 1.0);  // others go up to 2
    const bool keep_it = !fixed && (!plan_.on() || value == 1.0);
    if (keep_it && open("temperature")) writer_.number(value);
    drop_if(keep_it ? *temperature > 1.0 : *temperature != 1.0, "temperature");
  }
  if (request_.top_p) {
    const bool clashes = traits_.one_sampling && temperature.has_value() && !native_;
    const bool keep_it = !fixed && !clashes && (!plan_.on() || *request_.top_p >= 0.95);
    if (keep_it && open("top_p")) writer_.number(*request_.top_p);
    drop_if(!keep_it && *request_.top_p != 1.0, "top_p");
  }
  if (request_.top_k) {
    const bool keep_it = !fixed && !plan_.on();
    if (keep_it && open("top_k")) writer_.integer(*request_.top_k);
    drop_if(!keep_it, "top_k");
  }
}

void RequestEncoder::write_stop() {
  std::vector<std::string_view> sequences;
  for (const std::string& sequence : request_.stop) {
    // The API refuses sequences of white space.
    if (native_ || !trim(sequence).empty()) sequences.emplace_back(sequence);
  }
  drop_if(sequences.size() != request_.stop.size(), "stop");
  if (sequences.empty() || !open("stop_sequences", "stop")) return;
  writer_.begin_array();
  for (const std::string_view sequence : sequences) writer_.string(sequence);
  writer_.end_array();
}

void RequestEncoder::write_metadata() {
  std::string user = request_.user;
  if (!request_.metadata.empty()) {
    if (const auto document = json::Document::parse(request_.metadata)) {
      for (const json::Value member : document->root().children()) {
        const bool names_user = member.key() == "user_id" && member.is_string();
        if (names_user && user.empty()) user = member.string_or({});
        drop_if(!names_user, "metadata." + member.key());
      }
    }
  }
  const bool from_safety_id = user.empty() && !request_.safety_identifier.empty();
  if (from_safety_id) user = request_.safety_identifier;
  drop_if(!from_safety_id && !request_.safety_identifier.empty(), "safety_identifier");

  const std::size_t user_bytes_max = options_.flavor.user_bytes_max;
  if (user_bytes_max > 0 && user.size() > user_bytes_max) {
    drop("user");
    user.clear();
  }
  const bool extra = extras_.find("metadata") != nullptr;
  if ((user.empty() && !extra) || !open("metadata", "user")) return;
  ExtensibleObject object(writer_, extras_.find("metadata"));
  if (!user.empty()) writer_.member("user_id", user);
  object.close();
}

void RequestEncoder::write_service_tier() {
  const std::string& tier = request_.service_tier;
  if (!tier.empty()) {
    // "priority" is had by a commitment and used by "auto"; "flex" has no counterpart.
    const bool any = tier == "auto" || tier == "priority";
    const bool standard = tier == "default" || tier == "standard_only";
    if (!any && !standard && !native_) {
      drop("service_tier");
    } else if (open("service_tier")) {
      writer_.string(any ? "auto" : standard ? "standard_only" : std::string_view(tier));
    }
  }
  if (request_.cache && open("cache_control")) write_cache_control(writer_, *request_.cache);
}

void RequestEncoder::name_unsupported() {
  drop_if(request_.frequency_penalty.has_value(), "frequency_penalty");
  drop_if(request_.presence_penalty.has_value(), "presence_penalty");
  drop_if(!request_.logit_bias.empty(), "logit_bias");
  drop_if(request_.logprobs.value_or(false), "logprobs");
  drop_if(request_.top_logprobs.has_value(), "top_logprobs");
  drop_if(request_.seed.has_value(), "seed");
  drop_if(request_.n.value_or(1) > 1, "n");
  const auto is_text = [](const std::string& modality) { return modality == "text"; };
  drop_if(!std::ranges::all_of(request_.modalities, is_text), "modalities");
  drop_if(!request_.audio.empty(), "audio");
  drop_if(!request_.prediction.empty(), "prediction");
  drop_if(!request_.verbosity.empty(), "verbosity");
  drop_if(request_.store.has_value(), "store");
  drop_if(!request_.prompt_cache_key.empty(), "prompt_cache_key");
  drop_if(!request_.web_search_options.empty(), "web_search_options");
}

}  // namespace

Result<EncodedRequest> encode_request(const llm::Request& request, const EncodeOptions& options) {
  return RequestEncoder(request, options).encode();
}

}  // namespace bifrost::dialect::anthropic
