#include "dialect/openai_responses/item_stream.h"

#include <utility>

namespace bifrost::dialect::openai_responses {
namespace {

using Kind = OutputText::Kind;

// How the events of a text are called, and how it is numbered.
struct TextNames {
  std::string_view added;
  std::string_view delta;
  std::string_view done;
  std::string_view part_done;
  std::string_view index;
  std::string_view text;  // the member of `done` that repeats it
};

constexpr TextNames kTextNames{"response.content_part.added",
                               "response.output_text.delta",
                               "response.output_text.done",
                               "response.content_part.done",
                               "content_index",
                               "text"};
constexpr TextNames kRefusalNames{
    "response.content_part.added", "response.refusal.delta", "response.refusal.done",
    "response.content_part.done",  "content_index",          "refusal"};
constexpr TextNames kReasoningNames{"response.content_part.added",
                                    "response.reasoning_text.delta",
                                    "response.reasoning_text.done",
                                    "response.content_part.done",
                                    "content_index",
                                    "text"};
constexpr TextNames kSummaryNames{"response.reasoning_summary_part.added",
                                  "response.reasoning_summary_text.delta",
                                  "response.reasoning_summary_text.done",
                                  "response.reasoning_summary_part.done",
                                  "summary_index",
                                  "text"};

const TextNames& names_of(Kind kind) {
  switch (kind) {
    case Kind::kText:
      return kTextNames;
    case Kind::kRefusal:
      return kRefusalNames;
    case Kind::kSummary:
      return kSummaryNames;
    case Kind::kReasoning:
      return kReasoningNames;
  }
  return kTextNames;
}

}  // namespace

// A JSON text may come over several lines; an event's data is kept on one.
void ItemStream::append(std::string_view type, std::string data, std::string& out) {
  if (data.find_first_of("\r\n") != std::string::npos) {
    std::ranges::replace(data, '\n', ' ');
    std::ranges::replace(data, '\r', ' ');
  }
  out += "event: ";
  out += type;
  out += "\ndata: ";
  out += data;
  out += "\n\n";
}

bool ItemStream::keep(std::size_t bytes) {
  cut_ = cut_ || bytes > kKeptBytesMax - kept_;
  if (!cut_) kept_ += bytes;
  return !cut_;
}

template <class Write>
void ItemStream::item_event(std::size_t place, std::string_view type, std::string& out,
                            Write write) {
  event(type, out, [&](json::Writer& writer) {
    writer.member("item_id", entries_[place].item.id);
    writer.member("output_index", static_cast<std::int64_t>(place));
    write(writer);
  });
}

template <class Write>
void ItemStream::text_event(std::size_t place, std::string_view type, std::string& out,
                            Write write) {
  const Entry& entry = entries_[place];
  item_event(place, type, out, [&](json::Writer& writer) {
    const Kind kind = entry.item.texts.back().kind;
    writer.member(names_of(kind).index,
                  (kind == Kind::kSummary ? entry.summaries : entry.others) - 1);
    write(writer);
  });
}

std::optional<std::size_t> ItemStream::open(OutputItem item, std::string_view own_id,
                                            std::string& out) {
  if (entries_.size() >= kItemsMax || !keep(item.json.size() + item.encrypted.size())) {
    cut_ = true;
    return std::nullopt;
  }
  const std::size_t place = entries_.size();
  item.id = own_id;
  if (own_id.empty() || !ids_.insert(item.id).second) {
    item.id = made_up_item_id(item.kind, item.call.custom, response_id_, place);
    ids_.insert(item.id);
  }
  entries_.push_back({.item = std::move(item)});
  event("response.output_item.added", out, [&](json::Writer& writer) {
    writer.member("output_index", static_cast<std::int64_t>(place)).key("item");
    OutputItem& begun = entries_[place].item;
    // An image is shown once it is there.
    const bool hidden = begun.kind == OutputItem::Kind::kImage;
    std::string image = hidden ? std::exchange(begun.json, {}) : std::string();
    begun.write(writer, "in_progress");
    if (hidden) begun.json = std::move(image);
  });
  return place;
}

void ItemStream::open_text(std::size_t place, Kind kind, std::string& out) {
  close_text(place, out);
  Entry& entry = entries_[place];
  entry.item.texts.push_back({.kind = kind});
  ++(kind == Kind::kSummary ? entry.summaries : entry.others);
  entry.text_open = true;
  text_event(place, names_of(kind).added, out, [&](json::Writer& writer) {
    writer.key("part");
    entry.item.texts.back().write(writer);
  });
}

void ItemStream::add_text(std::size_t place, std::string_view text, std::string_view logprobs,
                          std::string& out) {
  if (!keep(text.size() + logprobs.size())) return;
  OutputText& open = entries_[place].item.texts.back();
  open.text += text;
  std::string entries;
  if (!logprobs.empty()) {
    entries = logprob_entries(logprobs);
    open.add_logprobs(logprobs);
  }
  text_event(place, names_of(open.kind).delta, out, [&](json::Writer& writer) {
    writer.member("delta", text);
    if (open.kind == Kind::kText) writer.key("logprobs").raw("[" + entries + "]");
  });
}

void ItemStream::add_annotation(std::size_t place, std::string json, std::string& out) {
  OutputText& open = entries_[place].item.texts.back();
  text_event(place, "response.output_text.annotation.added", out, [&](json::Writer& writer) {
    writer.member("annotation_index", static_cast<std::int64_t>(open.annotations.size()));
    writer.key("annotation").raw(json);
  });
  open.annotations.push_back(std::move(json));
}

void ItemStream::close_text(std::size_t place, std::string& out) {
  if (!std::exchange(entries_[place].text_open, false)) return;
  const OutputText& text = entries_[place].item.texts.back();
  const TextNames& names = names_of(text.kind);
  text_event(place, names.done, out, [&](json::Writer& writer) {
    writer.member(names.text, text.text);
    if (text.kind == Kind::kText) writer.key("logprobs").raw("[" + text.logprobs + "]");
  });
  text_event(place, names.part_done, out, [&](json::Writer& writer) {
    writer.key("part");
    text.write(writer);
  });
}

void ItemStream::add_arguments(std::size_t place, std::string_view arguments, std::string& out) {
  if (!keep(arguments.size())) return;
  llm::ToolCallPart& call = entries_[place].item.call;
  call.arguments += arguments;
  item_event(place,
             call.custom ? "response.custom_tool_call_input.delta"
                         : "response.function_call_arguments.delta",
             out, [&](json::Writer& writer) { writer.member("delta", arguments); });
}

void ItemStream::close(std::size_t place, std::string_view status, std::string& out) {
  Entry& entry = entries_[place];
  if (!entry.open) return;
  close_text(place, out);
  if (entry.item.kind == OutputItem::Kind::kCall) {
    // Readers parse it, and OpenAI never leaves it empty.
    if (!entry.item.call.custom && entry.item.call.arguments.empty()) {
      add_arguments(place, "{}", out);
    }
    const llm::ToolCallPart& call = entry.item.call;
    item_event(place,
               call.custom ? "response.custom_tool_call_input.done"
                           : "response.function_call_arguments.done",
               out, [&](json::Writer& writer) {
                 if (!call.custom) writer.member("name", call.name);
                 writer.member(call.custom ? "input" : "arguments", call.arguments);
               });
  }
  entry.open = false;
  entry.status = status;
  event("response.output_item.done", out, [&](json::Writer& writer) {
    writer.member("output_index", static_cast<std::int64_t>(place)).key("item");
    entry.item.write(writer, status);
  });
}

void ItemStream::close_all(std::string_view status, std::string& out) {
  for (std::size_t place = 0; place < entries_.size(); ++place) close(place, status, out);
}

void ItemStream::write_output(json::Writer& writer, std::string_view open_status) const {
  for (const Entry& entry : entries_) {
    entry.item.write(writer, entry.open ? open_status : entry.status);
  }
}

}  // namespace bifrost::dialect::openai_responses
