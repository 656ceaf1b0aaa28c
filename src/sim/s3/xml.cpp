#include "sim/s3/xml.hpp"

namespace sim::s3 {

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\r':
        out += "&#13;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace

Xml& Xml::open(std::string_view name) {
  text_ += fmt::format("<{}>", name);
  return *this;
}

Xml& Xml::close(std::string_view name) {
  text_ += fmt::format("</{}>", name);
  return *this;
}

Xml& Xml::leaf(std::string_view name, std::string_view text) {
  text_ += fmt::format("<{0}>{1}</{0}>", name, escaped(text));
  return *this;
}

Xml& Xml::raw(std::string_view xml) {
  text_ += xml;
  return *this;
}

std::string Xml::document(std::string_view root, const Xml& content) {
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<{0} xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{1}</{0}>",
      root, content.text());
}

}  // namespace sim::s3
