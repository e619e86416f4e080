// Walks the cases below tests/golden and compares what the dialects write with what was reviewed.
#include "base/strings.h"
#include "dialect/chat_codec.h"
#include "json/document.h"
#include "provider/provider.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

namespace bifrost::test {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kRoot = "tests/golden";

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// ---------------------------------------------------------------------------------------------
// JSON that can be read: one member a line, every scalar as it was written.

void append_pretty(json::Value value, std::size_t depth, std::string& out) {
  if ((!value.is_object() && !value.is_array()) || value.size() == 0) {
    out += value.raw();
    return;
  }
  const std::string indent((depth + 1) * 2, ' ');
  std::string_view separator = "\n";
  out += value.is_object() ? '{' : '[';
  for (const json::Value child : value.children()) {
    out += separator;
    out += indent;
    if (value.is_object()) out += '"' + child.key() + "\": ";
    append_pretty(child, depth + 1, out);
    separator = ",\n";
  }
  out += '\n' + std::string(depth * 2, ' ') + (value.is_object() ? '}' : ']');
}

std::string pretty(const std::string& text) {
  const auto document = json::Document::parse(text);
  if (!document) return "NOT JSON: " + document.error().message + "\n" + text;
  std::string out;
  append_pretty(document->root(), 0, out);
  return out + '\n';
}

// ---------------------------------------------------------------------------------------------
// A case

// "openai_chat.429.error.json" is openai_chat, 429, error.json.
struct InputName {
  const dialect::Dialect* dialect = nullptr;
  int status = 200;
  std::string kind;
};

InputName input_name(std::string_view file) {
  const auto [name, rest] = split_once(file, '.').value_or(std::pair{file, std::string_view{}});
  InputName input{.dialect = dialect::find(name), .kind = std::string(rest)};
  const auto with_status = split_once(rest, '.');
  if (with_status && parse_int(with_status->first)) {
    input.status = static_cast<int>(*parse_int(with_status->first));
    input.kind = with_status->second;
  }
  return input;
}

struct Target {
  const dialect::Dialect* dialect = nullptr;
  const provider::ProviderSpec* provider = nullptr;
  std::string model;
};

struct Case {
  fs::path folder;
  InputName input;
  std::string text;
  std::vector<Target> targets;  // every other dialect
};

using Files = std::map<std::string, std::string>;  // by name, what is expected to be in them

Target target_of(const dialect::Dialect& dialect, std::string_view provider_and_model) {
  const auto [provider, model] = split_once(provider_and_model, '/')
                                     .value_or(std::pair{provider_and_model, provider_and_model});
  return {&dialect, provider::find(provider), std::string(model)};
}

std::map<std::string, std::string> target_names(const fs::path& folder) {
  std::map<std::string, std::string> names = {{"openai_chat", "openai/gpt-5.1"},
                                              {"openai_responses", "openai/gpt-5.1"},
                                              {"anthropic", "anthropic/claude-sonnet-4-5"},
                                              {"gemini", "gemini/gemini-3-pro-preview"}};
  const std::string text = read_file(folder / "targets.txt");
  for (const std::string_view line : split(text, '\n')) {
    const auto named = split_once(line, ' ');
    if (named) names[std::string(named->first)] = trim(named->second);
  }
  return names;
}

// The one that speaks the target's dialect.
const provider::SideSpec& side_of(const Target& target) {
  const auto& sides = target.provider->sides;
  const auto found = std::ranges::find(sides, target.dialect, &provider::SideSpec::dialect);
  return found == sides.end() ? target.provider->usual() : *found;
}

bool is_input(const fs::path& file) {
  return input_name(file.filename().string()).dialect != nullptr;
}

Case load_case(const fs::path& folder) {
  Case loaded{.folder = folder};
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (!is_input(entry.path())) continue;
    EXPECT_TRUE(loaded.text.empty()) << folder << " holds more than one input";
    loaded.input = input_name(entry.path().filename().string());
    loaded.text = read_file(entry.path());
  }
  EXPECT_FALSE(loaded.text.empty()) << folder << " holds no input";
  const auto names = target_names(folder);
  for (const dialect::Dialect* dialect : dialect::all()) {
    if (dialect == loaded.input.dialect) continue;
    const auto named = names.find(std::string(dialect->name));
    if (named == names.end()) {
      ADD_FAILURE() << "name a model of " << dialect->name << " in target_names";
      continue;
    }
    loaded.targets.push_back(target_of(*dialect, named->second));
    EXPECT_NE(loaded.targets.back().provider, nullptr) << named->second;
  }
  return loaded;
}

std::string file_for(const Target& target, std::string_view kind) {
  return fmt::format("to.{}.{}", target.dialect->name, kind);
}

// ---------------------------------------------------------------------------------------------
// The four operations

Files request_files(const Case& golden) {
  std::string body = golden.text;
  json::reserve_padding(body);
  const auto request =
      golden.input.dialect->chat->decode_request({.body = body, .path_model = "gemini-2.5-flash"});
  if (!request) return {{"refused.txt", request.error().message + "\n"}};
  Files files;
  std::string dropped;
  for (const Target& target : golden.targets) {
    const auto encoded = target.dialect->chat->encode_request(
        *request, {.model = target.model, .flavor = side_of(target).flavor});
    if (!encoded) {
      files[file_for(target, "refused.txt")] = encoded.error().message + "\n";
      continue;
    }
    files[file_for(target, "request.json")] = pretty(encoded->body);
    for (const std::string& path : encoded->dropped.lost) {
      dropped += fmt::format("{}: {}\n", target.dialect->name, path);
    }
    std::string headers;
    for (const http::Header& header : encoded->headers) {
      headers += fmt::format("{}: {}\n", header.name, header.value);
    }
    if (!headers.empty()) files[file_for(target, "headers.txt")] = headers;
  }
  if (!dropped.empty()) files["dropped.txt"] = dropped;
  return files;
}

