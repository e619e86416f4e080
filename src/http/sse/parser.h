// Server-sent events out of bytes, cut in any way.
//
// Source: WHATWG HTML, section 9.2 (event stream interpretation). LF, CR and CRLF end a line, a
// BOM at the start is skipped, comments are dropped, several data lines are joined by LF. Other
// than there, an event without data is delivered when it has a type, and what stands unfinished at
// the end of the stream can be asked for with `flush`: some providers forget the last blank line.
//
// Bound: one event holds at most `event_bytes_max`; beyond, `feed` fails for good.
// Not thread-safe.
#pragma once

#include "base/limits.h"
#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::http::sse {

struct Event {
  std::string type;  // of the `event:` field; empty: none
  std::string data;

  // Where it stands, in bytes from the beginning of the stream. An LF that comes in the next piece
  // than its CR is not counted.
  std::uint64_t begin = 0;     // of its first line that is no comment
  std::uint64_t data_end = 0;  // of its last data line, without the line end
  std::uint64_t end = 0;       // behind its blank line

  // By what it says, wherever it stands.
  bool operator==(const Event& other) const { return type == other.type && data == other.data; }
};

class Parser {
 public:
  explicit Parser(std::size_t event_bytes_max = limits::kStreamEventBytesMax)
      : event_bytes_max_(event_bytes_max) {}

  // Appends the events that these bytes complete. Fails with kUpstreamProtocol.
  Result<void> feed(std::string_view bytes, std::vector<Event>& out);

  // The stream has ended: appends an event that only lacks its blank line.
  void flush(std::vector<Event>& out);

  // Empties `events` when they are used; the memory of one goes into the next event.
  void recycle(std::vector<Event>& events);

  // Comment lines so far: some providers send them as a sign of life.
  [[nodiscard]] std::size_t comments() const { return comments_; }
  // Lines that are no field, the first limits::kErrorBodyBytesMax of them: Google breaks a stream
  // off with an error as bare JSON.
  [[nodiscard]] std::string_view stray() const { return stray_; }
  // How many bytes were fed, and how many of them stand before what is not complete: half an event,
  // or a line without its end.
  [[nodiscard]] std::uint64_t fed() const { return fed_; }
  [[nodiscard]] std::uint64_t complete() const {
    if (inside_block_) return event_.begin;
    return fed_ - line_.size();
  }
  // Is part of an event held?
  [[nodiscard]] bool inside_event() const { return has_field_ || !line_.empty(); }

 private:
  // `begin` is where the line stands, `next` what follows its end.
  void line(std::string_view text, std::uint64_t begin, std::uint64_t next,
            std::vector<Event>& out);
  void field(std::string_view text, std::uint64_t begin);
  void dispatch(std::uint64_t end, std::vector<Event>& out);
  [[nodiscard]] Error too_large() const;

  std::size_t event_bytes_max_;
  std::string line_;  // an unfinished line
  Event event_;       // the event being collected
  bool has_data_ = false;
  bool has_field_ = false;
  bool inside_block_ = false;  // a line that is no comment came since the last blank one
  std::uint64_t fed_ = 0;      // bytes of the feeds before this one
  bool skip_lf_ = false;       // the last byte was CR: an LF that follows belongs to it
  bool start_ = true;          // no line has been seen: a BOM may come
  bool failed_ = false;        // the bound was passed; nothing is read any more
  std::size_t comments_ = 0;
  std::string stray_;
};

// One event as bytes, with its blank line. `data` with line breaks becomes several data lines.
void append_event(std::string& out, std::string_view type, std::string_view data);
// A comment, which readers skip; its line breaks become spaces.
void append_comment(std::string& out, std::string_view text);

}  // namespace bifrost::http::sse
