#include "dialect/openai_responses/custom_format.h"

#include "json/writer.h"

namespace bifrost::dialect::openai_responses {
namespace {

void write_members(json::Writer& writer, json::Value object, std::string_view but) {
  for (const json::Value member : object.children()) {
    if (member.key() != but) writer.key(member.key()).raw(member.raw());
  }
}

}  // namespace

std::string nested_format(json::Value flat) {
  if (!flat["type"].equals("grammar") || flat["grammar"].exists()) return std::string(flat.raw());
  std::string text;
  json::Writer writer(text);
  writer.begin_object().member("type", "grammar").key("grammar").begin_object();
  write_members(writer, flat, "type");
  writer.end_object().end_object();
  return text;
}

std::string flat_format(std::string_view nested) {
  const auto document = json::Document::parse(nested);
  if (!document) return std::string(nested);
  const json::Value root = document->root();
  if (!root["grammar"].is_object()) return std::string(nested);
  std::string text;
  json::Writer writer(text);
  writer.begin_object();
  write_members(writer, root, "grammar");
  write_members(writer, root["grammar"], "type");
  writer.end_object();
  return text;
}

}  // namespace bifrost::dialect::openai_responses
