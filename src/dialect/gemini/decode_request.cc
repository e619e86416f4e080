#include "base/strings.h"
#include "base/try.h"
#include "dialect/fallbacks.h"
#include "dialect/fault.h"
#include "dialect/gemini/call_id.h"
#include "dialect/gemini/functions.h"
#include "dialect/gemini/generation_config.h"
#include "dialect/gemini/parts.h"
#include "dialect/gemini/request_names.h"
#include "dialect/gemini/schema.h"
#include "dialect/gemini/spelling.h"
#include "json/writer.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace bifrost::dialect::gemini {
namespace {

constexpr std::array<std::string_view, 7> kModelled = {
    "contents", "systemInstruction", "tools",    "toolConfig",
    "model",    "generationConfig",  "fallbacks"};
constexpr std::array<std::string_view, 4> kDeclaration = {"name", "description", "parameters",
                                                          "parametersJsonSchema"};
constexpr std::array kServerTools = std::to_array<std::string_view>(
    {"googleSearch", "googleSearchRetrieval", "googleMaps", "codeExecution", "urlContext",
     "computerUse", "fileSearch", "mcpServers", "enterpriseWebSearch"});
constexpr std::array<std::string_view, 4> kResult = {"id", "name", "response", "parts"};
constexpr std::array<std::string_view, 3> kCall = {"id", "name", "args"};
// Members of a part that change how its content is read, and have no place in our model.
constexpr std::array<std::string_view, 4> kPartOptions = {"videoMetadata", "mediaResolution",
                                                          "partMetadata", "mediaProcessing"};

constexpr std::array kCallersNames = std::to_array<llm::FieldName>({
    {"max_completion_tokens", "generationConfig.maxOutputTokens"},
    {"temperature", "generationConfig.temperature"},
    {"top_p", "generationConfig.topP"},
    {"top_k", "generationConfig.topK"},
    {"frequency_penalty", "generationConfig.frequencyPenalty"},
    {"presence_penalty", "generationConfig.presencePenalty"},
    {"seed", "generationConfig.seed"},
    {"n", "generationConfig.candidateCount"},
    {"stop", "generationConfig.stopSequences"},
    {"logprobs", "generationConfig.responseLogprobs"},
    {"top_logprobs", "generationConfig.logprobs"},
    {"modalities", "generationConfig.responseModalities"},
    {"response_format", "generationConfig.responseMimeType"},
    {"file.filename", "fileData.displayName"},  // inline, it goes wherever the bytes go
    {"reasoning_effort", "generationConfig.thinkingConfig"},
    {"reasoning", "generationConfig.thinkingConfig"},
    {"reasoning.include_thoughts", "generationConfig.thinkingConfig.includeThoughts"},
    {"tool_choice", "toolConfig.functionCallingConfig"},
    {"signature", "thoughtSignature"},
    {"is_error", "functionResponse.response.error"},
});

class RequestDecoder {
 public:
  explicit RequestDecoder(json::Value root) : root_(root) {
    request_.source = llm::Source(kCallersNames);
  }

  Result<llm::Request> decode() {
    request_.dialect = kName;
    request_.include_usage = true;
    BF_TRY_VOID(system_instruction());
    BF_TRY_VOID(contents());
    BF_TRY_VOID(tools());
    BF_TRY_VOID(tool_config());
    BF_TRY_VOID(decode_generation_config(field(root_, "generationConfig"), request_));
    BF_TRY(request_.fallbacks, read_fallbacks(root_["fallbacks"]));
    for (const json::Value member : root_.children()) {
      if (!is_one_of(kModelled, member.key())) keep(member.key(), member);
    }
    return std::move(request_);
  }

 private:
  static bool is_one_of(std::span<const std::string_view> fields, std::string_view key) {
    return std::ranges::any_of(fields, [&](std::string_view name) { return is_field(key, name); });
  }

  void keep(std::string path, json::Value value) {
    request_.extras.push_back({.path = std::move(path), .json = std::string(value.raw())});
  }

