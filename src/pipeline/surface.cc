#include "pipeline/surface.h"

#include "admin/route.h"
#include "base/strings.h"
#include "dialect/anthropic/dialect.h"
#include "dialect/gemini/dialect.h"
#include "dialect/openai_chat/dialect.h"
#include "dialect/openai_responses/dialect.h"
#include "json/writer.h"
#include "operation/all.h"

#include <algorithm>
#include <array>
#include <deque>
#include <initializer_list>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace bifrost::pipeline {
namespace {

using operation::kBanner;
using operation::kChat;
using operation::kHealth;
using operation::kListModels;
using operation::kLive;
using operation::kMetrics;
using operation::kResponses;

constexpr std::string_view kChatText = "Chat with a model, whole or as a stream.";
constexpr std::string_view kResponsesText =
    "A conversation as a list of items, whole or as a stream.";
constexpr std::string_view kModelsText = "The models that may be used, all or by pages.";
constexpr std::string_view kModelText = "One of the models that may be used.";
constexpr std::string_view kBaseText = "What there is below this base, for people.";
constexpr std::string_view kAzureText = "Azure's form of the path: the deployment is the model.";

// The bases that SDKs and frameworks are given. Some take every format, each at its own paths.
constexpr std::array<std::string_view, 4> kMixedBases = {"/litellm", "/langchain", "/pydanticai",
                                                         "/cursor"};
constexpr std::array<std::string_view, 4> kAnthropicBases = {
    "/anthropic", "/litellm/anthropic", "/langchain/anthropic", "/pydanticai/anthropic"};
constexpr std::array<std::string_view, 4> kGeminiBases = {"/genai", "/litellm/genai",
                                                          "/langchain/genai", "/pydanticai/genai"};
constexpr std::array<std::string_view, 3> kGeminiVersions = {"/v1beta", "/v1", "/v1alpha"};

// Rows are views; the paths that are put together live here.
class Table {
 public:
  Table() {
    infrastructure();
    management();
    unified(dialect::openai_chat::dialect());
    openai("/openai", dialect::openai_chat::dialect());
    for (const std::string_view base : kMixedBases) openai(base, dialect::openai_chat::dialect());
    // AzureOpenAI with this gateway's bare address.
    azure("", dialect::openai_chat::dialect());
    for (const std::string_view base : kAnthropicBases) {
      anthropic(base, dialect::anthropic::dialect());
    }
    for (const std::string_view base : kGeminiBases) gemini(base, dialect::gemini::dialect());
    for (const std::string_view base : kMixedBases) {
      anthropic(base, dialect::anthropic::dialect());
      gemini(base, dialect::gemini::dialect());
    }
  }

  [[nodiscard]] std::span<const Surface> rows() const { return rows_; }

 private:
  void infrastructure() {
    add({"/"}, {.operation = &kBanner, .text = "What this is, for people."});
    add({"/health"}, {.operation = &kHealth,
                      .text = "200 while the gateway takes requests, 503 when it is going down."});
    add({"/livez"}, {.operation = &kLive,
                     .text = "200 while the program's threads turn, on its way down too."});
    add({"/metrics"}, {.operation = &kMetrics, .text = "Metrics in the Prometheus text format."});
  }

  void management() {
    for (const admin::Route& route : admin::routes()) {
      add({route.pattern}, {.method = route.method, .operation = &route, .text = route.text});
    }
  }

  void unified(const dialect::Dialect& dialect) {
    const Surface row{.shape = Shape::kUnified, .dialect = &dialect};
    chat({"/v1/chat/completions"}, row);
    responses({"/v1/responses"}, row);
    models({"/v1/models"}, row);
    this->base({"/v1"}, row);
  }

  void openai(std::string_view base, const dialect::Dialect& dialect) {
    const Surface row{.dialect = &dialect, .provider = "openai"};
    for (const std::string_view version : {"/v1", ""}) {
      chat({base, version, "/chat/completions"}, row);
      responses({base, version, "/responses"}, row);
      models({base, version, "/models"}, row);
      this->base({base, version}, row);
    }
    azure(base, dialect);
  }

  void azure(std::string_view base, const dialect::Dialect& dialect) {
    const Surface row{.dialect = &dialect, .provider = "openai", .text = kAzureText};
    chat({base, "/openai/deployments/{model...}/chat/completions"}, row);
    responses({base, "/openai/deployments/{model...}/responses"}, row);
    // Where the SDK asks for them: the body names the deployment.
    for (const std::string_view path : {"/openai/responses", "/openai/v1/responses"}) {
      responses({base, path}, {.dialect = &dialect, .provider = "openai"});
    }
    models({base, "/openai/models"}, {.dialect = &dialect, .provider = "openai"});
    add({base, "/openai/deployments/{deployment...}/models"},
        {.operation = &kListModels, .dialect = &dialect, .text = kModelsText});
  }

