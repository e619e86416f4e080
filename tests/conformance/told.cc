#include "tests/conformance/told.h"

#include "base/strings.h"
#include "json/document.h"
#include "json/writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

namespace bifrost::test {
namespace {

std::string canonical(json::Value value) {
  if (value.is_string()) return json::quoted(value.string_or(""));
  if (value.is_number()) return fmt::format("{}", value.number().value_or(0));
  if (value.is_array()) {
    std::string text;
    for (const json::Value item : value.children()) text += canonical(item) + ',';
    return '[' + text + ']';
  }
  if (!value.is_object()) return std::string(value.raw());
  std::vector<std::string> members;
  for (const json::Value member : value.children()) {
    members.push_back(json::quoted(member.key()) + ':' + canonical(member) + ',');
  }
  std::ranges::sort(members);
  std::string text;
  for (const std::string& member : members) text += member;
  return '{' + text + '}';
}

// ---------------------------------------------------------------------------------------------
// Requests

// An upload is known to its own provider only: nobody else can be told of it.
void tell_media(const llm::Media& media, std::string& out) {
  if (media.url.empty() && media.data.empty()) return;
  out += fmt::format("media {}{}{}\n", media.url, media.file_id, media.data);
}

// What stands in a result whose media had to go elsewhere, and for an upload of another provider.
constexpr std::string_view kFollows = "The result follows as an attachment.";
constexpr std::string_view kUnseen = "[an image that cannot be shown here]";

// A document of plain text may travel as text, whether it was given so or in base64.
std::string text_of(const llm::Part& part) {
  if (const auto* text = part.as<llm::TextPart>()) {
    return text->text == kUnseen ? std::string() : text->text;
  }
  const auto* file = part.as<llm::FilePart>();
  if (file == nullptr) return {};
  if (!file->media.media_type.starts_with("text/")) return file->text;
  return file->text + base64_decode(file->media.data).value_or("");
}

std::string text_of(const std::vector<llm::Part>& parts) {
  std::string text;
  for (const llm::Part& part : parts) text += text_of(part);
  return text == kFollows ? std::string() : text;
}

// Media may stand in another place of the request: they are told behind everything else.
void tell_media(const std::vector<llm::Part>& parts, std::string& out) {
  for (const llm::Part& part : parts) {
    if (const auto* image = part.as<llm::ImagePart>()) tell_media(image->media, out);
    if (const auto* result = part.as<llm::ToolResultPart>()) tell_media(result->parts, out);
  }
}

// Collects the text of neighbouring messages of one role; instructions, which some dialects have
// one place for, come first.
class RequestTeller {
 public:
  void message(const llm::Message& message) {
    for (const llm::Part& part : message.parts) {
      if (const auto* call = part.as<llm::ToolCallPart>()) {
        flush();
        turns_ +=
            fmt::format("call {} {} {}\n", call->id, call->name, test::canonical(call->arguments));
      } else if (const auto* result = part.as<llm::ToolResultPart>()) {
        flush();
        turns_ += fmt::format("result {} {}\n", result->tool_call_id,
                              test::canonical(text_of(result->parts)));
      } else {
        say(message.role, text_of(part));
      }
    }
  }

  std::string take() {
    flush();
    // Where they are all there is, formats that want a turn make them the user's.
    if (turns_.empty()) return fmt::format("instructions: \nuser: {}\n", instructions_);
    return fmt::format("instructions: {}\n{}", instructions_, turns_);
  }

 private:
  void say(llm::Role role, std::string_view text) {
    if (text.empty()) return;
    if (role == llm::Role::kSystem || role == llm::Role::kDeveloper) {
      instructions_ += text;
      return;
    }
    if (role != role_) flush();
    role_ = role;
    text_ += text;
  }

  void flush() {
    if (!text_.empty()) {
      turns_ +=
          fmt::format("{}: {}\n", role_ == llm::Role::kAssistant ? "assistant" : "user", text_);
    }
    text_.clear();
  }

  std::string instructions_;
  std::string turns_;
  llm::Role role_ = llm::Role::kUser;
  std::string text_;
};

// ---------------------------------------------------------------------------------------------
// Answers

class Listener {
 public:
  explicit Listener(ToldAnswer& answer) : answer_(answer) {}

  void operator()(const llm::TextDelta& event) { choice(event).text += event.text; }
  void operator()(const llm::RefusalDelta& event) { choice(event).refusal += event.text; }
  void operator()(const llm::ReasoningDelta& event) {
    choice(event).reasoning += event.text;
    choice(event).seals += event.signature + event.data;
  }
  void operator()(const llm::ToolCallStart& event) {
    choice(event).calls[event.index] = {event.id, event.name, {}, event.signature};
  }
  void operator()(const llm::ToolCallDelta& event) {
    choice(event).calls[event.index].arguments += event.arguments;
  }
  void operator()(const llm::UsageUpdate& event) { answer_.usage = event.usage; }
  void operator()(const llm::StreamFinish& event) { choice(event).finish = event.reason; }
  void operator()(const llm::StreamFailure& event) { answer_.failure = event.error.message; }
  void operator()(const llm::StreamEnd& /*event*/) { answer_.ended = true; }
  void operator()(const auto& /*event*/) {}

