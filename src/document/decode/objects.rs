//! The objects of the format: document, zone, node, filter, rule, relay, route.

use super::super::places::start_of;
use super::super::slips;
use super::super::tree::{Tree, Value, integer, shown};
use super::super::{
    Action, Document, Filter, Group, NamedService, Node, NodeDetails, Phrase, Relay, Route, Rule, Sees, Selector,
    SelectorItem, Service, ServiceItem, Spanned, Text, Traffic, Words, Zone, keys, parse, terms,
};
use super::items::whole;
use super::place::Place;
use super::{Body, Decoder, phrase};
use crate::code::Code;
use crate::source::Span;

impl<'s> Decoder<'_, 's> {
    /// The document; `None` when there is not even an object.
    pub fn document(&mut self, body: Body<'s>) -> Option<Document<'s>> {
        if let Some(root) = body.root {
            self.fields(root, &keys::DOCUMENT);
            return None;
        }
        let mut fields = self.check_keys(body.members, body.span, &keys::DOCUMENT);
        if let Some(tree) = fields.take("sanso") {
            self.version(&tree);
        }
        let name = self.plain_text(fields.take("name"));
        let model = fields.take("model").and_then(|tree| self.word(tree));
        let policy = fields.take("policy").and_then(|tree| self.text(tree));
        let edition = fields.take("edition").and_then(|tree| {
            self.placed_choice(tree, &terms::EDITIONS, ("edition of the guideline", "ガイドラインの版"))
        });
        let zones = fields.take("zones").map(|tree| self.by_id(tree, Self::zone)).unwrap_or_default();
        let groups = fields.take("groups").map(|tree| self.by_id(tree, Self::group)).unwrap_or_default();
        let services = fields.take("services").map(|tree| self.by_id(tree, Self::named_service)).unwrap_or_default();
        let host_names = fields.take("names").map(|tree| self.host_names(tree)).unwrap_or_default();
        let nodes = fields.take("nodes").and_then(|tree| self.list(tree, Self::node));
        let links = fields.take("links").and_then(|tree| self.list(tree, Self::link));
        let transfers = fields.take("transfers").and_then(|tree| self.list(tree, Self::transfer));
        let exceptions = fields.take("exceptions").and_then(|tree| self.list(tree, Self::exception));
        let evidence = fields.take("evidence").and_then(|tree| self.full_list(tree, Self::evidence));
        let expects = fields.take("expects").and_then(|tree| self.full_list(tree, Self::expectation));
        let mut places = std::mem::take(&mut self.places);
        places.sort();
        Some(Document {
            text: self.text,
            names: std::mem::take(&mut self.names).share(),
            name,
            model,
            policy,
            edition,
            zones,
            groups,
            services,
            nodes: body.nodes.or(nodes).unwrap_or_default(),
            links: body.links.or(links).unwrap_or_default(),
            exceptions: exceptions.unwrap_or_default(),
            host_names,
            transfers: transfers.unwrap_or_default(),
            evidence: evidence.unwrap_or_default(),
            expects: expects.unwrap_or_default(),
            incomplete: self.lost,
            breached: false,
            places: places.into(),
        })
    }

    fn version(&mut self, tree: &Tree<'s>) {
        match &tree.value {
            Value::Number(text) if integer(text) == Some(1) => {}
            Value::Number(text) => {
                self.error(
                    Code::UnsupportedVersion,
                    tree.span,
                    format!("version {} of the format is not supported", shown(text)),
                    format!("書式の版 {} には対応していません", shown(text)),
                )
                .help = phrase("write `sanso: 1`", "「sanso: 1」と書いてください");
            }
            _ => {
                self.wrong_type(tree, ("the number 1", "数値 1"));
            }
        }
    }

    /// An object of things by id.
    pub(super) fn by_id<T>(
        &mut self,
        tree: Tree<'s>,
        mut element: impl FnMut(&mut Self, Spanned<Text<'s>>, Tree<'s>) -> T,
    ) -> Vec<T> {
        let members = match tree.value {
            Value::Map(members) => members,
            _ => {
                self.wrong_type(&tree, ("a mapping from ids", "ID をキーとするマッピング"));
                self.lost = true;
                return Vec::new();
            }
        };
        let mut seen = rustc_hash::FxHashMap::default();
        let mut list = Vec::with_capacity(members.len());
        for (key, value) in members {
            if let Some(first) = seen.insert(key.value.clone(), key.span) {
                self.duplicate_key(&key, first);
                continue;
            }
            match self.named(key, parse::check_id) {
                Some(id) => list.push(element(self, id, value)),
                None => self.lost = true,
            }
        }
        list
    }

    fn zone(&mut self, id: Spanned<Text<'s>>, tree: Tree<'s>) -> Zone<'s> {
        let mut zone = Zone { id, base: None, networks: Vec::new(), title: None };
        if let Some(mut fields) = self.fields(tree, &keys::ZONE) {
            zone.base = fields.take("base").and_then(|tree| self.placed_choice(tree, &terms::TIERS, ("tier", "層")));
            zone.networks = fields.take("networks").map(|tree| self.many(tree, Self::cidr)).unwrap_or_default();
            zone.title = self.plain_text(fields.take("title"));
        }
        zone
    }

    fn group(&mut self, name: Spanned<Text<'s>>, tree: Tree<'s>) -> Group<'s> {
        Group { name, items: self.many(tree, |decoder, tree| decoder.selector_item(tree, Place::Group)) }
    }

    fn named_service(&mut self, name: Spanned<Text<'s>>, tree: Tree<'s>) -> NamedService<'s> {
        if !matches!(parse::service(&name.value), Ok(None)) {
            self.error(
                Code::ReservedName,
                name.span,
                format!("`{}` is the format's own name of a service", shown(&name.value)),
                format!("「{}」は書式で決められたサービス名です", shown(&name.value)),
            )
            .help = phrase(
                format!("choose another, such as `my-{}`", shown(&name.value.replace('/', "-"))),
                "別の名前を付けてください",
            );
        }
        NamedService { name, items: self.many(tree, Self::service_item) }
    }

    /// A node; `None` when it has no usable id.
    pub fn node(&mut self, tree: Tree<'s>) -> Option<Node<'s>> {
        let span = tree.span;
        let Some(mut fields) = self.fields(tree, &keys::NODE) else {
            self.lost = true;
            return None;
        };
        let id = fields.take("id").and_then(|tree| self.id(tree));
        let kind =
            fields.take("kind").and_then(|tree| self.choice(tree, &parse::KINDS, ("kind of node", "ノードの種別")));
        let zone = fields.take("zone").and_then(|tree| self.id(tree)).map(|zone| zone.value);
        let addresses = fields.take("addresses").map(|tree| self.some(tree, Self::cidr)).unwrap_or_default();
        let forwards = fields.take("forwards").and_then(|tree| self.boolean(tree));
        let controls = self.words(fields.take("controls"));
        let tags = self.words(fields.take("tags"));
        if let (Some(first), Some(second)) = (fields.key("filter"), fields.key("filters")) {
            let diagnostic = self.error(
                Code::ConflictingKeys,
                second,
                "both `filter` and `filters`",
                "「filter」と「filters」の両方があります",
            );
            diagnostic.help =
                phrase("put the filter into the list `filters`", "フィルターは「filters」のリストにまとめてください");
            diagnostic.related.push((first, Phrase::new("`filter` is here", "「filter」はここです")));
        }
        let one = fields.take("filter").map(|tree| self.filter(tree).into_iter().collect());
        let several = fields.take("filters").map(|tree| self.full_list(tree, Self::filter).unwrap_or_default());
        let details = NodeDetails {
            filters: several.or(one),
            relays: fields.take("relays").and_then(|tree| self.list(tree, Self::relay)),
            routes: fields.take("routes").and_then(|tree| self.routes(tree)),
            nat: fields.take("nat").and_then(|tree| self.full_list(tree, Self::nat_entry)),
            routed_vlans: fields.take("routed_vlans").map(|tree| self.some(tree, Self::vlan)),
            business: self.businesses(fields.take("business")),
            owner: self.owner(fields.take("owner")),
            count: fields.take("count").and_then(|tree| self.count(&tree)),
            title: self.plain_text(fields.take("title")),
            note: self.plain_text(fields.take("note")),
            origin: self.plain_text(fields.take("origin")),
        };
        let Some(id) = id else {
            self.lost = true;
            return None;
        };
        if let (true, Some(zone)) = (self.notes_places, &zone) {
            self.places.add(span, [start_of(self.text, zone), u32::MAX]);
        }
        Some(Node {
            id: self.names.intern_text(&id.value),
            id_at: start_of(self.text, &id.value),
            zone: zone.map(|zone| self.names.intern_text(&zone)),
            kind: kind.unwrap_or_default(),
            addresses: addresses.into_iter().map(|cidr| cidr.value).collect(),
            forwards,
            controls,
            tags,
            details: (!is_empty(&details)).then(|| Box::new(details)),
            span,
        })
    }

    /// Who answers for something.
    pub(super) fn owner(&mut self, tree: Option<Tree<'s>>) -> Option<Text<'s>> {
        self.word(tree?).map(|owner| owner.value)
    }

    fn businesses(&mut self, tree: Option<Tree<'s>>) -> Words {
        let words = tree.map(|tree| self.many(tree, Self::word)).unwrap_or_default();
        self.interned(&words)
    }

    pub(super) fn words(&mut self, tree: Option<Tree<'s>>) -> Words {
        let words = tree.map(|tree| self.some(tree, Self::word)).unwrap_or_default();
        self.interned(&words)
    }

    fn interned(&mut self, words: &[Spanned<Text<'s>>]) -> Words {
        self.words.start();
        words.iter().for_each(|word| self.words.push(&word.value));
        self.words.finish()
    }

    pub(super) fn count(&mut self, tree: &Tree<'s>) -> Option<u64> {
        self.warn_leading_zero(tree);
        let count = whole(tree).filter(|count| (1..=keys::MOST).contains(count));
        if count.is_none() {
            let written = shown(self.written(tree.span));
            let what = (format!("a whole number from 1 to {}", keys::MOST), format!("1～{} の整数", keys::MOST));
            let what = (&*what.0, &*what.1);
            if let Value::Number(_) = tree.value {
                self.error(
                    Code::BadCount,
                    tree.span,
                    format!("{written} is not {}", what.0),
                    format!("{written} は{}ではありません", what.1),
                )
                .help = phrase("leave `count` out for a single machine", "1 台だけなら「count」は省けます");
            } else {
                let slip = match &tree.value {
                    Value::String(text) => slips::help(text, |plain| integer(plain).is_some_and(|count| count > 0)),
                    _ => None,
                };
                if let (Some(diagnostic), Some(help)) = (self.wrong_type(tree, what), slip) {
                    diagnostic.help = Some(help);
                }
            }
        }
        count
    }

    fn filter(&mut self, tree: Tree<'s>) -> Option<Filter<'s>> {
        let mut fields = self.fields(tree, &keys::FILTER)?;
        Some(Filter {
            name: self.plain_text(fields.take("name")),
            default: fields.take("default").and_then(|tree| self.action(tree)),
            rules: fields.take("rules").and_then(|tree| self.list(tree, Self::rule)).unwrap_or_default(),
            r#in: fields.take("in").map(|tree| self.many_or_any(tree, Self::word)),
            out: fields.take("out").map(|tree| self.many_or_any(tree, Self::word)),
            applies_to: fields.take("applies_to").map_or(Traffic::ALL, |tree| self.traffic(tree)),
            stateful: fields.take("stateful").and_then(|tree| self.boolean(tree)),
            sees: fields.take("sees").and_then(|tree| self.sees(tree)),
            span: fields.span,
        })
    }

    fn traffic(&mut self, tree: Tree<'s>) -> Traffic {
        let what = ("way of a packet through a node", "パケットの扱い");
        let listed = self.many_or_any(tree, |decoder, tree| decoder.choice(tree, &parse::HANDLED, what));
        Traffic {
            forwarded: listed.contains(&parse::Handled::Forwarded),
            emitted: listed.contains(&parse::Handled::Emitted),
            delivered: listed.contains(&parse::Handled::Delivered),
        }
    }

    fn sees(&mut self, tree: Tree<'s>) -> Option<Spanned<Sees>> {
        let mut fields = self.fields(tree, &keys::SEES)?;
        let what = ("view of an address", "見え方");
        let mut value = Sees::default();
        if let Some(tree) = fields.take("source") {
            value.translated_source = self.choice(tree, &parse::VIEWS, what)?;
        }
        if let Some(tree) = fields.take("destination") {
            value.translated_destination = self.choice(tree, &parse::VIEWS, what)?;
        }
        Some(Spanned { value, span: fields.span })
    }

    fn action(&mut self, tree: Tree<'s>) -> Option<Action> {
        self.choice(tree, &parse::ACTIONS, ("action", "動作"))
    }

    /// A rule of a filter.
    pub fn rule(&mut self, tree: Tree<'s>) -> Option<Rule<'s>> {
        let mut fields = self.fields(tree, &keys::RULE)?;
        let id = fields.take("id").and_then(|tree| self.word(tree)).map(|id| id.value);
        let action = fields.take("action").and_then(|tree| self.action(tree));
        let rule = Rule {
            id,
            // an error was reported where there is none, so nobody will act on this one
            action: action.unwrap_or(Action::Permit),
            from: self.selector(fields.take("from"), Place::Rule),
            to: self.selector(fields.take("to"), Place::Rule),
            service: self.service(fields.take("service")),
            source_port: fields.take("source_port").map(|tree| self.many_or_any(tree, Self::port)),
            r#in: fields.take("in").map(|tree| self.many_or_any(tree, Self::word)),
            out: fields.take("out").map(|tree| self.many_or_any(tree, Self::word)),
            replies: fields
                .take("state")
                .and_then(|tree| self.choice(tree, &parse::STATES, ("state of a session", "セッションの状態")))
                .is_some(),
            condition: fields.take("condition").and_then(|tree| self.condition(tree)),
            note: self.plain_text(fields.take("note")),
            origin: self.plain_text(fields.take("origin")),
            span: fields.span,
        };
        Some(rule)
    }

    fn condition(&mut self, tree: Tree<'s>) -> Option<Text<'s>> {
        let Spanned { value, span } = self.text(tree)?;
        if value.trim().is_empty() {
            self.error(Code::BlankCondition, span, "a condition that says nothing", "条件が空です").help = phrase(
                "write what the condition is, or leave `condition` out",
                "どのような条件かを書くか、「condition」を省いてください",
            );
            return None;
        }
        Some(value)
    }

    /// A selector; `any` when left out.
    pub(super) fn selector(&mut self, tree: Option<Tree<'s>>, place: Place) -> Selector<'s> {
        match tree {
            None => vec![Spanned { value: SelectorItem::Any, span: Span::default() }],
            Some(tree) if place == Place::Rule => {
                self.many_or_any(tree, |decoder, tree| decoder.selector_item(tree, place))
            }
            Some(tree) => self.many(tree, |decoder, tree| decoder.selector_item(tree, place)),
        }
    }

    /// A service list; `any` when left out.
    pub(super) fn service(&mut self, tree: Option<Tree<'s>>) -> Service<'s> {
        match tree {
            None => vec![Spanned { value: ServiceItem::Any, span: Span::default() }],
            Some(tree) => self.many_or_any(tree, Self::service_item),
        }
    }

    fn relay(&mut self, tree: Tree<'s>) -> Option<Relay<'s>> {
        let mut fields = self.fields(tree, &keys::RELAY)?;
        Some(Relay {
            from: self.selector(fields.take("from"), Place::Relay),
            to: self.selector(fields.take("to"), Place::Relay),
            from_service: self.service(fields.take("from_service")),
            to_service: self.service(fields.take("to_service")),
            sanitise: fields
                .take("sanitise")
                .and_then(|tree| self.choice(tree, &parse::SANITISES, ("way of sanitising", "無害化の方式"))),
            both: fields.take("both").and_then(|tree| self.boolean(tree)).unwrap_or(false),
            span: fields.span,
        })
    }

    fn routes(&mut self, tree: Tree<'s>) -> Option<Vec<Route<'s>>> {
        if matches!(&tree.value, Value::List(list) if list.is_empty()) {
            self.error(Code::EmptyList, tree.span, "an empty list of routes", "経路のリストが空です").help = phrase(
                "leave `routes` out (any route is then assumed), or write `{to: 0.0.0.0/0, drop: true}`",
                "「routes」を省く（どの経路もあり得るとみなします）か、「{to: 0.0.0.0/0, drop: true}」と書いてください",
            );
        }
        self.list(tree, Self::route)
    }

    fn route(&mut self, tree: Tree<'s>) -> Option<Route<'s>> {
        let mut fields = self.fields(tree, &keys::ROUTE)?;
        let to = fields.take("to").and_then(|tree| self.cidr(tree));
        let via = fields.take("via").and_then(|tree| self.word(tree));
        if let Some(tree) = fields.take("drop") {
            let place = tree.span;
            if self.boolean(tree) == Some(false) {
                self.error(Code::BadDrop, place, "`drop` can only be true", "「drop」に書けるのは true だけです")
                    .help = phrase("leave `drop` out and write `via`", "「drop」を省き、「via」を書いてください");
            }
        }
        let help = phrase(
            "write either `via: interface or node` or `drop: true`",
            "「via: インターフェースまたはノード」か「drop: true」のどちらか一方を書いてください",
        );
        match (fields.key("via"), fields.key("drop")) {
            (Some(_), Some(second)) => {
                self.error(
                    Code::ConflictingKeys,
                    second,
                    "both `via` and `drop`",
                    "「via」と「drop」の両方があります",
                )
                .help = help;
            }
            (None, None) => {
                self.error(
                    Code::MissingKey,
                    fields.span,
                    "neither `via` nor `drop`",
                    "「via」も「drop」もありません",
                )
                .help = help;
            }
            _ => {}
        }
        if let (Some(_), Some(second)) = (fields.key("drop"), fields.key("fails")) {
            self.error(
                Code::ConflictingKeys,
                second,
                "both `drop` and `fails`",
                "「drop」と「fails」の両方があります",
            )
            .help = phrase(
                "a route that drops has no line to fail",
                "破棄する経路に失われる回線はありません。「fails」を省いてください",
            );
        }
        let fails = fields.take("fails").and_then(|tree| self.boolean(tree)).unwrap_or(false);
        self.plain_text(fields.take("note"));
        let origin = self.plain_text(fields.take("origin"));
        Some(Route { to: to?, via, fails, origin, span: fields.span })
    }
}

fn is_empty(details: &NodeDetails<'_>) -> bool {
    matches!(
        details,
        NodeDetails {
            filters: None,
            relays: None,
            routes: None,
            nat: None,
            routed_vlans: None,
            count: None,
            owner: None,
            title: None,
            note: None,
            origin: None,
            business,
        } if business.is_empty()
    )
}
