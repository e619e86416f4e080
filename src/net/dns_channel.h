// Questions to DNS servers through c-ares, on our loop (docs/adr/0015-resolver.md).
//
// A channel serves one look-up: it reads resolv.conf when it is opened, has sockets of its own, and
// its end takes back what it asked. Belongs to the loop's thread.
#pragma once

#include "base/result.h"
#include "net/address.h"
#include "net/dns_options.h"
#include "net/loop.h"

#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

struct ares_channeldata;

namespace bifrost::net {

enum class Family : std::uint8_t { kV4, kV6 };

struct DnsReply {
  enum class Kind : std::uint8_t {
    kNone,  // not there yet
    kFound,
    kNoSuchName,
    kNoAddress,
    kFailed,
    kTimeout,
    kShortage,  // of this machine: it could not be asked for
  };

  Kind kind = Kind::kNone;
  std::vector<Address> addresses;           // with port 0
  std::optional<std::chrono::seconds> ttl;  // of the addresses, or of their absence
  std::string why;                          // of kFailed and kShortage
};

class DnsChannel final : private Timer {
 public:
  static constexpr std::size_t kAddressesMax = 32;  // of a family; what is beyond is ignored

  // Fails with kUpstreamConnect, and with kBusy for want of descriptors or memory. The loop
  // outlives the channel.
  static Result<std::unique_ptr<DnsChannel>> open(Loop& loop, const DnsOptions& options);
  // Not from inside of a loop's callback: c-ares may be at work in it.
  ~DnsChannel() override;

  // Asks for the name as it stands. The reply lives as long as the channel; when it is there, the
  // slot is woken.
  const DnsReply& ask(const std::string& name, Family family);
  [[nodiscard]] WaitSlot& replied() { return replied_; }

  // Of resolv.conf.
  [[nodiscard]] const std::vector<std::string>& search() const { return search_; }
  [[nodiscard]] int dots_min() const { return dots_min_; }
  [[nodiscard]] const std::string& servers() const {
    return servers_;
  }  // "192.0.2.1:53, [2001:db8::1]:53"

 private:
  struct Socket;
  struct SocketCalls;
  struct Question;

  explicit DnsChannel(Loop& loop);
  Result<void> configure(const DnsOptions& options);
  Result<void> set_servers(const std::vector<Address>& servers);
  void read_back();
  void socket_changed(int fd, bool readable, bool writable);
  void process(int readable, int writable);
  void reply_to(Question& question, int status, std::span<const unsigned char> answer);
  void fire() override;

  Loop& loop_;
  ares_channeldata* channel_ = nullptr;
  std::vector<std::string> search_;
  int dots_min_ = 1;
  std::string servers_;
  // Closed ones too: an event of this round may still come for them.
  std::list<Socket> sockets_;
  std::list<Question> questions_;
  int shortage_ = 0;  // why a socket could not be had or used, an errno; 0: none was missing
  WaitSlot replied_;
};

}  // namespace bifrost::net
