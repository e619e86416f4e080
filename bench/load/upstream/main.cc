// The fake provider as a program. Prints its port as soon as it listens; ends with SIGTERM, or when
// the program that started it is gone.
#include "bench/load/poller.h"
#include "bench/load/socket.h"
#include "bench/load/upstream/provider.h"

#include <CLI/CLI.hpp>

#include <chrono>
#include <csignal>
#include <iostream>
#include <sys/prctl.h>

namespace bifrost::bench {
namespace {

int serve(const std::string& host, std::uint16_t port) {
  auto listener = Socket::listen(host, port);
  if (!listener) {
    std::cerr << listener.error().message << '\n';
    return 1;
  }
  std::cout << "port " << listener->local_port() << std::endl;
  Poller poller;
  Provider provider(poller, *std::move(listener));
  while (true) {
    poller.run_once(std::chrono::steady_clock::now() + std::chrono::seconds(1));
    provider.sweep();
  }
}

}  // namespace
}  // namespace bifrost::bench

int main(int argc, char** argv) {
  CLI::App app(
      "A fake provider for load tests: OpenAI, Anthropic and Gemini, as the model's name "
      "asks for (see bench/load/recipe.h).");
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  app.add_option("--host", host, "IPv4 address to listen on")->capture_default_str();
  app.add_option("--port", port, "Port to listen on; 0 chooses a free one")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  bifrost::bench::raise_descriptor_limit();
  return bifrost::bench::serve(host, port);
}