dialect::AnswerContext answer_context() {
  return {.fallback_id = "fallback-id", .created = 1700000000, .include_usage = true};
}

Files response_files(const Case& golden) {
  const auto response = golden.input.dialect->chat->decode_response(golden.text);
  if (!response) return {{"refused.txt", response.error().message + "\n"}};
  Files files;
  for (const Target& target : golden.targets) {
    files[file_for(target, "response.json")] =
        pretty(target.dialect->chat->encode_response(*response, answer_context()));
  }
  return files;
}

Files stream_files(const Case& golden) {
  const auto decoder = golden.input.dialect->chat->make_stream_decoder();
  std::vector<llm::StreamEvent> events;
  decoder->feed(golden.text, events);
  decoder->finish(events);
  Files files;
  for (const Target& target : golden.targets) {
    const auto encoder = target.dialect->chat->make_stream_encoder(answer_context());
    std::string bytes;
    for (const llm::StreamEvent& event : events) encoder->event(event, bytes);
    std::erase(bytes, '\r');  // Gemini's lines end with CRLF; files of text do not
    files[file_for(target, "stream.txt")] = bytes;
  }
  return files;
}

Files error_files(const Case& golden) {
  const Error error = golden.input.dialect->family.decode_error(
      {.status = golden.input.status, .body = golden.text});
  Files files;
  for (const Target& target : golden.targets) {
    files[file_for(target, fmt::format("{}.error.json", error.status()))] =
        pretty(target.dialect->family.encode_error(error));
  }
  return files;
}

Files expected_files(const Case& golden) {
  if (golden.input.kind == "request.json") return request_files(golden);
  if (golden.input.kind == "response.json") return response_files(golden);
  if (golden.input.kind == "stream.txt") return stream_files(golden);
  if (golden.input.kind == "error.json") return error_files(golden);
  ADD_FAILURE() << golden.folder << ": unknown kind of input: " << golden.input.kind;
  return {};
}

// ---------------------------------------------------------------------------------------------

std::set<std::string> present_files(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!is_input(entry.path()) && name != "targets.txt") names.insert(name);
  }
  return names;
}

void rewrite(const Case& golden, const Files& files) {
  for (const std::string& name : present_files(golden.folder)) fs::remove(golden.folder / name);
  for (const auto& [name, text] : files) {
    std::ofstream(golden.folder / name, std::ios::binary) << text;
  }
}

void compare(const Case& golden, const Files& files) {
  std::set<std::string> present = present_files(golden.folder);
  for (const auto& [name, text] : files) {
    EXPECT_EQ(read_file(golden.folder / name), text) << name;
    present.erase(name);
  }
  for (const std::string& name : present) ADD_FAILURE() << name << " is written no more";
}

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& operation : fs::directory_iterator(kRoot, error)) {
    if (!operation.is_directory()) continue;
    for (const auto& folder : fs::directory_iterator(operation.path())) {
      names.push_back(operation.path().filename().string() + "/" +
                      folder.path().filename().string());
    }
  }
  std::ranges::sort(names);
  return names;
}

// What a row of the table of dialects is asked for: errors of its family, and the kinds of each
// codec that it has. Another codec does not compile here until it stands in this list.
std::vector<std::string_view> kinds_of(const dialect::Dialect& dialect) {
  const auto& [name, family, chat] = dialect;
  std::vector<std::string_view> kinds = {"error.json"};
  if (chat != nullptr) kinds.insert(kinds.end(), {"request.json", "response.json", "stream.txt"});
  return kinds;
}

TEST(GoldenCases, EveryCodecHasSomeOfEachKind) {
  std::set<std::string> present;
  for (const std::string& name : case_names()) {
    const InputName input = load_case(fs::path(kRoot) / name).input;
    if (input.dialect != nullptr)
      present.insert(fmt::format("{}.{}", input.dialect->name, input.kind));
  }
  for (const dialect::Dialect* dialect : dialect::all()) {
    for (const std::string_view kind : kinds_of(*dialect)) {
      EXPECT_TRUE(present.contains(fmt::format("{}.{}", dialect->name, kind)))
          << "no golden case of " << dialect->name << " is a " << kind;
    }
  }
}

class GoldenTest : public ::testing::TestWithParam<std::string> {};

TEST_P(GoldenTest, IsWrittenAsReviewed) {
  const Case golden = load_case(fs::path(kRoot) / GetParam());
  if (HasFailure()) return;
  const Files files = expected_files(golden);
  if (std::getenv("BIFROST_UPDATE_GOLDEN") != nullptr) {
    rewrite(golden, files);
  } else {
    compare(golden, files);
  }
}

std::string test_name(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::ranges::replace(name, '/', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Cases, GoldenTest, ::testing::ValuesIn(case_names()), test_name);

}  // namespace
}  // namespace bifrost::test