  void anthropic(std::string_view base, const dialect::Dialect& dialect) {
    const Surface row{.dialect = &dialect, .provider = "anthropic"};
    chat({base, "/v1/messages"}, row);
    models({base, "/v1/models"}, row);
    this->base({base}, row);
  }

  void gemini(std::string_view base, const dialect::Dialect& dialect) {
    Surface row{.dialect = &dialect, .provider = "gemini"};
    for (const std::string_view version : kGeminiVersions) {
      row.path_stream = false;
      chat({base, version, "/models/{model...}:generateContent"}, row);
      models({base, version, "/models"}, row);
      row.path_stream = true;
      chat({base, version, "/models/{model...}:streamGenerateContent"}, row);
    }
    this->base({base}, row);
  }

  using Parts = std::initializer_list<std::string_view>;

  void chat(Parts path, Surface row) {
    row.method = "POST";
    row.operation = &kChat;
    if (row.text.empty()) row.text = kChatText;
    add(path, row);
  }

  // Beside the chats of a base, in a format of its own.
  void responses(Parts path, Surface row) {
    row.method = "POST";
    row.operation = &kResponses;
    row.dialect = &dialect::openai_responses::dialect();
    if (row.text.empty()) row.text = kResponsesText;
    add(path, row);
  }

  // The list, and each of its models.
  void models(Parts path, Surface row) {
    row.operation = &kListModels;
    row.text = kModelsText;
    add(path, row);
    row.text = kModelText;
    add({joined(path), "/{model...}"}, row);
  }

  // What an SDK is given as its address: some look whether somebody is there.
  void base(Parts path, Surface row) {
    row.operation = &kBanner;
    row.path_stream = false;
    row.text = kBaseText;
    add(path, row);
  }

  // The first format has a path that two formats of a mixed base have in common.
  void add(Parts path, Surface row) {
    const std::string_view pattern = joined(path);
    if (!taken_.emplace(row.method, pattern).second) return;
    row.pattern = pattern;
    rows_.push_back(row);
  }

  std::string_view joined(Parts parts) {
    std::string& text = paths_.emplace_back();
    for (const std::string_view part : parts) text += part;
    return text;
  }

  std::deque<std::string> paths_;
  std::set<std::pair<std::string_view, std::string_view>> taken_;
  std::vector<Surface> rows_;
};

const Table& table() {
  static const Table kTable;
  return kTable;
}

// ---------------------------------------------------------------------------------------------
// OpenAPI

void write_parameters(json::Writer& w, std::string_view pattern) {
  const std::vector<std::string_view> names = http::parameter_names(pattern);
  if (names.empty()) return;
  w.key("parameters").begin_array();
  for (const std::string_view name : names) {
    w.begin_object().member("name", name).member("in", "path").member("required", true);
    w.key("schema").begin_object().member("type", "string").end_object();
    w.end_object();
  }
  w.end_array();
}

void write_body(json::Writer& w) {
  w.key("requestBody").begin_object().member("required", true);
  w.key("content").begin_object().key("application/json").begin_object();
  w.key("schema").begin_object().member("type", "object").end_object();
  w.end_object().end_object().end_object();
}

void write_responses(json::Writer& w, const Surface& surface) {
  w.key("responses").begin_object();
  w.key("200").begin_object().member("description", "The answer.").end_object();
  if (surface.dialect != nullptr) {
    w.key("default").begin_object();
    w.member("description", "An error in the route's own shape; see the error reference.");
    w.end_object();
  }
  w.end_object();
}

void write_operation(json::Writer& w, const Surface& surface) {
  w.key(ascii_lower(surface.method)).begin_object();
  w.member("summary", surface.text);
  w.member("x-bifrost-operation", surface.operation->name);
  if (surface.dialect != nullptr) w.member("x-bifrost-dialect", surface.dialect->name);
  write_parameters(w, surface.pattern);
  if (surface.method == "POST" || surface.method == "PUT") write_body(w);
  write_responses(w, surface);
  w.end_object();
}

}  // namespace

std::span<const Surface> surfaces() { return table().rows(); }

std::string openapi() {
  std::map<std::string, std::vector<const Surface*>> by_path;
  for (const Surface& surface : surfaces()) {
    by_path[http::plain_pattern(surface.pattern)].push_back(&surface);
  }
  std::string out;
  json::Writer w(out);
  w.begin_object().member("openapi", "3.1.0");
  w.key("info").begin_object().member("title", "bifrost").member("version", "1").end_object();
  w.key("paths").begin_object();
  for (const auto& [path, rows] : by_path) {
    w.key(path).begin_object();
    for (const Surface* surface : rows) write_operation(w, *surface);
    w.end_object();
  }
  w.end_object().end_object();
  return out;
}

}  // namespace bifrost::pipeline
