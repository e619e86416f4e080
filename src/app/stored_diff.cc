#include "app/stored_diff.h"

#include "base/try.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace bifrost::app {
namespace {

using Members = std::map<std::string, std::string>;

Members members_of(std::string_view text) {
  Members out;
  const auto document = json::Document::parse(text);
  if (!document) return out;
  for (const json::Value member : document->root().children()) {
    out.emplace(member.key(), member.raw());
  }
  return out;
}

template <class Entry>
std::string redacted_text(const Entry& entry) {
  std::string out;
  json::Writer writer(out);
  config::ValueWriter(writer, nullptr, config::ValueWriter::Members::kSet).write(entry, {});
  return out;
}

std::string in(const Members& members, const std::string& name) {
  const auto found = members.find(name);
  return found == members.end() ? std::string() : found->second;
}

// Secrets are compared by their digests, and shown redacted.
template <class Entry>
std::vector<DifferentMember> compare(const Entry& in_file, const Entry& in_store,
                                     const store::Sealer& sealer) {
  const DigestKeeper keeper(sealer);
  const Members file = members_of(text_of(in_file, keeper));
  const Members store = members_of(text_of(in_store, keeper));
  const Members file_shown = members_of(redacted_text(in_file));
  const Members store_shown = members_of(redacted_text(in_store));
  std::set<std::string> names;
  for (const auto& [name, text] : file) names.insert(name);
  for (const auto& [name, text] : store) names.insert(name);
  std::vector<DifferentMember> out;
  for (const std::string& name : names) {
    if (in(file, name) == in(store, name)) continue;
    out.push_back(
        {.name = name, .in_file = in(file_shown, name), .in_store = in(store_shown, name)});
  }
  return out;
}

class Comparison {
 public:
  Comparison(const StoredRows& rows, const Ruled& ruled, const Reading& reading)
      : rows_(rows), ruled_(ruled), reading_(reading) {}

  template <class Entry, class Id>
  Result<void> list(std::string_view kind, const config::SharedList<Entry>& list, Id id) {
    for (const Entry& entry : list) {
      const std::string name = std::invoke(id, entry);
      if (name.empty()) continue;  // it stands in the file alone, always
      const auto row = rows_.find({std::string(kind), name});
      seen_.emplace(kind, name);
      if (row == rows_.end()) {
        out_.push_back({.kind = std::string(kind), .id = name, .standing = Standing::kNew});
      } else {
        BF_TRY_VOID(both(entry, row->second));
      }
    }
    return {};
  }

  // After all lists: what the file does not have.
  std::vector<EntryDifference> take() && {
    for (const auto& [place, row] : rows_) {
      if (is_deleted(row) || seen_.contains(place)) continue;
      out_.push_back({.kind = row.kind, .id = row.id, .standing = standing_alone(row)});
    }
    std::ranges::sort(out_, {}, [](const EntryDifference& each) {
      return std::pair(std::string_view(each.kind), std::string_view(each.id));
    });
    return std::move(out_);
  }

 private:
  template <class Entry>
  Result<void> both(const Entry& entry, const store::Entity& row) {
    const bool unchanged = came_from(row, hash_of(entry, reading_.sealer));
    EntryDifference difference{
        .kind = row.kind, .id = row.id, .standing = unchanged ? edited(row) : Standing::kChanged};
    if (is_deleted(row)) {
      out_.push_back(std::move(difference));
      return {};
    }
    BF_TRY(const Entry stored, read_entry<Entry>(row, reading_));
    difference.members = compare(entry, stored, reading_.sealer);
    if (!difference.members.empty()) out_.push_back(std::move(difference));
    return {};
  }

  [[nodiscard]] Standing standing_alone(const store::Entity& row) const {
    if (ruled_) return ruled_->contains(row.kind) ? Standing::kPruned : Standing::kLeft;
    return row.file_hash.empty() ? Standing::kOfApi : Standing::kGone;
  }
  [[nodiscard]] Standing edited(const store::Entity& row) const {
    if (ruled_ && ruled_->contains(row.kind)) return Standing::kOverruled;
    return is_deleted(row) ? Standing::kDeleted : Standing::kEdited;
  }

  const StoredRows& rows_;
  const Ruled& ruled_;
  const Reading& reading_;
  std::set<std::pair<std::string, std::string>> seen_;
  std::vector<EntryDifference> out_;
};

}  // namespace

Result<std::vector<EntryDifference>> differences(const exchange::ManagedSettings& file,
                                                 const StoredRows& rows, const Ruled& ruled,
                                                 const Reading& reading) {
  Comparison comparison(rows, ruled, reading);
  Result<void> done;
  each_list(file, [&](std::string_view kind, const auto& list, auto id) {
    if (done) done = comparison.list(kind, list, id);
  });
  BF_TRY_VOID(done);
  return std::move(comparison).take();
}

}  // namespace bifrost::app
