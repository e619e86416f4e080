#include "dialect/gemini/call_id.h"
#include "dialect/gemini/contents.h"
#include "dialect/gemini/functions.h"
#include "dialect/gemini/media.h"
#include "dialect/gemini/parts.h"
#include "dialect/gemini/spelling.h"
#include "dialect/gemini/thinking.h"
#include "dialect/raw_text.h"
#include "json/writer.h"

#include <span>
#include <utility>

namespace bifrost::dialect::gemini {
namespace {

// Google's stand-in for the signature of a call that no Gemini model made, or whose signature a
// client has lost (base64 of "skip_thought_signature_validator"). Without it Gemini 3 refuses the
// history.
constexpr std::string_view kUnsignedCall = "c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3I=";

// What Gemini 3 reads inside of a function's answer.
bool fits_in_result(const WireMedia& media) {
  return media.text.empty() &&
         (media.media_type.starts_with("image/") || media.media_type == "application/pdf" ||
          media.media_type == "text/plain");
}

// A list of contents that opens a turn when its first part comes, so that none is empty.
class Turns {
 public:
  Turns() : out_(json_) { out_.begin_array(); }

  // The place for the next part of a turn of this role.
  json::Writer& part_of(std::string_view role) {
    if (role != role_) {
      close();
      role_ = role;
      has_call_ = false;
      out_.begin_object().member("role", role).key("parts").begin_array();
    }
    return out_;
  }

  // True for the first call of the open turn.
  bool first_call() { return !std::exchange(has_call_, true); }
  [[nodiscard]] bool empty() const { return json_.size() == 1; }

  std::string finish() {
    close();
    out_.end_array();
    return std::move(json_);
  }

 private:
  void close() {
    if (!role_.empty()) out_.end_array().end_object();
  }

  std::string json_;
  json::Writer out_;
  std::string_view role_;
  bool has_call_ = false;
};

class ContentsEncoder {
 public:
  ContentsEncoder(const llm::Request& request, std::string_view model, Dropped& dropped)
      : request_(request), dropped_(dropped), gemini_3_(is_gemini_3_or_later(model)) {}

  Contents encode() {
    for (const llm::Message& each : request_.messages) message(each);
    if (turns_.empty()) system_as_user();
    Contents done{.contents = turns_.finish(), .system_instruction = {}};
    if (!system_.empty()) {
      json::Writer out(done.system_instruction);
      out.begin_object().key("parts").begin_array();
      for (const std::string& text : system_) write_text(out, text, {});
      out.end_array().end_object();
    }
    return done;
  }

 private:
  void message(const llm::Message& message) {
    if (!message.name.empty()) dropped_.member(message.place, "name");
    if (message.role == llm::Role::kSystem || message.role == llm::Role::kDeveloper) {
      for (const llm::Part& part : message.parts) system_part(part);
      return;
    }
    const std::string_view role = message.role == llm::Role::kAssistant ? "model" : "user";
    const std::span<const llm::Part> parts = message.parts;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const std::string_view folded = signature_behind(parts, i);
      if (!part(parts[i], role, folded)) dropped_.at(parts[i].place);
      if (!folded.empty()) ++i;
    }
    for (const llm::Part* media : std::exchange(behind_results_, {})) {
      json::Writer& out = turns_.part_of(role);
      if (!write_media_part(out, *media, {})) dropped_.at(media->place);
    }
  }

  void system_part(const llm::Part& part) {
    name_lost_members(part);
    if (const auto* text = part.as<llm::TextPart>()) {
      system_.push_back(text->text);
    } else if (const auto* file = part.as<llm::FilePart>();
               file != nullptr && !file->text.empty()) {
      system_.push_back(file->text);
    } else {
      dropped_.at(part.place);
    }
  }

  // Google refuses a request without a turn.
  void system_as_user() {
    for (const std::string& text : std::exchange(system_, {})) {
      write_text(turns_.part_of("user"), text, {});
    }
  }

  // False when the part has no counterpart. A part that says nothing is left out silently.
  bool part(const llm::Part& part, std::string_view role, std::string_view folded) {
    name_lost_members(part);
    if (const auto* text = part.as<llm::TextPart>()) {
      write_text(turns_.part_of(role), text->text, text->signature);
    } else if (const auto* refusal = part.as<llm::RefusalPart>()) {
      write_text(turns_.part_of(role), refusal->text, {});
    } else if (const auto* thought = part.as<llm::ReasoningPart>()) {
      return thought_part(*thought, role);
    } else if (const auto* call = part.as<llm::ToolCallPart>()) {
      call_part(*call, role);
    } else if (const auto* result = part.as<llm::ToolResultPart>()) {
      result_part(*result);
    } else if (const auto* raw = part.as<llm::RawPart>()) {
      if (raw->dialect != kName) return false;
      turns_.part_of(role).raw(raw->json);
    } else {
      if (!wire_media(part)) return false;
      return write_media_part(turns_.part_of(role), part, folded);
    }
    return true;
  }

