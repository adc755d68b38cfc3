//! The canonical JSON of a policy: one file that holds all that it extends, with sorted keys and no white space, so that
//! the same policy has the same digest however it was written. It is a policy file itself; checkers read it.

use serde_json::{Map, Value, json};

use super::definition::{Asked, Definition, Paths, RequirementDefinition};
use super::pattern::{LinkPattern, NodePattern};
use crate::document::policy::{Change, ExceptionCheck, Methods};
use crate::document::{Circuit, Sanitise, ServiceItem, Severity};
use crate::language::Phrase;
use crate::source::sha256_hex;

impl Definition {
    /// The canonical JSON.
    #[must_use]
    pub fn canonical(&self) -> String {
        let mut out = String::new();
        write(&self.json(), &mut out);
        out
    }

    /// SHA-256 of the canonical JSON, lower-case hex.
    #[must_use]
    pub fn sha256(&self) -> String {
        sha256_hex(self.canonical().as_bytes())
    }

    /// The policy as one file without `extends`.
    #[must_use]
    pub fn json(&self) -> Value {
        let mut out = Object::new();
        out.put("sanso-policy", 1);
        out.put("id", self.id.as_str());
        out.put("title", phrase(&self.title));
        out.put("edition", self.edition.word());
        let named = self.patterns.iter().map(|(name, pattern)| (name.clone(), patterns(pattern)));
        out.put("patterns", named.collect::<Map<_, _>>());
        out.put("requirements", self.requirements.iter().map(requirement).collect::<Vec<_>>());
        out.put("change", self.changes.iter().map(change).collect::<Vec<_>>());
        out.0.into()
    }
}

/// An object without keys that say nothing.
struct Object(Map<String, Value>);

impl Object {
    fn new() -> Self {
        Self(Map::new())
    }

    fn put(&mut self, key: &str, value: impl Into<Value>) {
        let value = value.into();
        let says = match &value {
            Value::Null => false,
            Value::Array(list) => !list.is_empty(),
            Value::Object(map) => !map.is_empty(),
            _ => true,
        };
        if says {
            self.0.insert(key.to_owned(), value);
        }
    }

    /// Puts a flag that is set.
    fn flag(&mut self, key: &str, set: bool) {
        if set {
            self.put(key, true);
        }
    }
}

fn phrase(phrase: &Phrase) -> Value {
    json!({ "en": phrase.en, "ja": phrase.ja })
}

fn requirement(one: &RequirementDefinition) -> Value {
    let mut out = Object::new();
    out.put("id", one.id.as_str());
    out.put("severity", one.written.word());
    out.put("clause", one.clause.clone());
    if let Some(basis) = &one.basis {
        out.put("basis", json!({ "source": basis.source, "sure": basis.sure.word() }));
    }
    out.put("title", phrase(&one.title));
    if let Some(help) = &one.help {
        let help = json!({ "meaning": phrase(&help.meaning), "why": phrase(&help.why), "mend": phrase(&help.mend) });
        out.put("help", help);
    }
    // A check without settings is an empty object, which says something here.
    out.0.insert("check".to_owned(), json!({ one.asked.kind(): asked(&one.asked) }));
    out.0.into()
}

fn change(change: &Change) -> Value {
    let mut out = Object::new();
    out.put("id", change.id.value.as_str());
    out.put("severity", change.severity.map(Severity::word));
    out.flag("off", change.severity.is_none());
    out.put("reason", change.reason.clone());
    out.put("approved_by", change.approved_by.clone());
    out.put("until", change.until.map(|date| date.to_string()));
    out.0.into()
}

