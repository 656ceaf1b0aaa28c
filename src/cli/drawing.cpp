#include "cli/drawing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "cli/html.hpp"

namespace cli {

namespace {

// Units of the view box. Everything hangs on one vertical axis: task, NAT gateway, its address, the
// internet gateway and the internet stand above each other, so that the way out is a straight line.
constexpr int width = 460;
constexpr int axis_left = 128;
constexpr int chip_left = 32;
constexpr int chip_width = 192;
constexpr int chip_height = 42;
constexpr int chip_gap = 14;
constexpr int routes_left = 242;
constexpr int route_height = 17;

struct Box {
  int top = 0;
  int bottom = 0;
};

// The order along the axis, from the internet inwards.
int rank(std::string_view type) {
  if (type == "elastic_ip") return 0;
  if (type == "nat_gateway") return 1;
  if (type == "task") return 2;
  return 3;
}

constexpr int last_rank = 4;

// In the order of their ranks, otherwise as they came.
template <class Item, class Rank>
std::vector<Item> by_rank(const std::vector<Item>& items, Rank rank_of) {
  std::vector<Item> result;
  for (int wanted = 0; wanted <= last_rank; ++wanted) {
    for (const auto& item : items) {
      if (rank_of(item) == wanted) result.push_back(item);
    }
  }
  return result;
}

class Drawing {
 public:
  Drawing(const Topology& before, const Topology& now, const Topology& last, const Picture& picture)
      : before_(before), picture_(picture) {
    for (const auto& id : gone(before, now)) ghosts_.insert(id);
    for (const auto& id : gone(before, last)) temporary_.insert(id);
  }

  std::string draw() {
    subnets_ = by_rank(before_.subnets, [this](const Subnet& subnet) { return rank(subnet); });
    internet();
    int top = 96;
    for (const auto& subnet : subnets_) top = place(subnet, top) + 12;
    const int height = top + 8;
    edges();
    return fmt::format(
        R"(<svg class="map" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-desc">)"
        R"(<title id="{}-title">{}</title><desc id="{}-desc">{}</desc>)"
        R"(<defs><marker id="{}-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" )"
        R"(markerHeight="7" orient="auto"><path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>)"
        R"(<rect class="vpc" x="8" y="66" width="{}" height="{}" rx="10"/>)"
        R"(<text class="label" x="{}" y="87" text-anchor="end">VPC {}</text>{}{}{}</svg>)",
        width, height + 8, picture_.name, picture_.name, picture_.name, escaped(picture_.title),
        picture_.name, escaped(description()), picture_.name, width - 16, height - 66, width - 22,
        escaped(before_.cidr), shapes_, lines_, chips_);
  }

 private:
  int rank(const Subnet& subnet) const {
    int best = last_rank;
    for (const auto& node : before_.nodes) {
      if (node.subnet == subnet.id) best = std::min(best, cli::rank(node.type));
    }
    return best;
  }

  std::string state(const std::string& id) const {
    if (ghosts_.contains(id)) return " ghost";
    return temporary_.contains(id) ? " temporary" : "";
  }

  void chip(const Node& node, int top, int height = chip_height) {
    boxes_[node.id] = {top, top + height};
    const bool named = (node.type == "task" || node.type == "instance") && !node.name.empty() &&
                       node.name != "Instance";
    const std::string name = named ? words(node.type) + " " + node.name : words(node.type);
    std::string second = shortened(node.id, 20);
    if (!node.address.empty()) {
      second = node.type == "elastic_ip" || node.type == "task" || node.type == "instance"
                   ? node.address
                   : second;
    }
    chips_ += fmt::format(
        R"(<g class="chip{}"><title>{} {} {}</title><rect x="{}" y="{}" width="{}" height="{}" )"
        R"(rx="7"/><text x="{}" y="{}">{}</text><text class="id" x="{}" y="{}">{}</text></g>)",
        state(node.id), escaped(words(node.type)), escaped(node.id), escaped(node.address),
        chip_left, top, chip_width, height, axis_left, top + 17, escaped(shortened(name, 30)),
        axis_left, top + 33, escaped(second));
  }

  void internet() {
    shapes_ += fmt::format(
        R"(<rect class="cloud" x="{}" y="2" width="120" height="26" rx="13"/>)"
        R"(<text class="cloud-name" x="{}" y="19" text-anchor="middle">the internet</text>)",
        axis_left - 60, axis_left);
    for (const auto& node : before_.nodes) {
      if (node.type == "internet_gateway") chip(node, 48, 40);
    }
  }

