//! Interfaces that are switches themselves (ports that a firewall bridges in software or hardware): with more than one cable
//! they are a switch of their own, since what goes from one port to another passes no policy.

use serde_json::{Map, Value, json};

use super::super::device::{Interface, Tag};
use super::{Builder, end};

/// The VLAN within such a switch.
const INNER: u16 = 1;

impl Builder<'_> {
    pub(super) fn bridges(&mut self) {
        for at in 0..self.machines.len() {
            let (unit, id) = (self.machines[at].unit, self.machines[at].device.id.clone());
            let bridges = &self.import(unit).bridges;
            let within = |way: &Interface| match &way.tag {
                Some(Tag::On { parent, .. }) => bridges.contains(parent),
                _ => bridges.contains(&way.name),
            };
            let ways = self.machines[at].device.interfaces.iter().filter(|way| within(way));
            let names: Vec<String> = ways.map(|way| way.name.clone()).collect();
            for name in &names {
                let own = end(&id, name);
                let node = format!("{id}/{}", super::emit::id_word(name));
                let leads =
                    |link: &Value| link["between"].as_array().is_some_and(|ends| ends.iter().any(|end| *end == own));
                if self.links.iter().filter(|link| leads(link)).count() < 2 {
                    continue;
                }
                let origin = self.machines[at].device.interface(name).map(|way| way.origin.clone()).unwrap_or_default();
                for link in self.links.iter_mut().filter(|link| leads(link)) {
                    let first = link["between"][0] == own;
                    link["between"][usize::from(!first)] = node.clone().into();
                    let vlan = link["vlans"].as_array().and_then(|list| list.first()).and_then(Value::as_u64);
                    let Some(vlan) = vlan else { continue };
                    if vlan != u64::from(INNER) {
                        let (near, far) = if first { ("a", "b") } else { ("b", "a") };
                        link["vlans"] = json!({ near: [INNER], far: [vlan] });
                        link["native"] = if first { json!([INNER, vlan]) } else { json!([vlan, INNER]) };
                    }
                }
                self.link(json!({ "between": [own, node.clone()], "origin": origin.to_string() }));
                if let Value::Object(switch) = json!({ "id": node, "kind": "switch", "origin": origin.to_string() }) {
                    self.add(&node, Map::from_iter(switch));
                }
            }
        }
    }
}
