#include "store/access_store.h"

#include "store/migrations.h"
#include "store/sqlite/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bifrost::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::unique_ptr<sql::Connection> migrated() {
  auto connection = *sqlite::open(":memory:");
  EXPECT_TRUE(migrate(*connection, migrations(), {}));
  return connection;
}

class AccessStoreTest : public testing::Test {
 protected:
  void append(std::string actor, std::string path, std::string_view hmac_key = {}) {
    AuditTrail trail{.record = {.at = clock_.wall(),
                                .actor = std::move(actor),
                                .action = "update",
                                .outcome = "success",
                                .path = std::move(path)},
                     .hmac_key = std::string(hmac_key)};
    ASSERT_TRUE(store_.append(trail));
    clock_.advance(std::chrono::seconds(1));
  }
  void begin(std::string digest, std::chrono::hours life = std::chrono::hours(1)) {
    ASSERT_TRUE(store_.add_session({.digest = std::move(digest),
                                    .account = "a",
                                    .created_at = clock_.wall(),
                                    .expires_at = clock_.wall() + life}));
    clock_.advance(std::chrono::milliseconds(1));
  }
  bool has_session(std::string_view digest) { return store_.find_session(digest)->has_value(); }
  std::vector<std::int64_t> ids(AuditQuestion question) {
    if (question.limit == 1) question.limit = 100;
    std::vector<std::int64_t> out;
    const auto records = store_.audit(question);
    EXPECT_TRUE(records);
    for (const AuditRecord& record : *records) out.push_back(record.id);
    EXPECT_EQ(*store_.count_audit(question), std::ssize(out));
    return out;
  }

  FakeClock clock_;
  AccessStore store_{migrated(), true};
};

TEST_F(AccessStoreTest, KnowsASessionUntilItIsDropped) {
  begin("one");
  begin("two");
  const auto found = store_.find_session("one");
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->account, "a");
  EXPECT_EQ((*found)->expires_at - (*found)->created_at, std::chrono::hours(1));
  EXPECT_TRUE(*store_.drop_session("one"));
  EXPECT_FALSE(*store_.drop_session("one"));
  EXPECT_FALSE(has_session("one"));
  EXPECT_TRUE(has_session("two"));
}

TEST_F(AccessStoreTest, WhatHasExpiredGoesWithTheNextOne) {
  begin("one");
  clock_.advance(std::chrono::hours(1));
  begin("two");
  EXPECT_FALSE(has_session("one"));
}

TEST_F(AccessStoreTest, BeyondItsBoundTheOldestSessionEnds) {
  for (std::int64_t i = 0; i <= AccessStore::kSessionsMax; ++i) begin(std::to_string(i));
  EXPECT_FALSE(has_session("0"));
  EXPECT_TRUE(has_session("1"));
  EXPECT_TRUE(has_session(std::to_string(AccessStore::kSessionsMax)));
}

TEST_F(AccessStoreTest, RecordsAreNumberedAndFound) {
  append("root", "/api/providers/groq");
  append("ci", "/api/100%_sure");
  append("root", "/api/config");
  EXPECT_THAT(ids({}), ElementsAre(3, 2, 1));
  EXPECT_THAT(ids({.newest_first = false}), ElementsAre(1, 2, 3));
  EXPECT_THAT(ids({.actor = "root"}), ElementsAre(3, 1));
  EXPECT_THAT(ids({.search = "0%_s"}), ElementsAre(2));
  EXPECT_THAT(ids({.search = "%"}), ElementsAre(2));
  EXPECT_THAT(ids({.outcome = "failure"}), IsEmpty());
  EXPECT_THAT(ids({.from = clock_.wall() - std::chrono::seconds(2)}), ElementsAre(3, 2));
  EXPECT_THAT(ids({.to = clock_.wall() - std::chrono::seconds(2)}), ElementsAre(1));
  EXPECT_EQ(store_.audit({.limit = 1, .offset = 1})->front().id, 2);
  EXPECT_THAT(*store_.audit_values("actor"), ElementsAre("ci", "root"));
}

TEST_F(AccessStoreTest, ARecordComesBackAsItWent) {
  AuditRecord record{.at = clock_.wall(),
                     .request_id = "r",
                     .actor = "root",
                     .actor_kind = "administrator",
                     .action = "create",
                     .outcome = "failure",
                     .status = 409,
                     .error = "conflict",
                     .method = "POST",
                     .path = "/api/\xff",
                     .targets = {{.kind = "team", .id = "\"t\"", .change = "created"}},
                     .address = "192.0.2.1",
                     .user_agent = "curl",
                     .duration_ms = 7};
  const std::string key(32, 'k');
  AuditTrail trail{.record = record, .hmac_key = key};
  ASSERT_TRUE(store_.append(trail));
  const auto found = store_.audit_record(1);
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->path, "/api/?");
  EXPECT_EQ((*found)->targets.front().id, "\"t\"");
  EXPECT_EQ((*found)->mac, audit_mac(**found, key));
  AuditRecord changed = **found;
  changed.actor = "ci";
  EXPECT_NE(changed.mac, audit_mac(changed, key));
  // What moves from one field into the next is another record, too.
  changed = **found;
  changed.request_id = "";
  changed.actor = "rroot";
  EXPECT_NE(changed.mac, audit_mac(changed, key));
  EXPECT_FALSE(*store_.audit_record(2));
}

TEST_F(AccessStoreTest, OfOneChangeEachTargetMayHaveARecordOfItsOwn) {
  const std::string key(32, 'k');
  AuditTrail trail{.record = {.at = clock_.wall(),
                              .actor = "root",
                              .action = "update",
                              .outcome = "success",
                              .path = "/api/x",
                              .targets = {{.kind = "team", .id = "a", .change = "updated"},
                                          {.kind = "team", .id = "b", .change = "updated"}}},
                   .hmac_key = key,
                   .each_apart = true};
  ASSERT_TRUE(store_.append(trail));
  for (const std::int64_t id : {1, 2}) {
    const auto found = store_.audit_record(id);
    ASSERT_TRUE(found && *found);
    ASSERT_EQ((*found)->targets.size(), 1U);
    EXPECT_EQ((*found)->targets.front().id, id == 1 ? "a" : "b");
    EXPECT_EQ((*found)->mac, audit_mac(**found, key));
  }
  trail.record.targets.clear();
  ASSERT_TRUE(store_.append(trail));
  EXPECT_THAT(ids({}), ElementsAre(3, 2, 1)) << "what has changed nothing has one too";
}

TEST_F(AccessStoreTest, NumbersGoOnAfterOldRecordsWentAway) {
  append("root", "/api/config");
  append("root", "/api/config");
  ASSERT_TRUE(store_.drop_audit_before(clock_.wall()));
  EXPECT_THAT(ids({}), IsEmpty());
  append("root", "/api/config");
  EXPECT_THAT(ids({}), ElementsAre(3));
}

}  // namespace
}  // namespace bifrost::store
