// A resolver that knows literals and nothing else. For tests.
#pragma once

#include "net/resolver.h"

#include <string>

namespace bifrost::net {

class NoNames final : public NameSource {
 public:
  Task<NameAnswer> look_up(CallScope& /*scope*/, std::string /*name*/) override {
    co_return NameAnswer{.outcome = NameAnswer::Outcome::kNoSuchName, .why = "no names here"};
  }
};

struct LiteralResolver {
  explicit LiteralResolver(Loop& loop) : resolver(loop, source, observer) {}

  NoNames source;
  ResolverObserver observer;
  Resolver resolver;
};

}  // namespace bifrost::net
