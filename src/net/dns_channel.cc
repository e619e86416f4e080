#include "net/dns_channel.h"

#include "base/descriptor.h"
#include "base/log.h"
#include "base/try.h"
#include "net/shortage.h"

#include <ares.h>

#include <algorithm>
#include <arpa/nameser.h>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <exception>
#include <fcntl.h>
#include <iterator>
#include <limits>
#include <netinet/tcp.h>
#include <span>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace bifrost::net {
namespace {

// More than fits without it, and no more than passes every network in one piece.
constexpr int kUdpBytesMax = 1232;
constexpr std::size_t kSearchMax = 32;
constexpr std::uint16_t kDnsPort = 53;

std::string system_message(int code) { return std::generic_category().message(code); }

Error short_of(std::string_view what, int code) {
  return gateway_error(ErrorCode::kBusy, std::string(what) + ": " + system_message(code));
}

Error dns_error(std::string_view what, int status) {
  if (status == ARES_ENOMEM) return short_of(what, ENOMEM);
  return upstream_error(ErrorCode::kUpstreamConnect, Retry::kSameTarget,
                        std::string(what) + ": " + ::ares_strerror(status));
}

// How long the absence of a name may be remembered (RFC 2308), when the answer says so.
std::optional<std::chrono::seconds> absence_ttl(std::span<const unsigned char> answer) {
  ns_msg message{};
  if (::ns_initparse(answer.data(), static_cast<int>(answer.size()), &message) != 0) return {};
  for (int i = 0; i < ns_msg_count(message, ns_s_ns); ++i) {
    ns_rr record{};
    if (::ns_parserr(&message, ns_s_ns, i, &record) != 0) return {};
    constexpr int kLeast = 22;  // two names of a byte and five numbers; the last is the minimum
    if (ns_rr_type(record) != ns_t_soa || ns_rr_rdlen(record) < kLeast) continue;
    const unsigned char* minimum =
        ns_rr_rdata(record) + ns_rr_rdlen(record) - sizeof(std::uint32_t);
    return std::chrono::seconds(std::min<std::uint64_t>(ns_rr_ttl(record), ::ns_get32(minimum)));
  }
  return {};
}

int parse(std::span<const unsigned char> answer, std::span<ares_addrttl> out, int& count) {
  return ::ares_parse_a_reply(answer.data(), static_cast<int>(answer.size()), nullptr, out.data(),
                              &count);
}

int parse(std::span<const unsigned char> answer, std::span<ares_addr6ttl> out, int& count) {
  return ::ares_parse_aaaa_reply(answer.data(), static_cast<int>(answer.size()), nullptr,
                                 out.data(), &count);
}

template <class Record>
Address address_of(const Record& record) {
  std::array<unsigned char, sizeof(record) - sizeof(int)> ip{};
  std::memcpy(ip.data(), &record, ip.size());  // the address is the first member of both
  return Address::from_bytes(ip, 0);
}

// The addresses of an answer that has records.
template <class Record>
int read_addresses(std::span<const unsigned char> answer, DnsReply& reply) {
  std::array<Record, DnsChannel::kAddressesMax> records{};
  int count = static_cast<int>(records.size());
  const int status = parse(answer, records, count);
  if (status != ARES_SUCCESS) return status;
  int ttl = std::numeric_limits<int>::max();
  for (const Record& record : std::span(records).first(static_cast<std::size_t>(count))) {
    reply.addresses.push_back(address_of(record));
    ttl = std::min(ttl, std::max(record.ttl, 0));
  }
  if (reply.addresses.empty()) return ARES_ENODATA;
  reply.ttl = std::chrono::seconds(ttl);
  return ARES_SUCCESS;
}

DnsReply read_reply(int status, std::span<const unsigned char> answer, Family family) {
  DnsReply reply;
  if (status == ARES_SUCCESS) {
    status = family == Family::kV4 ? read_addresses<ares_addrttl>(answer, reply)
                                   : read_addresses<ares_addr6ttl>(answer, reply);
  }
  switch (status) {
    case ARES_SUCCESS:
      reply.kind = DnsReply::Kind::kFound;
      return reply;
    case ARES_ENOTFOUND:
    case ARES_ENODATA:
      reply.kind =
          status == ARES_ENOTFOUND ? DnsReply::Kind::kNoSuchName : DnsReply::Kind::kNoAddress;
      reply.ttl = absence_ttl(answer);
      return reply;
    case ARES_ETIMEOUT:
      reply.kind = DnsReply::Kind::kTimeout;
      return reply;
    case ARES_ECONNREFUSED:  // what c-ares says of SERVFAIL and its like too
      reply.kind = DnsReply::Kind::kFailed;
      reply.why = "they refused it, failed (SERVFAIL) or could not be reached";
      return reply;
    default:
      reply.kind = DnsReply::Kind::kFailed;
      reply.why = ::ares_strerror(status);
      return reply;
  }
}

// c-ares takes a file that it cannot open for one that is not there, and asks this machine then.
Result<void> can_open(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number() >= 0 || !is_shortage(errno)) return {};
  return short_of("cannot open " + path, errno);
}

