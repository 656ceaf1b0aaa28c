// The XML that our client reads: answers and refusals of EC2, of the query services and of S3.
#include "aws/protocol.hpp"
#include "targets.hpp"

namespace fuzz {

namespace {

// As deep and as wide as the document is.
std::size_t texts(const pugi::xml_node& root) {
  std::size_t size = 0;
  std::vector<pugi::xml_node> open{root};
  while (!open.empty()) {
    const auto node = open.back();
    open.pop_back();
    size += aws::protocol::text(node, "Code").size();
    for (const auto child : node.children()) open.push_back(child);
  }
  return size;
}

}  // namespace

void run_xml(std::string_view input) {
  http::Response response;
  response.status = 503;
  response.headers.set("Content-Type", "text/xml");
  response.body = input;
  const auto problem = aws::protocol::xml_problem(response);
  require(!problem.code.empty(), "a problem has a code");
  require(aws::protocol::xml_problem(response).message == problem.message,
          "an answer reads the same each time");
  if (const auto document = aws::protocol::parse_xml(input)) {
    require(static_cast<bool>(document->document_element()), "a document has a root");
    require(texts(*document) <= input.size() * 64, "nothing in the document multiplies");
  }
}

}  // namespace fuzz
