// Takes a secret out of a text of somebody else.
#pragma once

#include <string>
#include <string_view>

namespace bifrost {

// `text` with every part that shows the secret, or so many bytes of it in a row that they are no
// coincidence, replaced by "***". What a provider has masked itself is left as it is.
[[nodiscard]] std::string masked(std::string text, std::string_view secret);

}  // namespace bifrost
