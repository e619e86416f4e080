#include "json/splice.h"

#include "base/assert.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace bifrost::json {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

void Splice::replace(std::string_view slice, std::string replacement) {
  BF_ASSERT(slice.data() >= text_.data() &&
            slice.data() + slice.size() <= text_.data() + text_.size());
  replace(static_cast<std::size_t>(slice.data() - text_.data()), slice.size(),
          std::move(replacement));
}

void Splice::replace(std::size_t offset, std::size_t length, std::string replacement) {
  BF_ASSERT(offset + length <= text_.size());
  edits_.push_back({offset, length, std::move(replacement), edits_.size() + 1});
}

void Splice::remove_member(std::size_t begin, std::size_t end) {
  BF_ASSERT(begin <= end && end <= text_.size());
  removals_.push_back({begin, end});
}

void Splice::remove_member(const Member& member) {
  const auto key = static_cast<std::size_t>(member.key.data() - text_.data());
  const auto value = static_cast<std::size_t>(member.value.data() - text_.data());
  remove_member(key - 1, value + member.value.size());
}

// Neighbours that go together are one run: it takes the comma behind it or, at the end of its
// container, the comma before it.
std::vector<Splice::Edit> Splice::removal_edits() const {
  std::vector<Removal> sorted = removals_;
  std::ranges::sort(sorted, {}, &Removal::begin);
  const auto skip_space = [&](std::size_t at) {
    while (at < text_.size() && is_space(text_[at])) ++at;
    return at;
  };
  std::vector<Edit> edits;
  for (std::size_t i = 0; i < sorted.size();) {
    std::size_t begin = sorted[i].begin;
    std::size_t end = sorted[i].end;
    std::size_t behind = skip_space(end);
    bool comma = behind < text_.size() && text_[behind] == ',';
    for (++i; comma && i < sorted.size() && skip_space(behind + 1) == sorted[i].begin; ++i) {
      end = sorted[i].end;
      behind = skip_space(end);
      comma = behind < text_.size() && text_[behind] == ',';
    }
    if (comma) {
      end = behind + 1;
    } else {
      std::size_t before = begin;
      while (before > 0 && is_space(text_[before - 1])) --before;
      if (before > 0 && text_[before - 1] == ',') begin = before - 1;
    }
    edits.push_back({begin, end - begin, {}, 0});
  }
  return edits;
}

std::string Splice::apply() const {
  std::vector<Edit> sorted = removal_edits();
  sorted.insert(sorted.end(), edits_.begin(), edits_.end());
  // What is inserted at a place stands before what is replaced or removed from there on.
  std::ranges::sort(sorted, {}, [](const Edit& edit) {
    return std::tuple(edit.offset, edit.length != 0, edit.order);
  });
  std::size_t added = 0;
  for (const Edit& edit : sorted) added += edit.replacement.size();

  std::string out;
  out.reserve(text_.size() + added);
  std::size_t at = 0;
  for (const Edit& edit : sorted) {
    BF_ASSERT(edit.offset >= at);
    out.append(text_, at, edit.offset - at);
    out += edit.replacement;
    at = edit.offset + edit.length;
  }
  out.append(text_, at);
  return out;
}

}  // namespace bifrost::json
