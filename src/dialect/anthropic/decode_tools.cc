#include "dialect/anthropic/decode_tools.h"

#include "base/try.h"
#include "dialect/anthropic/decode_blocks.h"

#include <array>
#include <optional>
#include <string>
#include <utility>

namespace bifrost::dialect::anthropic {
namespace {

constexpr std::array<std::string_view, 6> kToolFields = {"type",   "name",         "description",
                                                         "strict", "input_schema", "cache_control"};

Result<llm::Tool> read_tool(json::Value value, const Place& place, llm::Request& request) {
  auto name = value["name"].string();
  if (!name) return invalid(place.field + ".name", "a string is required");
  const json::Value schema = value["input_schema"];
  if (!schema.is_object()) return invalid(place.field + ".input_schema", "an object is required");
  llm::Tool tool{.name = std::move(*name),
                 .description = value["description"].string_or({}),
                 .parameters = std::string(schema.raw()),
                 .strict = value["strict"].boolean(),
                 .place = place.at};
  BF_TRY(tool.cache, read_cache(value, place, request));
  note_extras(value, kToolFields, place.at, request);
  return tool;
}

Result<void> read_tool_choice(json::Value choice, llm::Request& request) {
  using Mode = llm::ToolChoice::Mode;
  if (!choice.is_set()) return {};
  const std::string type = choice["type"].string_or({});
  llm::ToolChoice read;
  if (type == "auto") {
    read.mode = Mode::kAuto;
  } else if (type == "any") {
    read.mode = Mode::kRequired;
  } else if (type == "none") {
    read.mode = Mode::kNone;
  } else if (type == "tool") {
    read.mode = Mode::kNamed;
    auto name = choice["name"].string();
    if (!name) return invalid("tool_choice.name", "a string is required");
    read.name = std::move(*name);
  } else {
    return invalid("tool_choice.type", "must be one of auto, any, tool, none");
  }
  request.tool_choice = std::move(read);
  if (const auto disabled = choice["disable_parallel_tool_use"].boolean()) {
    request.parallel_tool_calls = !*disabled;
  }
  return {};
}

Result<void> read_thinking_field(json::Value thinking, llm::Request& request) {
  constexpr std::array<std::string_view, 3> kKnown = {"type", "budget_tokens", "display"};
  if (!thinking.is_set()) return {};
  const std::string type = thinking["type"].string_or({});
  llm::Reasoning reasoning;
  if (type == "enabled") {
    reasoning.budget_tokens = thinking["budget_tokens"].integer();
    if (!reasoning.budget_tokens) {
      return invalid("thinking.budget_tokens", "a whole number is required");
    }
  } else if (type == "adaptive") {
    reasoning.adaptive = true;
  } else if (type == "disabled") {
    reasoning.budget_tokens = 0;
  } else if (type.empty()) {
    return invalid("thinking.type", "a string is required");
  } else {
    // A mode that only this dialect knows ("between_tools") goes back as it came.
    request.extras.push_back({.path = "thinking", .json = std::string(thinking.raw())});
    return {};
  }
  const json::Value display = thinking["display"];
  if (display.equals("summarized")) reasoning.include_thoughts = true;
  if (display.equals("omitted")) reasoning.include_thoughts = false;
  if (display.is_set() && !reasoning.include_thoughts) {
    request.extras.push_back({.path = "thinking.display", .json = std::string(display.raw())});
  }
  request.reasoning = std::move(reasoning);
  note_extras(thinking, kKnown, request.source.add({}, "thinking"), request);
  return {};
}

void read_format(json::Value format, std::string path, llm::Request& request) {
  if (!format.is_set()) return;
  if (!format["type"].equals("json_schema") || !format["schema"].is_object()) {
    request.extras.push_back({.path = std::move(path), .json = std::string(format.raw())});
    return;
  }
  request.response_format = llm::ResponseFormat{.kind = llm::ResponseFormat::Kind::kJsonSchema,
                                                .name = format["name"].string_or({}),
                                                .description = {},
                                                .schema = std::string(format["schema"].raw()),
                                                .strict = {}};
}

}  // namespace

Result<void> read_tools(json::Value root, llm::Request& request) {
  const json::Value tools = root["tools"];
  if (tools.is_set() && !tools.is_array()) return invalid("tools", "must be a list");
  std::size_t index = 0;
  for (const json::Value tool : tools.children()) {
    const Place place{.field = "tools." + std::to_string(index),
                      .at = request.source.add({}, "tools", index)};
    ++index;
    if (!tool.is_object()) return invalid(place.field, "a tool must be an object");
    std::string type = tool["type"].string_or("custom");
    if (type != "custom") {
      request.raw_tools.push_back({.dialect = "anthropic",
                                   .type = std::move(type),
                                   .json = std::string(tool.raw()),
                                   .place = place.at});
      continue;
    }
    BF_TRY(llm::Tool read, read_tool(tool, place, request));
    request.tools.push_back(std::move(read));
  }
  return read_tool_choice(root["tool_choice"], request);
}

Result<void> read_thinking(json::Value root, llm::Request& request) {
  constexpr std::array<std::string_view, 2> kKnown = {"effort", "format"};
  BF_TRY_VOID(read_thinking_field(root["thinking"], request));

  const json::Value config = root["output_config"];
  if (config.is_set() && !config.is_object()) return invalid("output_config", "must be an object");
  const json::Value effort = config["effort"];
  if (effort.is_set()) {
    auto level = effort.string();
    if (!level) return invalid("output_config.effort", "must be a string");
    if (!request.reasoning) request.reasoning.emplace();
    request.reasoning->effort = std::move(*level);
    request.source.rename("reasoning_effort", "output_config.effort");
  }
  read_format(root["output_format"], "output_format", request);
  if (request.response_format) request.source.rename("response_format", "output_format");
  read_format(config["format"], "output_config.format", request);
  note_extras(config, kKnown, request.source.add({}, "output_config"), request);
  return {};
}

}  // namespace bifrost::dialect::anthropic
