#include "llm/operation.h"

#include "base/assert.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

namespace bifrost::llm {
namespace {

using enum Operation;

constexpr std::array<OperationInfo, static_cast<std::size_t>(kCount)> kTable = {{
    {kListModels, "list_models"},
    {kTextCompletion, "text_completion", "text_completion_stream"},
    {kChat, "chat_completion", "chat_completion_stream"},
    {kResponses, "responses", "responses_stream"},
    {kResponsesRetrieve, "responses_retrieve"},
    {kResponsesDelete, "responses_delete"},
    {kResponsesCancel, "responses_cancel"},
    {kResponsesInputItems, "responses_input_items"},
    {kCountTokens, "count_tokens"},
    {kCompaction, "compaction"},
    {kEmbedding, "embedding"},
    {kRerank, "rerank"},
    {kOcr, "ocr"},
    {kSpeech, "speech", "speech_stream"},
    {kTranscription, "transcription", "transcription_stream"},
    {kImageGeneration, "image_generation", "image_generation_stream"},
    {kImageEdit, "image_edit", "image_edit_stream"},
    {kImageVariation, "image_variation"},
    {kVideoGeneration, "video_generation"},
    {kVideoEdit, "video_edit"},
    {kVideoRetrieve, "video_retrieve"},
    {kVideoDownload, "video_download"},
    {kVideoDelete, "video_delete"},
    {kVideoList, "video_list"},
    {kVideoRemix, "video_remix"},
    {kBatchCreate, "batch_create"},
    {kBatchList, "batch_list"},
    {kBatchRetrieve, "batch_retrieve"},
    {kBatchCancel, "batch_cancel"},
    {kBatchDelete, "batch_delete"},
    {kBatchResults, "batch_results"},
    {kFileUpload, "file_upload"},
    {kFileList, "file_list"},
    {kFileRetrieve, "file_retrieve"},
    {kFileDelete, "file_delete"},
    {kFileContent, "file_content"},
    {kContainerCreate, "container_create"},
    {kContainerList, "container_list"},
    {kContainerRetrieve, "container_retrieve"},
    {kContainerDelete, "container_delete"},
    {kContainerFileCreate, "container_file_create"},
    {kContainerFileList, "container_file_list"},
    {kContainerFileRetrieve, "container_file_retrieve"},
    {kContainerFileContent, "container_file_content"},
    {kContainerFileDelete, "container_file_delete"},
    {kPassthrough, "passthrough", "passthrough_stream"},
    {kWebsocketResponses, "websocket_responses"},
    {kRealtime, "realtime"},
    {kCachedContentCreate, "cached_content_create"},
    {kCachedContentList, "cached_content_list"},
    {kCachedContentRetrieve, "cached_content_retrieve"},
    {kCachedContentUpdate, "cached_content_update"},
    {kCachedContentDelete, "cached_content_delete"},
}};

// Rows are found by their place.
static_assert([] {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (static_cast<std::size_t>(kTable[i].operation) != i) return false;
  }
  return true;
}());

const OperationInfo& info(Operation operation) {
  return kTable[static_cast<std::size_t>(operation)];
}

std::vector<std::string_view> collect_names() {
  std::vector<std::string_view> names;
  for (const OperationInfo& row : kTable) {
    names.push_back(row.name);
    if (!row.stream_name.empty()) names.push_back(row.stream_name);
  }
  return names;
}

}  // namespace

std::span<const OperationInfo> operation_table() { return kTable; }

std::string_view name_of(Operation operation) { return info(operation).name; }

std::string_view name_of(RequestType type) {
  const OperationInfo& row = info(type.operation);
  BF_DCHECK(!type.stream || !row.stream_name.empty());
  return type.stream ? row.stream_name : row.name;
}

std::optional<RequestType> find_request_type(std::string_view name) {
  for (const OperationInfo& row : kTable) {
    if (row.name == name) return RequestType{row.operation, false};
    if (!row.stream_name.empty() && row.stream_name == name)
      return RequestType{row.operation, true};
  }
  return std::nullopt;
}

std::span<const std::string_view> request_type_names() {
  static const std::vector<std::string_view> kNames = collect_names();
  return kNames;
}

}  // namespace bifrost::llm
