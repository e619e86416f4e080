// The events of a stream that tell of items: each is added, gets its pieces and is done, and what
// is done says again what its pieces have said.
//
// All of the answer is kept, for the last event repeats it: as much memory as was streamed.
#pragma once

#include "dialect/openai_responses/functions.h"
#include "dialect/openai_responses/output_item.h"
#include "dialect/stream.h"
#include "json/writer.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost::dialect::openai_responses {

// Of an answer that is kept, for its last event repeats all of it. Beyond that it ends as one that
// was cut.
inline constexpr std::size_t kKeptBytesMax = std::size_t{8} << 20;

class ItemStream {
 public:
  // Item ids are made from the response's.
  void name(std::string response_id) { response_id_ = std::move(response_id); }

  // One event; `write` appends the members behind type and number.
  template <class Write>
  void event(std::string_view type, std::string& out, Write write) {
    std::string data;
    json::Writer writer(data);
    writer.begin_object().member("type", type);
    writer.member("sequence_number", static_cast<std::int64_t>(events_));
    write(writer);
    writer.end_object();
    ++events_;
    append(type, std::move(data), out);
  }
  // One whose data is written elsewhere, with its number.
  void raw_event(std::string_view type, std::string data, std::string& out) {
    ++events_;
    append(type, std::move(data), out);
  }
  [[nodiscard]] std::uint64_t events() const { return events_; }

  // The place of the new item; nothing when there are too many. `own_id` is used when it is not
  // empty and not used yet. A foreign item or an image comes with its `json`.
  std::optional<std::size_t> open(OutputItem item, std::string_view own_id, std::string& out);
  void close(std::size_t place, std::string_view status, std::string& out);
  void close_all(std::string_view status, std::string& out);
  [[nodiscard]] bool is_open(std::size_t place) const { return entries_[place].open; }
  [[nodiscard]] const OutputItem& item(std::size_t place) const { return entries_[place].item; }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

  // A text of a message or a reasoning item, which closes the one before it.
  void open_text(std::size_t place, OutputText::Kind kind, std::string& out);
  void close_text(std::size_t place, std::string& out);
  // Of the text that is open.
  void add_text(std::size_t place, std::string_view text, std::string_view logprobs,
                std::string& out);
  void add_annotation(std::size_t place, std::string json, std::string& out);

  void add_arguments(std::size_t place, std::string_view arguments, std::string& out);
  void set_encrypted(std::size_t place, std::string encrypted) {
    entries_[place].item.encrypted = std::move(encrypted);
  }

  // Was something left out, since there were too many items or too many bytes of them?
  [[nodiscard]] bool cut() const { return cut_; }

  // Appends the elements of `output`; what is still open has the status that is given.
  void write_output(json::Writer& writer, std::string_view open_status) const;

 private:
  struct Entry {
    OutputItem item;
    std::string_view status = "in_progress";
    bool open = true;
    bool text_open = false;
    std::int64_t summaries = 0;  // of its texts
    std::int64_t others = 0;
  };

  // Is there room for so much more of the answer? Not once something had none.
  bool keep(std::size_t bytes);

  static void append(std::string_view type, std::string data, std::string& out);
  // An event about the text that is open, or about the item when it has none.
  template <class Write>
  void text_event(std::size_t place, std::string_view type, std::string& out, Write write);
  template <class Write>
  void item_event(std::size_t place, std::string_view type, std::string& out, Write write);

  std::string response_id_;
  std::uint64_t events_ = 0;
  std::vector<Entry> entries_;
  std::set<std::string, std::less<>> ids_;
  std::size_t kept_ = 0;
  bool cut_ = false;
};

}  // namespace bifrost::dialect::openai_responses
