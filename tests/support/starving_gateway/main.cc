// The gateway as it is, but for its operator new: a test says when that fails, on any thread.
#include "app/cli.h"
#include "tests/support/starving_gateway/shared_shortage.h"

#include <cstdlib>
#include <string>
#include <vector>

int main(int count, char** arguments) {
  using namespace bifrost;
  const char* const path = ::getenv(test::kShortageVariable);
  if (path == nullptr) return 3;
  test::SharedShortage shortage(path);
  test::suffer_by_default(shortage.get());
  return app::run_cli(std::vector<std::string>(arguments + 1, arguments + count));
}
