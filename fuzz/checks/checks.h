// What must hold of a dialect whatever bytes it is given. Each check aborts when it does not.
//
// The targets are one line each over these; the same checks run over the corpus in every build.
#pragma once

#include "base/random.h"
#include "dialect/dialect.h"
#include "dialect/flavor.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::fuzz {

[[nodiscard]] std::string_view text_of(const std::uint8_t* data, std::size_t size);

// Decisions that depend on the input alone, so that a finding repeats and seeds stay plain text.
[[nodiscard]] Random decisions_for(std::string_view text);
[[nodiscard]] bool is_json(std::string_view text);

// Does a name stand twice in one object? Then two readers may rightly disagree about its value.
[[nodiscard]] bool repeats_names(std::string_view json);

// `text` cut into pieces, by turns as single bytes, short pieces and long ones.
[[nodiscard]] std::vector<std::string_view> cut(std::string_view text, Random& random);

// Do the bytes of `text` stand in `longer`, in their order?
[[nodiscard]] bool runs_through(std::string_view text, std::string_view longer);

// Flavors that between them do all that a flavor can ask for.
[[nodiscard]] std::span<const dialect::Flavor> flavors();

// A request is either refused or understood; what was understood can be written in every dialect,
// is JSON there, and is understood again.
void check_request(const dialect::Dialect& dialect, std::string_view text);
// The same for a whole answer; the tap agrees with the decoder.
void check_response(const dialect::Dialect& dialect, std::string_view text);
// A stream says the same however it is cut; the tap agrees; it can be written in every dialect, is
// legal there, and says the same text again.
void check_stream(const dialect::Dialect& dialect, std::string_view text);
// An error's body becomes an error with a status, which can be written in every dialect.
void check_error(const dialect::Dialect& dialect, std::string_view text);
// The same-dialect way changes what it must and no other byte.
void check_edit(const dialect::Dialect& dialect, std::string_view text);

}  // namespace bifrost::fuzz
