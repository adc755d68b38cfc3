//! A document in which every name is a pseudonym: what is decided of it is what is decided of the original, and nobody
//! who reads a report can tell whose it is. Numbers follow the order of the document, so that the same document always
//! gets the same pseudonyms. Addresses are left as they are; `report::redact` replaces them in the finished report.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::document::{
    Document, Evidence, Exception, Expectation, Filter, Link, LinkDetails, NameTable, NatEntry, NatTarget, Node, Relay,
    Route, Rule, Selector, SelectorItem, Service, ServiceItem, Spanned, Text, Transfer, host_name,
};
use crate::policy::Policy;

/// Pseudonyms of one kind: `node-1`, `node-2`, …
struct Pseudonyms {
    word: &'static str,
    known: HashMap<String, String>,
}

impl Pseudonyms {
    fn new(word: &'static str) -> Self {
        Self { word, known: HashMap::new() }
    }

    fn of(&mut self, name: &str) -> String {
        if let Some(known) = self.known.get(name) {
            return known.clone();
        }
        let mut number = self.known.len() + 1;
        let mut pseudonym = format!("{}-{number}", self.word);
        // What is kept as it is may look like a pseudonym.
        while self.known.get(&pseudonym) == Some(&pseudonym) {
            number += 1;
            pseudonym = format!("{}-{number}", self.word);
        }
        self.known.insert(name.to_owned(), pseudonym.clone());
        pseudonym
    }

    fn replace(&mut self, text: &mut Text<'_>) {
        *text = Cow::Owned(self.of(text));
    }
}

/// Everything that is replaced.
struct Redactor {
    /// Nodes and interfaces in one: an interface may bear the name of a neighbour, and must go on doing so.
    nodes: Pseudonyms,
    interfaces: Pseudonyms,
    zones: Pseudonyms,
    groups: Pseudonyms,
    services: Pseudonyms,
    rules: Pseudonyms,
    filters: Pseudonyms,
    links: Pseudonyms,
    exceptions: Pseudonyms,
    transfers: Pseudonyms,
    host_names: Pseudonyms,
    evidence: Pseudonyms,
    expectations: Pseudonyms,
    owners: Pseudonyms,
    words: Pseudonyms,
    texts: Pseudonyms,
    /// Words that the policy knows: they say nothing of whose document it is.
    kept: Vec<String>,
}

/// Replaces every name and free text of a document whose names resolve. Those of the tiers, of the policy's words and of
/// VLANs (`vlan10`) stay.
pub fn names(document: &mut Document<'_>, policy: &Policy) {
    let mut redactor = Redactor {
        nodes: Pseudonyms::new("node"),
        interfaces: Pseudonyms::new("if"),
        zones: Pseudonyms::new("zone"),
        groups: Pseudonyms::new("group"),
        services: Pseudonyms::new("service"),
        rules: Pseudonyms::new("rule"),
        filters: Pseudonyms::new("filter"),
        links: Pseudonyms::new("link"),
        exceptions: Pseudonyms::new("exception"),
        transfers: Pseudonyms::new("transfer"),
        host_names: Pseudonyms::new("host"),
        evidence: Pseudonyms::new("evidence"),
        expectations: Pseudonyms::new("expectation"),
        owners: Pseudonyms::new("owner"),
        words: Pseudonyms::new("word"),
        texts: Pseudonyms::new("text"),
        kept: policy_words(policy),
    };
    let keep =
        |pseudonyms: &mut Pseudonyms, word: &str| drop(pseudonyms.known.insert(word.to_owned(), word.to_owned()));
    for tier in crate::model::names::TIERS {
        keep(&mut redactor.zones, tier);
    }
    // SOUNDNESS: under another name a node would not be what the policy speaks of.
    for pattern in policy.patterns() {
        pattern.zone.iter().for_each(|zone| keep(&mut redactor.zones, zone));
        pattern.node.iter().for_each(|node| keep(&mut redactor.nodes, node));
        pattern.owner.iter().for_each(|owner| keep(&mut redactor.owners, owner));
    }
    redactor.document(document);
}

/// The words that a policy speaks of.
fn policy_words(policy: &Policy) -> Vec<String> {
    let words = policy.known_tags().into_iter().chain(policy.known_controls()).map(str::to_owned);
    words.chain(policy.patterns().flat_map(|pattern| pattern.business.clone())).collect()
}

/// Whether a name is one that an l3-switch gives its interfaces.
fn is_vlan(name: &str) -> bool {
    name.strip_prefix("vlan").is_some_and(|number| !number.is_empty() && number.bytes().all(|c| c.is_ascii_digit()))
}

