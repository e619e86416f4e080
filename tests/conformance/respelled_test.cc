// Recorded traffic in other spellings says the same: nobody promises an order of members, a kind of
// line end, or that nothing is escaped. Skipped without recordings.
#include "dialect/chat_codec.h"
#include "tests/conformance/recorded_fixture.h"
#include "tests/conformance/spelling.h"

namespace bifrost::test {
namespace {

class RespelledTest : public RecordedTest {};

TEST_F(RespelledTest, RequestsSayTheSame) {
  for (const Recording& recording : fitting()) {
    if (!recording.request) continue;
    SCOPED_TRACE(recording.name);
    const dialect::Dialect& dialect = *recording.dialect;
    const std::string body = padded(*recording.request);
    const std::string other = padded(respelled_json(body));
    const auto expected =
        dialect.chat->decode_request({.body = body, .path_model = recording.path_model});
    const auto actual =
        dialect.chat->decode_request({.body = other, .path_model = recording.path_model});
    EXPECT_EQ(actual.has_value(), expected.has_value());
    if (needs_kept_answers(expected)) continue;
    ASSERT_TRUE(expected && actual) << other;
    EXPECT_EQ(told_request(*actual), told_request(*expected));

    json::Scanner scanner;
    const auto facts =
        dialect.chat->peek({.body = other, .path_model = recording.path_model}, scanner);
    ASSERT_TRUE(facts) << facts.error().message;
    EXPECT_EQ(facts->model, expected->model);
    EXPECT_EQ(facts->stream, expected->stream);
    tally_.add(std::string(dialect.name));
  }
}

TEST_F(RespelledTest, AnswersSayTheSame) {
  for (const Recording& recording : fitting()) {
    if (recording.status != 200 || recording.stream) continue;
    SCOPED_TRACE(recording.name);
    const dialect::Dialect& dialect = *recording.dialect;
    const std::string other = respelled_json(recording.answer);
    const auto expected = dialect.chat->decode_response(recording.answer);
    const auto actual = dialect.chat->decode_response(other);
    ASSERT_TRUE(expected && actual) << other;
    EXPECT_EQ(told_between(told_answer(*actual), dialect, dialect),
              told_between(told_answer(*expected), dialect, dialect));
    EXPECT_EQ(dialect.chat->tap_response(other).usage, expected->usage);
    tally_.add(std::string(dialect.name));
  }
}

TEST_F(RespelledTest, StreamsSayTheSame) {
  for (const Recording& recording : fitting()) {
    if (!recording.stream) continue;
    SCOPED_TRACE(recording.name);
    const dialect::Dialect& dialect = *recording.dialect;
    const std::string other = respelled_stream(recording.answer);
    const ToldAnswer expected = told_answer(decode(dialect, {recording.answer}));
    const ToldAnswer actual = told_answer(decode(dialect, {other}));
    EXPECT_EQ(told_between(actual, dialect, dialect), told_between(expected, dialect, dialect));
    const auto tap = dialect.chat->make_stream_tap();
    tap->feed(other);
    EXPECT_EQ(tap->finish(), "");
    EXPECT_EQ(tap->state().usage, expected.usage);
    EXPECT_EQ(tap->state().ended, expected.ended);
    tally_.add(std::string(dialect.name));
  }
}

}  // namespace
}  // namespace bifrost::test
