#include "bench/load/frame_check.h"

#include <algorithm>
#include <optional>

namespace bifrost::bench {
namespace {

// Behind the blank line that ends the first frame; npos when it is not complete.
std::size_t frame_end(std::string_view bytes) {
  const auto lf = bytes.find("\n\n");
  const auto crlf = bytes.find("\r\n\r\n");
  if (lf == std::string_view::npos && crlf == std::string_view::npos) return lf;
  return lf < crlf ? lf + 2 : crlf + 4;
}

std::string_view without_line_ends(std::string_view frame) {
  while (frame.ends_with('\n') || frame.ends_with('\r')) frame.remove_suffix(1);
  return frame;
}

// The text of the data line; nothing when the frame has none, or has lines that are no field.
std::optional<std::string_view> data_of(std::string_view frame) {
  constexpr std::string_view kData = "data: ";
  std::string_view rest = without_line_ends(frame);
  if (rest.starts_with("event: ")) {
    const auto line_end = rest.find('\n');
    if (line_end == std::string_view::npos) return std::nullopt;
    rest.remove_prefix(line_end + 1);
  }
  if (!rest.starts_with(kData)) return std::nullopt;
  return rest.substr(kData.size());
}

bool is_whole(std::string_view data) {
  return data == "[DONE]" || (data.starts_with('{') && data.ends_with('}') &&
                              data.find('\n') == std::string_view::npos);
}

// A frame without what the gateway's own route adds to it; all else has to be the provider's.
std::string without_extra_fields(std::string_view frame) {
  const auto begin = frame.find(R"(,"extra_fields":{)");
  const auto end = begin == std::string_view::npos ? begin : frame.find('}', begin);
  if (end == std::string_view::npos) return std::string(frame);
  return std::string(frame.substr(0, begin)) + std::string(frame.substr(end + 1));
}

bool is_end(WireFormat format, std::string_view frame, std::string_view data) {
  switch (format) {
    case WireFormat::kOpenAi:
      return data == "[DONE]";
    case WireFormat::kAnthropic:
      return frame.starts_with("event: message_stop\n");
    case WireFormat::kGemini:
      return data.contains(R"("finishReason":)");
  }
  return false;
}

}  // namespace

void StreamFaults::add(const StreamFaults& other) {
  lost += other.lost;
  misplaced += other.misplaced;
  merged += other.merged;
  altered += other.altered;
  cut += other.cut;
  unfinished += other.unfinished;
}

void StreamCounts::add(const StreamCounts& other) {
  frames += other.frames;
  events += other.events;
  comments += other.comments;
  joined_chunks += other.joined_chunks;
}

FrameCheck::FrameCheck(const FrameCheckOptions& options, Histogram& delays)
    : options_(options), delays_(delays) {
  if (!options.exact) return;
  opening_ = opening_frames(options.format);
  closing_ = closing_frames(options.format, options.recipe);
}

void FrameCheck::feed(std::string_view bytes, bool chunk_ends, SteadyTime arrived) {
  held_ += bytes;
  std::string_view rest = held_;
  for (auto end = frame_end(rest); end != std::string_view::npos; end = frame_end(rest)) {
    frame(rest.substr(0, end), arrived);
    rest.remove_prefix(end);
  }
  held_.erase(0, held_.size() - rest.size());
  if (!chunk_ends) return;
  if (frames_of_chunk_ > 1) ++counts_.joined_chunks;
  frames_of_chunk_ = 0;
}

void FrameCheck::finish() {
  if (!held_.empty()) ++faults_.cut;
  if (!ended_) ++faults_.unfinished;
  faults_.lost += options_.recipe.events - std::min(next_event_, options_.recipe.events);
  held_ = {};
}

void FrameCheck::frame(std::string_view bytes, SteadyTime arrived) {
  if (bytes.starts_with(':')) {
    ++counts_.comments;
    return;
  }
  ++counts_.frames;
  const auto data = data_of(bytes);
  if (!data || !is_whole(*data)) {
    ++faults_.cut;
    return;
  }
  if (is_end(options_.format, bytes, *data)) ended_ = true;
  if (const auto mark_at = find_mark(bytes); mark_at != std::string_view::npos) {
    event(bytes, mark_at, arrived);
  } else if (options_.exact && !is_expected(bytes, nullptr)) {
    ++faults_.altered;
  }
}

void FrameCheck::event(std::string_view bytes, std::size_t mark_at, SteadyTime arrived) {
  ++counts_.events;
  ++frames_of_chunk_;
  if (find_mark(bytes, mark_at + 1) != std::string_view::npos) ++faults_.merged;
  const auto mark = parse_mark(bytes.substr(mark_at));
  if (!mark || !is_expected(bytes, &*mark)) ++faults_.altered;
  if (!mark) return;
  if (mark->number < next_event_) {
    ++faults_.misplaced;
    return;
  }
  faults_.lost += mark->number - next_event_;
  next_event_ = mark->number + 1;
  delays_.record(arrived.time_since_epoch() - mark->sent_at);
}

bool FrameCheck::is_expected(std::string_view bytes, const EventMark* mark) const {
  if (mark == nullptr) {
    const std::string frame = without_extra_fields(bytes);
    return std::ranges::find(opening_, frame) != opening_.end() ||
           std::ranges::find(closing_, frame) != closing_.end();
  }
  const std::string text = event_text(*mark, options_.recipe.event_bytes);
  if (!options_.exact) return bytes.contains(text + '"');
  std::string expected;
  append_frame(expected, options_.format, text);
  return bytes == expected;
}

}  // namespace bifrost::bench
