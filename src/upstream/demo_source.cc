#include "upstream/demo_source.h"

#include "base/try.h"

#include <memory>
#include <utility>
#include <vector>

namespace bifrost::upstream {
namespace {

class DemoSource final : public client::ByteSource {
 public:
  explicit DemoSource(std::vector<provider::demo::Piece> pieces) : pieces_(std::move(pieces)) {}

  net::Task<Result<std::string_view>> read(net::CallScope& scope) override {
    if (next_ == pieces_.size()) co_return std::string_view();
    BF_CO_TRY_VOID(co_await net::sleep_for(scope, pieces_[next_].delay));
    co_return std::string_view(pieces_[next_++].bytes);
  }

 private:
  std::vector<provider::demo::Piece> pieces_;
  std::size_t next_ = 0;
};

}  // namespace

client::Response demo_response(provider::demo::Reply reply) {
  client::Response response;
  response.head.status = reply.status;
  response.head.headers = std::move(reply.headers);
  response.body = std::make_unique<DemoSource>(std::move(reply.pieces));
  return response;
}

}  // namespace bifrost::upstream
