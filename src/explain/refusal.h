// An error as its caller would see it.
#pragma once

#include "base/error.h"
#include "exchange/surface.h"
#include "explain/explanation.h"

#include <string_view>

namespace bifrost::explain {

// `model` is what he asked for, where that is known.
[[nodiscard]] Refusal refusal_of(const Error& error, const exchange::Match& route,
                                 std::string_view model);

}  // namespace bifrost::explain
