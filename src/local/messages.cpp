#include "local/messages.hpp"

#include <boost/json/array.hpp>

namespace local {

namespace json = boost::json;

Record request_record(std::string kind, http::Request request) {
  json::array headers;
  for (const auto& [name, value] : request.headers) headers.push_back({name, value});
  return {{},
          std::move(kind),
          {{"method", request.method},
           {"scheme", request.url.scheme},
           {"host", request.url.host},
           {"port", request.url.port},
           {"target", request.url.target},
           {"headers", std::move(headers)}},
          std::move(request.body)};
}

http::Request request_of(const Record& record) {
  const auto text = [&](const char* name) {
    return std::string(record.fields.at(name).as_string());
  };
  http::Request request{text("method"),
                        {text("scheme"), text("host"),
                         record.fields.at("port").to_number<std::uint16_t>(), text("target")},
                        {},
                        record.body,
                        std::nullopt};
  for (const auto& field : record.fields.at("headers").as_array()) {
    const auto& pair = field.as_array();
    request.headers.add(std::string(pair.at(0).as_string()), std::string(pair.at(1).as_string()));
  }
  return request;
}

}  // namespace local