struct OptionsDeleter {
  void operator()(ares_options* options) const { ::ares_destroy_options(options); }
};

}  // namespace

struct DnsChannel::Socket final : FdHandler {
  Socket(DnsChannel& owner, int descriptor) : channel(owner), fd(descriptor) {}
  void on_events(std::uint32_t events) override {
    if (fd == ARES_SOCKET_BAD) return;
    // Errors and the peer's end are found by who reads or writes.
    const std::uint32_t ended = EPOLLERR | EPOLLHUP;
    channel.process((events & (EPOLLIN | ended)) != 0 ? fd : ARES_SOCKET_BAD,
                    (events & (EPOLLOUT | ended)) != 0 ? fd : ARES_SOCKET_BAD);
  }

  DnsChannel& channel;
  int fd;
};

// The system calls, as c-ares would make them, with an eye on what they fail for. Sockets are bound
// by what the loop's other ones are.
struct DnsChannel::SocketCalls {
  static const ares_socket_functions kAll;

  static DnsChannel& channel(void* self) { return *static_cast<DnsChannel*>(self); }

  template <class Outcome>
  static Outcome noted(void* self, Outcome outcome) {
    if (outcome < 0 && is_shortage(errno)) channel(self).shortage_ = errno;
    return outcome;
  }

  static ares_socket_t open(int family, int type, int protocol, void* self) {
    const int fd = noted(self, ::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol));
    if (fd < 0) return ARES_SOCKET_BAD;
    if (channel(self).loop_.is_beyond(fd)) {
      ::close(fd);
      errno = EMFILE;
      return noted(self, ARES_SOCKET_BAD);
    }
    const int on = 1;
    if (type == SOCK_STREAM) ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
  }
  static int close(ares_socket_t fd, void* /*self*/) { return ::close(fd); }
  static int connect(ares_socket_t fd, const sockaddr* to, ares_socklen_t size, void* self) {
    return noted(self, ::connect(fd, to, size));
  }
  static ares_ssize_t receive(ares_socket_t fd, void* into, std::size_t size, int flags,
                              sockaddr* from, ares_socklen_t* from_size, void* /*self*/) {
    return ::recvfrom(fd, into, size, flags, from, from_size);
  }
  static ares_ssize_t send(ares_socket_t fd, const iovec* pieces, int count, void* self) {
    return noted(self, ::writev(fd, pieces, count));
  }
};

const ares_socket_functions DnsChannel::SocketCalls::kAll = {.asocket = &SocketCalls::open,
                                                             .aclose = &SocketCalls::close,
                                                             .aconnect = &SocketCalls::connect,
                                                             .arecvfrom = &SocketCalls::receive,
                                                             .asendv = &SocketCalls::send};

struct DnsChannel::Question {
  DnsChannel& channel;
  Family family;
  DnsReply reply;

  static void answered(void* self, int status, int /*timeouts*/, unsigned char* bytes, int size) {
    if (status == ARES_EDESTRUCTION) return;
    auto& question = *static_cast<Question*>(self);
    const std::span<const unsigned char> answer(
        bytes, bytes == nullptr ? 0 : static_cast<std::size_t>(std::max(size, 0)));
    try {
      question.channel.reply_to(question, status, answer);
    } catch (const std::exception&) {  // c-ares is C: nothing may pass through it
      question.reply.kind = DnsReply::Kind::kShortage;
      question.reply.why = "no memory";
    }
    question.channel.loop_.wake(question.channel.replied_);
  }
};

// Whoever could not be asked is one of those that c-ares says did not answer.
void DnsChannel::reply_to(Question& question, int status, std::span<const unsigned char> answer) {
  if (status == ARES_ENOMEM) shortage_ = ENOMEM;
  DnsReply& reply = question.reply;
  reply = read_reply(status, answer, question.family);
  const bool certain =
      reply.kind != DnsReply::Kind::kFailed && reply.kind != DnsReply::Kind::kTimeout;
  if (certain || shortage_ == 0) return;
  reply.why = system_message(shortage_);
  reply.kind = DnsReply::Kind::kShortage;
}

DnsChannel::DnsChannel(Loop& loop) : Timer(loop), loop_(loop) {}

DnsChannel::~DnsChannel() {
  if (channel_ != nullptr) ::ares_destroy(channel_);
}

Result<std::unique_ptr<DnsChannel>> DnsChannel::open(Loop& loop, const DnsOptions& options) {
  // Sets nothing but the allocator on Linux; c-ares wants it before anything else.
  static const int kReady = ::ares_library_init(ARES_LIB_INIT_ALL);
  if (kReady != ARES_SUCCESS) return dns_error("cannot use c-ares", kReady);
  std::unique_ptr<DnsChannel> channel(new DnsChannel(loop));  // NOLINT: private constructor
  BF_TRY_VOID(channel->configure(options));
  return channel;
}

