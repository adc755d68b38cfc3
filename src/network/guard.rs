//! Guards on headers: what the filters and routes of one node let pass from one group of interfaces to another.

use std::sync::OnceLock;

use rustc_hash::FxHashMap as HashMap;

use crate::document::Action;
use crate::model::{CompiledFilter, Model, RuleId, names_either, names_side};
use crate::number::id_type;

id_type! {
    /// A guard of a [`super::ComponentGraph`].
    pub struct GuardId;
}

/// Permits every header.
pub const TRUE: GuardId = GuardId(0);

/// One side of a node that a packet passes: nothing (it is emitted or delivered there), or an interface and the
/// neighbour behind it, as numbers of [`crate::model::Interface`].
pub type Side = Option<(u16, u16)>;

/// A first-match list that must permit.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RuleList {
    /// Its rules in order.
    pub rules: Vec<RuleId>,
    /// What it says where none matches.
    pub default: Action,
    /// What stands behind `default`.
    pub decider: DenyReason,
}

/// What decides a header that no rule of a list matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DenyReason {
    /// The default of a filter (by index) of a node.
    Default(u32, u32),
    /// A rule that matches everything still in question.
    Rule(RuleId),
    /// The routes of a node.
    Routes(u32),
}

/// All guards, made from rules when first asked for.
#[derive(Default)]
pub struct Guards {
    definitions: Vec<(u32, Side, Side)>,
    index: HashMap<(u32, Side, Side), GuardId>,
    /// Guards of leaves by what they say, so that a thousand terminals with the same host filter are one class.
    by_content: HashMap<Vec<(Vec<crate::header::Product>, Vec<Action>, Action)>, GuardId>,
    /// The lists of each, once asked for; may be asked for by several threads.
    known: Vec<OnceLock<Box<[RuleList]>>>,
}

impl Guards {
    /// No guard but [`TRUE`].
    #[must_use]
    pub fn new() -> Self {
        Self { definitions: vec![(u32::MAX, None, None)], ..Self::default() }
    }

    /// The guard of a node between two sides; [`TRUE`] where it has neither filters nor routes, nor translates.
    pub fn between(&mut self, model: &Model<'_>, node: u32, r#in: Side, out: Side) -> GuardId {
        let routed = r#in.is_some() && out.is_some() && model.routes.contains_key(&node);
        let filtered = model.filters.get(&node).is_some_and(|list| list.iter().any(|one| applies(one, r#in, out)));
        if !routed && !filtered && !model.nat.contains_key(&node) {
            return TRUE;
        }
        let key = (node, r#in, out);
        let next = GuardId::new(self.definitions.len());
        *self.index.entry(key).or_insert_with(|| {
            self.definitions.push(key);
            next
        })
    }

    /// As [`Self::between`], but equal contents of different nodes share one guard.
    pub fn shared(&mut self, model: &Model<'_>, node: u32, r#in: Side, out: Side) -> GuardId {
        if !model.filters.contains_key(&node) {
            return TRUE;
        }
        let lists = lists(model, node, r#in, out);
        let content = lists.iter().map(|list| {
            let rules = || list.rules.iter().map(|id| &model.rules[id.index()]);
            (rules().map(|rule| rule.headers).collect(), rules().map(|rule| rule.action).collect(), list.default)
        });
        let content: Vec<_> = content.collect();
        if let Some(&known) = self.by_content.get(&content) {
            return known;
        }
        let id = self.between(model, node, r#in, out);
        self.by_content.insert(content, id);
        id
    }

    /// The guard of a node between two sides, if the network uses it; [`TRUE`] where nothing filters there.
    #[must_use]
    pub fn find(&self, node: u32, r#in: Side, out: Side) -> GuardId {
        self.index.get(&(node, r#in, out)).copied().unwrap_or(TRUE)
    }

    /// The node of a guard, and the sides that a packet passes there. Not of [`TRUE`].
    #[must_use]
    pub fn sides(&self, id: GuardId) -> (u32, Side, Side) {
        self.definitions[id.index()]
    }

    /// Number of guards.
    #[must_use]
    pub fn count(&self) -> usize {
        self.definitions.len()
    }

    /// Ends the making of guards.
    pub(super) fn seal(&mut self) {
        self.known.resize_with(self.definitions.len(), OnceLock::new);
        self.by_content = HashMap::default();
    }

    /// As [`Self::lists`], remembered from call to call. Only of guards that are sealed.
    #[must_use]
    pub fn all_lists(&self, model: &Model<'_>, id: GuardId) -> &[RuleList] {
        self.known[id.index()].get_or_init(|| self.lists(model, id).into())
    }

    /// The lists that must all permit; none for [`TRUE`]. O(rules of the node).
    #[must_use]
    pub fn lists(&self, model: &Model<'_>, id: GuardId) -> Vec<RuleList> {
        if id == TRUE {
            return Vec::new();
        }
        let (node, r#in, out) = self.definitions[id.index()];
        lists(model, node, r#in, out)
    }

    /// The node of a guard; `None` for [`TRUE`].
    #[must_use]
    pub fn node(&self, id: GuardId) -> Option<u32> {
        (id != TRUE).then(|| self.definitions[id.index()].0)
    }
}

/// The interface of a side.
fn interface(side: Side) -> Option<u16> {
    side.map(|(interface, _)| interface)
}

fn applies(filter: &CompiledFilter, r#in: Side, out: Side) -> bool {
    filter.applies(interface(r#in), interface(out))
}

/// The lists of a node between two sides. O(rules of the node).
#[must_use]
pub fn lists(model: &Model<'_>, node: u32, r#in: Side, out: Side) -> Vec<RuleList> {
    let mut lists = Vec::new();
    let filters = (0_u32..).zip(model.filters.get(&node).into_iter().flatten());
    for (number, filter) in filters.filter(|(_, filter)| applies(filter, r#in, out)) {
        let rules = filter.ids().filter(|id| {
            let rule = &model.rules[id.index()];
            names_side(rule.r#in.as_deref(), interface(r#in)) && names_side(rule.out.as_deref(), interface(out))
        });
        let decider = DenyReason::Default(node, number);
        lists.push(RuleList { rules: rules.collect(), default: filter.default, decider });
    }
    if let (Some(routes), Some(_), Some((interface, neighbour))) = (model.routes.get(&node), r#in, out) {
        let goes = |via: &[u16]| names_either(via, interface, neighbour);
        let ways = routes.ways.iter().filter(|way| goes(&way.via)).map(|way| way.permit);
        // SOUNDNESS: nobody knows where a symbolic destination lives, so any route that is no drop may lead there.
        let rules = ways.chain(routes.symbolic.filter(|_| goes(&routes.named))).collect();
        lists.push(RuleList { rules, default: Action::Deny, decider: DenyReason::Routes(node) });
    }
    lists
}
