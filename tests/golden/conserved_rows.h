// What the test of conservation asks: requests of each dialect, and what is said in other words.
#pragma once

#include <array>
#include <string_view>

namespace bifrost::test {

struct Row {
  std::string_view dialect;
  std::string_view name;
  std::string_view body;
};

inline constexpr std::array kRows = std::to_array<Row>({
    {"openai_chat", "sampling", R"({"model":"m","messages":[{"role":"user","content":"the-words"}],
  "temperature":0.8173,"top_p":0.9731,"top_k":37,"frequency_penalty":0.3179,
  "presence_penalty":0.4217,"seed":7919,"n":3,"stop":["stop-word"],"max_completion_tokens":4321,
  "logprobs":true,"top_logprobs":13,"logit_bias":{"50256":-41},"user":"user-word",
  "metadata":{"meta-key":"meta-word"},"service_tier":"flex","verbosity":"low","store":true,
  "modalities":["text","audio"],"audio":{"voice":"voice-word","format":"wav"},
  "prediction":{"type":"content","content":"foreseen-word"},"prompt_cache_key":"cache-word",
  "safety_identifier":"safety-word","cache_control":{"type":"ephemeral","ttl":"1h"},
  "stream":true,"stream_options":{"include_usage":true,"include_obfuscation":false},
  "top_a":0.0517})"},
    {"openai_chat", "effort",
     R"({"model":"m","messages":[{"role":"user","content":"the-words"}],"max_tokens":4321,
  "temperature":0.8173,"reasoning_effort":"high"})"},
    {"openai_chat", "reasoning",
     R"({"model":"m","messages":[{"role":"user","content":"the-words"}],
  "reasoning":{"max_tokens":2345,"exclude":false,"summary":"detailed","odd":"odd-word"}})"},
    {"openai_chat", "tools", R"({"model":"m","messages":[{"role":"user","content":"the-words"}],
  "tools":[{"type":"function","function":{"name":"first_tool","description":"tool-word",
      "parameters":{"type":"object","properties":{"city":{"type":"string",
      "description":"member-word"}}},"strict":true,"odd":"inner-odd"},"odd":"outer-odd"},
    {"type":"custom","custom":{"name":"free_tool","description":"free-word",
      "format":{"type":"grammar","grammar":{"syntax":"lark","definition":"grammar-word"}}}},
    {"type":"web_search","search_context_size":"high"}],
  "tool_choice":{"type":"function","function":{"name":"first_tool"}},
  "parallel_tool_calls":false})"},
    {"openai_chat", "free_choice",
     R"({"model":"m","messages":[{"role":"user","content":"the-words"}],
  "tools":[{"type":"function","function":{"name":"first_tool"}},
    {"type":"custom","custom":{"name":"free_tool"}}],
  "tool_choice":{"type":"custom","custom":{"name":"free_tool"}},"parallel_tool_calls":true})"},
    {"openai_chat", "no_choice", R"({"model":"m","messages":[{"role":"user","content":"the-words"}],
  "tools":[{"type":"function","function":{"name":"first_tool"}}],"tool_choice":"none",
  "parallel_tool_calls":false})"},
    {"openai_chat", "search", R"({"model":"m","messages":[{"role":"user","content":"the-words"}],
  "tools":[{"type":"mcp","server_label":"label-word","server_url":"https://mcp.example"}],
  "tool_choice":"required","web_search_options":{"search_context_size":"high",
    "user_location":{"type":"approximate","approximate":{"city":"city-word"}}}})"},
    {"openai_chat", "format", R"({"model":"m","messages":[{"role":"user","content":"the-words"}],
  "response_format":{"type":"json_schema","json_schema":{"name":"form-name",
    "description":"form-word","strict":true,"schema":{"type":"object",
    "description":"schema-word"}}}})"},
    {"openai_chat", "questions", R"({"model":"m","messages":[
  {"role":"system","name":"system-name","content":"system-word"},
  {"role":"developer","content":[{"type":"text","text":"developer-word","odd":"odd-word"}]},
  {"role":"user","name":"user-name","odd":"message-odd","content":[
    {"type":"text","text":"text-word","cache_control":{"type":"ephemeral","ttl":"1h"}},
    {"type":"image_url","image_url":{"url":"data:image/png;base64,aW1hZ2U=","detail":"high"}},
    {"type":"image_url","image_url":{"url":"https://e.example/a.png","detail":"low"}},
    {"type":"file","file":{"file_data":"data:application/pdf;base64,cGRm","filename":"a-name.pdf"}},
    {"type":"file","file":{"file_data":"data:image/png;base64,YQ==","filename":"b-name.png"}},
    {"type":"video","video":"video-word"}]}]})"},
    {"openai_chat", "sounds", R"({"model":"m","messages":[{"role":"user","content":[
    {"type":"text","text":"text-word"},
    {"type":"input_audio","input_audio":{"data":"c291bmQ=","format":"mp3"}}]},
  {"role":"assistant","audio":{"id":"sound-id"}},
  {"role":"user","content":"the-words"}]})"},
    {"openai_chat", "uploads", R"({"model":"m","messages":[{"role":"user","content":[
    {"type":"text","text":"text-word"},
    {"type":"file","file":{"file_id":"file-id","filename":"c-name.pdf"}}]}]})"},
    {"openai_chat", "answers", R"({"model":"m","messages":[{"role":"user","content":"the-words"},
  {"role":"assistant","content":"answer-word","reasoning_details":[
    {"type":"reasoning.text","text":"thought-word","signature":"signature-word"},
    {"type":"reasoning.encrypted","data":"sealed-word"}],
   "tool_calls":[{"id":"call-a","type":"function","function":{"name":"first_tool",
      "arguments":"{\"city\":\"argument-word\"}"}},
    {"id":"call-b","type":"custom","custom":{"name":"free_tool","input":"input-word"}}]},
  {"role":"tool","tool_call_id":"call-a","content":[{"type":"text","text":"result-word"},
    {"type":"odd","odd":"odd-word"}],"name":"first_tool"},
  {"role":"tool","tool_call_id":"call-b","content":"other-result"},
  {"role":"assistant","refusal":"refusal-word","name":"assistant-name"},
  {"role":"user","content":"more-words"}]})"},

    {"anthropic", "sampling", R"({"model":"m","max_tokens":4321,
  "messages":[{"role":"user","content":"the-words"}],"temperature":0.8173,"top_p":0.9731,
  "top_k":37,"stop_sequences":["stop-word"],"metadata":{"user_id":"user-word","team":"team-word"},
  "service_tier":"standard_only","container":"container-word",
  "cache_control":{"type":"ephemeral","ttl":"1h"}})"},
    {"anthropic", "thinking", R"({"model":"m","max_tokens":4321,
  "messages":[{"role":"user","content":"the-words"}],
  "thinking":{"type":"enabled","budget_tokens":2345,"display":"omitted"}})"},
    {"anthropic", "output", R"({"model":"m","max_tokens":4321,
  "messages":[{"role":"user","content":"the-words"}],"thinking":{"type":"adaptive"},
  "output_config":{"effort":"low","task_budget":{"total":54321},
    "format":{"type":"json_schema","schema":{"type":"object","description":"schema-word"}}}})"},
    {"anthropic", "tools", R"({"model":"m","max_tokens":4321,
  "messages":[{"role":"user","content":"the-words"}],
  "tools":[{"name":"first_tool","description":"tool-word","strict":true,
      "cache_control":{"type":"ephemeral","ttl":"1h"},"defer_loading":true,
      "input_schema":{"type":"object","description":"schema-word"}},
    {"type":"web_search_20250305","name":"web_search","max_uses":17,
      "allowed_domains":["domain.example"],
      "user_location":{"type":"approximate","city":"city-word"}},
    {"type":"bash_20250124","name":"bash"}],
  "tool_choice":{"type":"tool","name":"first_tool","disable_parallel_tool_use":true}})"},
    {"anthropic", "search", R"({"model":"m","max_tokens":4321,
  "messages":[{"role":"user","content":"the-words"}],
  "tools":[{"type":"web_search_20250305","name":"web_search","max_uses":17}],
  "tool_choice":{"type":"any","disable_parallel_tool_use":true}})"},
    {"anthropic", "questions", R"({"model":"m","max_tokens":4321,
  "system":[{"type":"text","text":"system-word","cache_control":{"type":"ephemeral"}}],
  "messages":[{"role":"user","content":[{"type":"text","text":"text-word","odd":"odd-word"},
    {"type":"image","source":{"type":"base64","media_type":"image/png","data":"aW1hZ2U="}},
    {"type":"image","source":{"type":"url","url":"https://e.example/a.png"}},
    {"type":"document","title":"a-title","context":"a-context","citations":{"enabled":true},
      "source":{"type":"base64","media_type":"application/pdf","data":"cGRm"}},
    {"type":"document","title":"b-title","context":"b-context","citations":{"enabled":true},
      "source":{"type":"text","media_type":"text/plain","data":"plain-word"}},
    {"type":"document","title":"c-title",
      "source":{"type":"url","url":"https://e.example/a.pdf"}},
    {"type":"document","title":"d-title","source":{"type":"content",
      "content":[{"type":"text","text":"piece-word"}]}},
    {"type":"document","title":"e-title","source":{"type":"file","file_id":"file_e"}},
    {"type":"image","source":{"type":"file","file_id":"file_f"}},
    {"type":"search_result","title":"search-title","source":"https://e.example/s",
      "content":[{"type":"text","text":"search-word"}]},
    {"type":"container_upload","file_id":"file_g"}]}]})"},
    {"anthropic", "answers", R"({"model":"m","max_tokens":4321,
  "messages":[{"role":"user","content":"the-words"},
  {"role":"assistant","content":[
    {"type":"thinking","thinking":"thought-word","signature":"signature-word"},
    {"type":"redacted_thinking","data":"sealed-word"},
    {"type":"text","text":"answer-word","citations":[{"type":"char_location",
      "cited_text":"cited-word","document_title":"cited-title","document_index":0,
      "start_char_index":0,"end_char_index":4}]},
    {"type":"server_tool_use","id":"srv-id","name":"web_search","input":{"query":"query-word"}},
    {"type":"tool_use","id":"call-a","name":"first_tool","input":{"city":"argument-word"},
      "cache_control":{"type":"ephemeral"}},
    {"type":"tool_use","id":"call-b","name":"second_tool","input":{}}]},
  {"role":"user","content":[
    {"type":"tool_result","tool_use_id":"call-a","is_error":true,"odd":"odd-word","content":[
      {"type":"text","text":"result-word"},
      {"type":"image","source":{"type":"base64","media_type":"image/png","data":"aW1hZ2U="}},
      {"type":"document","title":"r-title","context":"r-context",
        "source":{"type":"text","media_type":"text/plain","data":"plain-word"}},
      {"type":"document","title":"s-title",
        "source":{"type":"base64","media_type":"application/pdf","data":"cGRm"}}]},
    {"type":"tool_result","tool_use_id":"call-b","is_error":true,"content":"failed-word"},
    {"type":"text","text":"more-words"}]}]})"},

    {"gemini", "sampling", R"({"contents":[{"role":"user","parts":[{"text":"the-words"}]}],
  "generationConfig":{"temperature":0.8173,"topP":0.9731,"topK":37,"frequencyPenalty":0.3179,
    "presencePenalty":0.4217,"seed":7919,"candidateCount":3,"stopSequences":["stop-word"],
    "maxOutputTokens":4321,"responseLogprobs":true,"logprobs":13,
    "responseModalities":["TEXT","IMAGE"],"responseMimeType":"application/json",
    "responseSchema":{"type":"OBJECT","description":"schema-word"},
    "speechConfig":{"languageCode":"language-word"}},
  "safetySettings":[{"category":"category-word","threshold":"threshold-word"}],
  "cachedContent":"cached-word","labels":{"label":"label-word"}})"},
    {"gemini", "thinking", R"({"contents":[{"role":"user","parts":[{"text":"the-words"}]}],
  "generationConfig":{"thinkingConfig":{"thinkingBudget":2345,"includeThoughts":false,
    "odd":"odd-word"}}})"},
    {"gemini", "tools", R"({"contents":[{"role":"user","parts":[{"text":"the-words"}]}],
  "tools":[{"functionDeclarations":[{"name":"first_tool","description":"tool-word",
      "parameters":{"type":"OBJECT","properties":{"city":{"type":"STRING",
      "description":"member-word"}}},"response":{"type":"STRING","description":"response-word"},
      "behavior":"BLOCKING"}]},
    {"googleSearch":{"timeRangeFilter":{"startTime":"2025-01-01T00:00:00Z"}},"codeExecution":{}}],
  "toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["first_tool"]},
    "retrievalConfig":{"languageCode":"language-word"}}})"},
    {"gemini", "questions", R"({"systemInstruction":{"parts":[{"text":"system-word"}]},
  "contents":[{"role":"user","parts":[{"text":"text-word"},
    {"inlineData":{"mimeType":"image/png","data":"aW1hZ2U=","displayName":"image-name"},
      "mediaResolution":{"level":"level-word"}},
    {"inlineData":{"mimeType":"application/pdf","data":"cGRm","displayName":"pdf-name"}},
    {"fileData":{"mimeType":"image/jpeg","fileUri":"https://e.example/a.jpg"}},
    {"fileData":{"mimeType":"application/pdf","fileUri":"https://e.example/a.pdf",
      "displayName":"uri-name"}}]}]})"},
    {"gemini", "films", R"({"contents":[{"role":"user","parts":[{"text":"text-word"},
    {"inlineData":{"mimeType":"audio/mp3","data":"c291bmQ="}},
    {"inlineData":{"mimeType":"video/mp4","data":"dmlkZW8="},"videoMetadata":{"fps":17}},
    {"fileData":{"mimeType":"video/mp4","fileUri":"https://e.example/a.mp4"}}]}]})"},
    {"gemini", "answers", R"({"contents":[{"role":"user","parts":[{"text":"the-words"}]},
  {"role":"model","parts":[{"text":"thought-word","thought":true,"thoughtSignature":"c2lnLWE="},
    {"text":"answer-word","thoughtSignature":"c2lnLWI="},
    {"executableCode":{"language":"PYTHON","code":"code-word"}},
    {"functionCall":{"id":"call-a","name":"first_tool","args":{"city":"argument-word"}},
      "thoughtSignature":"c2lnLWM="},
    {"functionCall":{"id":"call-b","name":"second_tool","args":{}}}]},
  {"role":"user","parts":[{"functionResponse":{"id":"call-a","name":"first_tool",
      "response":{"error":"failed-word"},"scheduling":"SILENT"}},
    {"functionResponse":{"id":"call-b","name":"second_tool","response":{"answer":"result-word"},
      "parts":[{"inlineData":{"mimeType":"image/png","data":"aW1hZ2U="}}]}},
    {"text":"more-words"}]}]})"},
});

