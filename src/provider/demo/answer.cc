#include "provider/demo/answer.h"

#include "base/strings.h"
#include "base/try.h"
#include "json/writer.h"
#include "provider/demo/sample.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace bifrost::provider::demo {
namespace {

constexpr std::size_t kTokenBytesMax = 8;
constexpr std::size_t kEchoBytesMax = 400;
constexpr std::int64_t kBytesPerToken = 4;  // of English text, as a rule of thumb
constexpr std::int64_t kTokensPerMessage = 4;

// The text of a message, whichever of the two forms its content has.
std::string text_of(json::Value message) {
  const json::Value content = message["content"];
  if (content.is_string()) return content.string_or("");
  std::string text;
  for (const json::Value part : content.children()) {
    const std::string piece = part["text"].string_or("");
    if (!text.empty() && !piece.empty()) text += ' ';
    text += piece;
  }
  return text;
}

std::string echo(std::string_view text) {
  const std::string_view shown = utf8_prefix(trim(text), kEchoBytesMax);
  std::string out(shown);
  if (shown.size() < trim(text).size()) out += "...";
  return out;
}

json::Value last_of_role(json::Value messages, std::string_view role) {
  json::Value found;
  for (const json::Value message : messages.children()) {
    if (message["role"].equals(role)) found = message;
  }
  return found;
}

std::int64_t count_prompt(json::Value request) {
  std::int64_t tokens = static_cast<std::int64_t>(request["tools"].raw().size()) / kBytesPerToken;
  for (const json::Value message : request["messages"].children()) {
    tokens +=
        kTokensPerMessage + static_cast<std::int64_t>(text_of(message).size()) / kBytesPerToken;
  }
  return tokens;
}

bool in_name(char c) { return is_ascii_alnum(c) || c == '_' || c == '-'; }

// Does the word stand in the text, not as a part of another one?
bool has_word(std::string_view text, std::string_view word) {
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const bool begins = at == 0 || !in_name(text[at - 1]);
    const auto end = at + word.size();
    if (begins && (end == text.size() || !in_name(text[end]))) return true;
  }
  return false;
}

json::Value function_named(json::Value request, std::string_view name) {
  for (const json::Value tool : request["tools"].children()) {
    if (tool["function"]["name"].equals(name)) return tool["function"];
  }
  return {};
}

// The function that the model calls: the one that is forced, or that the question names. None once
// the result of a tool is there, or an agent would go round for ever.
json::Value chosen_function(json::Value request, std::string_view question) {
  const json::Value choice = request["tool_choice"];
  const json::Value last = request["messages"].at(request["messages"].size() - 1);
  if (choice.equals("none") || last["role"].equals("tool")) return {};
  if (const json::Value forced = choice["function"]["name"]) {
    return function_named(request, forced.string_or(""));
  }
  if (choice.equals("required")) return request["tools"].at(0)["function"];
  for (const json::Value tool : request["tools"].children()) {
    const std::string name = tool["function"]["name"].string_or("");
    if (!name.empty() && has_word(question, name)) return tool["function"];
  }
  return {};
}

// The JSON that a response format asks for.
std::optional<std::string> formatted_text(json::Value request, std::string_view question) {
  const json::Value format = request["response_format"];
  if (format["type"].equals("json_schema")) return sample(format["json_schema"]["schema"]);
  if (!format["type"].equals("json_object")) return std::nullopt;
  std::string text = R"({"model":"demo","echo":)";
  json::append_string(text, echo(question));
  return text + "}";
}

std::string plain_text(json::Value request, std::string_view question) {
  const json::Value messages = request["messages"];
  const json::Value last = messages.at(messages.size() - 1);
  if (last["role"].equals("tool")) {
    return "The tool answered: " + echo(text_of(last)) +
           "\n\nThis is the gateway's built-in demo model, which only repeats what it is given.";
  }
  return "You wrote: \"" + echo(question) +
         "\"\n\nThis is the gateway's built-in demo model; no provider was asked. Configure a "
         "provider and write its name before the model, as in openai/gpt-4o, for a real answer.";
}

// Stop sequences end the text before the first of them.
std::string_view before_stop(std::string_view text, json::Value stop) {
  std::size_t end = text.size();
  const auto cut_at = [&](json::Value sequence) {
    const std::string word = sequence.string_or("");
    if (!word.empty()) end = std::min(end, text.find(word));
  };
  cut_at(stop);
  for (const json::Value sequence : stop.children()) cut_at(sequence);
  return text.substr(0, end);
}

