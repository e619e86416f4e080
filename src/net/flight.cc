#include "net/flight.h"

namespace bifrost::net {
namespace {

// One who waits; being destroyed, it has left.
class Place {
 public:
  explicit Place(std::list<WaitSlot*>& waiting)
      : waiting_(waiting), place_(waiting.insert(waiting.end(), &slot_)) {}
  ~Place() { waiting_.erase(place_); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  [[nodiscard]] WaitSlot& slot() { return slot_; }

 private:
  std::list<WaitSlot*>& waiting_;
  WaitSlot slot_;
  std::list<WaitSlot*>::iterator place_;
};

}  // namespace

Task<void> Flight::wait(CallScope& scope) {
  Place place(waiting_);
  while (!over_ && !scope.interruption()) co_await scope.wait(place.slot());
}

void Flight::end() {
  over_ = true;
  for (WaitSlot* slot : waiting_) loop_.wake(*slot);
}

}  // namespace bifrost::net
