#include "tests/support/tunnel_proxy.h"

#include "base/assert.h"
#include "base/strings.h"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <utility>

namespace bifrost::test {
namespace {

// The port in "CONNECT 127.0.0.1:443 HTTP/1.1"; 0 when it is no such line.
std::uint16_t tunnel_port(std::string_view line) {
  constexpr std::string_view kMethod = "CONNECT ";
  if (!line.starts_with(kMethod)) return 0;
  const std::string_view authority = split(line.substr(kMethod.size()), ' ').front();
  const auto colon = authority.rfind(':');
  if (colon == std::string_view::npos) return 0;
  return static_cast<std::uint16_t>(parse_int(authority.substr(colon + 1)).value_or(0));
}

}  // namespace

TunnelProxy::TunnelProxy(std::string authorization)
    : authorization_(std::move(authorization)),
      listener_(listen_on_loopback()),
      port_(port_of(listener_)),
      stop_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  acceptor_ = std::jthread([this] { accept_connections(); });
}

TunnelProxy::~TunnelProxy() {
  BF_ASSERT(::eventfd_write(stop_.number(), 1) == 0);
  acceptor_.join();
  connections_.clear();
}

std::string TunnelProxy::url() const { return fmt::format("http://127.0.0.1:{}", port_); }

std::vector<Head> TunnelProxy::heads() const {
  const std::lock_guard lock(mutex_);
  return heads_;
}

void TunnelProxy::accept_connections() {
  while (wait_readable(listener_.number(), stop_.number())) {
    Descriptor socket(::accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!socket) continue;
    connections_.emplace_back(
        [this, taken = std::move(socket)]() mutable { serve(std::move(taken)); });
  }
}

int TunnelProxy::status_for(const Head& head) const {
  if (tunnel_port(head.first_line) == 0) return 405;
  return head.headers.get("proxy-authorization") == authorization_ ? 200 : 407;
}

void TunnelProxy::serve(Descriptor socket) {
  Transport here(std::move(socket), stop_.number());
  std::string buffer;
  std::optional<Head> head;
  while (!head) {
    const Read got = here.read(after(kPatience));
    if (got.end != ReadEnd::kOpen) return;
    buffer += got.bytes;
    auto taken = take_head(buffer);
    if (!taken) return;
    head = *std::move(taken);
  }
  {
    const std::lock_guard lock(mutex_);
    heads_.push_back(*head);
  }
  const int status = status_for(*head);
  Transport there(status == 200 ? connect_to_loopback(tunnel_port(head->first_line)) : Descriptor(),
                  stop_.number());
  const std::string line = fmt::format("HTTP/1.1 {} {}", status, reason_phrase(status));
  const bool told = here.write(head_text(line, {}), after(kPatience));
  if (told && there.is_open()) pump(here, there);
}

// Carries bytes both ways until one side ends.
void TunnelProxy::pump(Transport& here, Transport& there) const {
  while (true) {
    std::array<pollfd, 3> watched = {pollfd{here.descriptor(), POLLIN, 0},
                                     pollfd{there.descriptor(), POLLIN, 0},
                                     pollfd{stop_.number(), POLLIN, 0}};
    if (::poll(watched.data(), watched.size(), -1) <= 0) continue;
    if (watched[2].revents != 0) return;
    const bool from_here = watched[0].revents != 0;
    const Read got = (from_here ? here : there).read(after(kPatience));
    if (got.end != ReadEnd::kOpen) return;
    if (!(from_here ? there : here).write(got.bytes, after(kPatience))) return;
  }
}

}  // namespace bifrost::test
