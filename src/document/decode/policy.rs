//! Policy files.

use super::super::keys::{self, Object};
use super::super::policy::{
    Basis, Change, Check, ExceptionCheck, HelpTexts, LinkMatch, Methods, NodeMatch, Paths, Pattern, PolicyFile,
    RequirementEntry,
};
use super::super::terms::{Edition, Severity};
use super::super::tree::{Tree, Value, shown};
use super::super::{ServiceItem, Spanned, Text, parse, terms};
use super::{Body, Decoder, Fields, phrase};
use crate::code::Code;
use crate::language::Phrase;
use crate::source::Span;

type Words = Vec<String>;

fn owned(text: Spanned<Text<'_>>) -> Spanned<String> {
    Spanned { value: text.value.into_owned(), span: text.span }
}

impl<'s> Decoder<'_, 's> {
    /// A policy file; `None` when there is not even an object, or it has no id.
    pub fn policy(&mut self, body: Body<'s>) -> Option<PolicyFile> {
        if let Some(root) = body.root {
            self.fields(root, &keys::POLICY);
            return None;
        }
        let mut fields = self.check_keys(body.members, body.span, &keys::POLICY);
        if let Some(version) = fields.take("sanso-policy") {
            self.policy_version(&version);
        }
        let id = fields.take("id").and_then(|tree| self.word(tree)).map(owned);
        let extends = fields.take("extends").and_then(|tree| self.text(tree)).map(owned);
        let title = self.both(fields.take("title"));
        let edition = fields.take("edition").and_then(|tree| {
            let span = tree.span;
            self.edition(tree).map(|value| Spanned { value, span })
        });
        let patterns = fields
            .take("patterns")
            .map(|tree| self.by_id(tree, |decoder, id, tree| (owned(id), decoder.pattern(tree))));
        let requirements =
            fields.take("requirements").and_then(|tree| self.list(tree, |decoder, tree| decoder.requirement(tree)));
        let changes = fields.take("change").and_then(|tree| self.list(tree, |decoder, tree| decoder.change(tree)));
        Some(PolicyFile {
            id: id?,
            extends,
            title,
            edition,
            patterns: patterns.unwrap_or_default(),
            requirements: requirements.unwrap_or_default(),
            changes: changes.unwrap_or_default(),
        })
    }

    fn policy_version(&mut self, tree: &Tree<'s>) {
        if matches!(&tree.value, Value::Number(text) if super::super::tree::integer(text) == Some(1)) {
            return;
        }
        let written = shown(self.written(tree.span));
        self.error(
            Code::UnsupportedVersion,
            tree.span,
            format!("version {written} of policy files is not supported"),
            format!("ポリシーの書式の版 {written} には対応していません"),
        )
        .help = phrase("write `sanso-policy: 1`", "「sanso-policy: 1」と書いてください");
    }

    /// A text in both languages, neither of them blank.
    fn both(&mut self, tree: Option<Tree<'s>>) -> Phrase {
        let Some(mut fields) = tree.and_then(|tree| self.fields(tree, &keys::PHRASE)) else {
            return Phrase::new("", "");
        };
        let mut one = |decoder: &mut Self, key| {
            let Some(text) = fields.take(key).and_then(|tree| decoder.text(tree)) else { return String::new() };
            if text.value.trim().is_empty() {
                decoder.error(Code::BlankText, text.span, "a blank text", "文が空です").help =
                    phrase("write the text in both languages", "日本語と英語の両方を書いてください");
            }
            text.value.trim().to_owned()
        };
        let ja = one(self, "ja");
        Phrase { en: one(self, "en"), ja }
    }

    fn requirement(&mut self, tree: Tree<'s>) -> Option<RequirementEntry> {
        let mut fields = self.fields(tree, &keys::REQUIREMENT)?;
        let id = fields.take("id").and_then(|tree| self.word(tree)).map(owned);
        let severity = fields.take("severity").and_then(|tree| self.severity(tree));
        let editions = fields.take("editions").map(|tree| self.many(tree, Self::edition)).unwrap_or_default();
        let clause = self.plain_text(fields.take("clause")).map(Text::into_owned);
        let basis = fields.take("basis").and_then(|tree| self.basis(tree));
        let title = self.both(fields.take("title"));
        let help = fields.take("help").and_then(|tree| self.help_texts(tree));
        let check = fields.take("check").and_then(|tree| self.check(tree));
        let severity = severity.unwrap_or(Severity::Error);
        let span = fields.span;
        Some(RequirementEntry { id: id?, severity, editions, clause, basis, title, help, check: check?, span })
    }

    fn edition(&mut self, tree: Tree<'s>) -> Option<Edition> {
        self.choice(tree, &terms::EDITIONS, ("edition of the guideline", "ガイドラインの版"))
    }

    fn severity(&mut self, tree: Tree<'s>) -> Option<Severity> {
        self.choice(tree, &terms::SEVERITIES, ("severity", "重大さ"))
    }

    fn basis(&mut self, tree: Tree<'s>) -> Option<Basis> {
        let mut fields = self.fields(tree, &keys::BASIS)?;
        let source = self.plain_text(fields.take("source")).map(Text::into_owned);
        let sure =
            fields.take("sure").and_then(|tree| self.choice(tree, &terms::SURE, ("degree of certainty", "確かさ")));
        Some(Basis { source: source?, sure: sure? })
    }

    fn help_texts(&mut self, tree: Tree<'s>) -> Option<HelpTexts> {
        let mut fields = self.fields(tree, &keys::HELP)?;
        let [meaning, why, mend] = ["meaning", "why", "mend"].map(|key| self.both(fields.take(key)));
        Some(HelpTexts { meaning, why, mend })
    }

    fn change(&mut self, tree: Tree<'s>) -> Option<Change> {
        let mut fields = self.fields(tree, &keys::CHANGE)?;
        let id = fields.take("id").and_then(|tree| self.word(tree)).map(owned);
        let (severity, off) = (fields.take("severity"), fields.take("off"));
        if severity.is_some() == off.is_some() {
            self.error(
                Code::BadChange,
                fields.span,
                "a change is either of the severity or `off`",
                "変更には severity か off のどちらか一方を書きます",
            )
            .help = phrase(
                "write `severity: warning` or `off: true`",
                "「severity: warning」か「off: true」と書いてください",
            );
            return None;
        }
        let severity = match severity {
            Some(tree) => Some(self.severity(tree)?),
            None => {
                self.is_true(off);
                None
            }
        };
        let mut text = |decoder: &mut Self, key| {
            let text = decoder.plain_text(fields.take(key))?;
            Some(text.trim().to_owned()).filter(|text| !text.is_empty())
        };
        let (reason, approved_by) = (text(self, "reason"), text(self, "approved_by"));
        let until = fields.take("until").and_then(|tree| self.date(tree));
        Some(Change { id: id?, severity, reason, approved_by, until, span: fields.span })
    }

    /// Whether a key is there; its value must be `true`.
    fn is_true(&mut self, tree: Option<Tree<'s>>) -> bool {
        let Some(tree) = tree else { return false };
        if !matches!(tree.value, Value::Bool(true))
            && let Some(diagnostic) = self.wrong_type(&tree, ("true", "true"))
        {
            diagnostic.help = phrase("write true, or leave the key out", "true と書くか、キーごと省いてください");
        }
        true
    }

    fn check(&mut self, tree: Tree<'s>) -> Option<Check> {
        let mut fields = self.fields(tree, &keys::CHECK)?;
        let kinds: Vec<&'static str> = keys::CHECK.keys.iter().map(|key| key.name).collect();
        let given: Vec<&'static str> = kinds.iter().copied().filter(|kind| fields.key(kind).is_some()).collect();
        let [kind] = given[..] else {
            self.error(Code::BadCheck, fields.span, "a check is of one kind", "検査の種類は一つだけ書きます").help =
                phrase(
                    format!("write one of {}", kinds.join(", ")),
                    format!("{} のいずれかを書いてください", kinds.join("、")),
                );
            return None;
        };
        let tree = fields.take(kind)?;
        match kind {
            "isolation" => self.paths(tree, &keys::ISOLATION, "without").map(Check::Isolation),
            "through" => self.paths(tree, &keys::THROUGH, "nodes").map(Check::Through),
            "sessions" => self.sessions(tree),
            "segment" => {
                let mut fields = self.fields(tree, &keys::SEGMENT)?;
                let [a, b] = ["a", "b"].map(|key| self.pattern_of(&mut fields, key));
                Some(Check::Segment { a: a?, b: b? })
            }
            "homed" => {
                let mut fields = self.fields(tree, &keys::HOMED)?;
                let [nodes, allowed] = ["nodes", "allowed"].map(|key| self.pattern_of(&mut fields, key));
                Some(Check::Homed { nodes: nodes?, allowed })
            }
            "attributes" => self.attributes(tree),
            "placement" => self.placement(tree),
            "exceptions" => self.exceptions_check(tree),
            "transfers" => self.transfers_check(tree),
            "labelled" => self.fields(tree, &keys::NOTHING).map(|_| Check::Labelled),
            "expects" => self.fields(tree, &keys::NOTHING).map(|_| Check::Expects),
            _ => {
                let mut fields = self.fields(tree, &keys::EVIDENCE)?;
                let kind = fields.take("kind").and_then(|tree| self.word(tree)).map(|word| word.value.into_owned());
                let within = fields.take("within").and_then(|tree| self.count(&tree));
                Some(Check::Evidence { kind: kind?, within })
            }
        }
    }

    /// A check of data paths; `without` names the key of the nodes that are taken out.
    fn paths(&mut self, tree: Tree<'s>, object: &'static Object, without: &'static str) -> Option<Paths> {
        let mut fields = self.fields(tree, object)?;
        let [a, b, without] = ["a", "b", without].map(|key| self.pattern_of(&mut fields, key));
        let sanitised_by = fields.take("sanitised_by").and_then(|tree| self.methods(tree));
        let services = self.services(&mut fields, "services");
        Some(Paths { a: a?, b: b?, sanitised_by, without, services })
    }

    fn sessions(&mut self, tree: Tree<'s>) -> Option<Check> {
        let mut fields = self.fields(tree, &keys::SESSIONS)?;
        let [from, to, without] = ["from", "to", "without"].map(|key| self.pattern_of(&mut fields, key));
        let service = self.services(&mut fields, "service");
        Some(Check::Sessions { from: from?, to: to?, service, without })
    }

    fn attributes(&mut self, tree: Tree<'s>) -> Option<Check> {
        let mut fields = self.fields(tree, &keys::ATTRIBUTES)?;
        let (nodes, links) = (fields.take("nodes"), fields.take("links"));
        let circuit_at = fields.key("circuit");
        let controls = self.scalars(&mut fields, "controls");
        let any_of = self.scalars(&mut fields, "any_of");
        let owner = self.is_true(fields.take("owner"));
        let circuit = fields.take("circuit").map(|tree| self.many(tree, Self::circuit)).unwrap_or_default();
        let (nodes, links) = match (nodes, links) {
            (Some(tree), None) => (Some(self.pattern(tree)), Vec::new()),
            (None, Some(tree)) => (None, self.many(tree, Self::link_match)),
            _ => {
                self.error(
                    Code::BadCheck,
                    fields.span,
                    "attributes are asked either of `nodes` or of `links`",
                    "attributes には nodes か links のどちらか一方を書きます",
                )
                .help = phrase("write one of them", "どちらか一方を書いてください");
                return None;
            }
        };
        if let (Some(_), Some(span)) = (&nodes, circuit_at) {
            self.error(Code::BadCheck, span, "nodes have no circuit", "回線（circuit）はリンクだけにあります").help =
                phrase("ask it of `links`", "links について書いてください");
        }
        if controls.is_empty() && any_of.is_empty() && !owner && circuit.is_empty() {
            self.asks_nothing(fields.span, "controls, any_of, owner, circuit");
        }
        Some(Check::Attributes { nodes, links, controls, any_of, owner, circuit })
    }

    fn asks_nothing(&mut self, span: Span, keys: &str) {
        self.error(Code::BadCheck, span, "this check asks nothing", "この検査は何も求めていません").help =
            phrase(format!("write one of {keys}"), format!("{keys} のいずれかを書いてください"));
    }

    fn placement(&mut self, tree: Tree<'s>) -> Option<Check> {
        let mut fields = self.fields(tree, &keys::PLACEMENT)?;
        let nodes = self.pattern_of(&mut fields, "nodes");
        let zones = self.scalars(&mut fields, "zones");
        let tiers = fields.take("tiers").map(|tree| self.many(tree, Self::tier)).unwrap_or_default();
        if zones.is_empty() && tiers.is_empty() {
            self.asks_nothing(fields.span, "zones, tiers");
        }
        Some(Check::Placement { nodes: nodes?, zones, tiers })
    }

    fn exceptions_check(&mut self, tree: Tree<'s>) -> Option<Check> {
        const CHECKS: [(&str, ExceptionCheck); 4] = [
            ("limited", ExceptionCheck::Limited),
            ("peer", ExceptionCheck::Peer),
            ("used", ExceptionCheck::Used),
            ("attested", ExceptionCheck::Attested),
        ];
        let mut fields = self.fields(tree, &keys::EXCEPTIONS)?;
        let given: Vec<ExceptionCheck> =
            CHECKS.into_iter().filter(|(key, _)| self.is_true(fields.take(key))).map(|(_, check)| check).collect();
        let of = fields.take("of").map(|tree| self.many(tree, Self::word)).unwrap_or_default();
        let [check] = given[..] else {
            let all = CHECKS.map(|(key, _)| key).join(", ");
            self.error(
                Code::BadCheck,
                fields.span,
                "one thing is asked of exceptions at a time",
                "特定通信の条件は一つだけ書きます",
            )
            .help = phrase(format!("write one of {all}"), format!("{all} のいずれか一つを書いてください"));
            return None;
        };
        Some(Check::Exceptions { check, of: of.into_iter().map(owned).collect() })
    }

    fn transfers_check(&mut self, tree: Tree<'s>) -> Option<Check> {
        let mut fields = self.fields(tree, &keys::TRANSFERS)?;
        let [from, to] = ["from", "to"].map(|key| self.pattern_of(&mut fields, key));
        let sanitised_by = fields.take("sanitised_by").and_then(|tree| self.methods(tree));
        let approved = self.is_true(fields.take("approved"));
        if sanitised_by.is_none() && !approved {
            self.asks_nothing(fields.span, "sanitised_by, approved");
        }
        Some(Check::Transfers { from, to, sanitised_by, approved })
    }

    fn methods(&mut self, tree: Tree<'s>) -> Option<Methods> {
        if matches!(&tree.value, Value::String(text) if text == "any") {
            return Some(Methods::Any);
        }
        let one =
            |decoder: &mut Self, tree| decoder.choice(tree, &parse::SANITISES, ("way of sanitising", "無害化の方式"));
        Some(Methods::OneOf(self.many(tree, one)))
    }

    /// Services that need no document: the format's own words.
    fn services(&mut self, fields: &mut Fields<'s>, key: &'static str) -> Option<Vec<ServiceItem<'static>>> {
        let tree = fields.take(key)?;
        let items = self.many(tree, |decoder, tree| {
            let Spanned { value, span } = decoder.service_item(tree)?;
            match value {
                ServiceItem::Any => Some(ServiceItem::Any),
                ServiceItem::Transfer => Some(ServiceItem::Transfer),
                ServiceItem::Protocol { number, ports } => Some(ServiceItem::Protocol { number, ports }),
                ServiceItem::Named(name) => {
                    decoder
                        .error(
                            Code::BadService,
                            span,
                            format!("`{}` is a name of a document; a policy knows none", shown(&name)),
                            format!("「{}」は構成の文書で決める名前です。ポリシーでは使えません", shown(&name)),
                        )
                        .help = phrase("write it like tcp/443", "tcp/443 のように書いてください");
                    None
                }
            }
        });
        Some(items)
    }

    fn circuit(&mut self, tree: Tree<'s>) -> Option<super::super::terms::Circuit> {
        self.choice(tree, &terms::CIRCUITS, ("circuit", "回線"))
    }

    fn tier(&mut self, tree: Tree<'s>) -> Option<super::super::terms::Tier> {
        self.choice(tree, &terms::TIERS, ("tier", "層"))
    }

    fn scalars(&mut self, fields: &mut Fields<'s>, key: &'static str) -> Words {
        let Some(tree) = fields.take(key) else { return Vec::new() };
        self.many(tree, |decoder, tree| decoder.word(tree).map(|word| word.value.into_owned()))
    }

    fn pattern_of(&mut self, fields: &mut Fields<'s>, key: &'static str) -> Option<Pattern> {
        fields.take(key).map(|tree| self.pattern(tree))
    }

    /// A pattern of nodes.
    fn pattern(&mut self, tree: Tree<'s>) -> Pattern {
        match tree.value {
            Value::List(list) if list.is_empty() => {
                self.error(
                    Code::EmptyList,
                    tree.span,
                    "an empty pattern matches nothing",
                    "空の条件は何にも当てはまりません",
                )
                .help = phrase("write what is meant", "該当するものを書いてください");
                Vec::new()
            }
            Value::List(list) => list.into_iter().flat_map(|tree| self.pattern(tree)).collect(),
            _ => self.node_match(tree).into_iter().collect(),
        }
    }

    fn node_match(&mut self, tree: Tree<'s>) -> Option<NodeMatch> {
        let mut fields = self.fields(tree, &keys::PATTERN)?;
        let kind = |decoder: &mut Self, tree| decoder.choice(tree, &parse::KINDS, ("kind", "種別"));
        Some(NodeMatch {
            zone: self.scalars(&mut fields, "zone"),
            labelled: fields.take("labelled").and_then(|tree| self.boolean(tree)),
            tier: fields.take("tier").map(|tree| self.many(tree, Self::tier)).unwrap_or_default(),
            kind: fields.take("kind").map(|tree| self.many(tree, kind)).unwrap_or_default(),
            tag: self.scalars(&mut fields, "tag"),
            control: self.scalars(&mut fields, "control"),
            node: self.scalars(&mut fields, "node"),
            business: self.scalars(&mut fields, "business"),
            owner: self.scalars(&mut fields, "owner"),
            external: fields.take("external").and_then(|tree| self.boolean(tree)),
            endpoint: fields.take("endpoint").and_then(|tree| self.boolean(tree)),
            addresses: fields
                .take("addresses")
                .map(|tree| self.many(tree, |decoder, tree| decoder.cidr(tree).map(|cidr| cidr.value)))
                .unwrap_or_default(),
            pattern: fields.take("pattern").and_then(|tree| self.word(tree)).map(owned),
            not: self.pattern_of(&mut fields, "not"),
        })
    }

    fn link_match(&mut self, tree: Tree<'s>) -> Option<LinkMatch> {
        let mut fields = self.fields(tree, &keys::LINKS)?;
        let ends = fields.take("ends").and_then(|tree| {
            let span = tree.span;
            let list = self.list(tree, |decoder, tree| Some(decoder.pattern(tree)))?;
            let pair: Result<[Pattern; 2], _> = list.try_into();
            if pair.is_err() {
                self.error(Code::WrongType, span, "a link has two ends", "リンクの端は二つです").help =
                    phrase("write a pattern for each end", "両端の条件を一つずつ書いてください");
            }
            pair.ok()
        });
        Some(LinkMatch {
            ends,
            circuit: fields.take("circuit").map(|tree| self.many(tree, Self::circuit)).unwrap_or_default(),
            tag: self.scalars(&mut fields, "tag"),
            owner: self.scalars(&mut fields, "owner"),
        })
    }
}
