#include "governance/limit_book.h"

#include "base/strings.h"

#include <cstdint>
#include <utility>

namespace bifrost::governance {
namespace {

// What a journal has room for.
constexpr std::size_t kIdBytesMax = 255;

std::string_view prefix_of(Unit unit) {
  switch (unit) {
    case Unit::kRequests:
      return "requests of ";
    case Unit::kTokens:
      return "tokens of ";
    case Unit::kNanoDollars:
      return "dollars of ";
    case Unit::kConcurrent:
      return "concurrent of ";
  }
  std::unreachable();
}

// FNV-1a, which never changes: an id is written down.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf2'9ce4'8422'2325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100'0000'01b3;
  return hash;
}

std::string id_of(std::string_view name, Unit unit) {
  std::string id(prefix_of(unit));
  id += name;
  if (id.size() <= kIdBytesMax) return id;
  const std::string ending = "#" + std::to_string(hash_of(name));
  return std::string(utf8_prefix(id, kIdBytesMax - ending.size())) + ending;
}

}  // namespace

std::shared_ptr<Limit> LimitBook::limit(std::string_view name, const LimitTerms& terms,
                                        std::int64_t used, WallTime now) {
  const std::scoped_lock lock(mutex_);
  std::string id = id_of(name, terms.unit);
  std::shared_ptr<Limit>& limit = limits_[id];
  if (limit == nullptr) {
    limit = made(std::move(id), terms, used, now);
  } else {
    limit->change(terms, now);
  }
  return limit;
}

std::shared_ptr<Limit> LimitBook::find(std::string_view name, Unit unit) const {
  const std::scoped_lock lock(mutex_);
  const auto found = limits_.find(id_of(name, unit));
  return found != limits_.end() ? found->second : nullptr;
}

std::shared_ptr<Limit> LimitBook::made(std::string id, const LimitTerms& terms, std::int64_t used,
                                       WallTime now) {
  if (const auto kept = kept_.find(id); kept != kept_.end()) {
    return std::make_shared<Limit>(terms, now, kept->second, std::move(id));
  }
  auto limit = std::make_shared<Limit>(terms, now, used, id);
  const Limit::State state = limit->state(now);
  if (state.used > 0) {
    const Window all{.start = WallTime::min(), .end = WallTime::max()};
    openings_.push_back(
        {std::move(id), {.window = state.window.value_or(all), .used = state.used}});
  }
  return limit;
}

void LimitBook::keep(std::string id, const Limit::Kept& kept) {
  const std::scoped_lock lock(mutex_);
  const auto [place, fresh] = kept_.try_emplace(std::move(id), kept);
  if (!fresh && kept.window.start >= place->second.window.start) place->second = kept;
}

std::vector<LimitBook::Opening> LimitBook::take_openings() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(openings_, {});
}

void LimitBook::sweep(WallTime now) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(limits_, [&](const auto& entry) {
    const Limit& limit = *entry.second;
    return entry.second.use_count() == 1 && limit.idle(now);
  });
}

std::size_t LimitBook::size() const {
  const std::scoped_lock lock(mutex_);
  return limits_.size();
}

}  // namespace bifrost::governance
