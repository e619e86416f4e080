// Who guesses passwords waits longer and longer, and however many do, few guesses
// are judged at the same time. (Tokens and keys nobody can guess.)
//
// Each network of callers may be wrong a few times; then it waits after each further time, twice as
// long as before, up to a minute. Whoever is right, or has not been wrong for a while, begins anew.
// Thread-safe. Of networks kNetworksMax are known; then the one that was wrong longest ago is
// forgotten.
#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace bifrost::governance {

class Attempts {
 public:
  static constexpr int kFree = 5;
  static constexpr auto kLongestWait = std::chrono::seconds(60);
  static constexpr auto kForgottenAfter = std::chrono::minutes(15);
  static constexpr std::size_t kNetworksMax = 1024;

  // `network` as in server::Request. Fails with kRateLimited while it has to wait.
  [[nodiscard]] Result<void> check(std::string_view network, SteadyTime now) const;
  void wrong(std::string_view network, SteadyTime now);
  void right(std::string_view network);

  // A place for what takes a core to judge. Fails with kRateLimited beyond kJudgedMax.
  static constexpr int kJudgedMax = 4;
  class Place {
   public:
    Place(Place&& other) noexcept : attempts_(std::exchange(other.attempts_, nullptr)) {}
    Place& operator=(Place&&) = delete;
    Place(const Place&) = delete;
    ~Place() {
      if (attempts_ != nullptr) attempts_->judged_.fetch_sub(1);
    }

   private:
    friend class Attempts;
    explicit Place(Attempts& attempts) : attempts_(&attempts) {}
    Attempts* attempts_;
  };
  [[nodiscard]] Result<Place> judge();

 private:
  struct Wrong {
    int times = 0;
    SteadyTime last;
    SteadyTime until;  // it waits
  };
  void make_room();

  std::atomic<int> judged_{0};
  mutable std::mutex mutex_;
  std::map<std::string, Wrong, std::less<>> wrong_;
};

}  // namespace bifrost::governance
