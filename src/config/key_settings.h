// A provider's keys: the credential, which models it may be used for, and how often.
#pragma once

#include "config/facts.h"
#include "config/ordered_map.h"
#include "config/secret.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bifrost::config {

// Stands for all models in an allow-list. After loading it is the only entry of its list.
inline constexpr std::string_view kEverything = "*";

// What a user-facing model name means to the provider. In the file also just the `model_id`.
struct AliasSettings {
  std::string model_id;
  std::string model_name;
  std::string model_family;
  std::string description;
  std::optional<bool> use_anthropic_endpoints;

  static AliasSettings from_text(std::string model_id) {
    AliasSettings alias;
    alias.model_id = std::move(model_id);
    return alias;
  }

  void describe(this auto& self, auto& visit) {
    visit.field(
        "model_id", self.model_id,
        {.text = "The model's name on the wire.", .form = Form::kNonEmpty, .required = true});
    visit.field("model_name", self.model_name,
                {.text = "The model's canonical name, for prices, logs and the family."});
    visit.field(
        "model_family", self.model_family,
        {.text = "Family of the model: `anthropic`, `openai`, `mistral`, `cohere`, `gemini`, "
                 "`gemma`, `llama`, `imagen`, `veo`, `nova` or `titan`."});
    visit.field("description", self.description, {.text = "For people; it is not read."});
    visit.field("use_anthropic_endpoints", self.use_anthropic_endpoints,
                {.text = "Overrides `use_anthropic_endpoints` of the key for this model."});
    visit.unserved("region", Shape::kString, "Region of the model in a cloud.");
    visit.unserved("api_version", Shape::kString, "Azure: version of the API.");
    visit.unserved("anthropic_version", Shape::kString, "Azure: version of the Anthropic API.");
    visit.unserved("endpoint", Shape::kAny, "Azure: address of the resource.");
    visit.unserved("project_id", Shape::kAny, "Vertex and Bedrock: project.");
    visit.unserved("project_number", Shape::kAny, "Vertex: number of the project.");
    visit.unserved("force_single_region", Shape::kBool,
                   "Vertex: never use a multi-region endpoint.");
    visit.unserved("inference_profile_arn", Shape::kAny, "Bedrock: inference profile.");
    visit.unserved("use_deployments_endpoint", Shape::kBool,
                   "Replicate: the model is a deployment.");
  }

  friend bool operator==(const AliasSettings&, const AliasSettings&) = default;
};

// Sections `ollama_key_config` and `sgl_key_config` of a key.
struct EndpointKeySettings {
  std::string url;

  void describe(this auto& self, auto& visit) {
    visit.field("url", self.url,
                {.text = "Address of the server behind this key.",
                 .form = Form::kUrl,
                 .required = true,
                 .env = true});
  }

  friend bool operator==(const EndpointKeySettings&, const EndpointKeySettings&) = default;
};

// Section `vllm_key_config` of a key.
struct VllmKeySettings {
  std::string url;
  std::string model_name;

  void describe(this auto& self, auto& visit) {
    visit.field("url", self.url,
                {.text = "Address of the server behind this key.",
                 .form = Form::kUrl,
                 .required = true,
                 .env = true});
    visit.field(
        "model_name", self.model_name,
        {.text = "The model that this server serves.", .form = Form::kNonEmpty, .required = true});
  }

  friend bool operator==(const VllmKeySettings&, const VllmKeySettings&) = default;
};

// One entry of `keys` of a provider.
struct KeySettings {
  std::string id;
  std::string name;
  Secret value;
  std::vector<std::string> models;
  std::vector<std::string> blacklisted_models;
  double weight = 1;
  bool enabled = true;
  OrderedMap<AliasSettings> aliases;
  bool use_for_batch_api = false;
  bool use_anthropic_endpoints = false;
  std::string description;
  std::optional<EndpointKeySettings> ollama;
  std::optional<EndpointKeySettings> sgl;
  std::optional<VllmKeySettings> vllm;

  void describe(this auto& self, auto& visit) {
    visit.field(
        "name", self.name,
        {.text = "Name of the key, unique within the provider; a request may pin it, logs and "
                 "metrics show it.",
         .form = Form::kNonEmpty,
         .required = true});
    visit.field("id", self.id,
                {.text = "Second name of the key; a pin by id goes before one by name."});
    visit.field("value", self.value,
                {.text = "The credential. Empty where the provider needs none.",
                 .form = Form::kHeaderValue});
    visit.field(
        "models", self.models,
        {.text = "Models that the key may be used for; `[\"*\"]` allows all. Empty denies all "
                 "in version 2 of the file and allows all in version 1.",
         .form = Form::kNonEmpty});
    visit.field("blacklisted_models", self.blacklisted_models,
                {.text = "Models that the key may not be used for, whatever `models` says; "
                         "`[\"*\"]` denies all.",
                 .form = Form::kNonEmpty});
    visit.field("weight", self.weight,
                {.text = "Share of the requests that the key gets, relative to the other keys.",
                 .minimum = 0});
    visit.field("enabled", self.enabled, {.text = "A key that is not enabled is not used."});
    visit.field("aliases", self.aliases,
                {.text = "User-facing model names, and what the provider calls them.",
                 .key_form = Form::kNonEmpty});
    visit.field("use_for_batch_api", self.use_for_batch_api,
                {.text = "The key may be used for batches and files."});
    visit.field("use_anthropic_endpoints", self.use_anthropic_endpoints,
                {.text = "Send chats to the provider's Anthropic-compatible endpoint (deepseek, "
                         "fireworks, vllm, sgl)."});
    visit.field("description", self.description, {.text = "For people; it is not read."});
    visit.field("ollama_key_config", self.ollama,
                {.text = "Provider ollama: the server of the key."});
    visit.field("sgl_key_config", self.sgl, {.text = "Provider sgl: the server of the key."});
    visit.field("vllm_key_config", self.vllm,
                {.text = "Provider vllm: the server of the key and its model."});
    visit.unserved("azure_key_config", Shape::kObject, "Azure: resource and Entra ID credentials.");
    visit.unserved("vertex_key_config", Shape::kObject, "Vertex: project, region and credentials.");
    visit.unserved("bedrock_key_config", Shape::kObject, "Bedrock: region and AWS credentials.");
    visit.unserved("bedrock_mantle_key_config", Shape::kObject,
                   "Bedrock Mantle: region and AWS credentials.");
    visit.unserved("databricks_key_config", Shape::kObject,
                   "Databricks: workspace and credentials.");
    visit.unserved("github_copilot_key_config", Shape::kObject, "GitHub Copilot: app credentials.");
    visit.unserved("replicate_key_config", Shape::kObject, "Replicate: use deployments.");
  }

  friend bool operator==(const KeySettings&, const KeySettings&) = default;
};

}  // namespace bifrost::config
