#include "dialect/openai_chat/encode_request.h"
#include "dialect/openai_chat/functions.h"
#include "dialect/what_is_left.h"

#include <algorithm>

namespace bifrost::dialect::openai_chat {
namespace {

using Mode = llm::ToolChoice::Mode;

void encode_tool(Encoding& encoding, const llm::Tool& tool) {
  json::Writer& writer = encoding.writer;
  // What a legacy function has beside its name has no place in a tool.
  std::string path = encoding.extras_path(tool.place);
  if (!path.starts_with("tools")) path.clear();
  const std::string_view kind = tool.custom ? "custom" : "function";
  writer.begin_object();
  writer.member("type", kind);
  writer.key(kind).begin_object();
  writer.member("name", tool.name);
  if (!tool.description.empty()) writer.member("description", tool.description);
  if (tool.custom) {
    if (!tool.format.empty()) writer.key("format").raw(tool.format);
  } else {
    if (!tool.parameters.empty()) writer.key("parameters").raw(tool.parameters);
    if (tool.strict) writer.member("strict", *tool.strict);
  }
  if (!path.empty()) encoding.extras.write(writer, path + "." + std::string(kind));
  writer.end_object();
  encoding.write_cache(tool.cache);
  if (!path.empty()) encoding.extras.write(writer, path);
  writer.end_object();
}

bool is_custom(const llm::Request& request, std::string_view name) {
  return std::ranges::any_of(
      request.tools, [&](const llm::Tool& tool) { return tool.custom && tool.name == name; });
}

}  // namespace

void encode_tools(Encoding& encoding) {
  const llm::Request& request = encoding.request;
  encoding.writer.begin_array();
  for (const llm::Tool& tool : request.tools) encode_tool(encoding, tool);
  for (const llm::RawTool& tool : request.raw_tools) {
    if (tool.dialect == kName) encoding.writer.raw(tool.json);
  }
  encoding.writer.end_array();
}

void encode_tool_choice(Encoding& encoding) {
  const llm::ToolChoice& choice = *encoding.request.tool_choice;
  json::Writer& writer = encoding.writer;
  if (choice.mode == Mode::kNamed && encoding.flavor.named_tool_choice) {
    const bool custom = is_custom(encoding.request, choice.name);
    writer.begin_object();
    writer.member("type", custom ? "custom" : "function");
    writer.key(custom ? "custom" : "function").begin_object();
    writer.member("name", choice.name);
    writer.end_object().end_object();
    return;
  }
  switch (choice.mode) {
    case Mode::kAuto:
      writer.string("auto");
      break;
    case Mode::kNone:
      writer.string("none");
      break;
    case Mode::kRequired:
    case Mode::kNamed:
      writer.string(encoding.flavor.required_choice);
      break;
  }
}

bool ends_thinking(const Encoding& encoding) {
  return encoding.flavor.forced_tool_ends_thinking &&
         forces_tool(encoding.request, encoding.flavor, kName);
}

void encode_response_format(Encoding& encoding) {
  using Kind = llm::ResponseFormat::Kind;
  const llm::ResponseFormat& format = *encoding.request.response_format;
  json::Writer& writer = encoding.writer;
  writer.begin_object();
  if (format.kind == Kind::kText) writer.member("type", "text");
  if (format.kind == Kind::kJsonObject) writer.member("type", "json_object");
  if (format.kind == Kind::kJsonSchema) {
    writer.member("type", "json_schema");
    writer.key("json_schema").begin_object();
    // OpenAI requires a name, other dialects have none.
    writer.member("name", format.name.empty() ? "response" : std::string_view(format.name));
    if (!format.description.empty()) writer.member("description", format.description);
    if (!format.schema.empty()) writer.key("schema").raw(format.schema);
    if (format.strict) writer.member("strict", *format.strict);
    encoding.extras.write(writer, "response_format.json_schema");
    writer.end_object();
  }
  encoding.extras.write(writer, "response_format");
  writer.end_object();
}

std::string_view effort_of_budget(std::int64_t budget_tokens) {
  if (budget_tokens <= 0) return {};
  if (budget_tokens < 4096) return "low";
  return budget_tokens < 16384 ? "medium" : "high";
}

std::string effort_word(const llm::Reasoning& reasoning, const Flavor& flavor, bool same_dialect) {
  std::string_view word = reasoning.effort;
  if (word.empty() && reasoning.budget_tokens) word = effort_of_budget(*reasoning.budget_tokens);
  if (word == "minimal") return std::string(flavor.minimal_effort);
  if (word == "max" && !same_dialect) return "xhigh";  // OpenAI's highest
  return std::string(word);
}

void encode_reasoning_options(Encoding& encoding) {
  const llm::Reasoning& reasoning = *encoding.request.reasoning;
  const Flavor& flavor = encoding.flavor;
  json::Writer& writer = encoding.writer;
  writer.begin_object();
  const bool budget = reasoning.budget_tokens && *reasoning.budget_tokens > 0;
  // The two contradict each other there; the number says more.
  if (budget) {
    writer.member("max_tokens", *reasoning.budget_tokens);
  } else if (const std::string word = effort_word(reasoning, flavor, encoding.same_dialect());
             !word.empty()) {
    writer.member("effort", word);
  } else {
    writer.member("enabled", reasoning.budget_tokens != 0);
  }
  if (reasoning.include_thoughts) writer.member("exclude", !*reasoning.include_thoughts);
  if (!reasoning.summary.empty()) writer.member("summary", reasoning.summary);
  encoding.extras.write(writer, "reasoning");
  writer.end_object();
}

}  // namespace bifrost::dialect::openai_chat
