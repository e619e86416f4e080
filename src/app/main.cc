#include "app/cli.h"

#include <string>
#include <vector>

int main(int count, char** arguments) {
  return bifrost::app::run_cli(std::vector<std::string>(arguments + 1, arguments + count));
}
