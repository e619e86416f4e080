#include "operation/chat_call.h"

#include "base/try.h"
#include "dialect/weight.h"
#include "dialect/withheld.h"
#include "upstream/read_whole.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>
#include <variant>
#include <vector>

namespace bifrost::operation {
namespace {

// What a tap would have learnt from the same answer.
dialect::TapState said_by(const llm::Response& response) {
  dialect::TapState said{.usage = response.usage,
                         .model = response.model,
                         .id = response.id,
                         .events = 1,
                         .content_events = 1,
                         .ended = true};
  if (response.choices.empty()) return said;
  const llm::Choice& first = response.choices.front();
  said.finish = first.finish;
  said.finished = !first.finish_raw.empty();
  return said;
}

bool calls_a_tool(const llm::Choice& choice) {
  return std::ranges::any_of(
      choice.parts, [](const llm::Part& part) { return part.as<llm::ToolCallPart>() != nullptr; });
}

// What the model refuses is given back afterwards: the next one may take it.
Result<dialect::EncodedRequest> translate(llm::Request& chat, const dialect::ChatCodec& codec,
                                          const dialect::EncodeOptions& options) {
  if (!options.drop_refused || codec.refusals == nullptr) {
    return codec.encode_request(chat, options);
  }
  const dialect::Withheld withheld(chat, codec.refusals(options.model));
  BF_TRY(dialect::EncodedRequest encoded, codec.encode_request(chat, options));
  encoded.dropped.refused = withheld.names();
  return encoded;
}

// Through our own model of events.
class EventTranslator final : public exchange::StreamTranslator {
 public:
  EventTranslator(std::unique_ptr<dialect::StreamDecoder> decoder,
                  std::unique_ptr<dialect::StreamEncoder> encoder)
      : decoder_(std::move(decoder)), encoder_(std::move(encoder)) {}

  std::string_view feed(std::string_view bytes) override {
    decoder_->feed(bytes, events_);
    return encode();
  }
  std::string_view finish() override {
    decoder_->finish(events_);
    return encode();
  }
  std::string_view fail(const Error& error) override {
    events_.emplace_back(llm::StreamFailure{error});
    return encode();
  }
  std::string_view stop(const dialect::StreamStop& stop) override {
    if (state_.error || state_.ended || open_.empty()) return {};
    out_.clear();
    for (const std::int64_t choice : open_) {
      encoder_->event(llm::StreamFinish{.choice = choice, .reason = llm::FinishReason::kLength},
                      out_);
    }
    encoder_->event(llm::UsageUpdate{stop.usage}, out_);
    encoder_->event(llm::StreamEnd{}, out_);
    state_.stop();
    return out_;
  }
  [[nodiscard]] const dialect::TapState& state() const override { return state_; }

 private:
  std::string_view encode() {
    out_.clear();
    for (llm::StreamEvent& event : events_) {
      if (llm::is_content(event)) ++state_.content_events;
      state_.untold_bytes += llm::content_bytes(event);
      const auto choice = llm::choice_of(event);
      if (choice && !closed_.contains(*choice)) open_.insert(*choice);
      if (const auto* call = std::get_if<llm::ToolCallStart>(&event)) {
        calling_.insert(call->choice);
      }
      if (const auto* update = std::get_if<llm::UsageUpdate>(&event)) state_.tell(update->usage);
      if (auto* finish = std::get_if<llm::StreamFinish>(&event)) {
        finish->reason = llm::with_calls(finish->reason, calling_.contains(finish->choice));
        state_.finish = finish->reason;
        state_.finished = true;
        open_.erase(finish->choice);
        closed_.insert(finish->choice);
      }
      if (const auto* failure = std::get_if<llm::StreamFailure>(&event)) {
        state_.error = failure->error;
      }
      encoder_->event(event, out_);
    }
    events_.clear();
    return out_;
  }

  std::unique_ptr<dialect::StreamDecoder> decoder_;
  std::unique_ptr<dialect::StreamEncoder> encoder_;
  dialect::TapState state_;
  std::set<std::int64_t> calling_;  // choices with a tool call
  std::set<std::int64_t> open_;     // choices that have begun
  std::set<std::int64_t> closed_;   // choices that have ended
  std::vector<llm::StreamEvent> events_;
  std::string out_;
};

}  // namespace

Result<dialect::EncodedRequest> ChatCall::encode(const provider::Side& side,
                                                 std::string_view model) {
  const dialect::EncodeOptions options{
      .model = model, .flavor = side.flavor, .drop_refused = options_.drop_refused};
  if (passes(side)) return edit(options);
  if (inbound_.chat->echo != nullptr && echo_.empty()) echo_ = inbound_.chat->echo(facts_);
  return decoded_.encode(
      [&](llm::Request& chat) { return translate(chat, *side.dialect().chat, options); });
}

void ChatCall::forget_request() { decoded_.forget(); }

Result<dialect::EncodedRequest> ChatCall::edit(const dialect::EncodeOptions& options) const {
  BF_TRY(dialect::EditedRequest edited, inbound_.chat->edit_request(input_, facts_, options));
  dialect::EncodedRequest encoded;
  encoded.body = edited.body ? *std::move(edited.body) : input_.body;
  encoded.dropped.refused = std::move(edited.refused);
  return encoded;
}

Result<dialect::TapState> ChatCall::judge(const provider::Side& side, std::string_view body) {
  const dialect::Dialect& dialect = side.dialect();
  if (passes(side)) {
    BF_TRY_VOID(hold_for_tap(body));
    dialect::TapState said = dialect.chat->tap_response(body);
    response_memory_.release();
    if (said.error) return *std::move(said.error);
    return said;
  }
  response_.reset();
  if (auto held = response_memory_.resize(dialect::Weight::of(body).while_decoding()); !held) {
    return upstream::too_large_an_answer(std::move(held).error());
  }
  BF_TRY(llm::Response response, dialect.chat->decode_response(body));
  for (llm::Choice& choice : response.choices) {
    choice.finish = llm::with_calls(choice.finish, calls_a_tool(choice));
  }
  response_ = std::make_unique<llm::Response>(std::move(response));
  return said_by(*response_);
}

// A small one is read within this turn of the loop, so one at a time.
Result<void> ChatCall::hold_for_tap(std::string_view body) {
  if (body.size() <= overload::kSmallLeaseBytes) return {};
  auto held = response_memory_.resize(dialect::Weight::of(body).document());
  if (!held) return upstream::too_large_an_answer(std::move(held).error());
  return {};
}

std::unique_ptr<dialect::StreamTap> ChatCall::make_tap(const provider::Side& side) const {
  auto tap = side.dialect().chat->make_stream_tap();
  if (passes(side)) {
    tap->look_for({.without_usage = !facts_.include_usage, .extra_fields = options_.extra_fields});
  }
  return tap;
}

std::string ChatCall::translated_body(const dialect::AnswerContext& context) const {
  return inbound_.chat->encode_response(*response_, context);
}

std::unique_ptr<exchange::StreamTranslator> ChatCall::make_translator(
    const provider::Side& side, dialect::AnswerContext context) const {
  return std::make_unique<EventTranslator>(side.dialect().chat->make_stream_decoder(),
                                           inbound_.chat->make_stream_encoder(std::move(context)));
}

}  // namespace bifrost::operation
