//! References from selectors, service lists and exceptions, and groups that hold themselves.

use std::collections::HashMap;

use super::translation::Holds;
use super::{Named, Resolver};
use crate::code::Code;
use crate::diagnostic::Diagnostics;
use crate::document::{Document, Selector, SelectorItem, Service, ServiceItem, Spanned, Text};
use crate::language::Phrase;
use crate::nearest::nearest;
use crate::source::Span;

/// The errors of exceptions that waive what cannot be waived: anything but these requirements.
pub fn check_waived(document: &Document<'_>, waivable: &[&str], diagnostics: &mut Diagnostics) {
    let waived = document.exceptions.iter().flat_map(|exception| exception.waives.iter().flatten());
    for id in waived.filter(|id| !waivable.contains(&&*id.value)) {
        let name = &*id.value;
        let message = Phrase::new(
            format!("`{name}` is no requirement that can be waived"),
            format!("「{name}」は除外できる要件ではありません"),
        );
        diagnostics.error(Code::NotWaivable, id.span, message).help =
            Some(match nearest(name, waivable.iter().copied()) {
                Some(close) => Phrase::new(format!("did you mean `{close}`?"), format!("「{close}」ではありませんか")),
                None if waivable.is_empty() => Phrase::new(
                    "the policy has no requirement that can be waived",
                    "このポリシーに除外できる要件はありません",
                ),
                None => Phrase::new(
                    format!("write one of {}", waivable.join(", ")),
                    format!("{} のいずれかを書いてください", waivable.join("、")),
                ),
            });
    }
}

impl<'d> Resolver<'_, 'd> {
    /// Every reference of a selector or service list leads somewhere.
    pub(super) fn references(&mut self) {
        let document = self.document;
        for group in &document.groups {
            self.selector(&group.items);
        }
        for known in &document.host_names {
            self.selector(&known.items);
        }
        for service in &document.services {
            self.service(&service.items);
        }
        let named = self.services_hold();
        for details in document.nodes.iter().filter_map(|node| node.details.as_deref()) {
            for rule in details.filters.iter().flatten().flat_map(|filter| &filter.rules) {
                self.selector(&rule.from);
                self.selector(&rule.to);
                self.packet_service(&rule.service, &named);
            }
            for relay in details.relays.iter().flatten() {
                self.selector(&relay.from);
                self.selector(&relay.to);
                self.service(&relay.from_service);
                self.service(&relay.to_service);
            }
        }
        self.translation(&named);
        self.exceptions();
        self.transfers();
        self.records(&named);
        self.cycles();
    }

    pub(super) fn selector(&mut self, selector: &Selector<'_>) {
        for Spanned { value, span } in selector {
            let (what, name) = match value {
                SelectorItem::Node(id) => (Named::Node, id),
                SelectorItem::Zone(id) => (Named::Zone, id),
                SelectorItem::Group(name) => (Named::Group, name),
                SelectorItem::Not(items) => {
                    self.selector(items);
                    continue;
                }
                _ => continue,
            };
            self.find(what, name, *span);
        }
    }

    pub(super) fn service(&mut self, service: &Service<'_>) {
        for Spanned { value, span } in service {
            if let ServiceItem::Named(name) = value {
                self.find(Named::Service, name, *span);
            }
        }
    }

    fn exceptions(&mut self) {
        let document = self.document;
        let mut seen: HashMap<&str, Span> = HashMap::new();
        for exception in &document.exceptions {
            self.id_of_record(&exception.id, exception.span, &mut seen, ("exception", "特定通信"));
            self.selector(&exception.from);
            self.selector(&exception.to);
            self.service(&exception.service);
        }
    }

    /// Records of evidence and expectations: their ids, and what they name.
    fn records(&mut self, named: &[Holds]) {
        let document = self.document;
        let mut seen: HashMap<&str, Span> = HashMap::new();
        for record in &document.evidence {
            self.id_of_record(&record.id, record.span, &mut seen, ("record of evidence", "実施の記録"));
        }
        let mut seen: HashMap<&str, Span> = HashMap::new();
        for expectation in &document.expects {
            self.id_of_record(&expectation.id, expectation.span, &mut seen, ("expectation", "必要な通信"));
            self.selector(&expectation.from);
            self.selector(&expectation.to);
            self.packet_service(&expectation.service, named);
        }
    }

    fn id_of_record(&mut self, id: &'d Text<'_>, within: Span, seen: &mut HashMap<&'d str, Span>, what: (&str, &str)) {
        let span = self.document.span_of(id, within);
        // an id that the reader refused is empty here
        if let Some(first) = seen.insert(id, span)
            && !id.is_empty()
        {
            self.duplicate(span, first, id, what);
        }
    }

    fn transfers(&mut self) {
        let document = self.document;
        let mut seen: HashMap<&str, Span> = HashMap::new();
        for transfer in &document.transfers {
            self.id_of_record(&transfer.id, transfer.span, &mut seen, ("transfer", "受渡し"));
            self.selector(&transfer.from);
            self.selector(&transfer.to);
        }
    }

    /// Groups and services that hold themselves, by whatever detour.
    fn cycles(&mut self) {
        let document = self.document;
        let group = |item: &Spanned<SelectorItem<'_>>| match &item.value {
            SelectorItem::Group(name) => self.groups.get(&**name).map(|&index| (index as usize, item.span)),
            _ => None,
        };
        let groups: Vec<Vec<_>> =
            document.groups.iter().map(|list| list.items.iter().filter_map(group).collect()).collect();
        let service = |item: &Spanned<ServiceItem<'_>>| match &item.value {
            ServiceItem::Named(name) => self.services.get(&**name).map(|&index| (index as usize, item.span)),
            _ => None,
        };
        let services: Vec<Vec<_>> =
            document.services.iter().map(|list| list.items.iter().filter_map(service).collect()).collect();
        let groups = Nesting::of(&groups);
        for &(index, span) in &groups.cyclic {
            self.cyclic(Code::CyclicGroup, span, &document.groups[index].name, ("group", "グループ"));
        }
        let services = Nesting::of(&services);
        for &(index, span) in &services.cyclic {
            self.cyclic(Code::CyclicService, span, &document.services[index].name, ("service", "サービス"));
        }
        for span in groups.deep.into_iter().chain(services.deep) {
            let message = (
                format!("lists that hold lists go deeper than {MAX_NESTING} here"),
                format!("ここで入れ子が {MAX_NESTING} 段を超えます"),
            );
            let help =
                ("write the addresses or services into one list", "アドレスやサービスを 1 つの一覧にまとめてください");
            self.error(Code::NestedTooDeep, span, message, help);
        }
    }

    fn cyclic(&mut self, code: Code, span: Span, outer: &Spanned<Text<'_>>, what: (&str, &str)) {
        let name = &outer.value;
        let message =
            (format!("the {} `{name}` holds itself", what.0), format!("{}「{name}」が自分自身を含んでいます", what.1));
        let diagnostic = self.error(code, span, message, ("take this item out", "この項目を取り除いてください"));
        diagnostic.related.push((outer.span, Phrase::new("it begins here", "ここから始まります")));
    }
}

