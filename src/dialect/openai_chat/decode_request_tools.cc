#include "dialect/openai_chat/decode_request.h"
#include "dialect/openai_chat/functions.h"

#include <array>
#include <utility>

namespace bifrost::dialect::openai_chat {
namespace {

constexpr std::array<std::string_view, 4> kToolKeys{"type", "function", "custom", "cache_control"};
constexpr std::array<std::string_view, 4> kFunctionKeys{"name", "description", "parameters",
                                                        "strict"};
constexpr std::array<std::string_view, 3> kCustomKeys{"name", "description", "format"};
constexpr std::array<std::string_view, 2> kFormatKeys{"type", "json_schema"};
constexpr std::array<std::string_view, 4> kSchemaKeys{"name", "description", "schema", "strict"};
constexpr std::array<std::string_view, 5> kReasoningKeys{"effort", "max_tokens", "enabled",
                                                         "exclude", "summary"};

Result<llm::Tool> decode_function(json::Value function, const Path& path,
                                  std::vector<llm::Extra>& extras) {
  if (!function.is_object()) return wrong_type(path, function, "an object");
  if (!function["name"].is_set()) return missing(Path(path, "name"));
  llm::Tool tool;
  BF_TRY(tool.name, read_string(function["name"], Path(path, "name")));
  BF_TRY(tool.description, read_optional_string(function, "description", path));
  if (const json::Value schema = function["parameters"]; schema.is_set()) {
    BF_TRY(tool.parameters, read_object_text(schema, Path(path, "parameters")));
  }
  BF_TRY(tool.strict, read_optional_bool(function, "strict", path));
  note_unknown(function, kFunctionKeys, path, extras);
  return tool;
}

Result<llm::Tool> decode_custom(json::Value custom, const Path& path,
                                std::vector<llm::Extra>& extras) {
  if (!custom.is_object()) return wrong_type(path, custom, "an object");
  if (!custom["name"].is_set()) return missing(Path(path, "name"));
  llm::Tool tool{.custom = true};
  BF_TRY(tool.name, read_string(custom["name"], Path(path, "name")));
  BF_TRY(tool.description, read_optional_string(custom, "description", path));
  if (const json::Value format = custom["format"]; format.is_set()) {
    BF_TRY(tool.format, read_object_text(format, Path(path, "format")));
  }
  note_unknown(custom, kCustomKeys, path, extras);
  return tool;
}

Result<void> decode_tool(json::Value value, const Path& path, llm::Place place,
                         llm::Request& request) {
  if (!value.is_object()) return wrong_type(path, value, "an object");
  BF_TRY(std::string type, read_optional_string(value, "type", path));
  if (type.empty() && value["function"].exists()) type = "function";
  if (type.empty()) return missing(Path(path, "type"), "write \"function\"");
  if (type != "function" && type != "custom") {
    request.raw_tools.push_back({std::string(kName), type, std::string(value.raw()), place});
    return {};
  }
  const Path inner(path, type);
  if (!value[type].exists()) return missing(inner, R"(write {"name":"…","parameters":{…}})");
  BF_TRY(llm::Tool tool, type == "custom" ? decode_custom(value[type], inner, request.extras)
                                          : decode_function(value[type], inner, request.extras));
  tool.place = place;
  BF_TRY(tool.cache, read_cache_control(value, path));
  note_unknown(value, kToolKeys, path, request.extras);
  request.tools.push_back(std::move(tool));
  return {};
}

Result<void> named_choice(json::Value value, const Path& path, llm::Request& request) {
  if (!value.is_object()) return wrong_type(path, value, "an object", R"(write {"name":"…"})");
  if (!value["name"].is_set()) return missing(Path(path, "name"));
  llm::ToolChoice choice{.mode = llm::ToolChoice::Mode::kNamed};
  BF_TRY(choice.name, read_string(value["name"], Path(path, "name")));
  request.tool_choice = std::move(choice);
  return {};
}

}  // namespace

Result<void> decode_tools(json::Value tools, const Path& path, llm::Request& request) {
  if (!tools.is_array()) return wrong_type(path, tools, "an array of objects");
  std::size_t index = 0;
  for (const json::Value tool : tools.children()) {
    const llm::Place place = request.source.add({}, "tools", index);
    BF_TRY_VOID(decode_tool(tool, Path(path, index++), place, request));
  }
  return {};
}

Result<void> decode_functions(json::Value functions, const Path& path, llm::Request& request) {
  if (!functions.is_array()) return wrong_type(path, functions, "an array of objects");
  std::size_t index = 0;
  for (const json::Value function : functions.children()) {
    BF_TRY(llm::Tool tool, decode_function(function, Path(path, index), request.extras));
    tool.place = request.source.add({}, "functions", index++);
    request.tools.push_back(std::move(tool));
  }
  return {};
}

Result<void> decode_tool_choice(json::Value value, const Path& path, llm::Request& request) {
  using Mode = llm::ToolChoice::Mode;
  if (value.is_string()) {
    if (value.equals("auto"))
      request.tool_choice = {.mode = Mode::kAuto};
    else if (value.equals("none"))
      request.tool_choice = {.mode = Mode::kNone};
    else if (value.equals("required") || value.equals("any")) {
      request.tool_choice = {.mode = Mode::kRequired};
    } else {
      return invalid(path, "is " + std::string(value.raw()) +
                               ", but must be \"auto\", \"none\", \"required\" or an object that "
                               "names a tool");
    }
    return {};
  }
  if (!value.is_object()) return wrong_type(path, value, "a string or an object");
  for (const char* kind : {"function", "custom"}) {
    if (value[kind].exists()) return named_choice(value[kind], Path(path, kind), request);
  }
  if (value["name"].exists()) return named_choice(value, path, request);  // legacy function_call
  // A list of allowed tools, or something newer: kept as it is for OpenAI, and as the nearest
  // thing for others.
  const json::Value mode = value["allowed_tools"]["mode"];
  request.tool_choice = {.mode = mode.equals("required") ? Mode::kRequired : Mode::kAuto};
  request.extras.push_back({path.text(), std::string(value.raw())});
  return {};
}

Result<void> decode_function_call(json::Value value, const Path& path, llm::Request& request) {
  request.source.rename("tool_choice", "function_call");
  return decode_tool_choice(value, path, request);
}

Result<void> decode_response_format(json::Value value, const Path& path, llm::Request& request) {
  using Kind = llm::ResponseFormat::Kind;
  if (!value.is_object()) return wrong_type(path, value, "an object", R"(write {"type":"…"})");
  if (!value["type"].is_set()) return missing(Path(path, "type"));
  BF_TRY(const std::string type, read_string(value["type"], Path(path, "type")));
  if (type == "text" || type == "json_object") {
    request.response_format = {.kind = type == "text" ? Kind::kText : Kind::kJsonObject};
    note_unknown(value, kFormatKeys, path, request.extras);
    return {};
  }
  if (type != "json_schema") {
    request.extras.push_back({path.text(), std::string(value.raw())});
    return {};
  }
  const json::Value inner = value["json_schema"];
  const Path here(path, "json_schema");
  if (!inner.is_set()) return missing(here, R"(write {"name":"…","schema":{…}})");
  if (!inner.is_object()) return wrong_type(here, inner, "an object");
  llm::ResponseFormat format{.kind = Kind::kJsonSchema};
  BF_TRY(format.name, read_optional_string(inner, "name", here));
  BF_TRY(format.description, read_optional_string(inner, "description", here));
  BF_TRY(format.strict, read_optional_bool(inner, "strict", here));
  if (const json::Value schema = inner["schema"]; schema.is_set()) {
    BF_TRY(format.schema, read_object_text(schema, Path(here, "schema")));
  }
  note_unknown(inner, kSchemaKeys, here, request.extras);
  note_unknown(value, kFormatKeys, path, request.extras);
  request.response_format = std::move(format);
  return {};
}

Result<void> decode_reasoning_options(json::Value value, const Path& path, llm::Request& request) {
  if (!value.is_object()) {
    return wrong_type(path, value, "an object", R"(write {"effort":"medium"})");
  }
  llm::Reasoning reasoning = request.reasoning.value_or(llm::Reasoning{});
  BF_TRY(std::string effort, read_optional_string(value, "effort", path));
  if (!effort.empty()) reasoning.effort = std::move(effort);
  if (const json::Value budget = value["max_tokens"]; budget.is_set()) {
    BF_TRY(reasoning.budget_tokens, read_integer(budget, Path(path, "max_tokens")));
  }
  BF_TRY(const auto enabled, read_optional_bool(value, "enabled", path));
  if (enabled == false && reasoning.effort.empty()) reasoning.effort = "none";
  BF_TRY(const auto exclude, read_optional_bool(value, "exclude", path));
  if (exclude) reasoning.include_thoughts = !*exclude;
  BF_TRY(reasoning.summary, read_optional_string(value, "summary", path));
  note_unknown(value, kReasoningKeys, path, request.extras);
  request.reasoning = std::move(reasoning);
  request.source.rename("reasoning_effort", "reasoning");
  return {};
}

}  // namespace bifrost::dialect::openai_chat
