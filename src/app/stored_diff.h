// What file and database say of each entry, and which of them counts: nothing is changed by asking.
#pragma once

#include "app/stored_config.h"
#include "app/stored_entry.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bifrost::app {

enum class Standing : std::uint8_t {
  kNew,      // the database does not have it yet: the file counts
  kEdited,   // the file says what it said when it was taken in: what was edited since counts
  kChanged,  // the file says something else than then: the file counts from the next reload on
  kDeleted,  // through the API, and the file says the same as then: it stays deleted
  kOfApi,    // the file does not have it
  kGone,     // the file has it no more: it goes with the next reload unless it was edited
  // Where the file is the source of truth:
  kOverruled,  // what was edited or deleted since gives way to the file with the next reload
  kPruned,     // the file does not have it: it goes with the next reload
  kLeft,       // the file has no such list: it stays
};

// A member that the two say differently, as JSON without secrets; empty: not said.
struct DifferentMember {
  std::string name;
  std::string in_file;
  std::string in_store;
};

struct EntryDifference {
  std::string kind;
  std::string id;
  Standing standing = Standing::kNew;
  std::vector<DifferentMember> members;  // of an entry that both have
};

// Of all that is not the same. Fails with kConfigInvalid when a row cannot be read.
[[nodiscard]] Result<std::vector<EntryDifference>> differences(
    const exchange::ManagedSettings& file, const StoredRows& rows, const Ruled& ruled,
    const Reading& reading);

}  // namespace bifrost::app
