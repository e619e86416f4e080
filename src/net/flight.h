// The end of one task, for all who wait for it: one question is asked, however many want its
// answer. What it is about belongs to whoever starts the task.
//
//   std::shared_ptr<Flight> flight;                        // of what is asked; null: never was
//   if (flight == nullptr || flight->over()) {
//     Flight::Pilot pilot(loop);
//     flight = pilot.flight();
//     tasks.spawn("ask", [pilot = std::move(pilot)](CallScope& own) mutable { ... });
//   }
//   co_await flight->wait(scope);
//
// Belongs to one loop's thread.
#pragma once

#include "net/call_scope.h"
#include "net/loop.h"
#include "net/task.h"

#include <cstddef>
#include <list>
#include <memory>
#include <utility>

namespace bifrost::net {

class Flight {
 public:
  class Pilot;

  explicit Flight(Loop& loop) : loop_(loop) {}
  Flight(const Flight&) = delete;
  Flight& operator=(const Flight&) = delete;

  [[nodiscard]] bool over() const { return over_; }
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

  // Until it is over, or until the scope is interrupted: look which. The flight outlives the wait.
  Task<void> wait(CallScope& scope);

 private:
  void end();

  Loop& loop_;
  std::list<WaitSlot*> waiting_;
  bool over_ = false;
};

// Goes with the task. Whatever ends the task, an exception too, or if it never begins: the pilot is
// destroyed with it, the flight is over and all who wait are woken.
class Flight::Pilot {
 public:
  explicit Pilot(Loop& loop) : flight_(std::make_shared<Flight>(loop)) {}
  Pilot(Pilot&&) noexcept = default;
  Pilot& operator=(Pilot&&) = delete;
  Pilot(const Pilot&) = delete;
  Pilot& operator=(const Pilot&) = delete;
  ~Pilot() {
    if (flight_ != nullptr) flight_->end();
  }

  [[nodiscard]] const std::shared_ptr<Flight>& flight() const { return flight_; }

 private:
  std::shared_ptr<Flight> flight_;
};

}  // namespace bifrost::net