/// Whether a link says anything that is replaced but its ends.
fn says_names(link: &Link<'_>) -> bool {
    let words = !link.controls().is_empty() || !link.tags().is_empty();
    let texts = [link.id(), link.owner(), link.title(), link.origin()];
    words || texts.iter().any(Option::is_some) || [0, 1].iter().any(|&end| link.interface(end).is_some())
}

impl Redactor {
    fn document(&mut self, document: &mut Document<'_>) {
        // Every field is named, so that one that is added is thought of.
        let Document {
            text: _,
            names,
            name,
            model: _,
            policy: _,
            edition: _,
            zones,
            groups,
            services,
            nodes,
            links,
            exceptions,
            host_names,
            transfers,
            evidence,
            expects,
            incomplete: _,
            breached: _,
            ..
        } = document;
        *name = None;
        let old = std::mem::take(names);
        let tiers = self.zones.known.len();
        for zone in zones {
            let id = &mut zone.id.value;
            if !self.zones.known.contains_key(&**id) {
                let number = self.zones.known.len() - tiers;
                self.zones.known.insert(id.to_string(), zone_name(number));
            }
            self.zones.replace(id);
            zone.title = None;
        }
        for known in host_names {
            self.host_name(&mut known.name.value);
            self.selector(&mut known.items);
        }
        let mut new = NameTable::default();
        for node in &mut *nodes {
            node.id = new.intern(&self.node_name(old.name(node.id)));
            node.id_at = u32::MAX;
        }
        for group in groups {
            self.groups.replace(&mut group.name.value);
            self.selector(&mut group.items);
        }
        for named in services {
            self.services.replace(&mut named.name.value);
            self.service(&mut named.items);
        }
        for node in nodes {
            if let Some(zone) = &mut node.zone {
                *zone = new.intern(&self.zones.of(old.name(*zone)));
            }
            self.node(node);
        }
        for link in links {
            link.ends = link.ends.map(|end| new.intern(&self.node_name(old.name(end))));
            if !says_names(link) {
                continue;
            }
            let LinkDetails {
                vlans: _,
                by_end: _,
                native: _,
                one_way: _,
                id,
                circuit: _,
                owner,
                controls,
                tags,
                title,
                origin,
                interfaces,
            } = link.details_mut();
            (*title, *origin) = (None, None);
            if let Some(owner) = owner {
                self.owners.replace(owner);
            }
            for words in [controls, tags] {
                *words = words.iter().map(|word| self.word(word).into_boxed_str()).collect();
            }
            for interface in interfaces.iter_mut().flatten() {
                *interface = new.intern(&self.interface_name(old.name(*interface)));
            }
            if let Some(id) = id {
                self.links.replace(id);
            }
        }
        for exception in exceptions {
            self.exception(exception);
        }
        for transfer in transfers {
            let Transfer { id, from, to, sanitise: _, reason, approved_by, expires: _, owner, approved_on: _, span: _ } =
                transfer;
            if let Some(owner) = owner {
                self.owners.replace(owner);
            }
            self.transfers.replace(id);
            self.selector(from);
            self.selector(to);
            for text in [reason, approved_by].into_iter().flatten().filter(|text| !text.trim().is_empty()) {
                self.texts.replace(text);
            }
        }
        for record in evidence {
            let Evidence { id, kind, by, date: _, valid_until: _, span: _ } = record;
            self.evidence.replace(id);
            *kind = Cow::Owned(self.word(kind));
            self.texts.replace(by);
        }
        for expectation in expects {
            let Expectation { id, from, to, service, span: _ } = expectation;
            self.expectations.replace(id);
            self.selector(from);
            self.selector(to);
            self.service(service);
        }
        *names = new;
    }

    fn node_name(&mut self, name: &str) -> String {
        if is_vlan(name) { name.to_owned() } else { self.nodes.of(name) }
    }

    /// An interface, or a neighbour.
    fn interface_name(&mut self, name: &str) -> String {
        if is_vlan(name) {
            name.to_owned()
        } else if self.nodes.known.contains_key(name) {
            self.nodes.of(name)
        } else {
            self.interfaces.of(name)
        }
    }

    fn interface(&mut self, name: &mut Text<'_>) {
        if !is_vlan(name) {
            *name = Cow::Owned(self.interface_name(name));
        }
    }

    fn interfaces(&mut self, names: &mut Option<Vec<Spanned<Text<'_>>>>) {
        for name in names.iter_mut().flatten() {
            self.interface(&mut name.value);
        }
    }

