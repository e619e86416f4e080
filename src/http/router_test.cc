#include "http/router.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <utility>

namespace bifrost::http {
namespace {

Router with(std::initializer_list<std::pair<std::string_view, std::string_view>> rows) {
  Router router;
  for (const auto& [method, pattern] : rows) router.add(method, pattern);
  return router;
}

// "2 id=x" of the row and its parameter, or what there is instead.
std::string where(const Router& router, std::string_view method, std::string_view path,
                  std::string_view name = "id") {
  const RouteMatch match = router.match(method, path);
  if (!match.row) return match.allow.empty() ? "none" : "use " + match.allow;
  std::string out = std::to_string(*match.row);
  if (match.parameters.size() > 0) {
    out += ' ';
    out += name;
    out += '=';
    out += match.parameters.get(name);
  }
  return out;
}

TEST(Router, FindsWhatIsWritten) {
  const Router router = with({{"GET", "/"}, {"GET", "/v1/models"}, {"POST", "/v1/models"}});
  EXPECT_EQ(where(router, "GET", "/"), "0");
  EXPECT_EQ(where(router, "GET", "/v1/models"), "1");
  EXPECT_EQ(where(router, "POST", "/v1/models"), "2");
  EXPECT_EQ(where(router, "GET", "/v1/models/"), "1") << "a slash at the end is not looked at";
  EXPECT_EQ(where(router, "HEAD", "/v1/models"), "1") << "HEAD is GET";
  for (const auto path : {"/v1", "/v1/model", "/v1/models2", "/v1//models", "v1/models", "*",
                          "/v1/models//", "//", "/V1/models"}) {
    EXPECT_EQ(where(router, "GET", path), "none") << path;
  }
  EXPECT_EQ(where(router, "GET", ""), "0");
}

TEST(Router, TakesOneSegmentForAParameter) {
  const Router router = with({{"GET", "/files/{id}"},
                              {"GET", "/files/{id}/content"},
                              {"POST", "/files/{id}:cancel"},
                              {"GET", "/a/{id}/b/{other}"}});
  EXPECT_EQ(where(router, "GET", "/files/x"), "0 id=x");
  EXPECT_EQ(where(router, "GET", "/files/x%2Fy/content"), "1 id=x%2Fy");
  EXPECT_EQ(where(router, "POST", "/files/x:cancel"), "2 id=x");
  EXPECT_EQ(where(router, "POST", "/files/:cancel"), "use GET") << "it is the name of a file";
  EXPECT_EQ(where(router, "GET", "/files/"), "none");
  EXPECT_EQ(where(router, "GET", "/files//content"), "none");
  EXPECT_EQ(where(router, "GET", "/files/x/y"), "none");
  EXPECT_EQ(where(router, "GET", "/a/1/b/2"), "3 id=1");
  EXPECT_EQ(where(router, "GET", "/a/1/b/2", "other"), "3 other=2");
}

TEST(Router, TakesTheRestForATail) {
  const Router router = with({{"GET", "/models/{id...}"},
                              {"POST", "/models/{id...}:generate"},
                              {"POST", "/models/{id...}:stream"},
                              {"POST", "/deployments/{id...}/chat/completions"}});
  EXPECT_EQ(where(router, "GET", "/models/x"), "0 id=x");
  EXPECT_EQ(where(router, "GET", "/models/a/b/c"), "0 id=a/b/c");
  EXPECT_EQ(where(router, "GET", "/models/llama3:8b"), "0 id=llama3:8b");
  EXPECT_EQ(where(router, "POST", "/models/a/b:generate"), "1 id=a/b");
  EXPECT_EQ(where(router, "POST", "/models/a:8b:stream"), "2 id=a:8b");
  EXPECT_EQ(where(router, "POST", "/deployments/a/b/chat/completions"), "3 id=a/b");
  EXPECT_EQ(where(router, "GET", "/deployments/a/chat/completions"), "use POST");
  EXPECT_EQ(where(router, "POST", "/deployments/chat/completions"), "none");
  EXPECT_EQ(where(router, "GET", "/models"), "none");
  EXPECT_EQ(where(router, "POST", "/models/:stream"), "none");
  EXPECT_EQ(where(router, "POST", "/models/x:other"), "none") << "an open tail tells no methods";
}

TEST(Router, PrefersTheMoreExactWhateverTheOrder) {
  const Router router = with({{"GET", "/x/{id...}"},
                              {"GET", "/x/{id}"},
                              {"GET", "/x/{id}:do"},
                              {"GET", "/x/list"},
                              {"GET", "/x/{id...}/long/end"},
                              {"GET", "/x/{id...}/end"}});
  EXPECT_EQ(where(router, "GET", "/x/list"), "3");
  EXPECT_EQ(where(router, "GET", "/x/a:do"), "2 id=a");
  EXPECT_EQ(where(router, "GET", "/x/a"), "1 id=a");
  EXPECT_EQ(where(router, "GET", "/x/a/b/long/end"), "4 id=a/b");
  EXPECT_EQ(where(router, "GET", "/x/a/b/end"), "5 id=a/b");
  EXPECT_EQ(where(router, "GET", "/x/a/b"), "0 id=a/b");
}

TEST(Router, GoesBackWhereAWayLeadsNowhere) {
  const Router router =
      with({{"GET", "/x/list/all"}, {"GET", "/x/{id}/one"}, {"POST", "/x/{id...}"}});
  EXPECT_EQ(where(router, "GET", "/x/list/one"), "1 id=list");
  EXPECT_EQ(where(router, "POST", "/x/list/all"), "2 id=list/all");
  EXPECT_EQ(where(router, "DELETE", "/x/list/all"), "use GET");
  EXPECT_EQ(router.match("POST", "/x/list/one").parameters.size(), 1U);
}

TEST(Router, TellsEveryMethodOnce) {
  const Router router =
      with({{"GET", "/x/a"}, {"POST", "/x/a"}, {"GET", "/x/{id}"}, {"PUT", "/x/{id}"}});
  EXPECT_EQ(router.match("DELETE", "/x/a").allow, "GET, POST, PUT");
  EXPECT_TRUE(router.match("GET", "/x/a").allow.empty());
}

TEST(Router, NamesTheRowThatGoesAlongTheFurthest) {
  const Router router = with(
      {{"GET", "/"}, {"GET", "/x/v1/chat"}, {"GET", "/x/v1beta/models/{id...}"}, {"GET", "/y"}});
  EXPECT_EQ(router.match("GET", "/x/v1/none").nearest, 1U);
  EXPECT_EQ(router.match("GET", "/x/none").nearest, 1U);
  EXPECT_EQ(router.match("POST", "/x/v1beta/models/z").nearest, 2U);
  EXPECT_EQ(router.match("GET", "/y/z").nearest, 3U);
  EXPECT_EQ(router.match("GET", "/none").nearest, std::nullopt);
  EXPECT_EQ(router.match("GET", "/xx/v1").nearest, std::nullopt);
  EXPECT_EQ(router.match("POST", "/").nearest, std::nullopt);
  EXPECT_EQ(router.match("GET", "/y").nearest, std::nullopt) << "it was found";
}

TEST(Router, ReadsAPathOfAnyLength) {
  const Router router = with({{"GET", "/x/{id...}"}, {"GET", "/x/{id}/{b}/{c}/{d}"}});
  std::string path = "/x";
  for (int i = 0; i < 100'000; ++i) path += "/a";
  EXPECT_EQ(router.match("GET", path).row, 0U);
  EXPECT_EQ(router.match("GET", "/x/1/2/3/4").parameters.get("d"), "4");
}

TEST(Router, TellsAPatternToPeople) {
  EXPECT_EQ(plain_pattern("/m/{model...}:do"), "/m/{model}:do");
  EXPECT_EQ(plain_pattern("/m/{id}/x"), "/m/{id}/x");
  EXPECT_EQ(parameter_names("/a/{id}/b/{model...}:do"),
            (std::vector<std::string_view>{"id", "model"}));
  EXPECT_TRUE(parameter_names("/a/b").empty());
}

}  // namespace
}  // namespace bifrost::http
