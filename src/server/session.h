// One connection of a caller: requests one after the other until one side has had enough.
//
// A caller whose end is seen while a request is served has left, and the request's scope is
// cancelled. TCP does not tell whoever closed from whoever only sends no more and still reads: both
// send a FIN, and a reset follows only what is written to the first. An answer may be minutes away
// by then, all of it paid for, so the FIN is taken for what it nearly always is, as nginx and Envoy
// take it. An answer that needs no wait is written all the same.
#pragma once

#include "net/stream.h"
#include "server/address_limits.h"
#include "server/handler.h"
#include "server/input.h"
#include "server/settings.h"

#include <memory>
#include <optional>
#include <span>
#include <string>

namespace bifrost::server {

class Session {
 public:
  // All references outlive the session.
  Session(net::CallScope& scope, std::unique_ptr<net::Stream> stream, Handler& handler,
          std::shared_ptr<const Settings> settings, std::span<char> scratch,
          AddressShare* share = nullptr)
      : scope_(scope),
        stream_(std::move(stream)),
        handler_(handler),
        settings_(std::move(settings)),
        input_(*stream_, scratch),
        share_(share) {}

  net::Task<void> run();

  // Ends the session after the answer to the request that is running, else to the next one. The
  // answer says so, if it has not begun.
  void close_after_next();
  // Ends the session now if it waits for a request, else after the one that is running.
  void drain();
  // Since when it waits for a request of which nothing has come; empty: it does not.
  [[nodiscard]] std::optional<SteadyTime> idle_since() const { return idle_since_; }
  // Between the head of a request and the end of its answer.
  [[nodiscard]] bool serving() const { return answer_ != nullptr; }

 private:
  class Serving;
  net::Task<Result<std::optional<http::RequestHead>>> read_head();
  net::Task<bool> serve(const http::RequestHead& head);
  net::Task<void> apologise(Responder& out);
  net::Task<void> refuse(const Error& error);
  net::Task<void> linger();

  net::CallScope& scope_;
  std::unique_ptr<net::Stream> stream_;
  Handler& handler_;
  std::shared_ptr<const Settings> settings_;
  Input input_;
  AddressShare* share_;          // null: nobody asks where the caller is
  std::string network_;          // of the caller, as a text
  Responder* answer_ = nullptr;  // to the request that is being served
  std::optional<SteadyTime> idle_since_;
  bool draining_ = false;
};

}  // namespace bifrost::server
