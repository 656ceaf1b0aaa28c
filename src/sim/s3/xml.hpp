// S3's XML answers, written element by element.
#pragma once

#include <string>
#include <string_view>

namespace sim::s3 {

class Xml {
 public:
  // An element whose children follow until close().
  Xml& open(std::string_view name);
  Xml& close(std::string_view name);
  Xml& leaf(std::string_view name, std::string_view text);
  // What is XML already.
  Xml& raw(std::string_view xml);
  // The root element in S3's namespace.
  static std::string document(std::string_view root, const Xml& content);
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace sim::s3
