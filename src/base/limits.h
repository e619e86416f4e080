// Bounds that several files share, or that a reader of the documentation asks for. The others are
// settings, or constants beside the one loop, queue, buffer or wait that they bound.
#pragma once

#include <cstddef>

namespace bifrost::limits {

// JSON
inline constexpr std::size_t kJsonDepthMax = 512;              // containers inside containers
inline constexpr std::size_t kScratchKeptBytes = 1024 * 1024;  // of text, whose buffers are kept

// HTTP
inline constexpr std::size_t kRequestHeadBytesMax = 64 * 1024;  // default of read_buffer_size
inline constexpr std::size_t kResponseHeadBytesMax = 256 * 1024;
inline constexpr std::size_t kHeaderCountMax = 256;
inline constexpr std::size_t kChunkLineBytesMax = 4096;         // chunk size and extensions
inline constexpr std::size_t kChunkExcessBytesMax = 16 * 1024;  // of framing, more than data
inline constexpr std::size_t kTrailerBytesMax = 16 * 1024;
inline constexpr std::size_t kReadChunkBytes = 32 * 1024;  // one read from a socket

// Streams
inline constexpr std::size_t kStreamEventBytesMax = 16 * 1024 * 1024;
inline constexpr std::size_t kStreamPeekBytesMax = 256 * 1024;  // held back before a 200
inline constexpr std::size_t kStreamPeekEventsMax = 64;

// Answers that have to be in memory as a whole
inline constexpr std::size_t kResponseBodyBytesMax = 256 * 1024 * 1024;
inline constexpr std::size_t kListBodyBytesMax = 16 * 1024 * 1024;  // a page of a provider's models
inline constexpr std::size_t kErrorBodyBytesMax = 64 * 1024;        // of an upstream's error

// Requests
inline constexpr std::size_t kFallbacksMax = 16;
inline constexpr std::size_t kRuleTargetsMax = 64;  // of a routing rule
inline constexpr std::size_t kRoutingRulesMax = 2000;
inline constexpr std::size_t kTopMembersMax = 1024;                 // of a request's body
inline constexpr std::size_t kRetryAfterSecondsMax = 24 * 60 * 60;  // longer hints are cut

inline constexpr std::size_t kModelNameBytesMax = 512;   // with its provider; ARNs have up to 250
inline constexpr std::size_t kCredentialBytesMax = 512;  // of a virtual key
inline constexpr std::size_t kSessionIdCharactersMax = 255;
inline constexpr std::size_t kSessionIdBytesMax =
    4 * kSessionIdCharactersMax;                          // also what is no UTF-8
inline constexpr std::size_t kSessionsMax = 50'000;       // whose keys are remembered
inline constexpr std::size_t kRetryAccountsMax = 20'000;  // of keys, and as many of callers

// Labels of metrics: values that outsiders make up, and that are shown as they are
inline constexpr std::size_t kServedModelsMax = 512;       // of one provider
inline constexpr std::size_t kTriedModelsMax = 32;         // of one provider, that nobody served
inline constexpr std::size_t kCustomLabelValuesMax = 256;  // of one configured label

// Configuration
inline constexpr std::size_t kConfigBytesMax = 16 * 1024 * 1024;
inline constexpr std::size_t kConfigProblemsMax = 100;  // reported; the rest is counted

}  // namespace bifrost::limits
