// For tests: a stream's events as text, and put together to what they say.
#pragma once

#include "dialect/stream.h"
#include "llm/event.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::dialect::openai_chat {

// One choice as its events tell it.
struct CollectedChoice {
  std::string text;
  std::string refusal;
  std::string signature;
  std::string logprobs;
  std::map<std::int64_t, llm::ReasoningPart> reasoning;  // by block
  std::map<std::int64_t, llm::ToolCallPart> calls;
  std::vector<std::string> citations;  // urls
  std::size_t media = 0;
  std::size_t raw = 0;
  std::size_t finishes = 0;
  llm::FinishReason finish = llm::FinishReason::kUnknown;

  bool operator==(const CollectedChoice&) const = default;
};

struct CollectedAnswer {
  std::string id;
  std::string model;
  std::size_t starts = 0;
  std::size_t ends = 0;
  std::map<std::int64_t, CollectedChoice> choices;
  llm::Usage usage;
  std::string failure;  // name of the code and message; empty: none

  bool operator==(const CollectedAnswer&) const = default;
};

struct Collector {
  CollectedAnswer& answer;

  void operator()(const llm::StreamStart& start) const {
    ++answer.starts;
    answer.id = start.id;
    answer.model = start.model;
  }
  void operator()(const llm::TextDelta& delta) const {
    answer.choices[delta.choice].text += delta.text;
    answer.choices[delta.choice].signature += delta.signature;
    answer.choices[delta.choice].logprobs += delta.logprobs;
  }
  void operator()(const llm::RefusalDelta& delta) const {
    answer.choices[delta.choice].refusal += delta.text;
  }
  void operator()(const llm::ReasoningDelta& delta) const {
    llm::ReasoningPart& part = answer.choices[delta.choice].reasoning[delta.block];
    part.kind = delta.kind;
    part.text += delta.text;
    part.signature += delta.signature;
    part.data += delta.data;
    if (!delta.id.empty()) part.id = delta.id;
    if (!delta.format.empty()) part.format = delta.format;
  }
  void operator()(const llm::ToolCallStart& start) const {
    answer.choices[start.choice].calls[start.index] = {
        .id = start.id, .name = start.name, .signature = start.signature, .custom = start.custom};
  }
  void operator()(const llm::ToolCallDelta& delta) const {
    answer.choices[delta.choice].calls.at(delta.index).arguments += delta.arguments;
  }
  void operator()(const llm::CitationDelta& delta) const {
    answer.choices[delta.choice].citations.push_back(delta.citation.url);
  }
  void operator()(const llm::MediaDelta& delta) const { ++answer.choices[delta.choice].media; }
  void operator()(const llm::RawDelta& delta) const { ++answer.choices[delta.choice].raw; }
  void operator()(const llm::UsageUpdate& update) const { answer.usage = update.usage; }
  void operator()(const llm::StreamFinish& finish) const {
    ++answer.choices[finish.choice].finishes;
    answer.choices[finish.choice].finish = finish.reason;
  }
  void operator()(const llm::Ping&) const {}
  void operator()(const llm::StreamFailure& failure) const {
    answer.failure = std::string(failure.error.name()) + ": " + failure.error.message;
  }
  void operator()(const llm::StreamEnd&) const { ++answer.ends; }
};

inline CollectedAnswer collect(const std::vector<llm::StreamEvent>& events) {
  CollectedAnswer answer;
  for (const llm::StreamEvent& event : events) std::visit(Collector{answer}, event);
  return answer;
}

// The events of a text that comes in pieces of `piece` bytes.
inline std::vector<llm::StreamEvent> decode_in_pieces(StreamDecoder& decoder, std::string_view text,
                                                      std::size_t piece) {
  std::vector<llm::StreamEvent> events;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    decoder.feed(text.substr(at, piece), events);
  }
  decoder.finish(events);
  return events;
}

}  // namespace bifrost::dialect::openai_chat
