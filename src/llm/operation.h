// What can be asked of a model or its provider, in one table: the names that configurations,
// metrics, logs and answers use. That an operation stands here does not say that it is served:
// those that are have a row in `operation/all.h`.
//
// The names are the original's; an operation that can stream has a name for each way.
#pragma once

#include <bit>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

namespace bifrost::llm {

enum class Operation : std::uint8_t {
  kListModels,
  kTextCompletion,
  kChat,
  kResponses,
  kResponsesRetrieve,
  kResponsesDelete,
  kResponsesCancel,
  kResponsesInputItems,
  kCountTokens,
  kCompaction,
  kEmbedding,
  kRerank,
  kOcr,
  kSpeech,
  kTranscription,
  kImageGeneration,
  kImageEdit,
  kImageVariation,
  kVideoGeneration,
  kVideoEdit,
  kVideoRetrieve,
  kVideoDownload,
  kVideoDelete,
  kVideoList,
  kVideoRemix,
  kBatchCreate,
  kBatchList,
  kBatchRetrieve,
  kBatchCancel,
  kBatchDelete,
  kBatchResults,
  kFileUpload,
  kFileList,
  kFileRetrieve,
  kFileDelete,
  kFileContent,
  kContainerCreate,
  kContainerList,
  kContainerRetrieve,
  kContainerDelete,
  kContainerFileCreate,
  kContainerFileList,
  kContainerFileRetrieve,
  kContainerFileContent,
  kContainerFileDelete,
  kPassthrough,
  kWebsocketResponses,
  kRealtime,
  kCachedContentCreate,
  kCachedContentList,
  kCachedContentRetrieve,
  kCachedContentUpdate,
  kCachedContentDelete,
  kCount,  // number of operations, not an operation
};

struct OperationInfo {
  Operation operation;
  std::string_view name;              // "chat_completion"
  std::string_view stream_name = {};  // "chat_completion_stream"; empty: it does not stream
};

[[nodiscard]] std::span<const OperationInfo> operation_table();

// An operation, whole or streamed: what a configuration allows or redirects, and a provider offers.
struct RequestType {
  Operation operation = Operation::kChat;
  bool stream = false;

  bool operator==(const RequestType&) const = default;
};

// Two forms of one thing: a provider that offers the one can be asked for the other, translated.
[[nodiscard]] constexpr bool is_conversation(Operation operation) {
  return operation == Operation::kChat || operation == Operation::kResponses;
}

[[nodiscard]] std::string_view name_of(Operation operation);
[[nodiscard]] std::string_view name_of(RequestType type);
// Nothing when there is no request type of that name.
[[nodiscard]] std::optional<RequestType> find_request_type(std::string_view name);
// The names of all request types, in the order of the table.
[[nodiscard]] std::span<const std::string_view> request_type_names();

class RequestTypes {
 public:
  constexpr RequestTypes() = default;
  constexpr RequestTypes(std::initializer_list<RequestType> types) {
    for (const RequestType type : types) mask(type.stream) |= bit(type.operation);
  }

  [[nodiscard]] constexpr bool has(RequestType type) const {
    return ((type.stream ? streamed_ : whole_) & bit(type.operation)) != 0;
  }
  [[nodiscard]] constexpr RequestTypes with(RequestType type) const {
    RequestTypes more = *this;
    more.mask(type.stream) |= bit(type.operation);
    return more;
  }
  [[nodiscard]] constexpr RequestTypes without(RequestType type) const {
    RequestTypes rest = *this;
    rest.mask(type.stream) &= ~bit(type.operation);
    return rest;
  }
  [[nodiscard]] constexpr int size() const {
    return std::popcount(whole_) + std::popcount(streamed_);
  }

  bool operator==(const RequestTypes&) const = default;

 private:
  static_assert(static_cast<unsigned>(Operation::kCount) <= 64);
  static constexpr std::uint64_t bit(Operation operation) {
    return std::uint64_t{1} << static_cast<unsigned>(operation);
  }
  constexpr std::uint64_t& mask(bool stream) { return stream ? streamed_ : whole_; }

  std::uint64_t whole_ = 0;
  std::uint64_t streamed_ = 0;
};

}  // namespace bifrost::llm
