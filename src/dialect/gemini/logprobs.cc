#include "dialect/gemini/logprobs.h"

#include "dialect/gemini/spelling.h"

namespace bifrost::dialect::gemini {
namespace {

void write_bytes(json::Writer& out, std::string_view token) {
  out.key("bytes").begin_array();
  for (const char c : token) out.integer(static_cast<unsigned char>(c));
  out.end_array();
}

// The members of one token in OpenAI's shape. The number keeps its spelling.
void write_openai_token(json::Writer& out, json::Value candidate) {
  const std::string token = field(candidate, "token").string_or("");
  const json::Value probability = field(candidate, "logProbability");
  out.member("token", token);
  out.key("logprob").raw(probability.is_number() ? probability.raw() : "0");
  write_bytes(out, token);
}

void write_google_token(json::Writer& out, json::Value token) {
  const json::Value probability = token["logprob"];
  out.begin_object();
  out.key("token").raw(token["token"].is_string() ? token["token"].raw() : "\"\"");
  out.key("logProbability").raw(probability.is_number() ? probability.raw() : "0");
  out.end_object();
}

}  // namespace

std::string decode_logprobs(json::Value result) {
  const json::Value chosen = field(result, "chosenCandidates");
  if (!chosen.is_array()) return {};
  const std::vector<json::Value> tops = elements(field(result, "topCandidates"));
  std::string text;
  json::Writer out(text);
  out.begin_object().key("content").begin_array();
  std::size_t at = 0;
  for (const json::Value candidate : chosen.children()) {
    out.begin_object();
    write_openai_token(out, candidate);
    out.key("top_logprobs").begin_array();
    if (at < tops.size()) {
      for (const json::Value top : elements(field(tops[at], "candidates"))) {
        out.begin_object();
        write_openai_token(out, top);
        out.end_object();
      }
    }
    out.end_array().end_object();
    ++at;
  }
  out.end_array().key("refusal").null().end_object();
  return text;
}

void write_logprobs(json::Writer& out, std::string_view openai_json) {
  if (openai_json.empty()) return;
  const auto document = json::Document::parse(openai_json);
  if (!document || !document->root()["content"].is_array()) return;
  const json::Value content = document->root()["content"];
  out.key("logprobsResult").begin_object().key("chosenCandidates").begin_array();
  for (const json::Value token : content.children()) write_google_token(out, token);
  out.end_array().key("topCandidates").begin_array();
  for (const json::Value token : content.children()) {
    out.begin_object().key("candidates").begin_array();
    for (const json::Value top : token["top_logprobs"].children()) write_google_token(out, top);
    out.end_array().end_object();
  }
  out.end_array().end_object();
}

}  // namespace bifrost::dialect::gemini
