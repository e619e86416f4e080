#include "json/scan.h"

#include "base/limits.h"
#include "base/try.h"
#include "json/document.h"

#include <simdjson.h>

#include <utility>

namespace bifrost::json {
namespace {

using simdjson::ondemand::json_type;

std::string_view without_trailing_space(std::string_view bytes) {
  while (!bytes.empty() && (bytes.back() == ' ' || bytes.back() == '\n' || bytes.back() == '\r' ||
                            bytes.back() == '\t')) {
    bytes.remove_suffix(1);
  }
  return bytes;
}

// Skips one value and returns its exact bytes.
simdjson::error_code skip_value(simdjson::ondemand::value value, std::string_view& bytes) {
  json_type type{};
  if (const auto error = value.type().get(type)) return error;
  switch (type) {
    case json_type::object: {
      simdjson::ondemand::object object;
      if (const auto error = value.get_object().get(object)) return error;
      return object.raw_json().get(bytes);
    }
    case json_type::array: {
      simdjson::ondemand::array array;
      if (const auto error = value.get_array().get(array)) return error;
      return array.raw_json().get(bytes);
    }
    default:
      break;
  }
  bytes = value.raw_json_token();
  // Consumes the token: one that was only looked at is skipped as if it were the name of a field,
  // and with it the fault in {"a":"b":1}.
  switch (type) {
    case json_type::string:
      return value.get_raw_json_string().error();
    case json_type::boolean:
      return value.get_bool().error();
    case json_type::null:
      return value.is_null().error();
    default:
      return simdjson::SUCCESS;
  }
}

// A second look, by whom can say where the fault is.
Error not_an_object(std::string_view text) {
  std::string message = "the body is not a JSON object";
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    message = "the body is empty; a JSON object is wanted";
  } else if (const auto document = Document::parse(text); !document) {
    message = "the body is " + document.error().message;
  } else if (!document->root().is_object()) {
    message =
        "the body must be a JSON object, not " + std::string(type_name(document->root().type()));
  }
  return client_error(ErrorCode::kInvalidRequest, std::move(message));
}

// Nobody's fault but ours.
Error no_memory() {
  return gateway_error(ErrorCode::kBusy, "there is no memory to read the body; try again");
}

Error too_many_members() {
  return client_error(
      ErrorCode::kInvalidRequest,
      "the body has more than " + std::to_string(limits::kTopMembersMax) + " members at its top");
}

}  // namespace

struct Scanner::Impl {
  simdjson::ondemand::parser parser;
};

// simdjson chooses its code for this processor when it is used first. That needs memory, and is
// asked from where nothing may fail: so it is done here.
Scanner::Scanner() : impl_(std::make_unique<Impl>()) {
  static_cast<void>(simdjson::get_active_implementation()->name());
}
Scanner::~Scanner() = default;

Result<const std::vector<Member>*> Scanner::scan_members(const std::string& text) {
  auto scanned = scan(text);
  if (text.size() > limits::kScratchKeptBytes) impl_ = std::make_unique<Impl>();
  BF_TRY_VOID(std::move(scanned));
  return &members_;
}

Result<void> Scanner::scan(const std::string& text) {
  members_.clear();
  simdjson::ondemand::document document;
  const auto begun = impl_->parser.iterate(text.data(), text.size(), text.capacity()).get(document);
  if (begun == simdjson::MEMALLOC) return no_memory();
  if (begun != simdjson::SUCCESS) return not_an_object(text);
  simdjson::ondemand::object object;
  if (document.get_object().get(object) != simdjson::SUCCESS) return not_an_object(text);
  for (auto field_result : object) {
    simdjson::ondemand::field field;
    if (std::move(field_result).get(field) != simdjson::SUCCESS) return not_an_object(text);
    const char* key = field.key().raw();
    const char* key_end = key;
    while (*key_end != '"') key_end += *key_end == '\\' ? 2 : 1;
    std::string_view bytes;
    if (skip_value(field.value(), bytes) != simdjson::SUCCESS) return not_an_object(text);
    if (members_.size() == limits::kTopMembersMax) return too_many_members();
    members_.push_back(
        {{key, static_cast<std::size_t>(key_end - key)}, without_trailing_space(bytes)});
  }
  // Behind the object there is no next token to stand at.
  if (document.current_location().error() == simdjson::SUCCESS) {
    return not_an_object(text);
  }
  return {};
}

}  // namespace bifrost::json
