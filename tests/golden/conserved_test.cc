// Nothing of a caller's request vanishes unsaid: for each ordered pair of chat codecs, every value
// that the caller wrote is in the outgoing body, or named as dropped, or the reason of a refusal
// that kRefusedRows expects.
//
// The values are read out of the bodies in kRows: a new line in one of them is a new claim. A value
// is looked for as it was written; where a dialect says it in other words, those stand in
// kOtherWords.
#include "base/strings.h"
#include "dialect/chat_codec.h"
#include "json/document.h"
#include "provider/provider.h"
#include "tests/golden/conserved_rows.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <span>

namespace bifrost::test {
namespace {

// What shapes a request and says nothing by itself. A member of a schema is no structure.
constexpr std::array kStructure =
    std::to_array<std::string_view>({"type", "role", "model", "stream", "include_usage",
                                     "document_index", "start_char_index", "end_char_index"});

constexpr std::array kModels = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"openai_chat", "gpt-4o"},
    {"openai_chat", "gpt-5.1"},
    {"openai_chat", "some-model"},
    {"openai_responses", "gpt-5.1"},
    {"openai_responses", "some-model"},
    {"anthropic", "claude-sonnet-4-0"},
    {"anthropic", "claude-opus-4-8"},
    {"anthropic", "some-model"},
    {"gemini", "gemini-2.0-flash"},
    {"gemini", "gemini-2.5-flash"},
    {"gemini", "gemini-3-pro-preview"},
});

// A value of the caller's body.
struct Leaf {
  std::string path;  // as Dropped writes it
  std::string key;   // of the innermost object
  std::string raw;
  std::vector<std::string> words;  // all are to be found; of a data: URL its type and its bytes
};

std::vector<std::string> words_of(json::Value value) {
  if (!value.is_string()) return {std::string(value.raw())};
  const std::string text = value.string_or({});
  if (const auto document = json::Document::parse(text); document && document->root().is_object()) {
    std::vector<std::string> words;
    for (const json::Value member : document->root().children()) {
      words.push_back(member.string_or(member.raw()));
    }
    return words;
  }
  const auto cut = split_once(text, ';');
  if (!text.starts_with("data:") || !cut) return {text};
  return {std::string(cut->first.substr(5)),
          std::string(cut->second.substr(cut->second.find(',') + 1))};
}

void collect(json::Value value, const std::string& path, const std::string& key,
             std::vector<Leaf>& out) {
  if (value.is_object()) {
    for (const json::Value member : value.children()) {
      const std::string name = member.key();
      collect(member, path.empty() ? name : fmt::format("{}.{}", path, name), name, out);
    }
  } else if (value.is_array()) {
    std::size_t index = 0;
    for (const json::Value item : value.children()) {
      collect(item, fmt::format("{}[{}]", path, index++), key, out);
    }
  } else if (std::ranges::find(kStructure, key) == kStructure.end()) {
    out.push_back({path, key, std::string(value.raw()), words_of(value)});
  }
}

// All scalars of a body, numbers as they were written and strings without their quotes.
std::vector<std::string> scalars(json::Value value) {
  if (!value.is_object() && !value.is_array()) return {value.string_or(value.raw())};
  std::vector<std::string> out;
  for (const json::Value child : value.children()) {
    for (std::string& each : scalars(child)) out.push_back(std::move(each));
  }
  return out;
}

bool is_signature(std::string_view name) {
  return name == "signature" || name == "thoughtSignature";
}

// Is `path` what was dropped, or inside of it?
bool is_named(std::string_view path, std::span<const std::string> dropped) {
  return std::ranges::any_of(dropped, [&](std::string_view name) {
    if (!name.empty() && path.starts_with(name)) {
      const std::string_view below = path.substr(name.size());
      return below.empty() || below.front() == '.' || below.front() == '[';
    }
    // One line says it for all markers, and for all signatures, of a conversation.
    return (name == "cache_control" && path.find(".cache_control.") != std::string_view::npos) ||
           (is_signature(name) && path.ends_with(name));
  });
}

struct Pair {
  const Row* row;
  const dialect::Dialect* to;
};