  // A string, one content, or a list of parts.
  Result<void> system_instruction() {
    const json::Value system = field(root_, "systemInstruction");
    if (!system) return {};
    const llm::Place place = source().add({}, "systemInstruction");
    llm::Message message{.role = llm::Role::kSystem, .place = place};
    if (auto text = system.string()) {
      message.parts.push_back({.content = llm::TextPart{.text = *std::move(text)}, .place = place});
    } else if (system.is_object() && field(system, "parts")) {
      parts_of(field(system, "parts"), place, "parts", message.parts);
    } else if (system.is_object() || system.is_array()) {
      parts_of(system, {}, "systemInstruction", message.parts);
    } else {
      return wrong_type(system.key(), system, "a content");
    }
    if (!message.parts.empty()) request_.messages.push_back(std::move(message));
    return {};
  }

  llm::Source& source() { return request_.source; }

  // An element of a list, or the lone object that stands for a list of one.
  llm::Place element(json::Value list, llm::Place above, std::string_view key, std::size_t index) {
    return list.is_array() ? source().add(above, key, index) : source().add(above, key);
  }

  void parts_of(json::Value list, llm::Place above, std::string_view key,
                std::vector<llm::Part>& parts) {
    std::size_t index = 0;
    for (const json::Value part : elements(list)) {
      place_part(part, element(list, above, key, index++), parts);
    }
  }

  // Decodes a part, which may become several, and says of each where it stood.
  void place_part(json::Value part, llm::Place place, std::vector<llm::Part>& parts) {
    const std::size_t before = parts.size();
    decode_part(part, parts);
    for (llm::Part& decoded : std::span(parts).subspan(before)) {
      decoded.place = place;
      if (auto* result = decoded.as<llm::ToolResultPart>()) place_result(place, *result);
    }
  }

  // The text comes from `response`, media from `parts`.
  void place_result(llm::Place place, llm::ToolResultPart& result) {
    const llm::Place answer = source().add(place, "functionResponse");
    std::size_t index = 0;
    for (llm::Part& part : result.parts) {
      part.place = part.as<llm::TextPart>() != nullptr ? source().add(answer, "response")
                                                       : source().add(answer, "parts", index++);
    }
  }

  Result<void> contents() {
    const json::Value list = field(root_, "contents");
    if (auto text = list.string()) {
      const llm::Place place = source().add({}, "contents");
      request_.messages.push_back(
          {.role = llm::Role::kUser,
           .parts = {{.content = llm::TextPart{.text = *std::move(text)}, .place = place}},
           .place = place});
      return {};
    }
    if (!list.is_array() && !list.is_object()) {
      return client_error(ErrorCode::kInvalidRequest, "'contents' must be an array of contents",
                          "contents");
    }
    std::size_t index = 0;
    for (const json::Value content : elements(list)) {
      const llm::Place place = element(list, {}, "contents", index);
      BF_TRY_VOID(one_content(content, "contents[" + std::to_string(index++) + "]", place));
    }
    return {};
  }

  Result<void> one_content(json::Value content, const std::string& path, llm::Place place) {
    if (!content.is_object()) return wrong_type(path, content, "an object");
    const std::string role = field(content, "role").string_or("user");
    std::vector<llm::Part> parts;
    std::size_t index = 0;
    const json::Value list = field(content, "parts");
    if (list.is_array()) parts.reserve(list.size());
    for (const json::Value part : elements(list)) {
      const llm::Place here = element(list, place, "parts", index);
      const std::string part_path = path + ".parts[" + std::to_string(index++) + "]";
      if (!part.is_object()) return wrong_type(part_path, part, "an object");
      place_part(part, here, parts);
      keep_part_options(part, part_path);
    }
    if (role == "model" || role == "assistant") {
      add_model_turn(std::move(parts), place);
    } else if (role == "user" || role == "function" || role == "tool" || role.empty()) {
      add_user_turn(std::move(parts), place);
    } else if (role == "system") {
      request_.messages.push_back(
          {.role = llm::Role::kSystem, .parts = std::move(parts), .place = place});
    } else {
      return client_error(
          ErrorCode::kInvalidRequest,
          "'" + path + ".role' must be 'user', 'model' or 'function', not '" + role + "'",
          path + ".role");
    }
    return {};
  }