Result<void> DnsChannel::configure(const DnsOptions& options) {
  BF_TRY_VOID(can_open(options.resolv_conf));
  ares_options raw{};
  raw.flags = ARES_FLAG_EDNS;
  raw.ednspsz = kUdpBytesMax;
  raw.timeout = static_cast<int>(options.first_try.count());
  raw.tries = options.tries;
  std::string resolv_conf = options.resolv_conf;
  raw.resolvconf_path = resolv_conf.data();
  raw.sock_state_cb_data = this;
  raw.sock_state_cb = [](void* self, ares_socket_t fd, int readable, int writable) {
    try {
      static_cast<DnsChannel*>(self)->socket_changed(fd, readable != 0, writable != 0);
    } catch (const std::exception& exception) {  // as above; the question ends with its time
      BF_LOG(kError, "net", "a socket of a look-up is not watched", {"what", exception.what()});
    }
  };
  const int status =
      ::ares_init_options(&channel_, &raw,
                          ARES_OPT_FLAGS | ARES_OPT_EDNSPSZ | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
                              ARES_OPT_RESOLVCONF | ARES_OPT_SOCK_STATE_CB);
  if (status != ARES_SUCCESS) {
    channel_ = nullptr;
    return dns_error("cannot read " + options.resolv_conf, status);
  }
  ::ares_set_socket_functions(channel_, &SocketCalls::kAll, this);
  BF_TRY_VOID(set_servers(options.servers));
  read_back();
  return {};
}

Result<void> DnsChannel::set_servers(const std::vector<Address>& servers) {
  if (servers.empty()) return {};
  std::string list;
  for (const Address& server : servers) list += (list.empty() ? "" : ",") + server.text();
  const int status = ::ares_set_servers_ports_csv(channel_, list.c_str());
  if (status != ARES_SUCCESS) return dns_error("cannot use the DNS servers " + list, status);
  return {};
}

// What resolv.conf and the environment came to.
void DnsChannel::read_back() {
  ares_options raw{};
  int mask = 0;
  if (::ares_save_options(channel_, &raw, &mask) == ARES_SUCCESS) {
    const std::unique_ptr<ares_options, OptionsDeleter> owner(&raw);
    dots_min_ = raw.ndots;
    const auto count = static_cast<std::size_t>(std::max(raw.ndomains, 0));
    for (const char* domain : std::span(raw.domains, std::min(count, kSearchMax))) {
      search_.emplace_back(domain);
    }
  }
  ares_addr_port_node* nodes = nullptr;
  if (::ares_get_servers_ports(channel_, &nodes) != ARES_SUCCESS) return;
  const std::unique_ptr<ares_addr_port_node, decltype(&::ares_free_data)> owner(nodes,
                                                                                ::ares_free_data);
  for (const ares_addr_port_node* node = nodes; node != nullptr; node = node->next) {
    const std::size_t size = node->family == AF_INET ? sizeof(in_addr) : sizeof(in6_addr);
    std::array<unsigned char, sizeof(in6_addr)> ip{};
    std::memcpy(ip.data(), &node->addr, size);
    const auto port = node->udp_port != 0 ? static_cast<std::uint16_t>(node->udp_port) : kDnsPort;
    servers_ += servers_.empty() ? "" : ", ";
    servers_ += Address::from_bytes(std::span(ip).first(size), port).text();
  }
}

const DnsReply& DnsChannel::ask(const std::string& name, Family family) {
  Question& question = questions_.emplace_back(*this, family, DnsReply());
  const int type = family == Family::kV4 ? ns_t_a : ns_t_aaaa;
  ::ares_query(channel_, name.c_str(), ns_c_in, type, &Question::answered, &question);
  process(ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // sets the timer
  return question.reply;
}

void DnsChannel::socket_changed(int fd, bool readable, bool writable) {
  auto socket = std::ranges::find(sockets_, fd, &Socket::fd);
  const std::uint32_t events = (readable ? static_cast<std::uint32_t>(EPOLLIN) : 0U) |
                               (writable ? static_cast<std::uint32_t>(EPOLLOUT) : 0U);
  if (socket == sockets_.end()) {
    if (events == 0) return;
    sockets_.emplace_back(*this, fd);
    socket = std::prev(sockets_.end());
  }
  loop_.watch_level(fd, events, *socket);
  if (events == 0) socket->fd = ARES_SOCKET_BAD;  // it will be closed, its number used again
}

void DnsChannel::process(int readable, int writable) {
  ::ares_process_fd(channel_, readable, writable);
  timeval left{};
  if (::ares_timeout(channel_, nullptr, &left) == nullptr) {
    disarm();
    return;
  }
  // A millisecond more: our round began a little before c-ares looked at its clock.
  arm(loop_.now() + std::chrono::seconds(left.tv_sec) + std::chrono::microseconds(left.tv_usec) +
      std::chrono::milliseconds(1));
}

void DnsChannel::fire() { process(ARES_SOCKET_BAD, ARES_SOCKET_BAD); }

}  // namespace bifrost::net
