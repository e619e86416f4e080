#include "store/seal.h"

#include "base/clock.h"
#include "store/migrations.h"
#include "store/sqlite/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace bifrost::store {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Sealer sealer(std::string_view passphrase = "correct horse") {
  return *Sealer::from_passphrase(passphrase, "0123456789abcdef");
}

TEST(SealTest, OpensWhatItSealed) {
  const Sealer mine = sealer();
  for (const std::string_view text : {"", "sk-bf-1", "with \"quotes\" and \xc3\xa4"}) {
    const std::string sealed = mine.seal(text, "here");
    EXPECT_TRUE(Sealer::is_sealed(sealed));
    if (!text.empty()) EXPECT_THAT(sealed, Not(HasSubstr(std::string(text))));
    const auto opened = mine.open(sealed, "here");
    ASSERT_TRUE(opened);
    EXPECT_EQ(*opened, text);
  }
}

TEST(SealTest, TheSameTextIsSealedDifferently) {
  const Sealer mine = sealer();
  EXPECT_NE(mine.seal("a", "here"), mine.seal("a", "here"));
}

TEST(SealTest, DoesNotOpenElsewhereOrWithAnotherKeyOrWhenChanged) {
  const Sealer mine = sealer();
  std::string sealed = mine.seal("secret", "here");
  EXPECT_FALSE(mine.open(sealed, "there"));
  EXPECT_FALSE(sealer("another").open(sealed, "here"));
  // The last bits of base64 may mean nothing.
  for (std::size_t i = 0; i < sealed.size() - 4; ++i) {
    std::string changed = sealed;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(mine.open(changed, "here")) << i;
    EXPECT_FALSE(mine.open(sealed.substr(0, i), "here")) << i;
  }
}

TEST(SealTest, ADatabaseKeepsItsPassphrase) {
  auto connection = *sqlite::open(":memory:");
  ASSERT_TRUE(migrate(*connection, migrations(), FakeClock().wall()));
  auto first = unlock(*connection, {.text = "mine"});
  ASSERT_TRUE(first);
  const std::string sealed = first->seal("x", "here");
  auto again = unlock(*connection, {.text = "mine"});
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->open(sealed, "here"));
  const auto wrong = unlock(*connection, {.text = "yours"});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::kConfigInvalid);
  EXPECT_THAT(wrong.error().message, HasSubstr("encryption_key is not the one"));
}

TEST(SealTest, APassphraseOfItsOwnIsMadeOnceAndIsPrivate) {
  const auto folder = std::filesystem::path(::testing::TempDir()) / "bifrost-seal-test";
  std::filesystem::remove_all(folder);
  const std::string path = (folder / "encryption.key").string();
  const auto missing = own_passphrase(path);
  ASSERT_TRUE(missing);
  EXPECT_EQ(missing->text, "");
  auto connection = *sqlite::open(":memory:");
  ASSERT_TRUE(migrate(*connection, migrations(), FakeClock().wall()));
  EXPECT_TRUE(unlock_to_look(*connection, *missing));
  EXPECT_FALSE(std::filesystem::exists(path)) << "to look makes none";
  ASSERT_TRUE(unlock(*connection, *missing));
  EXPECT_EQ(own_passphrase(path)->text.size(), 44U);
  EXPECT_TRUE(unlock(*connection, *missing)) << "it was made meanwhile";
  EXPECT_EQ(std::filesystem::status(path).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  std::filesystem::remove_all(folder);
}

TEST(SealTest, APassphraseOfItsOwnThatIsGoneIsNotMadeAnew) {
  auto connection = *sqlite::open(":memory:");
  ASSERT_TRUE(migrate(*connection, migrations(), FakeClock().wall()));
  const std::string path = ::testing::TempDir() + "bifrost-no-such-folder/encryption.key";
  ASSERT_TRUE(unlock(*connection, {.text = "made", .file = path}));
  for (const auto& gone : {unlock(*connection, {.text = {}, .file = path}),
                           unlock_to_look(*connection, {.text = {}, .file = path})}) {
    ASSERT_FALSE(gone);
    EXPECT_THAT(gone.error().message, HasSubstr("encryption.key is gone"));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(SealTest, AnEmptyPassphraseFileIsToldAndNotReplaced) {
  const auto folder = std::filesystem::path(::testing::TempDir()) / "bifrost-seal-empty-test";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  const std::string path = (folder / "encryption.key").string();
  std::ofstream(path).flush();
  const auto refused = own_passphrase(path);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("put it back"));
  std::filesystem::remove_all(folder);
}

TEST(SealTest, DigestsDifferByKey) {
  EXPECT_EQ(sealer().digest("a"), sealer().digest("a"));
  EXPECT_NE(sealer().digest("a"), sealer().digest("b"));
  EXPECT_NE(sealer().digest("a"), sealer("another").digest("a"));
}

TEST(SealTest, WhoGivesAKeyToADatabaseThatHasItsOwnIsTold) {
  auto connection = *sqlite::open(":memory:");
  ASSERT_TRUE(migrate(*connection, migrations(), FakeClock().wall()));
  ASSERT_TRUE(unlock(*connection, {.text = "made", .file = "/data/encryption.key"}));
  const auto wrong = unlock(*connection, {.text = "mine"});
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error().message, HasSubstr("that the gateway had made for itself"));
}

}  // namespace
}  // namespace bifrost::store
