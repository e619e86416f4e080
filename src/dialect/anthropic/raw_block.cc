#include "dialect/anthropic/raw_block.h"

#include "dialect/anthropic/tool_call.h"
#include "json/writer.h"

#include <algorithm>
#include <utility>

namespace bifrost::dialect::anthropic {

RawBlock::RawBlock(json::Value start)
    : type_(start["type"].string_or({})), start_(start.raw()), bytes_(start_.size()) {
  for (const json::Value member : start.children()) {
    // Texts may be continued by deltas.
    if (auto text = member.string(); text && member.key() != "type") {
      changes_.push_back({.key = member.key(), .is_text = true, .value = std::move(*text)});
    }
  }
}

void RawBlock::add(json::Value delta) {
  bytes_ += delta.raw().size();
  if (delta["type"].equals("input_json_delta")) {
    input_ += delta["partial_json"].string_or({});
    return;
  }
  for (const json::Value member : delta.children()) add_member(member);
}

void RawBlock::add_member(json::Value member) {
  std::string key = member.key();
  if (key == "type") return;
  auto change = std::ranges::find(changes_, key, &Change::key);
  if (change == changes_.end()) {
    if (member.is_null()) return;
    change = changes_.insert(change, {.key = std::move(key), .is_text = false, .value = {}});
    change->is_text = member.is_string();
  }
  if (auto text = member.string(); text && change->is_text) {
    change->value += *text;
  } else if (!member.is_null()) {
    *change = {.key = change->key, .is_text = false, .value = std::string(member.raw())};
  }
}

llm::RawPart RawBlock::finish() const {
  llm::RawPart part{.dialect = "anthropic", .type = type_, .json = {}};
  const auto start = json::Document::parse(start_);
  if (!start) return part;  // cannot be: it was cut out of a document
  json::Writer writer(part.json);
  writer.begin_object();
  const auto change_of = [this](const std::string& key) {
    return std::ranges::find(changes_, key, &Change::key);
  };
  const auto write_change = [&](const Change& change) {
    writer.key(change.key);
    if (change.is_text) {
      writer.string(change.value);
    } else {
      writer.raw(change.value);
    }
  };
  for (const json::Value member : start->root().children()) {
    const std::string key = member.key();
    const auto change = change_of(key);
    if (key == "input" && !input_.empty()) {
      writer.key(key).raw(tool_input(input_, false));
    } else if (change != changes_.end()) {
      write_change(*change);
    } else {
      writer.key(key).raw(member.raw());
    }
  }
  for (const Change& change : changes_) {
    if (!start->root()[change.key].exists()) write_change(change);
  }
  writer.end_object();
  return part;
}

}  // namespace bifrost::dialect::anthropic
