// Every operation that is served, one file each.
#pragma once

#include "exchange/operation.h"

#include <span>

namespace bifrost::operation {

extern const exchange::Operation kChat;        // chat.cc
extern const exchange::Operation kResponses;   // chat.cc
extern const exchange::Operation kListModels;  // list_models.cc
extern const exchange::Operation kHealth;      // health.cc
extern const exchange::Operation kLive;        // live.cc
extern const exchange::Operation kMetrics;     // metrics.cc
extern const exchange::Operation kBanner;      // banner.cc

}  // namespace bifrost::operation
