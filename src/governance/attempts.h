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

  // Places for what strangers can ask for: passwords, which take a core to judge, and tokens, which
  // take a question to the database. Both fail with kRateLimited beyond their bound.
  static constexpr int kJudgedMax = 4;
  static constexpr int kLookedUpMax = 16;
  class Place {
   public:
    Place(Place&& other) noexcept : taken_(std::exchange(other.taken_, nullptr)) {}
    Place& operator=(Place&&) = delete;
    Place(const Place&) = delete;
    ~Place() {
      if (taken_ != nullptr) taken_->fetch_sub(1);
    }

   private:
    friend class Attempts;
    explicit Place(std::atomic<int>& taken) : taken_(&taken) {}
    std::atomic<int>* taken_;
  };
  [[nodiscard]] Result<Place> judge() { return take(judged_, kJudgedMax); }
  [[nodiscard]] Result<Place> look_up() { return take(looked_up_, kLookedUpMax); }

 private:
  struct Wrong {
    int times = 0;
    SteadyTime last;
    SteadyTime until;  // it waits
  };
  static Result<Place> take(std::atomic<int>& taken, int most);
  void make_room();

  std::atomic<int> judged_{0};
  std::atomic<int> looked_up_{0};
  mutable std::mutex mutex_;
  std::map<std::string, Wrong, std::less<>> wrong_;
};

}  // namespace bifrost::governance
