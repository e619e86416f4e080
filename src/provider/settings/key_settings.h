// A provider's keys: the credential, which models it may be used for, and how often.
#pragma once

#include "config/facts.h"
#include "config/ordered_map.h"
#include "config/secret.h"
#include "provider/self_hosted/key_settings.h"
#include "provider/settings/key_parts.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bifrost::provider {

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
    visit.field("model_id", self.model_id,
                {.text = "The model's name on the wire.",
                 .form = config::Form::kNonEmpty,
                 .required = true});
    visit.field("model_name", self.model_name,
                {.text = "The model's canonical name, for prices, logs and the family."});
    visit.field(
        "model_family", self.model_family,
        {.text = "Family of the model: `anthropic`, `openai`, `mistral`, `cohere`, `gemini`, "
                 "`gemma`, `llama`, `imagen`, `veo`, `nova` or `titan`."});
    visit.field("description", self.description, {.text = "For people; it is not read."});
    visit.field("use_anthropic_endpoints", self.use_anthropic_endpoints,
                {.text = "Overrides `use_anthropic_endpoints` of the key for this model."});
    visit.unserved("region", config::Shape::kString, "Region of the model in a cloud.");
    visit.unserved("api_version", config::Shape::kString, "Azure: version of the API.");
    visit.unserved("anthropic_version", config::Shape::kString,
                   "Azure: version of the Anthropic API.");
    visit.unserved("endpoint", config::Shape::kAny, "Azure: address of the resource.");
    visit.unserved("project_id", config::Shape::kAny, "Vertex and Bedrock: project.");
    visit.unserved("project_number", config::Shape::kAny, "Vertex: number of the project.");
    visit.unserved("force_single_region", config::Shape::kBool,
                   "Vertex: never use a multi-region endpoint.");
    visit.unserved("inference_profile_arn", config::Shape::kAny, "Bedrock: inference profile.");
    visit.unserved("use_deployments_endpoint", config::Shape::kBool,
                   "Replicate: the model is a deployment.");
  }

  void check(config::CheckScope& scope) const;

  friend bool operator==(const AliasSettings&, const AliasSettings&) = default;
};

// What only one provider's keys have: an entry each, in the order of the file.
using OwnKeyParts = KeyParts<OllamaKeySettings, SglKeySettings, VllmKeySettings>;

// One entry of `keys` of a provider.
struct KeySettings {
  std::string id;
  std::string name;
  config::Secret value;
  std::vector<std::string> models;
  std::vector<std::string> blacklisted_models;
  double weight = 1;
  bool enabled = true;
  config::OrderedMap<AliasSettings> aliases;
  bool use_for_batch_api = false;
  bool use_anthropic_endpoints = false;
  std::string description;
  OwnKeyParts own;

  void describe(this auto& self, auto& visit) {
    visit.field("enabled", self.enabled,
                {.text = "A key that is not enabled is not used.", .is_switch = true});
    visit.field("name", self.name,
                {.text = "Name of the key, unique within the provider; a request may pin it, logs "
                         "and metrics show it. Without one the file's key is called by its `id`, "
                         "else by its provider and its place."});
    visit.field("id", self.id,
                {.text = "Second name of the key; a pin by id goes before one by name."});
    visit.field("value", self.value,
                {.text = "The credential. Empty where the provider needs none.",
                 .form = config::Form::kHeaderValue});
    visit.field(
        "models", self.models,
        {.text = "Models that the key may be used for; `[\"*\"]` allows all. Empty denies all "
                 "in version 2 of the file and allows all in version 1.",
         .form = config::Form::kNonEmpty});
    visit.field("blacklisted_models", self.blacklisted_models,
                {.text = "Models that the key may not be used for, whatever `models` says; "
                         "`[\"*\"]` denies all.",
                 .form = config::Form::kNonEmpty});
    visit.field("weight", self.weight,
                {.text = "Share of the requests that the key gets, relative to the other keys.",
                 .minimum = 0});
    visit.field("aliases", self.aliases,
                {.text = "User-facing model names, and what the provider calls them.",
                 .key_form = config::Form::kNonEmpty});
    visit.field("use_for_batch_api", self.use_for_batch_api,
                {.text = "The key may be used for batches and files."});
    visit.field("use_anthropic_endpoints", self.use_anthropic_endpoints,
                {.text = "Send chats to the provider's Anthropic-compatible endpoint (deepseek, "
                         "fireworks, vllm, sgl)."});
    visit.field("description", self.description, {.text = "For people; it is not read."});
    self.own.describe(visit);
    visit.unserved("azure_key_config", config::Shape::kObject,
                   "Azure: resource and Entra ID credentials.");
    visit.unserved("vertex_key_config", config::Shape::kObject,
                   "Vertex: project, region and credentials.");
    visit.unserved("bedrock_key_config", config::Shape::kObject,
                   "Bedrock: region and AWS credentials.");
    visit.unserved("bedrock_mantle_key_config", config::Shape::kObject,
                   "Bedrock Mantle: region and AWS credentials.");
    visit.unserved("databricks_key_config", config::Shape::kObject,
                   "Databricks: workspace and credentials.");
    visit.unserved("github_copilot_key_config", config::Shape::kObject,
                   "GitHub Copilot: app credentials.");
    visit.unserved("replicate_key_config", config::Shape::kObject, "Replicate: use deployments.");
  }

  friend bool operator==(const KeySettings&, const KeySettings&) = default;
};

}  // namespace bifrost::provider