fn asked(asked: &Asked) -> Value {
    let mut out = Object::new();
    match asked {
        Asked::Isolation(paths) => path(&mut out, paths, "without"),
        Asked::Through(paths) => path(&mut out, paths, "nodes"),
        Asked::Sessions { from, to, service, without } => {
            out.put("from", patterns(from));
            out.put("to", patterns(to));
            out.put("service", service.as_deref().map(services));
            out.put("without", without.as_deref().map(patterns));
        }
        Asked::Segment { a, b } => {
            out.put("a", patterns(a));
            out.put("b", patterns(b));
        }
        Asked::Homed { nodes, allowed } => {
            out.put("nodes", patterns(nodes));
            out.put("allowed", allowed.as_deref().map(patterns));
        }
        Asked::Attributes { nodes, links, controls, any_of, owner, circuit } => {
            out.put("nodes", nodes.as_deref().map(patterns));
            out.put("links", links.iter().map(link).collect::<Vec<_>>());
            out.put("controls", controls.clone());
            out.put("any_of", any_of.clone());
            out.flag("owner", *owner);
            out.put("circuit", circuits(circuit));
        }
        Asked::Placement { nodes, zones, tiers } => {
            out.put("nodes", patterns(nodes));
            out.put("zones", zones.clone());
            out.put("tiers", tiers.iter().map(|tier| tier.word()).collect::<Vec<_>>());
        }
        Asked::Exceptions { check, of } => {
            out.flag(check.word(), true);
            out.put("of", of.clone());
        }
        Asked::Transfers { from, to, sanitised_by, approved } => {
            out.put("from", from.as_deref().map(patterns));
            out.put("to", to.as_deref().map(patterns));
            out.put("sanitised_by", sanitised_by.as_ref().map(methods));
            out.flag("approved", *approved);
        }
        Asked::Evidence { kind, within } => {
            out.put("kind", kind.as_str());
            out.put("within", *within);
        }
        Asked::Labelled | Asked::Expects => {}
    }
    out.0.into()
}

fn path(out: &mut Object, paths: &Paths, without: &str) {
    out.put("a", patterns(&paths.a));
    out.put("b", patterns(&paths.b));
    out.put("sanitised_by", paths.sanitised_by.as_ref().map(methods));
    out.put(without, paths.without.as_deref().map(patterns));
    out.put("services", paths.services.as_deref().map(services));
}

fn methods(methods: &Methods) -> Value {
    match methods {
        Methods::Any => "any".into(),
        Methods::OneOf(list) => list.iter().map(|one: &Sanitise| one.word()).collect::<Vec<_>>().into(),
    }
}

fn services(list: &[ServiceItem<'static>]) -> Value {
    list.iter().map(ToString::to_string).collect::<Vec<_>>().into()
}

fn circuits(list: &[Circuit]) -> Vec<&'static str> {
    list.iter().map(|circuit| circuit.word()).collect()
}

fn link(link: &LinkPattern) -> Value {
    let mut out = Object::new();
    let ends = link.ends.as_ref().map(|[a, b]| vec![patterns(a), patterns(b)]);
    out.put("ends", ends);
    out.put("circuit", circuits(&link.circuit));
    out.put("tag", link.tag.clone());
    out.put("owner", link.owner.clone());
    out.0.into()
}

fn patterns(list: &[NodePattern]) -> Value {
    list.iter().map(pattern).collect::<Vec<_>>().into()
}

fn pattern(one: &NodePattern) -> Value {
    let mut out = Object::new();
    out.put("zone", one.zone.clone());
    out.put("labelled", one.labelled);
    out.put("tier", one.tier.iter().map(|tier| tier.word()).collect::<Vec<_>>());
    out.put("kind", one.kind.iter().map(|kind| kind.word()).collect::<Vec<_>>());
    out.put("tag", one.tag.clone());
    out.put("control", one.control.clone());
    out.put("node", one.node.clone());
    out.put("business", one.business.clone());
    out.put("owner", one.owner.clone());
    out.put("external", one.external);
    out.put("endpoint", one.endpoint);
    out.put("addresses", one.addresses.iter().map(ToString::to_string).collect::<Vec<_>>());
    out.put("pattern", one.named.as_ref().map(|named| named.name.clone()));
    out.put("not", one.not.as_deref().map(patterns));
    out.0.into()
}

/// Writes a value with sorted keys and no white space.
fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_unstable();
            out.push('{');
            for (at, key) in keys.into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                out.push_str(&Value::String(key.clone()).to_string());
                out.push(':');
                write(&map[key], out);
            }
            out.push('}');
        }
        Value::Array(list) => {
            out.push('[');
            for (at, item) in list.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}
impl ExceptionCheck {
    /// The word of the format.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Limited => "limited",
            Self::Peer => "peer",
            Self::Used => "used",
            Self::Attested => "attested",
        }
    }
}