 private:
  ToldChoice& choice(const auto& event) { return answer_.choices[event.choice]; }

  ToldAnswer& answer_;
};

ToldChoice told_choice(const llm::Choice& choice) {
  ToldChoice told{.finish = choice.finish};
  for (const llm::Part& part : choice.parts) {
    if (const auto* text = part.as<llm::TextPart>()) {
      told.text += text->text;
    } else if (const auto* reasoning = part.as<llm::ReasoningPart>()) {
      told.reasoning += reasoning->text;
      told.seals += reasoning->signature + reasoning->data;
    } else if (const auto* refusal = part.as<llm::RefusalPart>()) {
      told.refusal += refusal->text;
    } else if (const auto* call = part.as<llm::ToolCallPart>()) {
      told.calls[std::ssize(told.calls)] = {call->id, call->name, call->arguments, call->signature};
    }
  }
  return told;
}

// The reasons that every dialect has a word for.
std::string_view told_finish(llm::FinishReason reason, bool has_calls) {
  using enum llm::FinishReason;
  switch (reason) {
    case kLength:
      return "length";
    case kToolCalls:
      return "tool calls";
    case kContentFilter:
    case kRefusal:
      return "filter";
    case kStop:
    case kStopSequence:
    case kPause:
    case kError:
    case kUnknown:
      break;
  }
  return has_calls ? "tool calls" : "stop";
}

// A format without free-form tools writes what goes into one as {"input":"…"}.
std::string told_arguments(const std::string& arguments) {
  if (arguments.empty()) return "{}";
  const auto document = json::Document::parse(arguments);
  if (!document) return arguments;
  const json::Value root = document->root();
  const bool wrapped = root.size() == 1 && root["input"].is_string();
  return wrapped ? root["input"].string_or("") : canonical(root);
}

// What stands for a refusal without words, where one has to be written.
std::string_view told_refusal(std::string_view refusal) {
  return refusal == "The model declined to answer." ? std::string_view() : refusal;
}

std::string told_usage(const llm::Usage& usage, bool reasoning_is_counted) {
  std::string text = fmt::format("usage in {} cached {} out {}\n", usage.input_total(),
                                 usage.cache_read, usage.output_total());
  if (reasoning_is_counted) text += fmt::format("reasoning tokens {}\n", usage.reasoning);
  return text;
}

}  // namespace

std::string canonical(std::string_view json) {
  const auto document = json::Document::parse(json);
  return document ? canonical(document->root()) : std::string(json);
}

std::string told_request(const llm::Request& request) {
  std::string out;
  for (const llm::Tool& tool : request.tools) {
    out += fmt::format("tool {} {} {}\n", tool.name, tool.description, canonical(tool.parameters));
  }
  RequestTeller teller;
  for (const llm::Message& message : request.messages) teller.message(message);
  out += teller.take();
  for (const llm::Message& message : request.messages) tell_media(message.parts, out);
  return out;
}

ToldAnswer told_answer(const llm::Response& response) {
  ToldAnswer told{.usage = response.usage, .ended = true};
  for (const llm::Choice& choice : response.choices) {
    told.choices[choice.index] = told_choice(choice);
  }
  return told;
}

ToldAnswer told_answer(const std::vector<llm::StreamEvent>& events) {
  ToldAnswer told;
  Listener listener(told);
  for (const llm::StreamEvent& event : events) std::visit(listener, event);
  return told;
}

std::string told_between(const ToldAnswer& answer, const dialect::Dialect& from,
                         const dialect::Dialect& to) {
  const auto is = [&](std::string_view name) { return from.name == name || to.name == name; };
  const bool anthropic = is("anthropic");
  const bool one_choice = anthropic || is("openai_responses");
  // Of other providers' seals only OpenRouter's reasoning_details and the envelopes of Responses
  // have a place for all.
  const bool keeps_seals =
      &from == &to || to.name == "openai_chat" || to.name == "openai_responses";
  std::string out;
  for (const auto& [index, choice] : answer.choices) {
    if (one_choice && index > 0) continue;
    // Not all have a place of its own for a refusal.
    out += fmt::format("choice {}\ntext {}{}\n", index, choice.text, told_refusal(choice.refusal));
    out +=
        fmt::format("reasoning {}\nseals {}\n", choice.reasoning, keeps_seals ? choice.seals : "");
    for (const auto& [number, call] : choice.calls) {
      out += fmt::format("call {} {} {} {} {}\n", number, call.id, call.name,
                         told_arguments(call.arguments), call.signature);
    }
    out += fmt::format("finish {}\n", told_finish(choice.finish, !choice.calls.empty()));
  }
  out += told_usage(answer.usage, !anthropic);
  out += answer.failure.empty() ? "" : "failure\n";
  out += answer.ended ? "ended\n" : "";
  return out;
}

}  // namespace bifrost::test
