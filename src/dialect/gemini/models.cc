#include "base/strings.h"
#include "dialect/gemini/functions.h"
#include "dialect/gemini/request_names.h"
#include "dialect/gemini/spelling.h"
#include "dialect/model_query.h"
#include "json/writer.h"

#include <utility>

namespace bifrost::dialect::gemini {
namespace {

// "gemini-2.5-flash" of "models/gemini-2.5-flash" or "publishers/google/models/gemini-2.5-flash".
std::string model_id(std::string name) {
  if (name.starts_with(kModelPrefix)) return name.substr(kModelPrefix.size());
  const auto at = name.rfind("/models/");
  return at == std::string::npos ? name : name.substr(at + 1 + kModelPrefix.size());
}

ModelRow decode_model(json::Value model) {
  ModelRow row{.id = model_id(field(model, "name").string_or(""))};
  row.name = field(model, "displayName").string_or(row.id);
  row.context_length = whole_number(field(model, "inputTokenLimit")).value_or(0);
  row.max_output_tokens = whole_number(field(model, "outputTokenLimit")).value_or(0);
  return row;
}

}  // namespace

void write_model(json::Writer& out, const ModelRow& row) {
  out.begin_object();
  out.member("name", std::string(kModelPrefix) + row.id);
  out.member("displayName", row.name.empty() ? row.id : row.name);
  if (row.context_length > 0) out.member("inputTokenLimit", row.context_length);
  if (row.max_output_tokens > 0) out.member("outputTokenLimit", row.max_output_tokens);
  out.key("supportedGenerationMethods").begin_array();
  out.string("generateContent").string("streamGenerateContent").end_array();
  out.end_object();
}

// Zero and an empty token are what is not set, as everywhere in Google's APIs.
Result<ModelQuery> decode_model_query(std::string_view query) {
  static constexpr ModelQueryNames kNames{
      .limit = {"pageSize"}, .after = {"pageToken"}, .limit_min = 0};
  return read_model_query(query, kNames);
}

std::string encode_models(const ModelPage& page) {
  std::string body;
  json::Writer out(body);
  out.begin_object().key("models").begin_array();
  for (const ModelRow& row : page.rows) write_model(out, row);
  out.end_array();
  if (!page.next.empty()) out.member("nextPageToken", page.next);
  out.end_object();
  return body;
}

std::string models_path(std::string_view page_token) {
  std::string path = "/v1beta/models?pageSize=1000";
  if (!page_token.empty()) path += "&pageToken=" + percent_encode(page_token);
  return path;
}

Result<ModelPage> decode_models(std::string_view body) {
  auto document = json::Document::parse(body);
  if (!document || !document->root().is_object()) {
    return upstream_error(ErrorCode::kUpstreamProtocol, Retry::kSameTarget,
                          "the provider's list of models is not a JSON object");
  }
  const json::Value root = document->root();
  json::Value list = field(root, "models");
  if (!list) list = field(root, "publisherModels");  // Vertex AI's catalogue
  ModelPage page{.next = field(root, "nextPageToken").string_or("")};
  for (const json::Value model : list.children()) {
    ModelRow row = decode_model(model);
    if (!row.id.empty()) page.rows.push_back(std::move(row));
  }
  return page;
}

}  // namespace bifrost::dialect::gemini
