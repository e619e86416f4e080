// What one event of a stream costs: cut out of the bytes, tapped on its way through, translated.
//
// Each event arrives by itself, as providers send them. items_per_second counts events.
#include "base/assert.h"
#include "bench/load/wire_format.h"
#include "dialect/anthropic/dialect.h"
#include "dialect/chat_codec.h"
#include "dialect/gemini/dialect.h"
#include "dialect/openai_chat/dialect.h"
#include "http/sse/parser.h"

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

namespace bifrost::bench {
namespace {

constexpr std::uint32_t kEvents = 1000;  // of one stream

struct Format {
  const char* name;
  WireFormat wire;
  const dialect::Dialect& (*dialect)();
};

constexpr Format kFormats[] = {
    {"openai_chat", WireFormat::kOpenAi, dialect::openai_chat::dialect},
    {"anthropic", WireFormat::kAnthropic, dialect::anthropic::dialect},
    {"gemini", WireFormat::kGemini, dialect::gemini::dialect},
};

std::vector<std::string> frames_of(WireFormat format) {
  std::vector<std::string> frames = opening_frames(format);
  for (std::uint32_t i = 0; i < kEvents; ++i) {
    append_frame(frames.emplace_back(), format, event_text({i, {}}, 32));
  }
  for (std::string& frame : closing_frames(format, {.events = kEvents})) {
    frames.push_back(std::move(frame));
  }
  return frames;
}

void parse(benchmark::State& state, const Format& format) {
  const std::vector<std::string> frames = frames_of(format.wire);
  for (auto _ : state) {
    http::sse::Parser parser;
    std::vector<http::sse::Event> events;
    for (const std::string& frame : frames) {
      BF_ASSERT(parser.feed(frame, events).has_value());
      benchmark::DoNotOptimize(events);
      events.clear();
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(frames.size()));
}

void tap(benchmark::State& state, const Format& format) {
  const std::vector<std::string> frames = frames_of(format.wire);
  for (auto _ : state) {
    const auto tap = format.dialect().chat->make_stream_tap();
    for (const std::string& frame : frames) tap->feed(frame);
    tap->finish();
    BF_ASSERT(!tap->state().error && tap->state().usage.known);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(frames.size()));
}

void translate(benchmark::State& state, const Format& from, const Format& to) {
  const std::vector<std::string> frames = frames_of(from.wire);
  std::vector<llm::StreamEvent> events;
  std::string out;
  for (auto _ : state) {
    const auto decoder = from.dialect().chat->make_stream_decoder();
    const auto encoder = to.dialect().chat->make_stream_encoder({.model = "a-model"});
    for (const std::string& frame : frames) {
      decoder->feed(frame, events);
      for (const llm::StreamEvent& event : events) encoder->event(event, out);
      benchmark::DoNotOptimize(out);
      events.clear();
      out.clear();
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(frames.size()));
}

void add_all() {
  for (const Format& format : kFormats) {
    const std::string name = format.name;
    benchmark::RegisterBenchmark(("sse/" + name).c_str(),
                                 [&format](benchmark::State& state) { parse(state, format); });
    benchmark::RegisterBenchmark(("tap/" + name).c_str(),
                                 [&format](benchmark::State& state) { tap(state, format); });
    for (const Format& other : kFormats) {
      if (&other == &format) continue;
      benchmark::RegisterBenchmark(
          ("translate/" + name + "/" + other.name).c_str(),
          [&format, &other](benchmark::State& state) { translate(state, format, other); });
    }
  }
}

}  // namespace
}  // namespace bifrost::bench

int main(int argc, char** argv) {
  bifrost::bench::add_all();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