  // Another model's signature or sealed thoughts would be refused.
  bool thought_part(const llm::ReasoningPart& thought, std::string_view role) {
    const std::string_view signature = own_signature(thought.signature, thought.format);
    if (thought.text.empty() && signature.empty()) return false;
    write_thought(turns_.part_of(role), thought.text, signature);
    return signature == thought.signature;
  }

  void call_part(const llm::ToolCallPart& call, std::string_view role) {
    llm::ToolCallPart named = call;
    history_.add(named);
    json::Writer& out = turns_.part_of(role);
    const bool first = turns_.first_call();
    const bool stand_in = gemini_3_ && first && call.signature.empty();
    write_call(out, named, stand_in ? kUnsignedCall : std::string_view(call.signature));
  }

  void result_part(const llm::ToolResultPart& result) {
    name_lost_parts(result);
    llm::ToolResultPart matched{.tool_call_id = result.tool_call_id, .name = result.name};
    history_.match(matched);
    json::Writer& out = turns_.part_of("user");
    out.begin_object().key("functionResponse").begin_object();
    out.member("id", matched.tool_call_id);
    out.member("name", matched.name.empty() ? matched.tool_call_id : matched.name);
    out.key("response").raw(response_object(result));
    result_media(out, result);
    out.end_object().end_object();
  }

  // What a part that is written says besides.
  void name_lost_members(const llm::Part& part) {
    const auto name_if = [&](bool set, std::string_view member) {
      if (set) dropped_.member(part.place, member);
    };
    if (const auto* text = part.as<llm::TextPart>()) {
      name_if(!text->citations.empty(), "citations");
    } else if (const auto* image = part.as<llm::ImagePart>()) {
      name_if(!image->detail.empty() && image->detail != "auto", "image_url.detail");
    } else if (const auto* file = part.as<llm::FilePart>()) {
      name_if(!file->filename.empty() && request_.dialect != kName, "file.filename");
      name_if(!file->context.empty(), "context");
      name_if(file->citations, "citations");
    }
  }

  // What neither `response` nor the media beside it can hold.
  void name_lost_parts(const llm::ToolResultPart& result) {
    if (!result.json.empty()) return;
    for (const llm::Part& part : result.parts) {
      name_lost_members(part);
      const auto* file = part.as<llm::FilePart>();
      const auto* raw = part.as<llm::RawPart>();
      const bool told = part.as<llm::TextPart>() != nullptr ||
                        (file != nullptr && !file->text.empty()) ||
                        (raw != nullptr && !raw_text(*raw).empty()) || wire_media(part).has_value();
      if (!told) dropped_.at(part.place);
    }
  }

  // "output" and "error" are the keys that Google's models are told about.
  static std::string response_object(const llm::ToolResultPart& result) {
    if (!result.json.empty()) return result.json;
    std::string text;
    for (const llm::Part& part : result.parts) {
      if (const auto* words = part.as<llm::TextPart>()) text += words->text;
      if (const auto* file = part.as<llm::FilePart>()) text += file->text;
      if (const auto* raw = part.as<llm::RawPart>()) text += raw_text(*raw);
    }
    const auto document = json::Document::parse(text);
    const bool object = document && document->root().is_object();
    if (object && !result.is_error) return text;
    std::string json;
    json::Writer out(json);
    out.begin_object().key(result.is_error ? "error" : "output");
    if (object) {
      out.raw(text);
    } else {
      out.string(text);
    }
    out.end_object();
    return json;
  }

  void result_media(json::Writer& out, const llm::ToolResultPart& result) {
    bool open = false;
    for (const llm::Part& part : result.parts) {
      const auto media = wire_media(part);
      if (!media || !media->text.empty()) continue;
      if (!gemini_3_ || !fits_in_result(*media)) {
        behind_results_.push_back(&part);
        continue;
      }
      if (!std::exchange(open, true)) out.key("parts").begin_array();
      out.begin_object();
      write_media(out, *media);
      out.end_object();
    }
    if (open) out.end_array();
  }

  const llm::Request& request_;
  Dropped& dropped_;
  const bool gemini_3_;
  Turns turns_;
  CallHistory history_;
  std::vector<std::string> system_;
  std::vector<const llm::Part*> behind_results_;  // media that a result cannot hold
};

}  // namespace

Contents encode_contents(const llm::Request& request, std::string_view model, Dropped& dropped) {
  return ContentsEncoder(request, model, dropped).encode();
}

}  // namespace bifrost::dialect::gemini
