#include "cli/strike_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace cli {

namespace {

std::string text_of(const json::object& fact, std::string_view key) {
  const auto* value = fact.if_contains(key);
  if (value == nullptr || value->is_null()) return {};
  if (value->is_string()) return std::string(value->as_string());
  return json::serialize(*value);
}

double number_of(const json::object& fact, std::string_view key) {
  const auto* value = fact.if_contains(key);
  if (value == nullptr || !value->is_number()) return 0;
  return value->to_number<double>();
}

bool flag_of(const json::object& fact, std::string_view key) {
  const auto* value = fact.if_contains(key);
  return value != nullptr && value->is_bool() && value->as_bool();
}

// "service NAME" for an ARN; ids stay as they are.
std::string short_name(const std::string& id) {
  if (!id.starts_with("arn:")) return id;
  const auto kind = id.find_last_of(':');
  const auto name = id.find_last_of('/');
  if (kind == std::string::npos || name == std::string::npos || name < kind) return id;
  return id.substr(kind + 1, id.find('/', kind) - kind - 1) + " " + id.substr(name + 1);
}

class Reader {
 public:
  explicit Reader(base::Instant start) : start_(start) {}

  void read(const LogLine& line) {
    boost::system::error_code error;
    const auto value = json::parse(line.text, error);
    if (error || !value.is_object()) return;
    const auto& fact = value.as_object();
    const std::string event = text_of(fact, "event");
    if (event.empty()) return;
    const auto told = base::parse_iso8601(text_of(fact, "time"));
    at_ = base::seconds(told.value_or(line.time) - start_);
    if (event.starts_with("piece.")) {
      piece(event, fact);
    } else if (event.starts_with("readiness.")) {
      readiness(event, fact);
    } else {
      run(event, fact);
    }
  }

  StrikeLog take() {
    for (auto& piece : result_.strike.pieces) close_wait(piece);
    return std::move(result_);
  }

 private:
  void say(const std::string& subject, std::string text, bool headline, std::string_view tone,
           const json::object& fact) {
    json::object detail = fact;
    detail.erase("time");
    if (!tone.empty()) detail["tone"] = tone;
    result_.moments.push_back(
        {at_, "strike", "function", subject, std::move(text), headline, std::move(detail)});
  }

  Piece& find(const std::string& id, const std::string& type) {
    auto& pieces = result_.strike.pieces;
    const auto found = std::find_if(pieces.begin(), pieces.end(),
                                    [&](const Piece& piece) { return piece.id == id; });
    if (found != pieces.end()) return *found;
    pieces.push_back({});
    pieces.back().id = id;
    pieces.back().type = type;
    return pieces.back();
  }

  void close_wait(Piece& piece) {
    if (piece.waits.empty() || piece.waits.back().seconds > 0) return;
    piece.waits.back().seconds = at_ - piece.waits.back().from;
  }

  void open_wait(Piece& piece, const std::string& why, const std::string& state) {
    close_wait(piece);
    piece.waits.push_back({why, state, at_, 0});
  }

  void piece(const std::string& event, const json::object& fact) {
    auto& piece = find(text_of(fact, "id"), text_of(fact, "type"));
    if (piece.ended) return;  // a second run looks at what the first has done
    const std::string name = words(piece.type) + " " + piece.id;
    const std::string why = text_of(fact, "for");
    if (event == "piece.removing") {
      close_wait(piece);
      if (!piece.started) piece.started = at_;
      say(piece.id, name + " is being removed", true, "", fact);
    } else if (event == "piece.waiting") {
      const std::string state = text_of(fact, "state");
      open_wait(piece, why, state);
      const bool begun = piece.started.has_value();
      say(piece.id,
          fmt::format("{} waits for {}{}", name, why, state.empty() ? "" : ": it is " + state),
          begun, "wait", fact);
    } else if (event == "piece.refused") {
      ++piece.refusals;
      open_wait(piece, why, text_of(fact, "code"));
      say(piece.id,
          fmt::format("{}: AWS refuses with {}; {}", name, text_of(fact, "code"),
                      why.empty() ? std::string("there is no second try") : "waits for " + why),
          true, why.empty() ? "bad" : "wait", fact);
    } else if (event == "piece.struck") {
      close_wait(piece);
      piece.already_gone = flag_of(fact, "already_gone");
      piece.ended = at_;
      if (!piece.started) piece.started = at_ - number_of(fact, "seconds");
      say(piece.id,
          piece.already_gone ? name + " was already gone"
                             : fmt::format("{} is struck, {:.1f} s after its removal began", name,
                                           number_of(fact, "seconds")),
          true, "good", fact);
    } else {
      say(piece.id, fmt::format("{}: {}", name, event), false, "", fact);
    }
  }

