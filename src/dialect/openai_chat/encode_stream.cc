#include "dialect/openai_chat/answer.h"
#include "dialect/openai_chat/citations.h"
#include "dialect/openai_chat/encode_answer.h"
#include "dialect/openai_chat/finish.h"
#include "dialect/openai_chat/functions.h"
#include "dialect/openai_chat/reasoning.h"
#include "dialect/openai_chat/usage.h"
#include "json/writer.h"

#include <algorithm>
#include <map>
#include <utility>

namespace bifrost::dialect::openai_chat {
namespace {

// What has been written of one choice.
struct ChoiceState {
  struct Call {
    std::int64_t number = 0;  // on the wire
    bool custom = false;
  };
  std::map<std::int64_t, Call> calls;  // by the event's number
  std::int64_t next_call = 0;
  std::int64_t images = 0;
  bool finished = false;
};

class Encoder final : public StreamEncoder {
 public:
  explicit Encoder(AnswerContext context) : context_(std::move(context)) {}

  void event(const llm::StreamEvent& event, std::string& out) override {
    if (closed_) return;
    std::visit([&](const auto& one) { on(one, out); }, event);
  }

 private:
  void on(const llm::StreamStart& start, std::string& out);
  void on(const llm::TextDelta& delta, std::string& out);
  void on(const llm::RefusalDelta& delta, std::string& out);
  void on(const llm::ReasoningDelta& delta, std::string& out);
  void on(const llm::ToolCallStart& start, std::string& out);
  void on(const llm::ToolCallDelta& delta, std::string& out);
  void on(const llm::CitationDelta& delta, std::string& out);
  void on(const llm::MediaDelta& delta, std::string& out);
  void on(const llm::RawDelta& delta, std::string& out);
  void on(const llm::UsageUpdate& update, std::string& out);
  void on(const llm::StreamFinish& finish, std::string& out);
  void on(const llm::Ping& ping, std::string& out);
  void on(const llm::StreamFailure& failure, std::string& out);
  void on(const llm::StreamEnd& end, std::string& out);

  void begin(const llm::StreamStart& start);
  // The choice, begun if it was not; nullptr when nothing more may come of it.
  ChoiceState* open(std::int64_t index, std::string& out);
  ChoiceState::Call& begin_call(ChoiceState& choice, const llm::ToolCallStart& start,
                                std::string& out);
  void finish_choice(std::int64_t index, ChoiceState& choice, llm::FinishReason reason,
                     std::string& out);

  // One chunk with one choice; `write_delta` appends the members of its delta.
  template <class WriteDelta>
  void chunk(std::int64_t index, std::string& out, WriteDelta write_delta,
             std::string_view logprobs = {}, std::string_view finish = {});
  void usage_chunk(std::string& out);
  // In the first chunk, and in those that end something.
  void extra_fields(std::string& json, bool last) const;
  void end_chunk(std::string json, std::string& out);
  [[nodiscard]] bool all_finished() const;

