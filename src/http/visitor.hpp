// Whom a server on loopback does not let in: web pages. A browser on this machine carries out what
// any page asks of any port, without a word to its user. The page cannot read the answer, but the
// request has its effect all the same; and a page whose name was made to lead here (DNS rebinding)
// could read it too.
// https://fetch.spec.whatwg.org/#http-requests, https://www.w3.org/TR/fetch-metadata/
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace http {

// Whether a name or an address (IPv6 in brackets) is this machine's own, whatever DNS says:
// localhost and what lies below it (RFC 6761), 127.0.0.0/8, [::1].
bool is_loopback(std::string_view host);

// The names, without a port, that a server answers to.
using Names = std::function<bool(std::string_view host)>;

// What a server says for itself: the reason as a line of plain text.
Response failure(int status, std::string why);

// The answer that a visitor gets instead of the server's own; nothing when all is well.
// 421: for another name. 403: sent for a page that is not of this machine, or would not say of
// where it is. Programs that are no browsers send none of the fields that this depends on.
std::optional<Response> turn_away(const Request& request, const Names& names);

}  // namespace http