/// Lists may hold lists this deep; what comes after may therefore follow them by recursion.
const MAX_NESTING: u32 = 64;

/// How lists hold lists.
struct Nesting {
    /// The items (place, and the list meant) that lead back into a list on the way to them.
    cyclic: Vec<(usize, Span)>,
    /// The items whose list goes too deep.
    deep: Vec<Span>,
}

impl Nesting {
    /// `lists` holds for each list which lists it holds, and where it says so.
    fn of(lists: &[Vec<(usize, Span)>]) -> Self {
        #[derive(Clone, Copy, PartialEq)]
        enum State {
            New,
            Open,
            Done,
        }
        let mut found = Self { cyclic: Vec::new(), deep: Vec::new() };
        let mut states = vec![State::New; lists.len()];
        let mut depths = vec![0_u32; lists.len()];
        // an explicit stack: a chain of lists may be longer than the thread's stack is deep
        let mut stack: Vec<(usize, usize)> = Vec::new();
        for start in 0..lists.len() {
            if states[start] == State::New {
                states[start] = State::Open;
                stack.push((start, 0));
            }
            while let Some((list, item)) = stack.last_mut() {
                let list = *list;
                let Some(&(inner, span)) = lists[list].get(*item) else {
                    states[list] = State::Done;
                    stack.pop();
                    continue;
                };
                match states[inner] {
                    State::New => {
                        // the item is looked at again once what it names is done
                        states[inner] = State::Open;
                        stack.push((inner, 0));
                        continue;
                    }
                    State::Open => found.cyclic.push((inner, span)),
                    State::Done => {
                        if depths[inner] + 1 == MAX_NESTING {
                            found.deep.push(span);
                        }
                        depths[list] = depths[list].max(depths[inner] + 1);
                    }
                }
                *item += 1;
            }
        }
        found
    }
}
