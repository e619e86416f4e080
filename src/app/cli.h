// The command line: `bifrost [serve] --host … --port …`, `bifrost validate`, `bifrost schema`,
// `bifrost ledger verify`, `bifrost config …`, `bifrost db …`, `bifrost health`, `bifrost version`.
// The original's single-dash spellings (`-port 8080`) work too.
#pragma once

#include <string>
#include <vector>

namespace bifrost::app {

// `arguments` without the program's name. The exit status.
int run_cli(std::vector<std::string> arguments);

// Every command with its options, as a page.
[[nodiscard]] std::string cli_reference();

}  // namespace bifrost::app