  int place(const Subnet& subnet, int top) {
    std::vector<Node> inside;
    std::vector<std::string> endpoints;
    for (const auto& node : before_.nodes) {
      if (node.subnet != subnet.id) continue;
      if (node.type == "endpoint") {
        endpoints.push_back(node.name);
      } else {
        inside.push_back(node);
      }
    }
    inside = by_rank(inside, [](const Node& node) { return cli::rank(node.type); });
    int left = top + 34;
    for (const auto& node : inside) {
      chip(node, left);
      left += chip_height + chip_gap;
    }
    int right = top + 40;
    for (const auto& route : subnet.routes) {
      const auto id = subnet.route_table + "|" + route.destination;
      shapes_ +=
          fmt::format(R"(<text class="route{}" x="{}" y="{}"><title>{} {} to {}</title>{}</text>)",
                      state(id), routes_left, right + 8, escaped(subnet.route_table),
                      escaped(route.destination), escaped(route.target),
                      escaped(fmt::format("{} \u2192 {}", shortened(route.destination, 13),
                                          shortened(route.target, 13))));
      right += route_height;
    }
    int bottom = std::max(left - chip_gap, right) + 12;
    if (!endpoints.empty()) {
      shapes_ += fmt::format(R"(<text class="note" x="{}" y="{}">{}</text>)", chip_left, bottom + 3,
                             escaped(fmt::format("endpoints: {}", fmt::join(endpoints, ", "))));
      bottom += 16;
    }
    shapes_ =
        fmt::format(R"(<rect class="subnet" x="20" y="{}" width="{}" height="{}" rx="8"/>)"
                    R"(<text class="name" x="32" y="{}">{}</text>)"
                    R"(<text class="note" x="{}" y="{}" text-anchor="end">{}</text>)",
                    top, width - 40, bottom - top, top + 21, escaped(shortened(subnet.name, 34)),
                    width - 30, top + 21, escaped(subnet.cidr)) +
        shapes_;
    return bottom;
  }

  void edge(int from, int to, const std::string& state, std::string_view kind) {
    lines_ +=
        fmt::format(R"svg(<path class="edge {}{}" d="M{} {}V{}" marker-end="url(#{}-tip)"/>)svg",
                    kind, state, axis_left, from, to, picture_.name);
  }

  // The way out along the default routes, and the client's way to the task.
  void edges() {
    std::map<std::string, const Node*> by_id;
    for (const auto& node : before_.nodes) by_id[node.id] = &node;
    for (const auto& subnet : subnets_) {
      for (const auto& route : subnet.routes) {
        const auto target = by_id.find(route.target);
        if (target == by_id.end() || !boxes_.contains(route.target)) continue;
        const auto route_state = state(subnet.route_table + "|" + route.destination);
        for (const auto& node : before_.nodes) {
          if (node.subnet != subnet.id || !boxes_.contains(node.id)) continue;
          if (node.type == "task" || node.type == "elastic_ip") {
            edge(boxes_[node.id].top, boxes_[route.target].bottom, route_state, "out");
          }
        }
        if (target->second->type == "internet_gateway") {
          edge(boxes_[route.target].top, 28, state(route.target), "out");
        }
      }
    }
    for (const auto& gateway : before_.nodes) {
      for (const auto& address : before_.nodes) {
        if (gateway.type == "nat_gateway" && address.type == "elastic_ip" &&
            gateway.subnet == address.subnet) {
          edge(boxes_[gateway.id].top, boxes_[address.id].bottom, state(gateway.id), "out");
        }
      }
    }
    const Node* client = nullptr;
    const Node* task = nullptr;
    for (const auto& node : before_.nodes) {
      if (node.type == "instance" && client == nullptr) client = &node;
      if (node.type == "task" && task == nullptr) task = &node;
    }
    if (client == nullptr || task == nullptr || picture_.note.empty()) return;
    edge(boxes_[client->id].top, boxes_[task->id].bottom, "", "reach");
    chips_ += fmt::format(R"(<text class="reach-note" x="{}" y="{}">{}</text>)", axis_left + 12,
                          boxes_[client->id].top - 44, escaped(picture_.note));
  }

  std::string description() const {
    std::string text;
    for (const auto& subnet : before_.subnets) {
      text += fmt::format("Subnet {} {}:", subnet.name, subnet.cidr);
      for (const auto& node : before_.nodes) {
        if (node.subnet != subnet.id) continue;
        text += fmt::format(" {} {}{},", words(node.type),
                            node.address.empty() ? node.id : node.address,
                            ghosts_.contains(node.id) ? " (gone)" : "");
      }
      for (const auto& route : subnet.routes) {
        const auto id = subnet.route_table + "|" + route.destination;
        text += fmt::format(" route {} to {}{},", route.destination, route.target,
                            ghosts_.contains(id) ? " (gone)" : "");
      }
      if (text.ends_with(',')) text.back() = '.';
      text += ' ';
    }
    return text;
  }

  const Topology& before_;
  const Picture& picture_;
  std::set<std::string> ghosts_;
  std::set<std::string> temporary_;
  std::vector<Subnet> subnets_;
  std::map<std::string, Box> boxes_;
  std::string shapes_;
  std::string lines_;
  std::string chips_;
};

}  // namespace

std::string drawing(const Topology& before, const Topology& now, const Topology& last,
                    const Picture& picture) {
  return Drawing(before, now, last, picture).draw();
}

}  // namespace cli
