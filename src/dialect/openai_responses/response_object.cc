#include "dialect/openai_responses/response_object.h"

#include "base/strings.h"
#include "dialect/openai_responses/failure.h"
#include "dialect/openai_responses/usage.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace bifrost::dialect::openai_responses {
namespace {

struct Setting {
  std::string_view name;
  std::string_view otherwise;  // as JSON text, what OpenAI writes when the caller said nothing
};

// Members of the request that a response repeats, in OpenAI's order. `store` is false when nobody
// asked for it: what the gateway translates is stored nowhere.
constexpr std::array<Setting, 21> kSettings{{
    {"background", "false"},
    {"frequency_penalty", "0.0"},
    {"instructions", "null"},
    {"max_output_tokens", "null"},
    {"max_tool_calls", "null"},
    {"parallel_tool_calls", "true"},
    {"presence_penalty", "0.0"},
    {"previous_response_id", "null"},
    {"prompt_cache_key", "null"},
    {"prompt_cache_retention", "null"},
    {"reasoning", R"({"effort":null,"summary":null})"},
    {"safety_identifier", "null"},
    {"store", "false"},
    {"temperature", "1.0"},
    {"text", R"({"format":{"type":"text"}})"},
    {"tool_choice", R"("auto")"},
    {"top_logprobs", "0"},
    {"top_p", "1.0"},
    {"truncation", R"("disabled")"},
    {"user", "null"},
    {"metadata", "{}"},
}};

// Objects of which the caller may have written a part.
constexpr std::array<Setting, 2> kReasoningMembers{{{"effort", "null"}, {"summary", "null"}}};
constexpr std::array<Setting, 1> kTextMembers{{{"format", R"({"type":"text"})"}}};
constexpr std::array<Setting, 2> kFunctionMembers{{{"parameters", "null"}, {"strict", "null"}}};

constexpr std::array<std::string_view, 5> kTiers{"auto", "default", "flex", "scale", "priority"};

void write_completed(json::Writer& writer, json::Value object, std::span<const Setting> members) {
  writer.begin_object();
  for (const json::Value member : object.children()) writer.key(member.key()).raw(member.raw());
  for (const Setting& member : members) {
    if (!object[member.name].exists()) writer.key(member.name).raw(member.otherwise);
  }
  writer.end_object();
}

std::span<const Setting> members_of(std::string_view setting) {
  if (setting == "reasoning") return kReasoningMembers;
  if (setting == "text") return kTextMembers;
  return {};
}

void write_tools(json::Writer& writer, json::Value tools) {
  writer.key("tools").begin_array();
  if (tools.is_array()) {
    for (const json::Value tool : tools.children()) {
      if (tool["type"].equals("function")) {
        write_completed(writer, tool, kFunctionMembers);
      } else {
        writer.raw(tool.raw());
      }
    }
  }
  writer.end_array();
}

}  // namespace

std::string response_id(std::string_view id, std::string_view fallback) {
  if (id.empty()) id = fallback;
  if (id.starts_with("resp_")) return std::string(id);
  std::string out = "resp_";
  for (const char c : id) out += is_ascii_alnum(c) || c == '-' ? c : '_';
  return out;
}

ResponseObject::ResponseObject(std::string_view echo) {
  if (echo.empty()) return;
  auto document = json::Document::parse(echo);
  if (document) echo_ = *std::move(document);
}

json::Value ResponseObject::echoed(std::string_view name) const {
  return echo_ ? echo_->root()[name] : json::Value();
}

void ResponseObject::begin(json::Writer& writer, const State& state) const {
  writer.begin_object();
  writer.member("id", id);
  writer.member("object", "response");
  writer.member("created_at", created);
  writer.member("status", state.status);
  writer.key("completed_at").null();  // nobody has told
  writer.key("error");
  state.error != nullptr ? encode_failure(writer, *state.error) : void(writer.null());
  writer.key("incomplete_details");
  if (state.incomplete_reason.empty()) {
    writer.null();
  } else {
    writer.begin_object().member("reason", state.incomplete_reason).end_object();
  }
  writer.member("model", model);
}

void ResponseObject::write_settings(json::Writer& writer) const {
  for (const Setting& setting : kSettings) {
    const json::Value said = echoed(setting.name);
    writer.key(setting.name);
    if (!said.is_set()) {
      writer.raw(setting.otherwise);
    } else if (const auto members = members_of(setting.name); !members.empty()) {
      write_completed(writer, said, members);
    } else {
      writer.raw(said.raw());
    }
  }
  write_tools(writer, echoed("tools"));
  const bool known = std::ranges::find(kTiers, service_tier) != kTiers.end();
  writer.member("service_tier", known ? service_tier : echoed("service_tier").string_or("default"));
}

void ResponseObject::write_usage(json::Writer& writer, const State& state) {
  writer.key("usage");
  if (state.usage != nullptr && state.usage->known) {
    encode_usage(writer, *state.usage);
  } else {
    writer.null();
  }
}

}  // namespace bifrost::dialect::openai_responses
