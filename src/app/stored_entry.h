// One entry of the configuration as the store has it: its text, its hash, and the way back; for
// stored_config.cc and what compares file and store.
#pragma once

#include "app/managed_entries.h"
#include "base/result.h"
#include "base/strings.h"
#include "config/environment.h"
#include "config/problem.h"
#include "config/reader.h"
#include "config/value_writer.h"
#include "json/document.h"
#include "json/writer.h"
#include "store/config_store.h"
#include "store/digest.h"
#include "store/seal.h"

#include <string>
#include <string_view>
#include <vector>

namespace bifrost::app {

// For hashes: they tell whether a secret is another one, and not what it is.
class DigestKeeper final : public config::SecretKeeper {
 public:
  explicit DigestKeeper(const store::Sealer& sealer) : sealer_(sealer) {}
  [[nodiscard]] std::string seal(std::string_view text) const override {
    return sealer_.digest(text);
  }
  [[nodiscard]] bool is_sealed(std::string_view /*stored*/) const override { return false; }
  [[nodiscard]] Result<std::string> open(std::string_view /*sealed*/) const override {
    return gateway_error(ErrorCode::kInternal, "a digest cannot be opened");
  }

 private:
  const store::Sealer& sealer_;
};

// Of what is set of it, and nothing else: what nobody sets is what the version says that reads it.
template <class Entry>
std::string text_of(const Entry& entry, const config::SecretKeeper& keeper) {
  std::string out;
  json::Writer writer(out);
  config::ValueWriter(writer, &keeper, config::ValueWriter::Members::kSet).write(entry, {});
  return out;
}

template <class Entry>
std::string hash_of(const Entry& entry, const store::Sealer& sealer) {
  return store::sha256(text_of(entry, DigestKeeper(sealer)));
}

inline std::string called(std::string_view kind, std::string_view id) {
  return std::string(kind).append(" ").append(quoted(id));
}

template <class Entry>
std::string sealed_text(std::string_view kind, std::string_view id, const Entry& entry,
                        const store::Sealer& sealer) {
  const std::string place = store::entity_place(kind, id);
  return text_of(entry, store::PlaceKeeper(sealer, place));
}

// What is read along with the rows.
struct Reading {
  const store::Sealer& sealer;
  const config::Environment& environment;
  std::vector<std::string>& warnings;
};

// Fails with kConfigInvalid and what is wrong with it, by the rules of the file.
template <class Entry>
Result<Entry> read_entry(const store::Entity& row, const Reading& reading) {
  const std::string name = called(row.kind, row.id) + ": ";
  auto document = json::Document::parse(row.body);
  if (!document) {
    return gateway_error(ErrorCode::kConfigInvalid, name + "it is no JSON");
  }
  const std::string place = store::entity_place(row.kind, row.id);
  const store::PlaceKeeper keeper(reading.sealer, place);
  config::Problems problems;
  std::vector<std::string> warnings;
  config::Reader reader(reading.environment, problems, warnings);
  reader.read_stored(keeper);
  Entry entry;
  reader.read(document->root(), entry, {});
  for (const std::string& warning : warnings) reading.warnings.push_back(name + warning);
  if (problems.empty()) return entry;
  return gateway_error(ErrorCode::kConfigInvalid, name + config::render(problems.take()));
}

// The mark of an entry that a file has, and that was deleted through the API.
inline bool is_deleted(const store::Entity& row) { return row.body.empty(); }

// Does the file say what it said when this was taken in? `hash` is that of its entry now.
inline bool came_from(const store::Entity& row, std::string_view hash) {
  return row.file_hash == hash || row.file_hash == store::kHashLost;
}

// The one entry of its kind.
inline std::string name_of_client(const exchange::ClientSettings& /*client*/) {
  return std::string(exchange::kClientKind);
}

inline config::SharedList<exchange::ClientSettings> client_of(
    const exchange::ManagedSettings& settings) {
  return {settings.client};
}

// What there is one of, of the same name as its kind, or none where it says nothing:
// visit(kind, what gives it of settings)
template <class Visit>
void for_each_section(Visit visit) {
  visit(exchange::kFrameworkKind, [](auto& settings) -> auto& { return settings.framework; });
  visit(exchange::kGlobalProxyKind, [](auto& settings) -> auto& { return settings.proxy; });
  visit(governance::kAdministratorKind,
        [](auto& settings) -> auto& { return settings.governance.auth; });
}
template <class Section>
config::SharedList<Section> list_of(const Section& section) {
  if (section == Section{}) return {};
  return {section};
}
inline auto name_of_section(std::string_view kind) {
  return [kind](const auto& /*section*/) { return std::string(kind); };
}

// visit(kind, list, what gives an entry's id)
template <class Visit>
void each_list(const exchange::ManagedSettings& settings, Visit visit) {
  governance::for_each_list([&](std::string_view kind, auto /*name*/, auto list, auto id) {
    visit(kind, settings.governance.*list, id);
  });
  visit(exchange::kProviderKind, entries_of(settings.providers), &ProviderEntry::name);
  visit(exchange::kProviderKeyKind, keys_of(settings.providers), &ProviderKeyEntry::place);
  visit(exchange::kClientKind, client_of(settings), name_of_client);
  for_each_section([&](std::string_view kind, auto of) {
    visit(kind, list_of(of(settings)), name_of_section(kind));
  });
}

}  // namespace bifrost::app
