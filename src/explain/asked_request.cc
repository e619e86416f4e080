#include "explain/asked_request.h"

#include "base/strings.h"
#include "base/try.h"
#include "json/document.h"
#include "json/scan.h"

#include <algorithm>
#include <array>
#include <utility>

namespace bifrost::explain {
namespace {

constexpr std::array<std::string_view, 4> kMembers = {"method", "path", "headers", "body"};

Error wrong(std::string_view field, std::string_view why) {
  return client_error(ErrorCode::kInvalidRequest, std::string(field).append(": ").append(why),
                      std::string(field));
}

bool is_name(std::string_view text) {
  constexpr std::string_view kToken =
      "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  return !text.empty() && text.find_first_not_of(kToken) == std::string_view::npos;
}

bool is_value(std::string_view text) {
  return std::ranges::none_of(text, [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
}

Result<void> add(std::string_view name, std::string_view value, http::Headers& headers) {
  if (!is_name(name)) return wrong("headers", "no header is called " + quoted(name));
  if (!is_value(value)) {
    return wrong("headers." + std::string(name), "a value has no control characters");
  }
  headers.add(name, trim(value));
  return {};
}

// A text, or `otherwise` where the member is not there.
Result<std::string> text_of(json::Value member, std::string_view name, std::string_view otherwise) {
  if (!member.is_set()) return std::string(otherwise);
  auto text = member.string();
  if (!text) return wrong(name, "must be a text");
  return *std::move(text);
}

Result<void> read_headers(json::Value given, http::Headers& headers) {
  if (!given.is_set()) return {};
  if (!given.is_object()) {
    return wrong("headers", R"(must be an object, such as {"x-bf-vk": "sk-bf-..."})");
  }
  for (const json::Value header : given.children()) {
    const auto value = header.string();
    if (!value) return wrong("headers." + header.key(), "must be a text");
    BF_TRY_VOID(add(header.key(), *value, headers));
  }
  return {};
}

// As it would stand on the wire.
std::string body_of(json::Value given) {
  if (!given.is_set()) return {};
  if (const auto text = given.string()) return *text;
  return std::string(given.raw());
}

}  // namespace

Result<void> add_header(std::string_view line, http::Headers& headers) {
  const auto parts = split_once(line, ':');
  if (!parts) return wrong("headers", quoted(line) + " must be written \"name: value\"");
  return add(parts->first, parts->second, headers);
}

Result<AskedRequest> read_asked_request(std::string_view text) {
  auto parsed = json::Document::parse(text);
  if (!parsed || !parsed->root().is_object()) {
    return client_error(ErrorCode::kInvalidRequest,
                        R"(the body must be a JSON object with the request: "path", "headers" and )"
                        R"("body", perhaps "method")");
  }
  const json::Value root = parsed->root();
  for (const json::Value member : root.children()) {
    const std::string name = member.key();
    if (std::ranges::find(kMembers, name) == kMembers.end()) {
      return wrong(name, "is not known here; there are method, path, headers and body");
    }
  }
  AskedRequest out;
  BF_TRY(out.head.method, text_of(root["method"], "method", "POST"));
  if (!is_name(out.head.method)) return wrong("method", "must be one of HTTP, such as POST");
  BF_TRY(out.head.target, text_of(root["path"], "path", ""));
  if (!out.head.target.starts_with('/') || !is_value(out.head.target)) {
    return wrong("path", "must be the path of the request, such as /v1/chat/completions");
  }
  BF_TRY_VOID(read_headers(root["headers"], out.head.headers));
  out.body = body_of(root["body"]);
  json::reserve_padding(out.body);
  return out;
}

}  // namespace bifrost::explain
