#include "dialect/openai_responses/custom_format.h"
#include "dialect/openai_responses/encode_request.h"
#include "dialect/openai_responses/functions.h"

#include <algorithm>

namespace bifrost::dialect::openai_responses {
namespace {

using Mode = llm::ToolChoice::Mode;

// A function without a schema is refused.
constexpr std::string_view kNoParameters = R"({"type":"object","properties":{}})";

void encode_tool(Encoding& encoding, const llm::Tool& tool) {
  json::Writer& writer = encoding.writer;
  writer.begin_object();
  writer.member("type", tool.custom ? "custom" : "function");
  writer.member("name", tool.name);
  if (!tool.description.empty()) writer.member("description", tool.description);
  if (tool.custom) {
    if (!tool.format.empty()) writer.key("format").raw(flat_format(tool.format));
  } else {
    writer.key("parameters").raw(tool.parameters.empty() ? kNoParameters : tool.parameters);
    // Strict unless told otherwise here, and the other way round in all other formats.
    if (tool.strict || !encoding.same_dialect()) {
      writer.member("strict", tool.strict.value_or(false));
    }
  }
  if (tool.cache) encoding.dropped.field("cache_control");
  writer.end_object();
}

bool is_custom(const llm::Request& request, std::string_view name) {
  return std::ranges::any_of(
      request.tools, [&](const llm::Tool& tool) { return tool.custom && tool.name == name; });
}

void encode_schema(json::Writer& writer, const llm::ResponseFormat& format) {
  writer.member("type", "json_schema");
  writer.member("name", format.name.empty() ? "response" : std::string_view(format.name));
  if (!format.description.empty()) writer.member("description", format.description);
  writer.key("schema").raw(format.schema.empty() ? kNoParameters : format.schema);
  if (format.strict) writer.member("strict", *format.strict);
}

}  // namespace

void encode_tools(Encoding& encoding) {
  encoding.writer.begin_array();
  for (const llm::Tool& tool : encoding.request.tools) encode_tool(encoding, tool);
  for (const llm::RawTool& tool : encoding.request.raw_tools) {
    if (tool.dialect == kName) encoding.writer.raw(tool.json);
  }
  encoding.writer.end_array();
}

void encode_tool_choice(Encoding& encoding) {
  const llm::ToolChoice& choice = *encoding.request.tool_choice;
  json::Writer& writer = encoding.writer;
  switch (choice.mode) {
    case Mode::kAuto:
      writer.string("auto");
      break;
    case Mode::kNone:
      writer.string("none");
      break;
    case Mode::kRequired:
      writer.string("required");
      break;
    case Mode::kNamed:
      writer.begin_object();
      writer.member("type", is_custom(encoding.request, choice.name) ? "custom" : "function");
      writer.member("name", choice.name);
      writer.end_object();
      break;
  }
}

void encode_text(Encoding& encoding) {
  using Kind = llm::ResponseFormat::Kind;
  const llm::Request& request = encoding.request;
  json::Writer& writer = encoding.writer;
  writer.begin_object();
  if (request.response_format) {
    writer.key("format").begin_object();
    switch (request.response_format->kind) {
      case Kind::kText:
        writer.member("type", "text");
        break;
      case Kind::kJsonObject:
        writer.member("type", "json_object");
        break;
      case Kind::kJsonSchema:
        encode_schema(writer, *request.response_format);
        break;
    }
    encoding.extras.write(writer, "text.format");
    writer.end_object();
  }
  if (!request.verbosity.empty()) writer.member("verbosity", request.verbosity);
  encoding.extras.write(writer, "text");
  writer.end_object();
}

}  // namespace bifrost::dialect::openai_responses
