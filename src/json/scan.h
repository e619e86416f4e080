// The hot path: finds the members of a top-level object without looking into them.
//
// The values are skipped by structure (simdjson on-demand), so 400 KB of messages cost one SIMD
// pass and no objects. What is inside a value is not validated: the upstream will.
#pragma once

#include "base/result.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::json {

// Bytes that must be readable behind a text that is scanned in place.
inline constexpr std::size_t kScanPadding = 64;

// Makes room behind the text, so that `scan_members` can read it without a copy.
inline void reserve_padding(std::string& text) { text.reserve(text.size() + kScanPadding); }

struct Member {
  std::string_view key;    // between its quotes, escapes as they stand
  std::string_view value;  // exact bytes
};

// Reuses its buffers from call to call, but for those of texts beyond limits::kScratchKeptBytes: an
// index takes up to four times the text. One per worker, not thread-safe.
class Scanner {
 public:
  Scanner();
  ~Scanner();
  Scanner(const Scanner&) = delete;
  Scanner& operator=(const Scanner&) = delete;

  // The members of the object in `text`, in order, as views into it. `text` must have been given
  // to `reserve_padding`. The result is valid until the next call. Fails with kInvalidRequest when
  // the text is not one JSON object, or has more than limits::kTopMembersMax members, and with
  // kBusy without memory.
  Result<const std::vector<Member>*> scan_members(const std::string& text);

 private:
  struct Impl;
  Result<void> scan(const std::string& text);
  std::unique_ptr<Impl> impl_;
  std::vector<Member> members_;
};

}  // namespace bifrost::json