    fn node(&mut self, node: &mut Node<'_>) {
        let Node { id: _, id_at: _, kind: _, zone: _, addresses: _, forwards: _, controls, tags, details, span: _ } =
            node;
        for words in [controls, tags] {
            *words = words.iter().map(|word| self.word(word).into_boxed_str()).collect();
        }
        let Some(details) = details else { return };
        details.title = None;
        details.note = None;
        details.origin = None;
        details.business = details.business.iter().map(|word| self.word(word).into_boxed_str()).collect();
        if let Some(owner) = &mut details.owner {
            self.owners.replace(owner);
        }
        for filter in details.filters.iter_mut().flatten() {
            let Filter { name, default: _, rules, r#in, out, applies_to: _, stateful: _, sees: _, span: _ } = filter;
            if let Some(name) = name {
                self.filters.replace(name);
            }
            self.interfaces(r#in);
            self.interfaces(out);
            for rule in rules {
                let Rule {
                    id,
                    action: _,
                    from,
                    to,
                    service,
                    source_port: _,
                    r#in,
                    out,
                    replies: _,
                    condition,
                    note,
                    origin,
                    span: _,
                } = rule;
                if let Some(id) = id {
                    self.rules.replace(id);
                }
                self.selector(from);
                self.selector(to);
                self.service(service);
                self.interfaces(r#in);
                self.interfaces(out);
                if let Some(condition) = condition {
                    self.texts.replace(condition);
                }
                (*note, *origin) = (None, None);
            }
        }
        for entry in details.nat.iter_mut().flatten() {
            self.nat_entry(entry);
        }
        for relay in details.relays.iter_mut().flatten() {
            let Relay { from, to, from_service, to_service, sanitise: _, both: _, span: _ } = relay;
            self.selector(from);
            self.selector(to);
            self.service(from_service);
            self.service(to_service);
        }
        for Route { to: _, via, fails: _, origin, span: _ } in details.routes.iter_mut().flatten() {
            if let Some(via) = via {
                self.interface(&mut via.value);
            }
            *origin = None;
        }
    }

    fn nat_entry(&mut self, entry: &mut NatEntry<'_>) {
        let NatEntry {
            id,
            side: _,
            target,
            one_to_one: _,
            from,
            to,
            service,
            source_port: _,
            r#in,
            out,
            note,
            origin,
            span: _,
        } = entry;
        if let Some(id) = id {
            self.rules.replace(id);
        }
        if let NatTarget::Addresses(items) = target {
            self.selector(items);
        }
        self.selector(from);
        self.selector(to);
        self.service(service);
        self.interfaces(r#in);
        self.interfaces(out);
        (*note, *origin) = (None, None);
    }

    fn host_name(&mut self, name: &mut Text<'_>) {
        *name = Cow::Owned(self.host_names.of(&host_name(name)));
    }

    fn word(&mut self, word: &str) -> String {
        if self.kept.iter().any(|kept| kept == word) { word.to_owned() } else { self.words.of(word) }
    }

    fn selector(&mut self, items: &mut Selector<'_>) {
        for item in items {
            match &mut item.value {
                SelectorItem::Any | SelectorItem::Addresses(_) | SelectorItem::Kind(_) => {}
                SelectorItem::Node(id) if is_vlan(id) => {}
                SelectorItem::Node(id) => self.nodes.replace(id),
                SelectorItem::Zone(id) => self.zones.replace(id),
                SelectorItem::Group(name) => self.groups.replace(name),
                SelectorItem::Tag(tag) => *tag = Cow::Owned(self.word(tag)),
                SelectorItem::Fqdn(name) => self.host_name(name),
                SelectorItem::Not(items) => self.selector(items),
            }
        }
    }

    fn service(&mut self, items: &mut Service<'_>) {
        for item in items {
            if let ServiceItem::Named(name) = &mut item.value {
                self.services.replace(name);
            }
        }
    }

    fn exception(&mut self, exception: &mut Exception<'_>) {
        let Exception {
            id,
            from,
            to,
            service,
            waives: _,
            reason,
            approved_by,
            expires: _,
            attested,
            owner,
            approved_on: _,
            span: _,
        } = exception;
        if let Some(owner) = owner {
            self.owners.replace(owner);
        }
        self.exceptions.replace(id);
        self.selector(from);
        self.selector(to);
        self.service(service);
        // Whether there is a reason is judged, what it says is not.
        for text in [reason, approved_by].into_iter().flatten().filter(|text| !text.trim().is_empty()) {
            self.texts.replace(text);
        }
        if let Some(attested) = attested {
            self.texts.replace(&mut attested.by);
            self.texts.replace(&mut attested.basis);
        }
    }
}

/// `zone-a`, `zone-b`, …, `zone-z`, `zone-27`, …
fn zone_name(number: usize) -> String {
    match u8::try_from(number) {
        Ok(number) if number < 26 => format!("zone-{}", char::from(b'a' + number)),
        _ => format!("zone-{}", number + 1),
    }
}
