// For tests: is a stream of this dialect legal, in the order that OpenAI's clients rely on?
//
//   - numbers go up by one from 0, and the `event:` line says what the data says
//   - created and in_progress first; completed, incomplete or failed last, and nothing behind it
//   - an item is added at the next place before anything is said of it, and a text of it before its
//     pieces; nothing is said of either when it is done
//   - what is done repeats the sum of its pieces, and the last event repeats the items
#pragma once

#include "http/sse/parser.h"
#include "json/document.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost::dialect::openai_responses {

class OrderChecker {
 public:
  // `stopped`: a stream that was cut off and ended by a tap, whose items stay open.
  explicit OrderChecker(bool stopped = false) : stopped_(stopped) {}

  // All faults of a whole stream, in words; empty: there are none.
  std::vector<std::string> check(std::string_view stream) {
    http::sse::Parser parser;
    std::vector<http::sse::Event> events;
    if (!parser.feed(stream, events)) fault("is no event stream");
    if (parser.inside_event()) fault("ends inside of an event");
    if (!parser.stray().empty()) fault("has lines that are no field");
    for (const http::sse::Event& event : events) one(event);
    if (!ended_) fault("has no end");
    return faults_;
  }

 private:
  struct Text {
    std::string sum;
    std::int64_t annotations = 0;
    bool open = true;
    bool done = false;  // its text was repeated
  };
  struct Item {
    std::string id;
    std::string type;
    bool open = true;
    std::string arguments;
    bool arguments_done = false;
    std::vector<Text> contents;
    std::vector<Text> summaries;
    std::string raw;  // as it was done
  };

  void fault(std::string_view what) {
    faults_.push_back("event " + std::to_string(count_) + " (" + type_ + "): " + std::string(what));
  }
  void require(bool holds, std::string_view what) {
    if (!holds) fault(what);
  }

  void one(const http::sse::Event& event) {
    const auto document = json::Document::parse(event.data);
    if (!document) {
      fault("is no JSON");
      return;
    }
    const json::Value root = document->root();
    type_ = root["type"].string_or("");
    require(event.type == type_, "has another type in its event line");
    require(root["sequence_number"].integer() == count_, "has not the next number");
    require(!ended_, "comes behind the end");
    require(!failing_ || type_ == "response.failed", "comes behind an error");
    judge(root);
    ++count_;
  }

  void judge(json::Value root) {
    if (count_ == 0) require(type_ == "response.created", "is not the first");
    if (count_ == 1 && !failing_) require(type_ == "response.in_progress", "is not the second");
    if (type_ == "response.created" || type_ == "response.in_progress") {
      require(count_ < 2, "comes again");
      require(root["response"]["status"].equals("in_progress"), "is of a response with an end");
    } else if (type_ == "error") {
      failing_ = true;
      require(root["message"].is_string() && root["code"].is_string(), "does not say why");
    } else if (type_ == "response.completed" || type_ == "response.incomplete" ||
               type_ == "response.failed") {
      end(root["response"]);
    } else if (type_ == "response.output_item.added") {
      added(root);
    } else if (Item* item = item_of(root)) {
      of_item(*item, root);
    }
  }

  void end(json::Value response) {
    ended_ = true;
    const std::string status = response["status"].string_or("");
    require(type_ == "response." + status, "has another status");
    require(response["error"].is_null() == (status != "failed"), "has an error or none");
    require(response["incomplete_details"].is_null() == (status != "incomplete"),
            "has details or none");
    if (stopped_ || status == "failed") return;
    require(response["output"].size() == items_.size(), "has other items than there were");
    std::size_t place = 0;
    for (const json::Value item : response["output"].children()) {
      if (place >= items_.size()) break;
      require(!items_[place].open, "comes before all items are done");
      require(item.raw() == items_[place].raw, "has another item than was done");
      ++place;
    }
  }

  void added(json::Value root) {
    const json::Value item = root["item"];
    require(root["output_index"].integer() == static_cast<std::int64_t>(items_.size()),
            "is not at the next place");
    Item& made = items_.emplace_back();
    made.id = item["id"].string_or("");
    made.type = item["type"].string_or("");
    require(!made.type.empty(), "has an item without a type");
    for (const Item& other : items_) {
      require(&other == &made || made.id.empty() || other.id != made.id, "has an id again");
    }
  }

