#include "pipeline/keep_alive.h"

namespace bifrost::pipeline {

KeepAlive::KeepAlive(net::Loop& loop, server::Responder& out, Options options)
    : Timer(loop), loop_(loop), out_(out), options_(options) {
  touch();
}

void KeepAlive::touch() {
  if (options_.interval.count() <= 0) return;
  arm(loop_.now() + std::chrono::duration_cast<SteadyTime::duration>(options_.interval));
}

void KeepAlive::fire() {
  if (out_.complete()) return;
  if (!out_.begun()) out_.begin(200, options_.headers);
  if (out_.write_now(options_.bytes)) ++sent_;
  touch();
}

}  // namespace bifrost::pipeline