  void readiness(const std::string& event, const json::object& fact) {
    const std::string id = text_of(fact, "id");
    if (event == "readiness.held") {
      result_.strike.ready = std::max(at_, result_.strike.ready.value_or(at_));
      say(id, fmt::format("readiness holds for {}", short_name(id)), true, "good", fact);
    } else if (event == "readiness.waiting") {
      say(id, fmt::format("{} is not ready: waits for {}", short_name(id), text_of(fact, "for")),
          true, "wait", fact);
    } else {
      say(id, event, false, "", fact);
    }
  }

  void planned(const json::object& fact) {
    const auto* pieces = fact.if_contains("pieces");
    std::size_t count = 0;
    if (pieces != nullptr && pieces->is_array()) {
      for (const auto& item : pieces->as_array()) {
        if (!item.is_object()) continue;
        const auto& entry = item.as_object();
        auto& piece = find(text_of(entry, "id"), text_of(entry, "type"));
        piece.implied_by = text_of(entry, "implied_by");
        piece.reason = text_of(entry, "reason");
        ++count;
      }
    }
    say("", fmt::format("{} pieces are to go, each after what holds it", count), count > 0, "",
        fact);
  }

  void kept(const json::object& fact) {
    const auto* pieces = fact.if_contains("pieces");
    if (pieces == nullptr || !pieces->is_array()) return;
    for (const auto& item : pieces->as_array()) {
      if (!item.is_object()) continue;
      const auto& entry = item.as_object();
      const std::string id = text_of(entry, "id");
      say(id,
          fmt::format("{} {} of {} stays, as Keep says", words(text_of(entry, "type")), id,
                      text_of(entry, "implied_by")),
          true, "", fact);
    }
  }

  void run(const std::string& event, const json::object& fact) {
    auto& strike = result_.strike;
    if (event == "request.received") {
      if (!strike.requested) strike.requested = at_;
      say("", "CloudFormation asks the function to strike", true, "", fact);
    } else if (event == "strike.planned") {
      planned(fact);
    } else if (event == "strike.kept") {
      kept(fact);
    } else if (event == "strike.done") {
      if (!strike.done) {
        strike.done = at_;
        strike.data = fact;
        for (const char* key : {"time", "level", "event"}) strike.data.erase(key);
      }
      say("",
          fmt::format("the strike is done and verified: {} pieces in {:.1f} s",
                      text_of(fact, "struck"), number_of(fact, "seconds")),
          true, "good", fact);
    } else if (event == "strike.failed") {
      strike.failure = text_of(fact, "problem");
      if (strike.failure.empty()) strike.failure = json::serialize(fact);
      say("", "the strike failed: " + strike.failure, true, "bad", fact);
    } else if (event == "answer.sent") {
      result_.answered = true;
      const std::string status = text_of(fact, "status");
      say("", "the function answers CloudFormation: " + status, true,
          status == "SUCCESS" ? "good" : "bad", fact);
    } else {
      say("", event, false, "", fact);
    }
  }

  base::Instant start_;
  Seconds at_ = 0;
  StrikeLog result_;
};

}  // namespace

StrikeLog read_strike_log(const std::vector<LogLine>& lines, base::Instant start) {
  Reader reader(start);
  for (const auto& line : lines) reader.read(line);
  return reader.take();
}

}  // namespace cli
