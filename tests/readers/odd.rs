//! Documents with something odd in them.

use serde_json::{Value, json};

use crate::checking::places::{get, get_mut, pointer};
use crate::interpreter::random::Random;
use crate::interpreter::shrink::{Step, places};

const TEXTS: [&str; 110] = [
    "",
    " ",
    "a",
    " a",
    "a ",
    "\u{1c}",
    "a\u{1c}",
    "\u{3000}",
    "\u{200b}",
    "a\u{301}",
    "Ａ",
    "any",
    "Any",
    "tcp",
    "tcp/",
    "tcp/0",
    "tcp/65536",
    "tcp/2-1",
    "tcp/1-2",
    "TCP",
    "proto",
    "proto/6",
    "proto/256",
    "proto/06",
    "icmp",
    "icmp/1",
    "icmpv6",
    "s",
    "r",
    "g",
    "h",
    "node:m",
    "node:",
    "node:zz",
    "node:node:m",
    "zone:lgwan",
    "zone:zz",
    "group:g",
    "group:h",
    "group:zz",
    "kind:host",
    "kind:zz",
    "tag:",
    "tag:a",
    "tag: a",
    "tag:a:b",
    "10.0.0.1",
    "10.0.0.0/8",
    "10.0.0.1/8",
    "10.0.0.1-10.0.0.2",
    "10.0.0.2-10.0.0.1",
    "10.0.0.1-::1",
    "::",
    "::/0",
    "::1/128",
    "::1/64",
    "::ffff:1.2.3.4",
    "1.2.3",
    "01.2.3.4",
    "fe80::1%1",
    "10.1.0.0/16",
    "10.9.0.0/16",
    "2026-02-30",
    "2026-12-31",
    "2026-1-1",
    "m",
    "m:",
    "m:a",
    "m:a:b",
    "f",
    "f:up",
    "f:m",
    "sw:e1",
    "l3",
    "l3:vlan10",
    "up",
    "e1",
    "e2",
    "vlan10",
    "vlan20",
    "vlan1",
    "sw",
    "p",
    "i",
    "l",
    "1",
    "10",
    "20-21",
    "MN-ISOLATION",
    "LABELLED",
    "my-number",
    "school",
    "transfer",
    "hand",
    "fqdn:",
    "fqdn:a",
    "fqdn:UPDATE.example.jp.",
    "update.example.jp",
    "B.example",
    "keep",
    "replies",
    "forwarded",
    "emitted",
    "arrived",
    "original",
    "translated",
    "N1",
    "10.5.0.0/24",
    "10.4.0.0/24",
    "11",
];

const KEYS: [&str; 76] = [
    "sanso",
    "name",
    "model",
    "zones",
    "groups",
    "services",
    "nodes",
    "links",
    "exceptions",
    "networks",
    "title",
    "id",
    "kind",
    "zone",
    "addresses",
    "forwards",
    "filter",
    "filters",
    "relays",
    "routes",
    "routed_vlans",
    "controls",
    "tags",
    "count",
    "note",
    "default",
    "rules",
    "in",
    "out",
    "action",
    "from",
    "to",
    "service",
    "source_port",
    "via",
    "drop",
    "between",
    "vlans",
    "one_way",
    "waives",
    "reason",
    "approved_by",
    "expires",
    "attested",
    "both",
    "sanitise",
    "names",
    "nat",
    "native",
    "a",
    "b",
    "fails",
    "state",
    "condition",
    "applies_to",
    "stateful",
    "sees",
    "origin",
    "one_to_one",
    "destination_port",
    "source",
    "destination",
    "not",
    "base",
    "business",
    "owner",
    "circuit",
    "title",
    "evidence",
    "expects",
    "kind",
    "date",
    "valid_until",
    "approved_on",
    "edition",
    "policy",
];

/// Texts of numbers that a value of the library cannot be.
const NUMBERS: [&str; 8] = [
    "1.0",
    "1e0",
    "-0",
    "0.5",
    "9007199254740991",
    "9007199254740992",
    "18446744073709551615",
    "100000000000000000000",
];

fn value(random: &mut Random) -> Value {
    match random.below(12) {
        0..=6 => json!(random.pick(&TEXTS)),
        7 => random.pick(&[
            json!(0),
            json!(1),
            json!(2),
            json!(-1),
            json!(10),
            json!(4094),
            json!(4095),
            json!(65535),
            json!(65536),
        ]),
        8 => json!(format!("@{}@", random.pick(&NUMBERS))),
        9 if random.chance(40) => json!({ "not": random.pick(&TEXTS) }),
        9 => random.pick(&[json!(null), json!(true), json!(false), json!([]), json!({}), json!([[]]), json!([null])]),
        10 => json!([random.pick(&TEXTS)]),
        _ => json!([random.pick(&TEXTS), random.pick(&TEXTS)]),
    }
}

/// Changes a document once or twice; its text, and what was changed.
pub fn odd(document: &Value, seed: u64) -> (String, String) {
    let mut random = Random::from_seed(seed ^ 0x0dd0_0000_0000);
    let mut changed = document.clone();
    let mut said = vec![];
    for _ in 0..random.between(1, 2) {
        said.push(change(&mut changed, &mut random));
    }
    let mut text = changed.to_string();
    for number in NUMBERS {
        text = text.replace(&format!("\"@{number}@\""), number);
    }
    (text, said.join("; "))
}

fn change(document: &mut Value, random: &mut Random) -> String {
    let all = places(document);
    let place = random.pick(&all);
    let at = pointer(&place);
    let Some((last, above)) = place.split_last() else { return String::new() };
    let other = get(document, &random.pick(&all)).cloned().unwrap_or_default();
    let what = random.below(10);
    let new = if what == 7 { other } else { value(random) };
    let Some(holder) = get_mut(document, above) else { return String::new() };
    match (what, last, holder) {
        (0, Step::Key(key), Value::Object(map)) => {
            map.remove(key);
            format!("without {at}")
        }
        (0, Step::Index(index), Value::Array(list)) => {
            list.remove(*index);
            format!("without {at}")
        }
        (1, Step::Index(index), Value::Array(list)) => {
            list.push(list[*index].clone());
            format!("{at} twice")
        }
        (1 | 2, Step::Key(key), Value::Object(map)) => {
            let name = if random.chance(50) { random.pick(&KEYS) } else { random.pick(&TEXTS) };
            let value = map.remove(key).unwrap_or_default();
            map.insert(name.to_owned(), value);
            format!("{at} named {name:?}")
        }
        (3, Step::Key(_), Value::Object(map)) => {
            let name = random.pick(&KEYS);
            map.insert(name.to_owned(), new.clone());
            format!("{name} beside {at}: {new}")
        }
        (_, Step::Key(key), Value::Object(map)) => {
            map.insert(key.clone(), new.clone());
            format!("{at}: {new}")
        }
        (_, Step::Index(index), Value::Array(list)) => {
            list[*index] = new.clone();
            format!("{at}: {new}")
        }
        _ => String::new(),
    }
}
