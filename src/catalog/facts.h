// What is known of a model that somebody asks, with the price that holds for him.
#pragma once

#include "catalog/catalog.h"
#include "catalog/price_overrides.h"
#include "catalog/price_patch.h"

#include <cstdint>
#include <optional>

namespace bifrost::catalog {

class Facts {
 public:
  Facts() = default;  // nothing is known
  // Both outlive it; null: the sheet does not have the model, its price is nobody's own.
  Facts(const Model* model, const PricePatch* patch) : model_(model) {
    if (patch == nullptr) return;
    if (model != nullptr) {
      own_ = patched(model->price, *patch);
    } else if (patch->stands_alone()) {
      own_ = price_of(*patch);
    }
  }

  // Null: it is not known. As long as this and the catalog live.
  [[nodiscard]] const Price* price() const {
    if (own_) return &*own_;
    return model_ == nullptr ? nullptr : &model_->price;
  }
  // 0: not known.
  [[nodiscard]] std::int64_t output_tokens_max() const {
    return model_ == nullptr ? 0 : model_->output_tokens_max;
  }

 private:
  const Model* model_ = nullptr;
  std::optional<Price> own_;  // in place of the model's
};

}  // namespace bifrost::catalog
