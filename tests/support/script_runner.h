// Plays a script on a connection.
#pragma once

#include "tests/support/script.h"
#include "tests/support/transport.h"

#include <cstddef>
#include <cstdint>

namespace bifrost::test {

enum class Played : std::uint8_t {
  kKeepAlive,  // the connection is ready for the next request
  kEnded,      // the script ended the connection
  kAborted,    // the peer left before the script was over
  kStopped,    // the owner gave up
};

class ScriptRunner {
 public:
  explicit ScriptRunner(Transport& transport) : transport_(transport) {}

  Played play(const Script& script);

 private:
  Played step(const Script::Step& step, const Script& script);
  Played write(std::string_view bytes, const Script& script);
  Played end(Ending ending);

  Transport& transport_;
  std::size_t written_ = 0;
};

// Waits at the gate; kKeepAlive when it was passed.
Played pass_gate(Transport& transport, const Gate& gate);

}  // namespace bifrost::test
