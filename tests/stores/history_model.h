// What files and database are by the rules of `app/stored_config.h`, kept in one map; for
// history_test.cc.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace bifrost::test {

// Ids and names of the virtual keys.
using Keys = std::map<std::string, std::string>;

// What a gateway's file says.
struct File {
  bool rules = false;        // it is the source of truth
  std::optional<Keys> keys;  // nothing: it has no such list

  [[nodiscard]] std::optional<std::string> name_of(const std::string& id) const {
    if (!keys || !keys->contains(id)) return std::nullopt;
    return keys->at(id);
  }
};

// `file` is always that of the gateway that does it, as it was read last.
class Model {
 public:
  [[nodiscard]] Keys in_force(const File& file) const {
    Keys out;
    for (const auto& [id, row] : rows_) {
      if (row.name) out[id] = *row.name;
    }
    for (const auto& [id, name] : file.keys.value_or(Keys())) {
      if (!rows_.contains(id)) out[id] = name;
    }
    return out;
  }
  void put(const std::string& id, const std::string& name, const File& file) {
    row_of(id, file).name = name;
  }
  void remove(const std::string& id, const File& file) {
    Row& row = row_of(id, file);
    row.name.reset();
    if (!row.of_file) rows_.erase(id);
  }
  // As it is taken in by a start or a reload.
  void take_in(const File& file) {
    const Keys listed = file.keys.value_or(Keys());
    if (file.rules && file.keys) rows_.clear();
    for (const auto& [id, name] : listed) {
      Row& row = rows_[id];
      if (row.of_file == kLost) row.of_file = name;
      if (row.of_file != name) row = {.name = name, .of_file = name};
    }
    if (file.rules) return;
    std::erase_if(rows_, [&](const auto& each) {
      const Row& row = each.second;
      return !listed.contains(each.first) && row.of_file && row.name == row.of_file;
    });
  }
  // The hash of what a file says can be made anew of that file, or of what was not edited.
  void take_other_key(const File& file) {
    for (auto& [id, row] : rows_) {
      const auto listed = file.name_of(id);
      if (!row.of_file || row.of_file == kLost) continue;
      if (row.of_file == listed || row.of_file == row.name) continue;
      row.of_file = listed ? kOfNoFile : kLost;
    }
  }

 private:
  struct Row {
    std::optional<std::string> name;     // nothing: deleted, though a file has it
    std::optional<std::string> of_file;  // what the file said when it was taken in
  };
  // In place of what the file said: whatever it says is that, and nothing that it says is.
  static constexpr std::string_view kLost = "lost";
  static constexpr std::string_view kOfNoFile = "of no file";

  Row& row_of(const std::string& id, const File& file) {
    const auto [row, is_new] = rows_.try_emplace(id);
    if (is_new) row->second.of_file = file.name_of(id);
    return row->second;
  }

  std::map<std::string, Row> rows_;
};

}  // namespace bifrost::test