  void keep_part_options(json::Value part, const std::string& path) {
    for (const json::Value member : part.children()) {
      const std::string key = member.key();
      std::string here = path;
      here.append(".").append(key);
      if (is_one_of(kPartOptions, key)) keep(here, member);
      if (is_field(key, "functionResponse")) keep_unknown(member, kResult, here);
      if (is_field(key, "functionCall")) keep_unknown(member, kCall, here);
      if (is_field(key, "inlineData") || is_field(key, "fileData")) keep_display_name(member, here);
    }
  }

  void keep_unknown(json::Value object, std::span<const std::string_view> known,
                    const std::string& path) {
    for (const json::Value member : object.children()) {
      if (!is_one_of(known, member.key())) keep(path + "." + member.key(), member);
    }
  }

  // Only files have a name in our model.
  void keep_display_name(json::Value blob, const std::string& path) {
    const json::Value name = field(blob, "displayName");
    const std::string type = ascii_lower(field(blob, "mimeType").string_or(""));
    if (name && (type.starts_with("image/") || type.starts_with("audio/"))) {
      keep(path + "." + name.key(), name);
    }
  }

  // A streamed turn is often sent back as it came: one content for each chunk, thoughts and text in
  // pieces. A signature at the end of the thoughts is one for all of them.
  void add_model_turn(std::vector<llm::Part> parts, llm::Place place) {
    const bool goes_on =
        !request_.messages.empty() && request_.messages.back().role == llm::Role::kAssistant;
    if (!goes_on) request_.messages.push_back({.role = llm::Role::kAssistant, .place = place});
    std::vector<llm::Part>& turn = request_.messages.back().parts;
    if (!goes_on) turn.reserve(parts.size());
    for (std::size_t i = 0; i < parts.size(); ++i) {
      llm::Part& part = parts[i];
      if (auto* call = part.as<llm::ToolCallPart>()) {
        history_.add(*call);
      } else if (auto* thought = part.as<llm::ReasoningPart>()) {
        // Whose model signed it is not known: the turn may come from another provider.
        thought->format.clear();
      }
      const bool first_of_chunk = goes_on && i == 0;
      if (!turn.empty() && continue_part(turn.back(), part, first_of_chunk)) continue;
      turn.push_back(std::move(part));
    }
  }

  // Appends a piece to the part before it, when the two were one.
  static bool continue_part(llm::Part& before, llm::Part& piece, bool first_of_chunk) {
    auto* thought = before.as<llm::ReasoningPart>();
    if (auto* more = piece.as<llm::ReasoningPart>(); more != nullptr && thought != nullptr) {
      if (!thought->signature.empty()) return false;
      thought->text += more->text;
      thought->signature = std::move(more->signature);
      return true;
    }
    auto* text = before.as<llm::TextPart>();
    auto* more = piece.as<llm::TextPart>();
    if (!first_of_chunk || text == nullptr || more == nullptr || !text->signature.empty()) {
      return false;
    }
    text->text += more->text;
    text->signature = std::move(more->signature);
    return true;
  }

  // The results come first, as a message of their own: other dialects want them right behind the
  // calls.
  void add_user_turn(std::vector<llm::Part> parts, llm::Place place) {
    const auto is_result = [](const llm::Part& part) {
      return part.as<llm::ToolResultPart>() != nullptr;
    };
    llm::Message rest{.role = llm::Role::kUser, .place = place};
    if (std::ranges::none_of(parts, is_result)) {
      rest.parts = std::move(parts);
      request_.messages.push_back(std::move(rest));
      return;
    }
    llm::Message results{.role = llm::Role::kTool, .place = place};
    for (llm::Part& part : parts) {
      auto* result = part.as<llm::ToolResultPart>();
      if (result != nullptr) history_.match(*result);
      (result != nullptr ? results : rest).parts.push_back(std::move(part));
    }
    request_.messages.push_back(std::move(results));
    if (!rest.parts.empty()) request_.messages.push_back(std::move(rest));
  }

  Result<void> tools() {
    const json::Value list = field(root_, "tools");
    if (list && !list.is_array() && !list.is_object()) return wrong_type("tools", list, "an array");
    std::size_t index = 0;
    for (const json::Value tool : elements(list)) {
      const llm::Place place = element(list, {}, "tools", index);
      const std::string path = "tools[" + std::to_string(index++) + "]";
      if (!tool.is_object()) return wrong_type(path, tool, "an object");
      for (const json::Value member : tool.children()) {
        if (is_field(member.key(), "functionDeclarations")) {
          BF_TRY_VOID(declarations(member, path + "." + member.key(), place));
        } else {
          raw_tool(member, place);
        }
      }
    }
    return {};
  }

