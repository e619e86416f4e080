// A DNS server on the loopback that says what the test wants, over UDP and TCP. For tests.
//
//   DnsServer server([](const DnsQuestion& question) {
//     if (question.name == "dead.test") return DnsSays{.silent = true};
//     return DnsSays{.addresses = {"192.0.2.1"}};
//   });
//
// One thread, which also calls the function. Thread-safe.
#pragma once

#include "base/assert.h"
#include "base/strings.h"
#include "net/address.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <functional>
#include <mutex>
#include <netinet/in.h>
#include <optional>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace bifrost::net {

struct DnsQuestion {
  std::string name;  // in small letters, without the dot at its end
  bool v6 = false;   // AAAA instead of A
  bool tcp = false;
};

// NOERROR with these records, unless it says otherwise.
struct DnsSays {
  bool silent = false;
  int rcode = 0;                            // 2: SERVFAIL, 3: NXDOMAIN, 5: REFUSED
  std::vector<std::string> addresses = {};  // those of the family that was asked for are given
  std::vector<std::string> aliases = {};    // names that the asked one leads to, one by one
  std::uint32_t ttl = 60;
  std::optional<std::uint32_t> soa_minimum = {};  // with a SOA record in the authority section
  bool truncated = false;                         // over UDP: nothing but the word of it
  bool wrong_id = false;                          // an answer to another question first
};

class DnsServer {
 public:
  using Function = std::function<DnsSays(const DnsQuestion&)>;

  explicit DnsServer(Function function) : function_(std::move(function)) {
    while (!bind_both()) {
    }
    thread_ = std::jthread([this] { run(); });
  }
  ~DnsServer() {
    const std::uint64_t one = 1;
    BF_ASSERT(::write(stop_, &one, sizeof one) == sizeof one);
    thread_.join();
    for (const int fd : {udp_, tcp_, stop_}) ::close(fd);
  }
  DnsServer(const DnsServer&) = delete;
  DnsServer& operator=(const DnsServer&) = delete;

  [[nodiscard]] const Address& address() const { return address_; }