  AnswerContext context_;
  std::string head_;  // what every chunk begins with, up to the choices
  std::string id_;
  std::map<std::int64_t, ChoiceState> choices_;
  llm::Usage usage_;
  bool begun_ = false;
  std::uint64_t chunks_ = 0;
  bool closed_ = false;
};

// A JSON text may come over several lines; an event's data is kept on one.
void append_data(std::string& out, std::string json) {
  std::ranges::replace(json, '\n', ' ');
  std::ranges::replace(json, '\r', ' ');
  out += "data: ";
  out += json;
  out += "\n\n";
}

void Encoder::begin(const llm::StreamStart& start) {
  if (std::exchange(begun_, true)) return;
  id_ = start.id.empty() ? context_.fallback_id : start.id;
  json::Writer writer(head_);
  writer.begin_object();
  writer.member("id", id_);
  writer.member("object", "chat.completion.chunk");
  writer.member("created", start.created == 0 ? context_.created : start.created);
  writer.member("model", context_.model.empty() ? start.model : context_.model);
  if (!start.service_tier.empty()) writer.member("service_tier", start.service_tier);
  if (!start.system_fingerprint.empty()) {
    writer.member("system_fingerprint", start.system_fingerprint);
  }
}

template <class WriteDelta>
void Encoder::chunk(std::int64_t index, std::string& out, WriteDelta write_delta,
                    std::string_view logprobs, std::string_view finish) {
  std::string json = head_ + R"(,"choices":[{"index":)" + std::to_string(index) + R"(,"delta":{)";
  json::Writer delta(json);
  write_delta(delta);
  json += "}";
  json += R"(,"logprobs":)";
  json += logprobs.empty() ? "null" : logprobs;
  json += R"(,"finish_reason":)";
  json += finish.empty() ? "null" : json::quoted(finish);
  json += "}]";
  if (chunks_ == 0 || !finish.empty()) {
    extra_fields(json, all_finished() && !context_.include_usage);
  }
  end_chunk(std::move(json), out);
}

void Encoder::usage_chunk(std::string& out) {
  if (!context_.include_usage || !usage_.known) return;
  std::string json = head_ + R"(,"choices":[],"usage":)";
  json::Writer writer(json);
  encode_usage(writer, usage_);
  extra_fields(json, true);
  end_chunk(std::move(json), out);
}

bool Encoder::all_finished() const {
  return !choices_.empty() &&
         std::ranges::all_of(choices_, [](const auto& each) { return each.second.finished; });
}

void Encoder::extra_fields(std::string& json, bool last) const {
  if (!context_.chunk_extra_fields) return;
  json += R"(,"extra_fields":)";
  json += context_.chunk_extra_fields({.number = chunks_, .last = last});
}

void Encoder::end_chunk(std::string json, std::string& out) {
  json += "}";
  ++chunks_;
  append_data(out, std::move(json));
}

ChoiceState* Encoder::open(std::int64_t index, std::string& out) {
  begin({});
  const auto found = choices_.find(index);
  if (found != choices_.end()) return found->second.finished ? nullptr : &found->second;
  if (index < 0 || choices_.size() >= kChoicesMax) return nullptr;
  chunk(index, out, [](json::Writer& delta) {
    delta.member("role", "assistant").member("content", "").key("refusal").null();
  });
  return &choices_[index];
}

void Encoder::on(const llm::StreamStart& start, std::string& out) {
  begin(start);
  open(0, out);
}

void Encoder::on(const llm::TextDelta& delta, std::string& out) {
  if (delta.text.empty() && delta.signature.empty() && delta.logprobs.empty()) return;
  if (open(delta.choice, out) == nullptr) return;
  chunk(
      delta.choice, out,
      [&](json::Writer& writer) {
        if (!delta.text.empty()) writer.member("content", delta.text);
        encode_signature(writer, delta.signature);
      },
      delta.logprobs);
}

void Encoder::on(const llm::RefusalDelta& delta, std::string& out) {
  if (delta.text.empty() || open(delta.choice, out) == nullptr) return;
  chunk(delta.choice, out, [&](json::Writer& writer) { writer.member("refusal", delta.text); });
}

void Encoder::on(const llm::ReasoningDelta& delta, std::string& out) {
  if (delta.text.empty() && delta.signature.empty() && delta.data.empty()) return;
  if (open(delta.choice, out) == nullptr) return;
  const llm::ReasoningPart part{.kind = delta.kind,
                                .text = delta.text,
                                .signature = delta.signature,
                                .data = delta.data,
                                .id = delta.id,
                                .format = delta.format};
  chunk(delta.choice, out, [&](json::Writer& writer) {
    if (!delta.text.empty()) writer.member("reasoning", delta.text);
    writer.key("reasoning_details").begin_array();
    encode_reasoning_detail(writer, part, delta.block);
    writer.end_array();
  });
}

ChoiceState::Call& Encoder::begin_call(ChoiceState& choice, const llm::ToolCallStart& start,
                                       std::string& out) {
  const std::int64_t number = choice.next_call++;
  llm::ToolCallPart call{
      .id = start.id, .name = start.name, .signature = start.signature, .custom = start.custom};
  if (call.id.empty()) {
    call.id = made_up_call_id(id_, start.choice, static_cast<std::size_t>(number));
  }
  chunk(start.choice, out, [&](json::Writer& writer) {
    writer.key("tool_calls").begin_array().begin_object();
    writer.member("index", number);
    encode_tool_call(writer, call);
    writer.end_object().end_array();
  });
  return choice.calls.insert_or_assign(start.index, ChoiceState::Call{number, start.custom})
      .first->second;
}

void Encoder::on(const llm::ToolCallStart& start, std::string& out) {
  ChoiceState* choice = open(start.choice, out);
  if (choice == nullptr || choice->calls.size() >= kToolCallsMax) return;
  begin_call(*choice, start, out);
}

void Encoder::on(const llm::ToolCallDelta& delta, std::string& out) {
  if (delta.arguments.empty()) return;
  ChoiceState* choice = open(delta.choice, out);
  if (choice == nullptr) return;
  const auto found = choice->calls.find(delta.index);
  if (found == choice->calls.end()) {
    on(llm::ToolCallStart{.choice = delta.choice, .index = delta.index}, out);
    if (!choice->calls.contains(delta.index)) return;
  }
  const ChoiceState::Call& call = choice->calls.at(delta.index);
  chunk(delta.choice, out, [&](json::Writer& writer) {
    writer.key("tool_calls").begin_array().begin_object();
    writer.member("index", call.number);
    writer.key(call.custom ? "custom" : "function").begin_object();
    writer.member(call.custom ? "input" : "arguments", delta.arguments);
    writer.end_object().end_object().end_array();
  });
}

void Encoder::on(const llm::CitationDelta& delta, std::string& out) {
  if (!is_annotation(delta.citation) || open(delta.choice, out) == nullptr) return;
  chunk(delta.choice, out, [&](json::Writer& writer) {
    writer.key("annotations").begin_array();
    encode_annotation(writer, delta.citation, 0);
    writer.end_array();
  });
}

void Encoder::on(const llm::MediaDelta& delta, std::string& out) {
  const auto* image = delta.part.as<llm::ImagePart>();
  const auto* audio = delta.part.as<llm::AudioPart>();
  if (image == nullptr && audio == nullptr) return;
  ChoiceState* choice = open(delta.choice, out);
  if (choice == nullptr) return;
  chunk(delta.choice, out, [&](json::Writer& writer) {
    if (image != nullptr) {
      writer.key("images").begin_array();
      encode_image(writer, *image, choice->images++);
      writer.end_array();
    } else {
      writer.key("audio");
      encode_audio(writer, *audio);
    }
  });
}

void Encoder::on(const llm::RawDelta& delta, std::string& out) {
  if (delta.part.dialect != kName || open(delta.choice, out) == nullptr) return;
  chunk(delta.choice, out, [&](json::Writer& writer) {
    writer.key("content").begin_array().raw(delta.part.json).end_array();
  });
}

void Encoder::on(const llm::UsageUpdate& update, std::string& /*out*/) { usage_ = update.usage; }

void Encoder::finish_choice(std::int64_t index, ChoiceState& choice, llm::FinishReason reason,
                            std::string& out) {
  choice.finished = true;
  chunk(
      index, out, [](json::Writer&) {}, {},
      encode_finish(settle_finish(reason, choice.next_call > 0)));
}

void Encoder::on(const llm::StreamFinish& finish, std::string& out) {
  if (ChoiceState* choice = open(finish.choice, out)) {
    finish_choice(finish.choice, *choice, finish.reason, out);
  }
}

void Encoder::on(const llm::Ping& /*ping*/, std::string& out) { out += ": keep-alive\n\n"; }

void Encoder::on(const llm::StreamFailure& failure, std::string& out) {
  closed_ = true;
  out += encode_stream_error(failure.error);
}

void Encoder::on(const llm::StreamEnd& /*end*/, std::string& out) {
  if (choices_.empty()) open(0, out);
  for (auto& [index, choice] : choices_) {
    if (!choice.finished) finish_choice(index, choice, llm::FinishReason::kUnknown, out);
  }
  usage_chunk(out);
  out += "data: [DONE]\n\n";
  closed_ = true;
}

}  // namespace

std::unique_ptr<StreamEncoder> make_stream_encoder(AnswerContext context) {
  return std::make_unique<Encoder>(std::move(context));
}

}  // namespace bifrost::dialect::openai_chat
