#include "base/strings.h"
#include "dialect/model_query.h"
#include "dialect/openai_chat/errors.h"
#include "dialect/openai_chat/functions.h"
#include "json/writer.h"

#include <initializer_list>
#include <utility>

namespace bifrost::dialect::openai_chat {
namespace {

std::int64_t first_number(std::initializer_list<json::Value> values) {
  for (const json::Value value : values) {
    if (const auto number = value.integer(); number && *number > 0) return *number;
  }
  return 0;
}

ModelRow decode_row(json::Value value) {
  const json::Value top = value["top_provider"];  // OpenRouter
  ModelRow row;
  row.id = value.string_or(value["id"].string_or(value["name"].string_or("")));
  row.name = value["display_name"].string_or(value["name"].string_or(""));
  row.provider = value["owned_by"].string_or("");
  row.created = first_number({value["created"]});
  row.context_length =
      first_number({value["context_length"], value["context_window"], value["max_context_length"],
                    value["max_model_len"], value["max_input_tokens"], top["context_length"]});
  row.max_output_tokens = first_number({value["max_output_tokens"], value["max_completion_tokens"],
                                        value["max_output_length"], top["max_completion_tokens"]});
  return row;
}

}  // namespace

void write_model(json::Writer& writer, const ModelRow& row) {
  writer.begin_object();
  writer.member("id", row.id);
  writer.member("object", "model");
  writer.member("created", row.created);
  writer.member("owned_by", row.provider);
  if (!row.name.empty()) writer.member("name", row.name);
  if (row.context_length > 0) writer.member("context_length", row.context_length);
  if (row.max_output_tokens > 0) writer.member("max_output_tokens", row.max_output_tokens);
  writer.end_object();
}

std::string models_path(std::string_view page_token) {
  std::string path = "/v1/models";
  if (!page_token.empty()) path += "?after=" + percent_encode(page_token);
  return path;
}

Result<ModelPage> decode_models(std::string_view body) {
  const auto document = json::Document::parse(body);
  if (!document) return unreadable_answer(body, "not JSON");
  const json::Value root = document->root();
  json::Value list = root["data"];
  if (root.is_array()) list = root;  // Together
  if (!list.is_array()) list = root["models"];
  if (!list.is_array()) {
    if (auto error = find_error(root, 0)) return *std::move(error);
    return unreadable_answer(body, "no list of models");
  }
  ModelPage page;
  page.rows.reserve(list.size());
  for (const json::Value value : list.children()) {
    ModelRow row = decode_row(value);
    if (!row.id.empty()) page.rows.push_back(std::move(row));
  }
  if (root["has_more"].boolean().value_or(false)) page.next = root["last_id"].string_or("");
  return page;
}

// OpenAI's own list has no pages. These are the gateway's names, and those of OpenAI's other lists.
Result<ModelQuery> decode_model_query(std::string_view query) {
  static constexpr ModelQueryNames kNames{
      .limit = {"page_size", "limit"}, .after = {"page_token", "after"}, .before = "before"};
  return read_model_query(query, kNames);
}

std::string encode_models(const ModelPage& page) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  writer.member("object", "list");
  writer.key("data").begin_array();
  for (const ModelRow& row : page.rows) write_model(writer, row);
  writer.end_array();
  if (!page.next.empty()) {
    writer.member("has_more", true).member("last_id", page.next);
    writer.member("next_page_token", page.next);
  }
  writer.end_object();
  return out;
}

}  // namespace bifrost::dialect::openai_chat
