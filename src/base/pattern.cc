#include "base/pattern.h"

#include "base/strings.h"

#include <re2/re2.h>

#include <string>
#include <utility>

namespace bifrost {

Result<Pattern> Pattern::compile(std::string_view expression, Case letters) {
  if (expression.size() > kBytesMax) {
    return client_error(ErrorCode::kInvalidRequest, "a pattern may have at most " +
                                                        std::to_string(kBytesMax) +
                                                        " bytes: " + quoted(expression));
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMemoryMax);
  options.set_case_sensitive(letters == Case::kExact);
  auto made = std::make_shared<const re2::RE2>(
      re2::StringPiece(expression.data(), expression.size()), options);
  if (made->ok()) return Pattern(std::move(made));
  return client_error(ErrorCode::kInvalidRequest,
                      "the pattern " + quoted(expression) + " is none: " + made->error());
}

bool Pattern::found_in(std::string_view text) const {
  return re2::RE2::PartialMatch({text.data(), text.size()}, *expression_);
}

bool Pattern::matches(std::string_view text) const {
  return re2::RE2::FullMatch({text.data(), text.size()}, *expression_);
}

}  // namespace bifrost
