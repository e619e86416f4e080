// One kept-alive connection of the driver: a request goes out, its answer is timed.
#pragma once

#include "bench/load/answer_reader.h"
#include "bench/load/driver/leg.h"
#include "bench/load/poller.h"
#include "bench/load/socket.h"

#include <span>
#include <string_view>

namespace bifrost::bench {

// How a request went.
struct Answer {
  SteadyTime intended;  // when it should have been sent
  SteadyTime sent;
  SteadyTime done;
  int status = 0;      // 0: none came
  bool whole = false;  // the answer came to its end
};

class ClientConnection;

class ClientOwner {
 public:
  virtual ~ClientOwner() = default;
  virtual void on_body(ClientConnection&, std::string_view /*bytes*/, bool /*chunk_ends*/) {}
  // The connection is free: the next request may be sent at once.
  virtual void on_answer(ClientConnection& connection, const Answer& answer) = 0;
};

class ClientConnection final : private Ready, private BodySink {
 public:
  // All outlive it. `scratch` may be shared by all connections.
  ClientConnection(Poller& poller, ClientOwner& owner, const Leg& leg, std::span<char> scratch)
      : poller_(poller), owner_(owner), leg_(leg), scratch_(scratch) {}

  // Sends the leg's request, and connects for it when that is needed. One at a time.
  void send(SteadyTime intended);
  [[nodiscard]] bool busy() const { return busy_; }
  // Gives up what is under way; no answer is reported.
  void close();

  [[nodiscard]] SteadyTime sent() const { return answer_.sent; }
  [[nodiscard]] SteadyTime last_read() const { return last_read_; }

 private:
  void on_ready(std::uint32_t events) override;
  void on_body(std::string_view bytes, bool chunk_ends) override;
  bool connect();
  void flush();
  void read();
  void finish();

  Poller& poller_;
  ClientOwner& owner_;
  const Leg& leg_;
  std::span<char> scratch_;
  Socket socket_;
  AnswerReader reader_;
  Answer answer_;
  std::string_view unsent_;
  SteadyTime last_read_;
  bool busy_ = false;
  bool waits_to_write_ = false;
};

}  // namespace bifrost::bench
