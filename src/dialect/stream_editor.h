// A passing stream on its way to the caller: whole events, with the edits that the tap has found.
//
// All other bytes are the provider's, and the same however they were cut into packets. An event is
// handed on when it is whole; up to then it is held, at most limits::kStreamEventBytesMax of it. So
// nothing is written into the middle of one, neither a sign of life nor an error. Pieces that end
// with an event and need no edit, nearly all, are not copied.
#pragma once

#include "dialect/tap.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost::dialect {

class StreamEditor {
 public:
  using ExtraFields = std::function<std::string(ChunkPlace chunk)>;

  // `extra_fields` gives the object for a chunk; null when the tap was not told to look for them.
  explicit StreamEditor(ExtraFields extra_fields) : extra_fields_(std::move(extra_fields)) {}

  // The bytes for the caller, now that the tap has seen `piece`; empty when half an event is all
  // there is. Valid until the next call, and no longer than the piece.
  std::string_view feed(std::string_view piece, StreamTap& tap);
  // What is left when the stream has ended well.
  std::string_view finish(StreamTap& tap);

 private:
  std::string_view advance(std::string_view piece, std::uint64_t until,
                           const std::vector<StreamEdit>& edits);
  void write_extra_fields(const StreamEdit& edit);

  ExtraFields extra_fields_;
  std::string held_;         // not handed on yet
  std::uint64_t given_ = 0;  // how many bytes of the stream stand before `held_`
  std::string out_;          // what was edited
  bool skip_lf_ = false;     // what was left out last ended with a CR: its LF goes too
};

}  // namespace bifrost::dialect