void limit(Answer& answer, std::int64_t tokens_max) {
  auto left = static_cast<std::size_t>(std::max<std::int64_t>(tokens_max, 0));
  if (answer.token_count() <= left) return;
  for (Tokens* part : {&answer.reasoning, &answer.text, &answer.tool_arguments}) {
    if (part->size() > left) part->resize(left);
    left -= part->size();
  }
  answer.finish = "length";
}

Error invalid(std::string param, std::string_view why) {
  Error error = client_error(ErrorCode::kInvalidRequest, param + " " + std::string(why));
  error.param = std::move(param);
  return error;
}

Result<void> check_message(json::Value message, const std::string& path) {
  constexpr std::string_view kRoles[] = {"system",    "developer", "user",
                                         "assistant", "tool",      "function"};
  if (!message.is_object()) return invalid(path, "must be an object");
  const std::string role = message["role"].string_or("");
  if (std::ranges::find(kRoles, role) == std::end(kRoles)) {
    return invalid(path + ".role",
                   "must be one of system, developer, user, assistant, tool and function");
  }
  const json::Value content = message["content"];
  const bool has_content = content.is_string() || content.is_array();
  if (!has_content && !(role == "assistant" && !content.is_object())) {
    return invalid(path + ".content", "must be a text or a list of parts");
  }
  if (role == "tool" && !message["tool_call_id"].is_string()) {
    return invalid(path + ".tool_call_id", "is missing: which call does this answer?");
  }
  return {};
}

Result<void> check_tools(json::Value request) {
  std::size_t index = 0;
  for (const json::Value tool : request["tools"].children()) {
    const std::string path = "tools[" + std::to_string(index++) + "].function.name";
    const std::string type = tool["type"].string_or("function");
    if (type == "function" && !tool["function"]["name"].is_string()) {
      return invalid(path, "is missing");
    }
  }
  const json::Value choice = request["tool_choice"];
  if (choice.equals("required") && request["tools"].size() == 0) {
    return invalid("tool_choice", "is \"required\", but there are no tools");
  }
  const json::Value forced = choice["function"]["name"];
  if (forced && !function_named(request, forced.string_or(""))) {
    return invalid("tool_choice", "names a function that is not among the tools");
  }
  return {};
}

Result<void> check(json::Value request) {
  const json::Value messages = request["messages"];
  if (!messages.is_array() || messages.size() == 0) {
    return invalid("messages", "must be a list that is not empty");
  }
  std::size_t index = 0;
  for (const json::Value message : messages.children()) {
    BF_TRY_VOID(check_message(message, "messages[" + std::to_string(index++) + "]"));
  }
  BF_TRY_VOID(check_tools(request));
  if (request["n"].integer().value_or(1) != 1) {
    return invalid("n", "must be 1: the demo model gives one choice only");
  }
  return {};
}

}  // namespace

Tokens tokenize(std::string_view text) {
  Tokens tokens;
  while (!text.empty()) {
    const auto word = text.find_first_not_of(" \n");
    const auto space = word == std::string_view::npos ? word : text.find_first_of(" \n", word);
    std::string_view token = utf8_prefix(text.substr(0, space), kTokenBytesMax);
    if (token.empty()) token = text.substr(0, 1);  // not UTF-8; go on all the same
    tokens.emplace_back(token);
    text.remove_prefix(token.size());
  }
  return tokens;
}

Result<Answer> answer(json::Value request, bool reasons, Random& random) {
  BF_TRY_VOID(check(request));
  Answer out;
  out.prompt_tokens = count_prompt(request);
  const std::string question = text_of(last_of_role(request["messages"], "user"));
  if (reasons) {
    out.reasoning = tokenize("The question is \"" + echo(question) +
                             "\". A demo model repeats it and says what it is.");
  }
  if (const json::Value function = chosen_function(request, question)) {
    out.tool_name = function["name"].string_or("");
    out.tool_call_id = "call_" + random.alphanumeric(24);
    out.tool_arguments = tokenize(sample(function["parameters"]));
    out.finish = "tool_calls";
  } else {
    const auto formatted = formatted_text(request, question);
    const std::string text = formatted ? *formatted : plain_text(request, question);
    out.text = tokenize(before_stop(text, request["stop"]));
  }
  for (const std::string_view name : {"max_completion_tokens", "max_tokens"}) {
    if (const auto tokens_max = request[name].integer()) {
      limit(out, *tokens_max);
      break;
    }
  }
  return out;
}

}  // namespace bifrost::provider::demo
