#include "aws/sts/sts.hpp"

#include "aws/xml.hpp"

namespace aws::sts {

base::Task<Identity> caller_identity(Client& client) {
  const auto document = co_await client.query("sts", "2011-06-15", "GetCallerIdentity", {});
  const auto result = document.document_element().child("GetCallerIdentityResult");
  co_return Identity{.account = xml::text(result, "Account"),
                     .arn = xml::text(result, "Arn"),
                     .user_id = xml::text(result, "UserId")};
}

}  // namespace aws::sts
