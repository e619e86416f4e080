#include "pipeline/surface.h"

#include "base/strings.h"
#include "dialect/anthropic/dialect.h"
#include "dialect/gemini/dialect.h"
#include "dialect/openai_chat/dialect.h"
#include "json/writer.h"

#include <deque>
#include <initializer_list>
#include <map>
#include <optional>

namespace bifrost::pipeline {
namespace {

using enum Operation;

constexpr std::string_view kChatText = "Chat with a model, whole or as a stream.";
constexpr std::string_view kModelsText = "The models that may be used.";

// The bases under which frameworks and SDKs expect OpenAI's routes.
constexpr std::string_view kOpenAiBases[] = {"/openai/v1",     "/openai",       "/litellm/v1",
                                             "/litellm",       "/langchain/v1", "/langchain",
                                             "/pydanticai/v1", "/pydanticai",   "/cursor/v1"};
constexpr std::string_view kAnthropicBases[] = {
    "/anthropic", "/litellm/anthropic", "/langchain/anthropic", "/pydanticai/anthropic", "/cursor"};
constexpr std::string_view kGeminiBases[] = {"/genai", "/litellm/genai", "/langchain/genai",
                                             "/pydanticai/genai", "/cursor"};
constexpr std::string_view kGeminiVersions[] = {"/v1beta", "/v1", "/v1alpha"};

// Rows are views; the paths that are put together live here.
class Table {
 public:
  Table() {
    const dialect::Dialect* openai = &dialect::openai_chat::dialect();
    rows_.push_back(
        {"GET", "/", kBanner, Shape::kNative, nullptr, {}, false, "What this is, for people."});
    rows_.push_back({"GET",
                     "/health",
                     kHealth,
                     Shape::kNative,
                     nullptr,
                     {},
                     false,
                     "200 while the gateway takes requests, 503 when it is going down."});
    rows_.push_back({"GET",
                     "/metrics",
                     kMetrics,
                     Shape::kNative,
                     nullptr,
                     {},
                     false,
                     "Metrics in the Prometheus text format."});
    rows_.push_back(
        {"POST", "/v1/chat/completions", kChat, Shape::kUnified, openai, {}, false, kChatText});
    rows_.push_back(
        {"GET", "/v1/models", kListModels, Shape::kUnified, openai, {}, false, kModelsText});
    add_openai(*openai);
    add_anthropic(dialect::anthropic::dialect());
    add_gemini(dialect::gemini::dialect());
  }

  [[nodiscard]] std::span<const Surface> rows() const { return rows_; }

 private:
  void add_openai(const dialect::Dialect& dialect) {
    for (const std::string_view base : kOpenAiBases) {
      add("POST", {base, "/chat/completions"}, kChat, dialect, "openai", false, kChatText);
      add("GET", {base, "/models"}, kListModels, dialect, {}, false, kModelsText);
    }
    add("POST", {"/openai/openai/deployments/{model}/chat/completions"}, kChat, dialect, "openai",
        false, "Azure's form of the path: the deployment is the model.");
  }

  void add_anthropic(const dialect::Dialect& dialect) {
    for (const std::string_view base : kAnthropicBases) {
      add("POST", {base, "/v1/messages"}, kChat, dialect, "anthropic", false, kChatText);
      // Under /cursor the models are listed in OpenAI's shape.
      if (base == "/cursor") continue;
      add("GET", {base, "/v1/models"}, kListModels, dialect, {}, false, kModelsText);
    }
  }

  void add_gemini(const dialect::Dialect& dialect) {
    for (const std::string_view base : kGeminiBases) {
      for (const std::string_view version : kGeminiVersions) {
        add("POST", {base, version, "/models/{model}:generateContent"}, kChat, dialect, "gemini",
            false, kChatText);
        add("POST", {base, version, "/models/{model}:streamGenerateContent"}, kChat, dialect,
            "gemini", true, kChatText);
        if (base == "/cursor" && version == "/v1") continue;
        add("GET", {base, version, "/models"}, kListModels, dialect, {}, false, kModelsText);
      }
    }
  }

