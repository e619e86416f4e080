#include "config/document.h"

#include "base/limits.h"
#include "base/strings.h"

#include <cerrno>
#include <fstream>
#include <set>
#include <system_error>
#include <utility>

namespace bifrost::config {
namespace {

// Some editors begin a file with it.
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// JSON leaves open what a key that stands twice means; here it is a mistake, wherever it stands.
void report_duplicate_keys(json::Value value, Path& path, Problems& problems) {
  std::set<std::string> seen;
  std::size_t index = 0;
  const bool is_object = value.is_object();
  for (const json::Value child : value.children()) {
    const std::string key = is_object ? child.key() : std::string();
    if (is_object && !seen.insert(key).second) {
      problems.add(path.member(key), "the key stands twice in this object");
    }
    const auto step = is_object ? path.enter(key) : path.enter(index++);
    report_duplicate_keys(child, path, problems);
  }
}

// What is wrong with the text as a whole; empty: nothing.
std::string text_problem(std::string_view text) {
  if (text.size() > limits::kConfigBytesMax) {
    return "larger than " + std::to_string(limits::kConfigBytesMax) + " bytes";
  }
  return trim(text).empty() ? "the file is empty; the smallest configuration is {}" : "";
}

}  // namespace

std::optional<json::Document> parse_document(std::string_view text, Problems& problems) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (std::string problem = text_problem(text); !problem.empty()) {
    problems.add({}, std::move(problem));
    return std::nullopt;
  }
  auto document = json::Document::parse(text);
  if (!document) {
    problems.add({}, document.error().message);
    return std::nullopt;
  }
  if (!document->root().is_object()) {
    problems.add({}, "expected an object, got " + std::string(type_name(document->root().type())));
    return std::nullopt;
  }
  Path path;
  report_duplicate_keys(document->root(), path, problems);
  return *std::move(document);
}

Result<std::string> read_config_file(const std::string& path) {
  const auto failed = [&](std::string_view why) {
    return gateway_error(ErrorCode::kConfigInvalid,
                         "cannot read " + path + ": " + std::string(why));
  };
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return failed(std::generic_category().message(errno));
  // One byte more than allowed, to tell a file that is too large.
  std::string text(limits::kConfigBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) return failed(std::generic_category().message(errno));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > limits::kConfigBytesMax) {
    return failed("larger than " + std::to_string(limits::kConfigBytesMax) + " bytes");
  }
  return text;
}

}  // namespace bifrost::config
