// What each dialect does with a request and with a whole answer, for every dialect in the table.
#include "dialect/dialect.h"

#include "base/assert.h"
#include "bench/micro/conversation.h"
#include "dialect/chat_codec.h"
#include "dialect/openai_chat/dialect.h"

#include <benchmark/benchmark.h>

#include <string>

namespace bifrost::bench {
namespace {

const dialect::Flavor kFlavor;

dialect::EncodeOptions encode_options() { return {.model = "a-model", .flavor = kFlavor}; }

llm::Request decoded(const std::string& body) {
  auto request = dialect::openai_chat::dialect().chat->decode_request({.body = body});
  BF_ASSERT(request.has_value());
  return *std::move(request);
}

// The conversation as a caller of this dialect would write it.
std::string body_in(const dialect::Dialect& dialect, std::size_t bytes) {
  const std::string body = conversation(bytes);
  auto encoded = dialect.chat->encode_request(decoded(body), encode_options());
  BF_ASSERT(encoded.has_value());
  std::string written = std::move(encoded->body);
  json::reserve_padding(written);
  return written;
}

dialect::RequestInput input(const std::string& body) {
  return {.body = body, .path_model = "a-model"};  // read by the dialects with a model in the path
}

void count_bytes(benchmark::State& state, const std::string& body) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body.size()));
}

void peek(benchmark::State& state, const dialect::Dialect& dialect) {
  const std::string body = body_in(dialect, static_cast<std::size_t>(state.range(0)));
  json::Scanner scanner;
  for (auto _ : state) {
    auto facts = dialect.chat->peek(input(body), scanner);
    BF_ASSERT(facts.has_value());
    benchmark::DoNotOptimize(facts);
  }
  count_bytes(state, body);
}

void edit(benchmark::State& state, const dialect::Dialect& dialect) {
  const std::string body = body_in(dialect, static_cast<std::size_t>(state.range(0)));
  json::Scanner scanner;
  const auto facts = dialect.chat->peek(input(body), scanner);
  BF_ASSERT(facts.has_value());
  const dialect::EncodeOptions options{.model = "another-model", .flavor = kFlavor};
  for (auto _ : state) {
    auto edited = dialect.chat->edit_request(input(body), *facts, options);
    BF_ASSERT(edited.has_value());
    benchmark::DoNotOptimize(edited);
  }
  count_bytes(state, body);
}

void decode(benchmark::State& state, const dialect::Dialect& dialect) {
  const std::string body = body_in(dialect, static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    auto request = dialect.chat->decode_request(input(body));
    BF_ASSERT(request.has_value());
    benchmark::DoNotOptimize(request);
  }
  count_bytes(state, body);
}

void encode(benchmark::State& state, const dialect::Dialect& dialect) {
  const llm::Request request = decoded(conversation(static_cast<std::size_t>(state.range(0))));
  std::size_t bytes = 0;
  for (auto _ : state) {
    auto encoded = dialect.chat->encode_request(request, encode_options());
    BF_ASSERT(encoded.has_value());
    bytes += encoded->body.size();
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

llm::Response an_answer() {
  llm::Response response;
  response.id = "answer";
  response.model = "a-model";
  response.created = 1'700'000'000;
  llm::Choice& choice = response.choices.emplace_back();
  choice.parts.push_back({llm::TextPart{.text = std::string(1000, 'x')}, {}});
  choice.finish = llm::FinishReason::kStop;
  response.usage = {.input = 100, .output = 250, .known = true};
  return response;
}

void tap_answer(benchmark::State& state, const dialect::Dialect& dialect) {
  const std::string body = dialect.chat->encode_response(an_answer(), {.model = "a-model"});
  for (auto _ : state) benchmark::DoNotOptimize(dialect.chat->tap_response(body));
}

void decode_answer(benchmark::State& state, const dialect::Dialect& dialect) {
  const std::string body = dialect.chat->encode_response(an_answer(), {.model = "a-model"});
  for (auto _ : state) {
    auto response = dialect.chat->decode_response(body);
    BF_ASSERT(response.has_value());
    benchmark::DoNotOptimize(response);
  }
}

void encode_answer(benchmark::State& state, const dialect::Dialect& dialect) {
  const llm::Response response = an_answer();
  for (auto _ : state) {
    benchmark::DoNotOptimize(dialect.chat->encode_response(response, {.model = "a-model"}));
  }
}

using Function = void (*)(benchmark::State&, const dialect::Dialect&);

constexpr std::pair<const char*, Function> kOnRequests[] = {
    {"peek", peek}, {"edit", edit}, {"decode", decode}, {"encode", encode}};
constexpr std::pair<const char*, Function> kOnAnswers[] = {
    {"tap_answer", tap_answer}, {"decode_answer", decode_answer}, {"encode_answer", encode_answer}};

void add(const dialect::Dialect& dialect, const char* what, Function function, bool sized) {
  const std::string name = std::string(dialect.name) + "/" + what;
  auto* benchmark = benchmark::RegisterBenchmark(
      name.c_str(), [function, &dialect](benchmark::State& state) { function(state, dialect); });
  if (!sized) return;
  for (const std::int64_t bytes : kBodySizes) benchmark->Arg(bytes);
}

}  // namespace
}  // namespace bifrost::bench

int main(int argc, char** argv) {
  using namespace bifrost;
  for (const dialect::Dialect* dialect : dialect::all()) {
    for (const auto& [what, function] : bench::kOnRequests) {
      bench::add(*dialect, what, function, true);
    }
    for (const auto& [what, function] : bench::kOnAnswers) {
      bench::add(*dialect, what, function, false);
    }
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