bool is_said(const Leaf& leaf, const Pair& pair, std::string_view body,
             std::span<const std::string> said) {
  for (const OtherWords& other : kOtherWords) {
    const bool meant =
        other.from == pair.row->dialect && other.to == pair.to->name && other.path == leaf.path;
    if (meant && body.find(other.words) != std::string_view::npos) return true;
  }
  const bool text = leaf.raw.starts_with('"');
  return std::ranges::all_of(leaf.words, [&](const std::string& word) {
    if (word == "true" || word == "false") return false;  // true of what?
    return std::ranges::any_of(said, [&](const std::string& scalar) {
      return text ? scalar.find(word) != std::string::npos : scalar == word;
    });
  });
}

std::set<std::string> expected_refusals(const Pair& pair) {
  std::set<std::string> fields;
  for (const RefusedRow& each : kRefusedRows) {
    const bool meant =
        each.from == pair.row->dialect && each.row == pair.row->name && each.to == pair.to->name;
    if (meant) fields.emplace(each.field);
  }
  return fields;
}

class ConservedTest : public ::testing::TestWithParam<Pair> {
 protected:
  void SetUp() override {
    std::string body(GetParam().row->body);
    json::reserve_padding(body);
    const auto document = json::Document::parse(body);
    ASSERT_TRUE(document) << document.error().message;
    collect(document->root(), {}, {}, leaves_);
    auto request = dialect::find(GetParam().row->dialect)
                       ->chat->decode_request({.body = body, .path_model = "m"});
    ASSERT_TRUE(request) << request.error().message;
    request_ = *std::move(request);
  }

  // Adds to `lost_` what is neither said nor named for this target.
  void check(std::string_view target, const dialect::EncodeOptions& options) {
    const auto encoded = GetParam().to->chat->encode_request(request_, options);
    if (!encoded) {
      refused_.insert(encoded.error().param);
      return;
    }
    const auto document = json::Document::parse(encoded->body);
    ASSERT_TRUE(document) << target << ": " << encoded->body;
    const auto said = scalars(document->root());
    for (const Leaf& leaf : leaves_) {
      if (is_named(leaf.path, encoded->dropped.lost)) continue;
      if (is_said(leaf, GetParam(), encoded->body, said)) continue;
      if (!lost_.insert(leaf.path).second) continue;
      ADD_FAILURE() << leaf.path << " = " << leaf.raw << " is lost on the way to " << target
                    << ":\nneither in the body " << encoded->body << "\nnor among the dropped ["
                    << fmt::format("{}", fmt::join(encoded->dropped.lost, ", ")) << "]";
    }
  }

  std::vector<Leaf> leaves_;
  llm::Request request_;
  std::set<std::string> lost_;     // each is told once
  std::set<std::string> refused_;  // fields for which a target refuses the whole
};

TEST_P(ConservedTest, EveryValueIsSaidOrNamed) {
  const dialect::Dialect* to = GetParam().to;
  for (const auto& [dialect, model] : kModels) {
    if (dialect != to->name) continue;
    for (const provider::ProviderSpec& spec : provider::all()) {
      for (const provider::SideSpec& side : spec.sides) {
        if (side.dialect != to) continue;
        check(fmt::format("{}/{}", spec.name, model), {.model = model, .flavor = side.flavor});
      }
    }
  }
  EXPECT_EQ(refused_, expected_refusals(GetParam())) << "correct the encoder, or kRefusedRows";
}

std::vector<Pair> pairs() {
  std::vector<Pair> out;
  for (const Row& row : kRows) {
    for (const dialect::Dialect* to : dialect::all()) {
      if (to->chat != nullptr && to->name != row.dialect) out.push_back({&row, to});
    }
  }
  return out;
}

INSTANTIATE_TEST_SUITE_P(Pairs, ConservedTest, ::testing::ValuesIn(pairs()), [](const auto& each) {
  return fmt::format("{}_{}_to_{}", each.param.row->dialect, each.param.row->name,
                     each.param.to->name);
});

// A new codec is asked for its rows.
TEST(ConservedRows, EveryCodecHasSome) {
  for (const dialect::Dialect* dialect : dialect::all()) {
    if (dialect->chat == nullptr) continue;
    EXPECT_NE(std::ranges::find(kRows, dialect->name, &Row::dialect), kRows.end())
        << "write rows of " << dialect->name << " in kRows";
    const auto is_model = [&](const auto& model) { return model.first == dialect->name; };
    EXPECT_TRUE(std::ranges::any_of(kModels, is_model))
        << "write models for " << dialect->name << " in kModels";
  }
}

}  // namespace
}  // namespace bifrost::test
