#include "store/reseal.h"

#include "base/try.h"

namespace bifrost::store {
namespace {

// A sealed text stands in a body as a text of JSON in which nothing needs to be escaped.
constexpr std::string_view kBegin = "\"sealed:1:";

// `body` with its sealed texts sealed anew. What only looks like one is somebody's description.
Result<std::string> resealed(std::string_view body, const std::string& place, const Sealer& current,
                             const Sealer& next, std::size_t& count) {
  std::string out;
  while (true) {
    const std::size_t begin = body.find(kBegin);
    if (begin == std::string_view::npos) break;
    const std::size_t end = body.find('"', begin + 1);
    if (end == std::string_view::npos) break;
    out += body.substr(0, begin + 1);
    const std::string_view sealed = body.substr(begin + 1, end - begin - 1);
    if (const auto text = current.open(sealed, place)) {
      out += next.seal(*text, place);
      ++count;
    } else {
      out += sealed;
    }
    body.remove_prefix(end);
  }
  return out.append(body);
}

}  // namespace

Result<NextSeal> NextSeal::from(const Passphrase& passphrase) {
  const std::string salt = new_salt();
  BF_TRY(Sealer sealer, sealer_of(passphrase, salt));
  return NextSeal{.sealer = std::move(sealer), .salt = salt, .made = !passphrase.file.empty()};
}

Result<std::size_t> reseal(sql::Connection& connection, const Sealer& current, const NextSeal& next,
                           const NextHashes& hashes) {
  return sql::in_transaction(connection, [&]() -> Result<std::size_t> {
    std::size_t count = 0;
    BF_TRY(const sql::Rows rows,
           connection.execute("UPDATE config_revision SET revision = revision + 1 "
                              "RETURNING revision"));
    BF_TRY(const sql::Rows entities,
           connection.execute("SELECT kind, id, body, file_hash FROM config_entity"));
    for (const sql::Row& entity : entities) {
      const std::string& kind = entity.text(0);
      const std::string& id = entity.text(1);
      BF_TRY(const std::string body,
             resealed(entity.text(2), entity_place(kind, id), current, next.sealer, count));
      const auto hash = hashes.find({kind, id});
      BF_TRY_VOID(connection.execute(
          "UPDATE config_entity SET body = $3, file_hash = $4, revision = $5 "
          "WHERE kind = $1 AND id = $2",
          {std::string_view(kind), std::string_view(id), std::string_view(body),
           std::string_view(hash == hashes.end() ? entity.text(3) : hash->second),
           rows.at(0).integer(0)}));
    }
    BF_TRY_VOID(connection.execute("UPDATE config_seal SET salt = $1, made = $2, sealed = $3",
                                   {std::string_view(next.salt), std::int64_t{next.made ? 1 : 0},
                                    std::string_view(sealed_check(next.sealer))}));
    return count;
  });
}

}  // namespace bifrost::store
