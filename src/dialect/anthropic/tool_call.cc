#include "dialect/anthropic/tool_call.h"

#include "base/strings.h"
#include "json/document.h"
#include "json/writer.h"

#include <algorithm>
#include <utility>

namespace bifrost::dialect::anthropic {
namespace {

constexpr std::string_view kEncoded = "bfx_";
constexpr std::string_view kSignature = "_bfsig_";

bool fits(std::string_view id) {
  return !id.empty() && !id.starts_with(kEncoded) && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

std::string base64url(std::string_view bytes) {
  std::string text = base64_encode(bytes);
  while (text.ends_with('=')) text.pop_back();
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return text;
}

}  // namespace

std::string wire_tool_id(std::string_view id, std::string_view signature) {
  std::string wire = fits(id) ? std::string(id) : std::string(kEncoded) + base64url(id);
  if (!signature.empty()) {
    wire += kSignature;
    wire += base64url(signature);
  }
  return wire;
}

ToolId hub_tool_id(std::string_view wire) {
  ToolId result;
  if (const auto at = wire.find(kSignature); at != std::string_view::npos) {
    if (auto signature = base64_decode(wire.substr(at + kSignature.size()))) {
      result.signature = std::move(*signature);
      wire = wire.substr(0, at);
    }
  }
  if (wire.starts_with(kEncoded)) {
    if (auto id = base64_decode(wire.substr(kEncoded.size()))) {
      result.id = std::move(*id);
      return result;
    }
  }
  result.id = wire;
  return result;
}

std::string tool_input(std::string_view arguments, bool custom) {
  const std::string_view text = trim(arguments);
  if (!custom) {
    if (text.empty()) return "{}";
    if (auto document = json::Document::parse(text)) {
      if (document->root().is_object()) return std::string(text);
      return "{\"input\":" + std::string(document->root().raw()) + "}";
    }
  }
  return "{\"input\":" + json::quoted(arguments) + "}";
}

}  // namespace bifrost::dialect::anthropic