// How a dialect says a value that it has no equal word for. `path` is the caller's. Without words
// it needs none: the value is what the target does or takes anyway.
struct OtherWords {
  std::string_view from;
  std::string_view path;
  std::string_view to;
  std::string_view words;
};

inline constexpr std::array kOtherWords = std::to_array<OtherWords>({
    {"openai_chat", "logprobs", "gemini", R"("responseLogprobs":true)"},
    {"openai_chat", "modalities[0]", "gemini", R"("responseModalities":["TEXT","AUDIO"])"},
    {"openai_chat", "modalities[1]", "gemini", R"("responseModalities":["TEXT","AUDIO"])"},
    // Anthropic counts thoughts among the tokens: the caller's limit is the room for the answer.
    {"openai_chat", "max_tokens", "anthropic", R"("max_tokens":20705)"},
    {"openai_chat", "max_tokens", "anthropic", R"("max_tokens":8192)"},  // as far as it has it
    {"openai_chat", "reasoning_effort", "anthropic", R"("budget_tokens":16384)"},
    {"openai_chat", "reasoning_effort", "anthropic", R"("budget_tokens":7168)"},
    {"openai_chat", "reasoning_effort", "gemini", R"("thinkingBudget":24576)"},
    {"openai_chat", "reasoning_effort", "gemini", R"("thinkingLevel":"HIGH")"},
    {"openai_chat", "reasoning.exclude", "anthropic", ""},  // shown unless hidden
    {"openai_chat", "reasoning.exclude", "gemini", R"("includeThoughts":true)"},
    {"openai_chat", "reasoning.max_tokens", "anthropic", R"("effort":"medium")"},
    {"openai_chat", "tools[0].function.strict", "anthropic", R"("strict":true)"},
    {"openai_chat", "parallel_tool_calls", "anthropic", R"("disable_parallel_tool_use":true)"},
    // In parallel unless told otherwise.
    {"openai_chat", "parallel_tool_calls", "anthropic", R"({"type":"tool","name":"free_tool"})"},
    {"openai_chat", "tool_choice", "gemini", R"("mode":"NONE")"},
    // A label that OpenAI asks for; the schema binds both of the others in any case.
    {"openai_chat", "response_format.json_schema.name", "anthropic", ""},
    {"openai_chat", "response_format.json_schema.name", "gemini", ""},
    {"openai_chat", "response_format.json_schema.strict", "anthropic", ""},
    {"openai_chat", "response_format.json_schema.strict", "gemini", ""},
    {"openai_chat", "messages[0].content[1].input_audio.format", "gemini", "audio/mpeg"},

    {"anthropic", "service_tier", "openai_chat", R"("service_tier":"default")"},
    {"anthropic", "thinking.budget_tokens", "openai_chat", R"("reasoning_effort":"low")"},
    {"anthropic", "thinking.display", "openai_chat", R"("exclude":true)"},
    {"anthropic", "thinking.display", "gemini", R"("includeThoughts":false)"},
    {"anthropic", "output_config.effort", "gemini", R"("thinkingBudget":1024)"},
    {"anthropic", "output_config.effort", "gemini", R"("thinkingLevel":"LOW")"},
    {"anthropic", "tools[0].strict", "openai_chat", R"("strict":true)"},
    {"anthropic", "tool_choice.disable_parallel_tool_use", "openai_chat",
     R"("parallel_tool_calls":false)"},
    {"anthropic", "tools[0].name", "gemini", R"("googleSearch":{})"},
    {"anthropic", "tools[1].name", "gemini", R"("googleSearch":{})"},
    {"anthropic", "messages[0].content[4].source.media_type", "openai_chat", ""},
    {"anthropic", "messages[0].content[4].source.media_type", "gemini", ""},
    {"anthropic", "messages[2].content[0].content[2].source.media_type", "openai_chat", ""},
    {"anthropic", "messages[2].content[0].content[2].source.media_type", "gemini", ""},
    {"anthropic", "messages[2].content[0].is_error", "gemini", R"("response":{"error":"result)"},
    {"anthropic", "messages[2].content[1].is_error", "gemini", R"("response":{"error":"failed)"},

    {"gemini", "generationConfig.responseLogprobs", "openai_chat", R"("logprobs":true)"},
    {"gemini", "generationConfig.responseModalities[0]", "openai_chat", R"(["text","image"])"},
    {"gemini", "generationConfig.responseModalities[1]", "openai_chat", R"(["text","image"])"},
    {"gemini", "generationConfig.responseMimeType", "openai_chat", R"("type":"json_schema")"},
    {"gemini", "generationConfig.responseMimeType", "anthropic", R"("type":"json_schema")"},
    {"gemini", "generationConfig.thinkingConfig.thinkingBudget", "openai_chat",
     R"("reasoning_effort":"low")"},
    {"gemini", "generationConfig.thinkingConfig.thinkingBudget", "anthropic",
     R"("effort":"medium")"},
    {"gemini", "generationConfig.thinkingConfig.includeThoughts", "openai_chat",
     R"("exclude":true)"},
    {"gemini", "generationConfig.thinkingConfig.includeThoughts", "anthropic",
     R"("display":"omitted")"},
    {"gemini", "toolConfig.functionCallingConfig.mode", "openai_chat", R"("tool_choice":)"},
    {"gemini", "toolConfig.functionCallingConfig.mode", "anthropic", R"("type":"tool")"},
    // An image that is fetched tells its type itself.
    {"gemini", "contents[0].parts[3].fileData.mimeType", "openai_chat", ""},
    {"gemini", "contents[0].parts[3].fileData.mimeType", "anthropic", ""},
    {"gemini", "contents[0].parts[1].inlineData.mimeType", "openai_chat", R"("format":"mp3")"},
    {"gemini", "contents[1].parts[0].thought", "openai_chat", R"("reasoning)"},
    {"gemini", "contents[1].parts[0].thought", "anthropic", R"("type":"thinking")"},
});

// Where a whole request is refused instead: a value has no counterpart, and the answer would be
// another one without it.
struct RefusedRow {
  std::string_view from;
  std::string_view row;
  std::string_view to;
  std::string_view field;  // that the error names
};

inline constexpr std::array kRefusedRows = std::to_array<RefusedRow>({
    {"openai_chat", "sounds", "anthropic", "messages[0].content[1]"},
    {"gemini", "films", "anthropic", "contents[0].parts[1]"},
});

}  // namespace bifrost::test
