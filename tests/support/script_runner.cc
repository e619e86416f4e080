#include "tests/support/script_runner.h"

#include <algorithm>

namespace bifrost::test {
namespace {

// A script waits as long as its test does; this only ends what a test forgot.
constexpr std::chrono::milliseconds kForgotten = 10min;

}  // namespace

Played pass_gate(Transport& transport, const Gate& gate) {
  gate.arrive();
  while (true) {
    switch (transport.wait(gate.descriptor(), after(kForgotten))) {
      case Transport::Event::kPeerGone:
        return Played::kAborted;
      case Transport::Event::kStopped:
      case Transport::Event::kTimeout:
        return Played::kStopped;
      case Transport::Event::kWake:
        // Another one may have been faster.
        if (gate.try_pass()) return Played::kKeepAlive;
    }
  }
}

Played ScriptRunner::play(const Script& script) {
  for (const Script::Step& next : script.steps()) {
    if (const Played played = step(next, script); played != Played::kKeepAlive) return played;
  }
  return Played::kKeepAlive;
}

Played ScriptRunner::step(const Script::Step& step, const Script& script) {
  if (const auto* bytes = std::get_if<Script::Write>(&step)) return write(bytes->bytes, script);
  if (const auto* gate = std::get_if<Gate>(&step)) return pass_gate(transport_, *gate);
  return end(std::get<Ending>(step));
}

Played ScriptRunner::write(std::string_view bytes, const Script& script) {
  const bool cut = bytes.size() >= script.bytes_max() - written_;
  if (cut) bytes = bytes.substr(0, script.bytes_max() - written_);
  while (!bytes.empty()) {
    const std::size_t count = std::min(bytes.size(), script.piece_bytes());
    if (!transport_.write(bytes.substr(0, count), after(kForgotten))) return Played::kAborted;
    written_ += count;
    bytes.remove_prefix(count);
  }
  return cut ? end(script.cut_ending()) : Played::kKeepAlive;
}

Played ScriptRunner::end(Ending ending) {
  switch (ending) {
    case Ending::kKeepAlive:
      return Played::kKeepAlive;
    case Ending::kClose:
      transport_.close();
      return Played::kEnded;
    case Ending::kCut:
      transport_.cut();
      return Played::kEnded;
    case Ending::kReset:
      transport_.reset();
      return Played::kEnded;
    case Ending::kSilence:
      return pass_gate(transport_, Gate());  // nobody opens it
  }
  return Played::kEnded;
}

}  // namespace bifrost::test
