#include "dialect/stream_editor.h"

#include "base/assert.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace bifrost::dialect {
namespace {

constexpr std::size_t kKeptBytes = std::size_t{64} * 1024;  // a bigger buffer is given back

}  // namespace

std::string_view StreamEditor::feed(std::string_view piece, StreamTap& tap) {
  if (std::exchange(skip_lf_, skip_lf_ && piece.empty()) && piece.starts_with('\n')) {
    piece.remove_prefix(1);
    ++given_;
  }
  return advance(piece, tap.whole_bytes(), tap.take_edits());
}

std::string_view StreamEditor::finish(StreamTap& tap) {
  return advance({}, std::numeric_limits<std::uint64_t>::max(), tap.take_edits());
}

std::string_view StreamEditor::advance(std::string_view piece, std::uint64_t until,
                                       const std::vector<StreamEdit>& edits) {
  const std::uint64_t end = given_ + held_.size() + piece.size();
  if (held_.empty() && edits.empty() && until >= end) {
    given_ = end;
    return piece;
  }
  held_ += piece;
  out_.clear();
  if (out_.capacity() > kKeptBytes) std::string().swap(out_);
  if (edits.empty() && until >= end) {
    out_.swap(held_);
    given_ = end;
    return out_;
  }
  std::uint64_t at = given_;  // what stands before it has been judged
  const auto pass = [&](std::uint64_t to) {
    out_.append(held_, at - given_, to - at);
    at = to;
  };
  for (const StreamEdit& edit : edits) {
    BF_ASSERT(at <= edit.begin && edit.begin <= edit.end && edit.end <= end);
    pass(edit.begin);
    if (edit.kind == StreamEdit::Kind::kExtraFields) write_extra_fields(edit);
    at = edit.end;
    skip_lf_ = at == end && edit.kind == StreamEdit::Kind::kLeaveOut && held_.ends_with('\r');
  }
  pass(std::clamp(until, at, end));
  held_.erase(0, at - given_);
  given_ = at;
  return out_;
}

void StreamEditor::write_extra_fields(const StreamEdit& edit) {
  std::string object = extra_fields_(edit.chunk);
  // What a caller has sent may be in it; an event's data is kept on one line.
  std::ranges::replace(object, '\n', ' ');
  std::ranges::replace(object, '\r', ' ');
  if (edit.begin == edit.end) out_ += ",\"extra_fields\":";
  out_ += object;
}

}  // namespace bifrost::dialect
