// The file descriptors of the process, and who may have how many.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <optional>

namespace bifrost::app {

// As many as the system lets this process have. Before anything is opened.
void raise_descriptor_limit();
// How many it may have; nothing: as many as it likes.
[[nodiscard]] std::optional<std::size_t> descriptor_limit();

// A caller has one, and his request needs another for its provider: who took more callers than it
// can serve would serve none. What is kept back from both is for operators, whose port has to
// answer when callers have used up the rest, and for what the program opens now and then.
struct DescriptorPlan {
  std::size_t connections_max;  // of callers
  int sockets_max;              // of callers and providers; higher numbers are for the others

  // `in_use`: those that the program itself needs from its start on.
  static DescriptorPlan of(std::size_t limit, std::size_t in_use);
  // The lowest limit with which it can serve a caller, and its operators beside him.
  static std::size_t least(std::size_t in_use);
};

// Can so many workers be started and serve anybody? `in_use`: what is open before them. Fails with
// kConfigInvalid.
Result<void> check_descriptors(std::size_t limit, std::size_t in_use, std::size_t workers);

}  // namespace bifrost::app
