#include "fuzz/checks/checks.h"

#include "json/document.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>

namespace bifrost::fuzz {

std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return {};
  return {reinterpret_cast<const char*>(data), size};
}

Random decisions_for(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return Random(hash);
}

bool is_json(std::string_view text) { return json::Document::parse(text).has_value(); }

namespace {

bool repeats_names(json::Value value) {
  std::set<std::string> names;
  return std::ranges::any_of(value.children(), [&](json::Value child) {
    return (value.is_object() && !names.insert(child.key()).second) || repeats_names(child);
  });
}

}  // namespace

bool repeats_names(std::string_view json) {
  const auto document = json::Document::parse(json);
  return document && repeats_names(document->root());
}

std::vector<std::string_view> cut(std::string_view text, Random& random) {
  constexpr std::array<std::size_t, 4> kPieceBytesMax = {1, 3, 40, 4096};
  std::vector<std::string_view> pieces;
  const std::size_t longest = kPieceBytesMax.at(random.next() % kPieceBytesMax.size());
  while (!text.empty()) {
    const std::size_t length = std::min<std::size_t>(1 + random.next() % longest, text.size());
    pieces.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return pieces;
}

bool runs_through(std::string_view text, std::string_view longer) {
  for (const char c : longer) {
    if (!text.empty() && text.front() == c) text.remove_prefix(1);
  }
  return text.empty();
}

std::span<const dialect::Flavor> flavors() {
  using Rename = std::pair<std::string_view, std::string_view>;
  static constexpr std::array<std::string_view, 4> kRemoved = {"store", "seed", "metadata", "topK"};
  static constexpr std::array<Rename, 2> kRenamed = {Rename{"max_completion_tokens", "max_tokens"},
                                                     Rename{"temperature", "warmth"}};
  static constexpr std::array<dialect::Flavor, 3> kFlavors = {
      dialect::Flavor{},
      dialect::Flavor{.keeps_cache_control = true,
                      .injects_usage_option = false,
                      .developer_role = true,
                      .reasoning_object = true,
                      .reasoning_history = dialect::ReasoningHistory::kDetails},
      dialect::Flavor{.removed_fields = kRemoved,
                      .renamed_fields = kRenamed,
                      .named_tool_choice = false,
                      .required_choice = "any",
                      .minimal_effort = "low",
                      .user_bytes_max = 8,
                      .reasoning_history = dialect::ReasoningHistory::kContent},
  };
  return kFlavors;
}

}  // namespace bifrost::fuzz