  void add(std::string_view method, std::initializer_list<std::string_view> parts,
           Operation operation, const dialect::Dialect& dialect, std::string_view provider,
           bool path_stream, std::string_view text) {
    std::string& path = paths_.emplace_back();
    for (const std::string_view part : parts) path += part;
    rows_.push_back(
        {method, path, operation, Shape::kNative, &dialect, provider, path_stream, text});
  }

  std::deque<std::string> paths_;
  std::vector<Surface> rows_;
};

const Table& table() {
  static const Table kTable;
  return kTable;
}

// What stands for {model} when the path fits the pattern.
std::optional<std::string_view> fit(std::string_view pattern, std::string_view path) {
  const auto open = pattern.find("{model}");
  const std::string_view before = pattern.substr(0, open);
  const std::string_view after = pattern.substr(open + 7);
  if (path.size() <= before.size() + after.size() || !path.starts_with(before) ||
      !path.ends_with(after)) {
    return std::nullopt;
  }
  return path.substr(before.size(), path.size() - before.size() - after.size());
}

}  // namespace

std::string_view operation_name(Operation operation) {
  switch (operation) {
    case kChat:
      return "chat_completion";
    case kListModels:
      return "list_models";
    case kHealth:
      return "health";
    case kMetrics:
      return "metrics";
    case kBanner:
      return "banner";
  }
  return "unknown";
}

std::span<const Surface> surfaces() { return table().rows(); }

Router::Router() {
  for (const Surface& surface : surfaces()) {
    if (surface.pattern.find('{') == std::string_view::npos) {
      exact_[surface.pattern].push_back(&surface);
    } else {
      patterns_.push_back(&surface);
    }
  }
}

Match Router::match(std::string_view method, std::string_view path) const {
  Match match;
  const auto consider = [&](const Surface& surface, std::string_view model) {
    // HEAD is answered as GET without a body.
    if (surface.method == method || (method == "HEAD" && surface.method == "GET")) {
      match.surface = &surface;
      match.model = model;
    } else {
      match.path_known = true;
      if (!match.allow.empty()) match.allow += ", ";
      match.allow += surface.method;
    }
  };
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  if (const auto found = exact_.find(path); found != exact_.end()) {
    for (const Surface* surface : found->second) consider(*surface, {});
  }
  for (std::size_t i = 0; i < patterns_.size() && match.surface == nullptr; ++i) {
    if (const auto model = fit(patterns_[i]->pattern, path)) consider(*patterns_[i], *model);
  }
  return match;
}

std::string openapi() {
  std::map<std::string_view, std::vector<const Surface*>> by_path;
  for (const Surface& surface : surfaces()) by_path[surface.pattern].push_back(&surface);

  std::string out;
  json::Writer w(out);
  w.begin_object().member("openapi", "3.1.0");
  w.key("info").begin_object().member("title", "bifrost").member("version", "1").end_object();
  w.key("paths").begin_object();
  for (const auto& [path, rows] : by_path) {
    w.key(path).begin_object();
    for (const Surface* surface : rows) {
      w.key(ascii_lower(surface->method)).begin_object();
      w.member("summary", surface->text);
      w.member("x-bifrost-operation", operation_name(surface->operation));
      if (surface->dialect != nullptr) w.member("x-bifrost-dialect", surface->dialect->name);
      if (path.find("{model}") != std::string_view::npos) {
        w.key("parameters").begin_array().begin_object();
        w.member("name", "model").member("in", "path").member("required", true);
        w.key("schema").begin_object().member("type", "string").end_object();
        w.end_object().end_array();
      }
      if (surface->method == "POST") {
        w.key("requestBody").begin_object().member("required", true);
        w.key("content").begin_object().key("application/json").begin_object();
        w.key("schema").begin_object().member("type", "object").end_object();
        w.end_object().end_object().end_object();
      }
      w.key("responses").begin_object();
      w.key("200").begin_object().member("description", "The answer.").end_object();
      if (surface->dialect != nullptr) {
        w.key("default").begin_object();
        w.member("description", "An error in the route's own shape; see the error reference.");
        w.end_object();
      }
      w.end_object().end_object();
    }
    w.end_object();
  }
  w.end_object().end_object();
  return out;
}

}  // namespace bifrost::pipeline
