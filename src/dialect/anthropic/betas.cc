#include "dialect/anthropic/betas.h"

#include <algorithm>

namespace bifrost::dialect::anthropic {
namespace {

constexpr std::string_view kAdvancedToolUse = "advanced-tool-use-2025-11-20";
constexpr std::string_view kFiles = "files-api-2025-04-14";
constexpr std::string_view kMcp = "mcp-client-2025-11-20";
constexpr std::string_view kStructuredOutputs = "structured-outputs-2025-11-13";

class BetaList {
 public:
  void add(std::string_view beta) {
    if (std::ranges::find(betas_, beta) == betas_.end()) betas_.push_back(beta);
  }
  void add_if(bool needed, std::string_view beta) {
    if (needed) add(beta);
  }
  [[nodiscard]] std::string joined() const {
    std::string text;
    for (const std::string_view beta : betas_) {
      if (!text.empty()) text += ',';
      text += beta;
    }
    return text;
  }

 private:
  std::vector<std::string_view> betas_;
};

bool mentions(std::string_view json, std::string_view text) {
  return json.find(text) != std::string_view::npos;
}

bool advanced_key(std::string_view key) {
  return key == "defer_loading" || key == "input_examples" || key == "allowed_callers";
}

void from_tools(const llm::Request& request, BetaList& betas) {
  for (const llm::Tool& tool : request.tools) {
    betas.add_if(tool.strict.value_or(false), kStructuredOutputs);
  }
  for (const llm::RawTool& tool : request.raw_tools) {
    if (tool.dialect != "anthropic") continue;
    betas.add_if(tool.type == "computer_20250124", "computer-use-2025-01-24");
    betas.add_if(tool.type == "computer_20251124", "computer-use-2025-11-24");
    betas.add_if(tool.type == "mcp_toolset", kMcp);
    betas.add_if(mentions(tool.json, "\"defer_loading\"") ||
                     mentions(tool.json, "\"input_examples\"") ||
                     mentions(tool.json, "\"allowed_callers\""),
                 kAdvancedToolUse);
  }
}

void from_extras(const llm::Request& request, BetaList& betas) {
  if (request.dialect != "anthropic") return;
  for (const llm::Extra& extra : request.extras) {
    const std::string_view path = extra.path;
    const std::string_view key = path.substr(path.rfind('.') + 1);  // npos + 1 is 0
    betas.add_if(key == "mcp_servers", kMcp);
    betas.add_if(key == "speed" && extra.json == "\"fast\"", "fast-mode-2026-02-01");
    betas.add_if(key == "fallbacks", "server-side-fallback-2026-07-01");
    betas.add_if(path.starts_with("tools[") && advanced_key(key), kAdvancedToolUse);
    betas.add_if(key == "cache_control" && mentions(extra.json, "\"scope\""),
                 "prompt-caching-scope-2026-01-05");
    if (key == "context_management") {
      betas.add_if(mentions(extra.json, "\"compact_"), "compact-2026-01-12");
      betas.add_if(mentions(extra.json, "\"clear_"), "context-management-2025-06-27");
    }
  }
}

void from_part(const llm::Part& part, BetaList& betas) {
  if (const auto* image = part.as<llm::ImagePart>())
    betas.add_if(!image->media.file_id.empty(), kFiles);
  if (const auto* file = part.as<llm::FilePart>())
    betas.add_if(!file->media.file_id.empty(), kFiles);
  if (const auto* result = part.as<llm::ToolResultPart>()) {
    for (const llm::Part& inner : result->parts) from_part(inner, betas);
  }
  if (const auto* raw = part.as<llm::RawPart>(); raw != nullptr && raw->dialect == "anthropic") {
    betas.add_if(raw->type == "container_upload", kFiles);
    betas.add_if(raw->type == "tool_addition" || raw->type == "tool_removal",
                 "mid-conversation-tool-changes-2026-07-01");
    betas.add_if(mentions(raw->json, "\"scope\"") && mentions(raw->json, "\"cache_control\""),
                 "prompt-caching-scope-2026-01-05");
  }
}

}  // namespace

std::string needed_betas(const llm::Request& request, BetaFacts facts) {
  BetaList betas;
  betas.add_if(facts.thinking, "interleaved-thinking-2025-05-14");
  betas.add_if(request.response_format &&
                   request.response_format->kind == llm::ResponseFormat::Kind::kJsonSchema,
               kStructuredOutputs);
  from_tools(request, betas);
  from_extras(request, betas);
  for (const llm::Message& message : request.messages) {
    for (const llm::Part& part : message.parts) from_part(part, betas);
  }
  return betas.joined();
}

}  // namespace bifrost::dialect::anthropic
