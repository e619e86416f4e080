#include "governance/limit_book.h"

#include <utility>

namespace bifrost::governance {
namespace {

std::string key_of(std::string_view name, Unit unit) {
  return std::to_string(std::to_underlying(unit)).append(":").append(name);
}

}  // namespace

std::shared_ptr<Limit> LimitBook::limit(std::string_view name, const LimitTerms& terms,
                                        std::int64_t used, WallTime now) {
  const std::scoped_lock lock(mutex_);
  std::shared_ptr<Limit>& limit = limits_[key_of(name, terms.unit)];
  if (limit == nullptr) {
    limit = std::make_shared<Limit>(terms, now, used);
  } else {
    limit->change(terms, now);
  }
  return limit;
}

std::shared_ptr<Limit> LimitBook::find(std::string_view name, Unit unit) const {
  const std::scoped_lock lock(mutex_);
  const auto found = limits_.find(key_of(name, unit));
  return found != limits_.end() ? found->second : nullptr;
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
