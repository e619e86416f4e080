#include "tests/conformance/recordings.h"

#include "base/strings.h"
#include "http/sse/parser.h"
#include "json/document.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace bifrost::test {
namespace {

namespace fs = std::filesystem;

const dialect::Dialect* openai_chat() { return dialect::find("openai_chat"); }
const dialect::Dialect* responses() { return dialect::find("openai_responses"); }
const dialect::Dialect* anthropic() { return dialect::find("anthropic"); }
const dialect::Dialect* gemini() { return dialect::find("gemini"); }

// ---------------------------------------------------------------------------------------------
// Exchanges

struct Operation {
  const dialect::Dialect* dialect = nullptr;
  std::string path_model;
};

// "…/models/<model>:<verb>"
std::optional<std::pair<std::string, std::string_view>> model_and_verb(std::string_view path) {
  const auto begin = path.rfind("models/");
  const auto colon = path.rfind(':');
  if (begin == std::string_view::npos || colon == std::string_view::npos || colon < begin + 7) {
    return std::nullopt;
  }
  const std::string_view model = path.substr(begin + 7, colon - begin - 7);
  return std::pair{percent_decode(model).value_or(std::string(model)), path.substr(colon + 1)};
}

Operation operation_of(std::string_view target) {
  const std::string_view path = target.substr(0, target.find('?'));
  if (path.ends_with("/chat/completions")) return {openai_chat(), {}};
  if (path.ends_with("/responses")) return {responses(), {}};
  if (path.ends_with("/v1/messages")) return {anthropic(), {}};
  const auto named = model_and_verb(path);
  if (!named) return {};
  const auto& [model, verb] = *named;
  if (verb == "generateContent" || verb == "streamGenerateContent") return {gemini(), model};
  const bool claude = path.find("publishers/anthropic/") != std::string_view::npos;
  if (claude && (verb == "rawPredict" || verb == "streamRawPredict")) return {anthropic(), model};
  return {};
}

// The last word of a path that is no id: "converse", "embeddings", ":countTokens".
std::string operation_name(std::string_view target) {
  std::string_view path = target.substr(0, target.find('?'));
  if (const auto named = model_and_verb(path)) return std::string(named->second);
  std::string name = "files and other resources";
  for (const std::string_view segment : split(path, '/')) {
    const bool word = segment.find_first_of("0123456789.") == std::string_view::npos;
    if (word && !segment.empty()) name = segment;
  }
  return name;
}

bool looks_like_stream(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] != '{' && text[first] != '[' &&
         text[first] != '<';
}

void add_exchange(const std::string& name, json::Value exchange, Recordings& all) {
  const std::string path = exchange["path"].string_or("");
  Operation operation = operation_of(path);
  if (!iequals(exchange["method"].string_or(""), "POST") || operation.dialect == nullptr) {
    ++all.left_out["another operation: " + operation_name(path)];
    return;
  }
  const auto answer = exchange["response_text"].string();
  const auto request = exchange["request_text"].string();
  if (!answer || !request) {
    ++all.left_out["no text"];
    return;
  }
  all.fitting.push_back({.name = name,
                         .host = exchange["host"].string_or(""),
                         .dialect = operation.dialect,
                         .path_model = std::move(operation.path_model),
                         .request = *request,
                         .answer = *answer,
                         .status = static_cast<int>(exchange["status"].integer().value_or(0)),
                         .stream = looks_like_stream(*answer)});
}

void add_exchanges(const fs::path& file, Recordings& all) {
  std::ifstream lines(file, std::ios::binary);
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    const auto document = json::Document::parse(line);
    if (!document) {
      ++all.left_out["a line that is no JSON"];
      continue;
    }
    const json::Value root = document->root();
    add_exchange(
        file.filename().string() + ":" + std::to_string(number) + " " + root["id"].string_or(""),
        root, all);
  }
}

// ---------------------------------------------------------------------------------------------
// Answers without their requests

const dialect::Dialect* dialect_of_answer(json::Value answer) {
  if (answer["choices"].is_array() && answer["choices"].at(0)["message"].is_object()) {
    return openai_chat();
  }
  if (answer["object"].equals("response")) return responses();
  if (answer["type"].equals("message") && answer["content"].is_array()) return anthropic();
  if (answer["candidates"].is_array()) return gemini();
  return nullptr;
}

void add_answer(const fs::path& file, Recordings& all) {
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto document = json::Document::parse(text);
  const dialect::Dialect* dialect = document ? dialect_of_answer(document->root()) : nullptr;
  if (dialect == nullptr) {
    ++all.left_out["another operation: an answer"];
    return;
  }
  all.fitting.push_back({.name = file.filename().string(), .dialect = dialect, .answer = text});
}

const dialect::Dialect* dialect_of_payload(json::Value payload) {
  if (payload["choices"].is_array() && payload["object"].string_or("") != "text_completion") {
    return openai_chat();
  }
  if (payload["type"].equals("message_start")) return anthropic();
  if (payload["type"].equals("response.created")) return responses();
  if (payload["candidates"].is_array()) return gemini();
  return nullptr;
}

// Payloads, one a line, become the events that they were. A file may hold several streams.
class StreamFile {
 public:
  StreamFile(std::string name, Recordings& all) : name_(std::move(name)), all_(all) {}

  void line(const std::string& text) {
    const auto document = json::Document::parse(text);
    if (!document) return;
    const json::Value payload = document->root();
    if (payload["type"].equals("message_start") || payload["type"].equals("response.created")) {
      close();
    }
    if (dialect_ == nullptr) dialect_ = dialect_of_payload(payload);
    if (dialect_ == nullptr) return;
    const bool typed = dialect_ == anthropic() || dialect_ == responses();
    http::sse::append_event(bytes_, typed ? payload["type"].string_or("") : "", text);
  }

  void close() {
    if (dialect_ == openai_chat()) http::sse::append_event(bytes_, "", "[DONE]");
    if (dialect_ != nullptr) {
      all_.fitting.push_back({.name = name_ + "#" + std::to_string(number_++),
                              .dialect = dialect_,
                              .answer = std::move(bytes_),
                              .stream = true});
    }
    bytes_.clear();
    dialect_ = nullptr;
  }

  [[nodiscard]] bool empty() const { return number_ == 0; }

 private:
  std::string name_;
  Recordings& all_;
  const dialect::Dialect* dialect_ = nullptr;
  std::string bytes_;
  int number_ = 0;
};

void add_stream(const fs::path& file, Recordings& all) {
  std::ifstream lines(file, std::ios::binary);
  StreamFile streams(file.filename().string(), all);
  for (std::string line; std::getline(lines, line);) streams.line(line);
  streams.close();
  if (streams.empty()) ++all.left_out["another operation: a stream"];
}

}  // namespace

fs::path recorded_folder() {
  if (const char* named = std::getenv("BIFROST_RECORDED_DIR")) return named;
  return "../shared/recorded";
}

Recordings load_recordings(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  Recordings all;
  for (const fs::path& file : files) {
    const std::string name = file.string();
    if (name.ends_with(".jsonl")) {
      add_exchanges(file, all);
    } else if (name.ends_with(".chunks.txt")) {
      add_stream(file, all);
    } else if (name.ends_with(".json")) {
      add_answer(file, all);
    }
  }
  return all;
}

}  // namespace bifrost::test
