// HTTP requests as records of the journal.
#pragma once

#include <string>

#include "http/message.hpp"
#include "local/journal.hpp"

namespace local {

Record request_record(std::string kind, http::Request request);
// Without a timeout. Throws boost::system::system_error or std::out_of_range for a record that is
// none of request_record's.
http::Request request_of(const Record& record);

}  // namespace local
