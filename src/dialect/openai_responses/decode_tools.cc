#include "dialect/openai_responses/custom_format.h"
#include "dialect/openai_responses/decode_request.h"
#include "dialect/openai_responses/functions.h"

#include <array>
#include <utility>

namespace bifrost::dialect::openai_responses {
namespace {

using openai_chat::invalid;
using openai_chat::missing;
using openai_chat::note_unknown;
using openai_chat::read_cache_control;
using openai_chat::read_object_text;
using openai_chat::read_optional_bool;
using openai_chat::read_optional_string;
using openai_chat::read_string;
using openai_chat::wrong_type;

constexpr std::array<std::string_view, 6> kFunctionKeys{"type",       "name",   "description",
                                                        "parameters", "strict", "cache_control"};
constexpr std::array<std::string_view, 5> kCustomKeys{"type", "name", "description", "format",
                                                      "cache_control"};
constexpr std::array<std::string_view, 2> kTextKeys{"format", "verbosity"};
constexpr std::array<std::string_view, 5> kFormatKeys{"type", "name", "description", "schema",
                                                      "strict"};

Result<llm::Tool> function(json::Value value, const Path& path, llm::Tool tool) {
  if (const json::Value schema = value["parameters"]; schema.is_set()) {
    BF_TRY(tool.parameters, read_object_text(schema, Path(path, "parameters")));
  }
  BF_TRY(tool.strict, read_optional_bool(value, "strict", path));
  return tool;
}

Result<llm::Tool> custom(json::Value value, const Path& path, llm::Tool tool) {
  tool.custom = true;
  if (const json::Value format = value["format"]; format.is_set()) {
    if (!format.is_object()) return wrong_type(Path(path, "format"), format, "an object");
    tool.format = nested_format(format);
  }
  return tool;
}

Result<void> decode_tool(json::Value value, const Path& path, llm::Place place,
                         llm::Request& request) {
  if (!value.is_object()) return wrong_type(path, value, "an object");
  BF_TRY(std::string type, read_optional_string(value, "type", path));
  if (type.empty()) return missing(Path(path, "type"), "write \"function\"");
  const bool is_custom = type == "custom";
  if (!is_custom && type != "function") {
    request.raw_tools.push_back(
        {std::string(kName), std::move(type), std::string(value.raw()), place});
    return {};
  }
  const Path name_path(path, "name");
  if (!value["name"].is_set()) return missing(name_path, R"(write {"type":"function","name":"…"})");
  llm::Tool tool{.place = place};
  BF_TRY(tool.name, read_string(value["name"], name_path));
  BF_TRY(tool.description, read_optional_string(value, "description", path));
  BF_TRY(tool.cache, read_cache_control(value, path));
  BF_TRY(tool,
         is_custom ? custom(value, path, std::move(tool)) : function(value, path, std::move(tool)));
  if (is_custom) {
    note_unknown(value, kCustomKeys, path, request.extras);
  } else {
    note_unknown(value, kFunctionKeys, path, request.extras);
  }
  request.tools.push_back(std::move(tool));
  return {};
}

Result<void> decode_format(json::Value value, const Path& path, llm::Request& request) {
  using Kind = llm::ResponseFormat::Kind;
  if (!value.is_object()) return wrong_type(path, value, "an object", R"(write {"type":"text"})");
  if (!value["type"].is_set()) return missing(Path(path, "type"));
  BF_TRY(const std::string type, read_string(value["type"], Path(path, "type")));
  llm::ResponseFormat format;
  if (type == "json_object") {
    format.kind = Kind::kJsonObject;
  } else if (type == "json_schema") {
    format.kind = Kind::kJsonSchema;
    BF_TRY(format.name, read_optional_string(value, "name", path));
    BF_TRY(format.description, read_optional_string(value, "description", path));
    BF_TRY(format.strict, read_optional_bool(value, "strict", path));
    if (const json::Value schema = value["schema"]; schema.is_set()) {
      BF_TRY(format.schema, read_object_text(schema, Path(path, "schema")));
    }
  } else if (type != "text") {
    request.extras.push_back({path.text(), std::string(value.raw())});
    return {};
  }
  note_unknown(value, kFormatKeys, path, request.extras);
  request.response_format = std::move(format);
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

Result<void> decode_tool_choice(json::Value value, const Path& path, llm::Request& request) {
  using Mode = llm::ToolChoice::Mode;
  if (value.equals("auto")) {
    request.tool_choice = {.mode = Mode::kAuto};
  } else if (value.equals("none")) {
    request.tool_choice = {.mode = Mode::kNone};
  } else if (value.equals("required")) {
    request.tool_choice = {.mode = Mode::kRequired};
  } else if (value.is_string()) {
    return invalid(path, "is " + std::string(value.raw()) +
                             ", but must be \"auto\", \"none\", \"required\" or an object that "
                             "names a tool");
  } else if (!value.is_object()) {
    return wrong_type(path, value, "a string or an object");
  } else if (value["type"].equals("function") || value["type"].equals("custom")) {
    llm::ToolChoice choice{.mode = Mode::kNamed};
    if (!value["name"].is_set()) return missing(Path(path, "name"));
    BF_TRY(choice.name, read_string(value["name"], Path(path, "name")));
    request.tool_choice = std::move(choice);
  } else {
    // A list of allowed tools, or one that the provider runs: kept for OpenAI, and as the nearest
    // thing for others.
    const bool required = value["mode"].equals("required");
    request.tool_choice = {.mode = required ? Mode::kRequired : Mode::kAuto};
    request.extras.push_back({path.text(), std::string(value.raw())});
  }
  return {};
}

Result<void> decode_text(json::Value value, const Path& path, llm::Request& request) {
  if (!value.is_object()) {
    return wrong_type(path, value, "an object", R"(write {"format":{"type":"text"}})");
  }
  BF_TRY(request.verbosity, read_optional_string(value, "verbosity", path));
  if (const json::Value format = value["format"]; format.is_set()) {
    BF_TRY_VOID(decode_format(format, Path(path, "format"), request));
  }
  note_unknown(value, kTextKeys, path, request.extras);
  return {};
}

}  // namespace bifrost::dialect::openai_responses