  // A server tool; several in one object become one each.
  void raw_tool(json::Value member, llm::Place place) {
    llm::RawTool tool{.dialect = std::string(kName), .type = member.key()};
    json::Writer(tool.json).begin_object().key(tool.type).raw(member.raw()).end_object();
    // One that is not known yet is named by the object it stands in.
    const auto known = std::ranges::find_if(
        kServerTools, [&](std::string_view name) { return is_field(tool.type, name); });
    tool.place = known == kServerTools.end() ? place : source().add(place, *known);
    request_.raw_tools.push_back(std::move(tool));
  }

  Result<void> declarations(json::Value list, const std::string& path, llm::Place place) {
    std::size_t index = 0;
    for (const json::Value declaration : elements(list)) {
      const llm::Place here = element(list, place, "functionDeclarations", index);
      const std::string at = path + "[" + std::to_string(index++) + "]";
      const json::Value name = field(declaration, "name");
      if (!name.is_string()) return wrong_type(at + ".name", name, "a string");
      llm::Tool tool{.name = name.string_or(""),
                     .description = field(declaration, "description").string_or(""),
                     .place = here};
      if (const json::Value schema = field(declaration, "parametersJsonSchema")) {
        tool.parameters = schema.raw();
      } else if (const json::Value open_api = field(declaration, "parameters")) {
        tool.parameters = json_schema(open_api);
      }
      for (const json::Value member : declaration.children()) {
        if (!is_one_of(kDeclaration, member.key())) keep(at + "." + member.key(), member);
      }
      request_.tools.push_back(std::move(tool));
    }
    return {};
  }

  Result<void> tool_config() {
    const json::Value config = field(root_, "toolConfig");
    if (!config) return {};
    if (!config.is_object()) return wrong_type(config.key(), config, "an object");
    for (const json::Value member : config.children()) {
      const std::string path = config.key() + "." + member.key();
      if (!is_field(member.key(), "functionCallingConfig")) {
        keep(path, member);
      } else if (member.is_object()) {
        BF_TRY_VOID(calling_config(member, path + "."));
      } else if (member.is_set()) {
        return wrong_type(path, member, "an object");
      }
    }
    return {};
  }

  Result<void> calling_config(json::Value config, const std::string& path) {
    using Mode = llm::ToolChoice::Mode;
    const json::Value mode = field(config, "mode");
    BF_TRY(std::vector<std::string> allowed, strings_field(config, "allowedFunctionNames", path));
    if (mode.equals("NONE")) {
      request_.tool_choice = {.mode = Mode::kNone};
    } else if (mode.equals("ANY")) {
      request_.tool_choice = {.mode = Mode::kRequired};
      if (allowed.size() == 1) request_.tool_choice = {.mode = Mode::kNamed, .name = allowed[0]};
    } else if (mode.is_string()) {
      request_.tool_choice = {.mode = Mode::kAuto};
    }
    for (const json::Value member : config.children()) {
      const bool plain_mode =
          is_field(member.key(), "mode") && !member.equals("VALIDATED") && member.is_string();
      const bool named = is_field(member.key(), "allowedFunctionNames") && is_named();
      if (!plain_mode && !named) keep(path + member.key(), member);
    }
    return {};
  }

  [[nodiscard]] bool is_named() const {
    return request_.tool_choice && request_.tool_choice->mode == llm::ToolChoice::Mode::kNamed;
  }

  json::Value root_;
  llm::Request request_;
  CallHistory history_;
};

}  // namespace

Result<llm::Request> decode_request(const RequestInput& input) {
  BF_TRY(const json::Document document, json::Document::parse(input.body));
  const json::Value root = document.root();
  if (!root.is_object()) {
    return client_error(ErrorCode::kInvalidRequest, "the body must be a JSON object");
  }
  BF_TRY(std::string model, requested_model(input.path_model, field(root, "model").string_or("")));
  BF_TRY(llm::Request request, RequestDecoder(root).decode());
  request.model = std::move(model);
  request.stream = input.path_stream;
  return request;
}

}  // namespace bifrost::dialect::gemini