  Item* item_of(json::Value root) {
    const auto place = root["output_index"].integer();
    if (!place || *place < 0 || static_cast<std::size_t>(*place) >= items_.size()) {
      fault("is of no item");
      return nullptr;
    }
    Item& item = items_[static_cast<std::size_t>(*place)];
    require(item.open, "is of an item that is done");
    const json::Value id = root["item_id"].exists() ? root["item_id"] : root["item"]["id"];
    require(id.string_or("") == item.id, "has the id of another item");
    return &item;
  }

  void of_item(Item& item, json::Value root) {
    const bool summary = root["summary_index"].exists();
    if (type_ == "response.output_item.done") {
      item_done(item, root["item"]);
    } else if (type_.ends_with("_part.added")) {
      part_added(summary ? item.summaries : item.contents, index_in(root, summary));
    } else if (type_.ends_with("_call_arguments.delta") || type_.ends_with("_call_input.delta")) {
      require(!item.arguments_done, "comes behind the arguments' end");
      item.arguments += root["delta"].string_or("");
    } else if (type_.ends_with("_call_arguments.done") || type_.ends_with("_call_input.done")) {
      item.arguments_done = true;
      const json::Value all = root[type_.ends_with("_input.done") ? "input" : "arguments"];
      require(all.string_or("") == item.arguments, "is not the sum of the pieces");
    } else if (Text* text =
                   text_of(summary ? item.summaries : item.contents, index_in(root, summary))) {
      of_text(*text, root);
    }
  }

  static std::optional<std::int64_t> index_in(json::Value root, bool summary) {
    return root[summary ? "summary_index" : "content_index"].integer();
  }

  void part_added(std::vector<Text>& texts, std::optional<std::int64_t> index) {
    require(index == static_cast<std::int64_t>(texts.size()), "is not the next text");
    require(texts.empty() || !texts.back().open, "comes before the last text is done");
    texts.emplace_back();
  }

  Text* text_of(std::vector<Text>& texts, std::optional<std::int64_t> index) {
    if (!index || *index < 0 || static_cast<std::size_t>(*index) >= texts.size()) {
      fault("is of no text");
      return nullptr;
    }
    Text& text = texts[static_cast<std::size_t>(*index)];
    require(text.open, "is of a text that is done");
    return &text;
  }

  void of_text(Text& text, json::Value root) {
    if (type_.ends_with(".delta")) {
      require(!text.done, "comes behind the text's end");
      text.sum += root["delta"].string_or("");
    } else if (type_ == "response.output_text.annotation.added") {
      require(root["annotation_index"].integer() == text.annotations, "has not the next number");
      ++text.annotations;
    } else if (type_.ends_with("_part.done")) {
      text.open = false;
      require(text.done, "comes before the text's end");
      require(words(root["part"]) == text.sum, "is not the sum of the pieces");
      const json::Value annotations = root["part"]["annotations"];
      require(static_cast<std::int64_t>(annotations.size()) == text.annotations,
              "has other annotations than were added");
    } else if (type_.ends_with(".done")) {
      text.done = true;
      require(words(root) == text.sum, "is not the sum of the pieces");
    } else {
      fault("is nothing that is known");
    }
  }

  static std::string words(json::Value of) {
    return of["refusal"].exists() ? of["refusal"].string_or("") : of["text"].string_or("");
  }

  void item_done(Item& item, json::Value value) {
    item.open = false;
    item.raw = value.raw();
    require(value["type"].equals(item.type), "has another type");
    require(same(value["content"], item.contents), "has not the texts of its item");
    require(same(value["summary"], item.summaries), "has not the summaries of its item");
    if (item.type != "function_call" && item.type != "custom_tool_call") return;
    require(item.arguments_done, "comes before the arguments' end");
    const json::Value all = value[item.type == "function_call" ? "arguments" : "input"];
    require(all.string_or("") == item.arguments, "has not the arguments of its item");
  }

  // Items that only a provider knows may have texts that no event told.
  static bool same(json::Value list, const std::vector<Text>& texts) {
    if (texts.empty()) return true;
    if (list.size() != texts.size()) return false;
    std::size_t at = 0;
    for (const json::Value part : list.children()) {
      if (texts[at].open || words(part) != texts[at].sum) return false;
      ++at;
    }
    return true;
  }

  bool stopped_;
  std::int64_t count_ = 0;
  std::string type_;
  std::vector<Item> items_;
  bool failing_ = false;
  bool ended_ = false;
  std::vector<std::string> faults_;
};

// The faults as one text, for a message.
inline std::string order_faults(std::string_view stream, bool stopped = false) {
  std::string text;
  for (const std::string& fault : OrderChecker(stopped).check(stream)) text += fault + "\n";
  return text;
}

}  // namespace bifrost::dialect::openai_responses