  [[nodiscard]] std::vector<DnsQuestion> questions() const {
    const std::lock_guard lock(mutex_);
    return questions_;
  }
  [[nodiscard]] std::size_t asked(std::string_view name) const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(std::ranges::count(questions_, name, &DnsQuestion::name));
  }
  // False when it was not asked for so often in time.
  [[nodiscard]] bool wait_until_asked(std::string_view name, std::ptrdiff_t times = 1) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(120), [&] {
      return std::ranges::count(questions_, name, &DnsQuestion::name) >= times;
    });
  }

 private:
  static void append16(std::string& out, std::size_t value) {
    out += static_cast<char>(value >> 8U & 0xFFU);
    out += static_cast<char>(value & 0xFFU);
  }
  static void append32(std::string& out, std::uint32_t value) {
    append16(out, value >> 16U);
    append16(out, value & 0xFFFFU);
  }
  static void append_name(std::string& out, std::string_view name) {
    for (const std::string_view label : split(name, '.')) {
      out += static_cast<char>(label.size());
      out += label;
    }
    out += '\0';
  }
  static void append_record(std::string& out, std::string_view name, std::size_t type,
                            std::uint32_t ttl, std::string_view data) {
    append_name(out, name);
    append16(out, type);
    append16(out, 1);
    append32(out, ttl);
    append16(out, data.size());
    out += data;
  }
  static std::string bytes_of(const Address& address) {
    std::string bytes(address.storage.ss_family == AF_INET ? 4 : 16, '\0');
    const auto* raw = reinterpret_cast<const char*>(&address.storage);  // NOLINT
    const std::size_t offset =
        bytes.size() == 4 ? offsetof(sockaddr_in, sin_addr) : offsetof(sockaddr_in6, sin6_addr);
    std::memcpy(bytes.data(), raw + offset, bytes.size());
    return bytes;
  }

  bool bind_both() {
    Address any = *Address::from_literal("127.0.0.1", 0);
    udp_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    tcp_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    BF_ASSERT(::bind(udp_, any.raw(), any.size) == 0);
    address_.size = sizeof address_.storage;
    auto* raw = reinterpret_cast<sockaddr*>(&address_.storage);  // NOLINT
    BF_ASSERT(::getsockname(udp_, raw, &address_.size) == 0);
    if (::bind(tcp_, address_.raw(), address_.size) == 0 && ::listen(tcp_, 16) == 0) return true;
    ::close(udp_);
    ::close(tcp_);
    return false;
  }

  void run() {
    while (true) {
      std::array<pollfd, 3> waits = {{{stop_, POLLIN, 0}, {udp_, POLLIN, 0}, {tcp_, POLLIN, 0}}};
      ::poll(waits.data(), waits.size(), -1);
      if (waits[0].revents != 0) return;
      if (waits[1].revents != 0) serve_udp();
      if (waits[2].revents != 0) serve_tcp();
    }
  }

  void serve_udp() {
    std::array<char, 4096> bytes{};
    Address from;
    from.size = sizeof from.storage;
    auto* raw = reinterpret_cast<sockaddr*>(&from.storage);  // NOLINT
    const ssize_t got = ::recvfrom(udp_, bytes.data(), bytes.size(), 0, raw, &from.size);
    if (got <= 0) return;
    for (const std::string& answer :
         answers(std::string_view(bytes.data(), static_cast<std::size_t>(got)), false)) {
      ::sendto(udp_, answer.data(), answer.size(), 0, from.raw(), from.size);
    }
  }

  void serve_tcp() {
    const int fd = ::accept4(tcp_, nullptr, nullptr, SOCK_CLOEXEC);
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    std::array<unsigned char, 2> size{};
    if (::recv(fd, size.data(), 2, MSG_WAITALL) == 2) {
      std::string bytes((static_cast<std::size_t>(size[0]) << 8U) | size[1], '\0');
      if (::recv(fd, bytes.data(), bytes.size(), MSG_WAITALL) == std::ssize(bytes)) {
        std::string out;
        for (const std::string& answer : answers(bytes, true)) {
          append16(out, answer.size());
          out += answer;
        }
        ::send(fd, out.data(), out.size(), MSG_NOSIGNAL);
      }
    }
    ::shutdown(fd, SHUT_WR);
    std::array<char, 1> end{};
    ::recv(fd, end.data(), 1, 0);  // until the other side has read it
    ::close(fd);
  }

  // The question's name, and where it ends.
  static std::pair<std::string, std::size_t> name_in(std::string_view query) {
    std::string name;
    std::size_t at = 12;
    while (at < query.size() && query[at] != '\0') {
      const auto size = static_cast<unsigned char>(query[at]);
      if (!name.empty()) name += '.';
      name += query.substr(at + 1, size);
      at += size + 1U;
    }
    return {ascii_lower(name), at + 1};
  }

  std::vector<std::string> answers(std::string_view query, bool tcp) {
    const auto [name, end] = name_in(query);
    if (query.size() < end + 4) return {};
    const DnsQuestion question{.name = name, .v6 = query[end + 1] == 28, .tcp = tcp};
    const DnsSays says = function_(question);
    {
      const std::lock_guard lock(mutex_);
      questions_.push_back(question);
    }
    changed_.notify_all();
    if (says.silent) return {};
    std::vector<std::string> all;
    std::string answer = compose(query.substr(0, end + 4), question, says);
    if (says.wrong_id) {
      DnsSays other = says;
      other.addresses = {"203.0.113.99", "2001:db8::99"};
      all.push_back(compose(query.substr(0, end + 4), question, other));
      all.back()[0] = static_cast<char>(~all.back()[0]);
    }
    all.push_back(std::move(answer));
    return all;
  }

  // The head of the query and its question, as an answer.
  static std::string compose(std::string_view query, const DnsQuestion& question,
                             const DnsSays& says) {
    const bool cut = says.truncated && !question.tcp;
    std::size_t count = 0;
    std::string records;
    std::string owner = question.name;
    for (const std::string& alias : says.aliases) {
      std::string target;
      append_name(target, alias);
      append_record(records, owner, 5, says.ttl, target);
      owner = alias;
      ++count;
    }
    for (const std::string& literal : says.addresses) {
      const std::string bytes = bytes_of(*Address::from_literal(literal, 0));
      if ((bytes.size() == 16) != question.v6) continue;
      append_record(records, owner, question.v6 ? 28 : 1, says.ttl, bytes);
      ++count;
    }
    const bool authority = says.soa_minimum && !cut;
    if (authority) append_soa(records, *says.soa_minimum);
    std::string out(query.substr(0, 2));
    append16(out, 0x8180U | (cut ? 0x0200U : 0U) | static_cast<unsigned>(says.rcode));
    append16(out, 1);
    append16(out, cut ? 0 : count);
    append16(out, authority ? 1 : 0);
    append16(out, 0);
    out += query.substr(12);
    if (!cut) out += records;
    return out;
  }

  static void append_soa(std::string& records, std::uint32_t minimum) {
    std::string data;
    append_name(data, "ns.test");
    append_name(data, "root.test");
    for (const std::uint32_t number : {1U, 2U, 3U, 4U, minimum}) append32(data, number);
    append_record(records, "test", 6, 3600, data);
  }

  Function function_;
  int udp_ = -1;
  int tcp_ = -1;
  int stop_ = ::eventfd(0, EFD_CLOEXEC);
  Address address_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<DnsQuestion> questions_;  // guarded by mutex_
  std::jthread thread_;                 // last: it uses the others
};

}  // namespace bifrost::net
