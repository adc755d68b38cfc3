//! Where a packet gets to: section 5 of `docs/semantics.md` for one header, link by link.

use std::collections::{HashMap, HashSet, VecDeque};
use std::rc::Rc;

use super::judge::between;
use super::matching::{World, forwards, holds};
use super::vlans::{representative_tags, routed_vlans};
use super::{Address, Answer, Decided, Guess, Header, Packet};
use crate::document::{Kind, Link, NameId, NatEntry, NatSide, NatTarget, Node, SelectorItem};
use crate::language::Phrase;

/// The most states of a packet that are looked at.
const MOST: usize = 200_000;

/// A node that a packet passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its id.
    pub node: String,
    /// The interface it comes in by; `None`: the node sends it.
    pub way_in: Option<String>,
    /// The interface it leaves by; `None`: it is for the node.
    pub way_out: Option<String>,
    /// The tag within a switch.
    pub vlan: Option<u16>,
    /// What decided there.
    pub decided: Vec<Decided>,
}

/// Somebody whom a packet reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// The endpoint.
    pub node: String,
    /// The header that it sees.
    pub header: Header,
    /// The way, the endpoint included.
    pub way: Vec<Step>,
    /// What was taken to hold on the way.
    pub guesses: Vec<Guess>,
}

/// Where a way ends: the step that is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// The step; what decided says why.
    pub step: Step,
    /// The header there.
    pub header: Header,
}

/// Where a packet gets to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Walk {
    /// Whom it reaches, the nearest first; each once.
    pub reached: Vec<Reached>,
    /// Where its other ways end; each line that stops it once.
    pub ended: Vec<Ended>,
    /// Whether not every way was followed: there were too many, or a node on the way translates to an address of which
    /// nobody says whose it is. More may be reached then.
    pub cut: bool,
}

impl Walk {
    /// Whether the packet reaches somebody; `None`: nobody was found, and what was not followed to the end may.
    #[must_use]
    pub fn reaches(&self) -> Option<bool> {
        match (self.reached.is_empty(), self.cut) {
            (false, _) => Some(true),
            (true, false) => Some(false),
            (true, true) => None,
        }
    }
}

/// Which half of a node a packet is in: an `l3-switch` has two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Half {
    Switch(u16),
    Router,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct State {
    node: usize,
    half: Half,
    /// The link it came by (`usize::MAX`: from the other half), and the interface.
    link: usize,
    way_in: String,
    header: (Address, Address, Option<u16>, u16),
}

struct Seen {
    before: Option<usize>,
    /// The step that led here: what the node before did.
    step: Step,
    guesses: Vec<Guess>,
}

struct Walker<'w, 'd> {
    world: &'w World<'d>,
    links_of: HashMap<NameId, Vec<(usize, usize)>>,
    at: HashMap<NameId, usize>,
    /// Tags that links tell apart, and one that none does.
    tags: Vec<u16>,
    /// What l3-switches route that were passed: all links may say so.
    routed: HashMap<usize, Rc<[u16]>>,
    protocol: u8,
    queue: VecDeque<(State, usize)>,
    known: HashSet<State>,
    seen: Vec<Seen>,
    stopped: HashSet<(usize, Vec<Decided>)>,
    out: Walk,
}

/// Where a packet that a node sends gets to.
///
/// # Errors
/// When the node may not send it.
pub fn walk(world: &World<'_>, node: &Node<'_>, packet: Packet) -> Result<Walk, Phrase> {
    let start = world.place(node);
    let own = world.addresses(start);
    if !own.iter().any(|cidr| holds(*cidr, packet.source)) {
        let id = world.document.names.name(node.id);
        let words: Vec<String> = own.iter().take(4).map(ToString::to_string).collect();
        let words = words.join(", ");
        return Err(Phrase::new(
            format!("{id} does not send from {}; it has {words}", packet.source),
            format!("{id} は {} から送信しない。持つアドレスは {words}", packet.source),
        ));
    }
    let mut walker = Walker::new(world, packet.protocol);
    walker.emit(start, Header::from(packet));
    while let Some((state, seen)) = walker.queue.pop_front() {
        walker.step(&state, seen);
        if walker.known.len() > MOST {
            walker.out.cut = true;
            break;
        }
    }
    Ok(walker.out)
}

impl<'w, 'd> Walker<'w, 'd> {
    fn new(world: &'w World<'d>, protocol: u8) -> Self {
        let mut links_of: HashMap<NameId, Vec<(usize, usize)>> = HashMap::new();
        for (at, link) in world.document.links.iter().enumerate() {
            for end in 0..2 {
                links_of.entry(link.ends[end]).or_default().push((at, end));
            }
        }
        let tags = representative_tags(world.document);
        let at = world.document.nodes.iter().enumerate().map(|(at, node)| (node.id, at)).collect();
        Self {
            world,
            links_of,
            at,
            tags,
            routed: HashMap::new(),
            protocol,
            queue: VecDeque::new(),
            known: HashSet::new(),
            seen: Vec::new(),
            stopped: HashSet::new(),
            out: Walk::default(),
        }
    }

    fn link(&self, at: usize) -> &'d Link<'d> {
        &self.world.document.links[at]
    }

    fn node(&self, at: usize) -> &'d Node<'d> {
        &self.world.document.nodes[at]
    }

    fn name(&self, name: NameId) -> &'d str {
        self.world.document.names.name(name)
    }

    fn header(&self, state: &State) -> Header {
        let (source, destination, source_port, destination_port) = state.header;
        Header { source, destination, protocol: self.protocol, source_port, destination_port }
    }

    /// The VLANs that an l3-switch routes.
    fn routed(&mut self, at: usize) -> Rc<[u16]> {
        let (document, node) = (self.world.document, self.node(at));
        Rc::clone(self.routed.entry(at).or_insert_with(|| routed_vlans(document, node).into()))
    }

    /// The node itself sends, without a tag: an l3-switch from its router.
    fn emit(&mut self, at: usize, header: Header) {
        let node = self.node(at);
        if node.kind == Kind::L3Switch {
            return self.route_within(at, None, None, header);
        }
        for (link, end) in self.links_of.get(&node.id).cloned().unwrap_or_default() {
            let way = self.name(self.link(link).interface_or_neighbour(end)).to_owned();
            self.leave(at, None, None, &way, (link, end), header, None, None);
        }
    }

    /// Asks a node whether a header leaves it by a link, and follows it.
    #[expect(clippy::too_many_arguments, reason = "a step is made of these")]
    fn leave(
        &mut self,
        at: usize,
        seen: Option<usize>,
        way_in: Option<&str>,
        way_out: &str,
        (link, end): (usize, usize),
        header: Header,
        vlan: Option<u16>,
        filtered: Option<&str>,
    ) {
        let node = self.node(at);
        // the switch of an l3-switch filters nothing: its filters are the router's
        let answers = match filtered {
            Some(_) => vec![Answer {
                permitted: true,
                leaves: Some(header),
                by: None,
                decided: Vec::new(),
                guesses: Vec::new(),
            }],
            None => self.answers(at, way_in, Some(way_out), Some(link), header),
        };
        let step = |decided: Vec<Decided>| Step {
            node: self.name(node.id).to_owned(),
            way_in: way_in.map(str::to_owned),
            way_out: Some(way_out.to_owned()),
            vlan,
            decided,
        };
        let mut next = Vec::new();
        let mut ended = Vec::new();
        for answer in answers {
            match answer.leaves {
                Some(after) if answer.permitted => next.push((after, step(answer.decided), answer.guesses)),
                _ => ended.push(step(answer.decided)),
            }
        }
        for (after, step, guesses) in next {
            self.cross((link, end), after, vlan, seen, step, guesses);
        }
        for step in ended {
            self.end(at, step, header);
        }
    }

    /// What may become of a header at a node. Of many addresses that it may be translated to only some are followed: that matters where one
    /// of them passes, and where the node itself looks at what the source becomes, or routes by what the destination does.
    fn answers(
        &mut self,
        at: usize,
        way_in: Option<&str>,
        way_out: Option<&str>,
        link: Option<usize>,
        header: Header,
    ) -> Vec<Answer> {
        let link = link.map(|link| self.link(link));
        let answers = between(self.world, self.node(at), way_in, way_out, link, header);
        let passes = answers.iter().any(|answer| answer.permitted);
        self.out.cut |= self.translates_anyhow(at, passes);
        answers
    }

    /// Whether a node translates to one of many addresses, or to one that may be anybody's; where nothing passes, in a way that may have
    /// decided that.
    fn translates_anyhow(&self, at: usize, passes: bool) -> bool {
        let filters = self.node(at).details.iter().filter_map(|details| details.filters.as_ref()).flatten();
        let sees_source =
            || filters.clone().any(|filter| filter.sees.as_ref().is_some_and(|sees| sees.value.translated_source));
        let entries = self.node(at).details.iter().filter_map(|details| details.nat.as_ref()).flatten();
        let single = |item: &SelectorItem<'_>| match item {
            SelectorItem::Addresses(range) => {
                range.low == range.high && self.world.is_declared(range.family, range.low)
            }
            SelectorItem::Node(id) => {
                let owner = self.world.document.names.find(id).and_then(|name| self.at.get(&name));
                owner.is_some_and(|&owner| self.world.has_only_single(owner))
            }
            _ => false,
        };
        let decides =
            |entry: &NatEntry<'_>| passes || matches!(entry.side, NatSide::Destination { .. }) || sees_source();
        entries.into_iter().any(|entry| match &entry.target {
            NatTarget::Addresses(items) => decides(entry) && !items.iter().all(|item| single(&item.value)),
            NatTarget::Keep => false,
        })
    }

    fn end(&mut self, at: usize, step: Step, header: Header) {
        if self.stopped.insert((at, step.decided.clone())) {
            self.out.ended.push(Ended { step, header });
        }
    }

    /// Over a link, into the node at its other end.
    fn cross(
        &mut self,
        (at, end): (usize, usize),
        header: Header,
        tag: Option<u16>,
        before: Option<usize>,
        step: Step,
        guesses: Vec<Guess>,
    ) {
        let link = self.link(at);
        if link.one_way() && end == 1 {
            return;
        }
        let Some(&next) = self.at.get(&link.ends[1 - end]) else { return };
        if self.is_passed_by(next, header) {
            return;
        }
        let way_in = self.name(link.interface_or_neighbour(1 - end)).to_owned();
        // one that does not forward is an end like any other, and looks at no tags
        let is_switch = matches!(self.node(next).kind, Kind::Switch | Kind::L3Switch) && forwards(self.node(next));
        let halves: Vec<Half> = if is_switch {
            let tags: Vec<u16> = match tag {
                Some(tag) => vec![link.renamed(end, tag)],
                None => self.tags.clone(),
            };
            tags.into_iter().filter(|tag| link.carries(1 - end, *tag)).map(Half::Switch).collect()
        } else {
            vec![Half::Router]
        };
        let place = self.seen.len();
        self.seen.push(Seen { before, step, guesses });
        for half in halves {
            self.put(State { node: next, half, link: at, way_in: way_in.clone(), header: key(&header) }, place);
        }
    }

    /// Whether a packet that comes to a node is neither for it nor goes on from there, whatever it does. Of those on a VLAN that
    /// a packet floods most are so: none of them is a place to look at.
    fn is_passed_by(&self, at: usize, header: Header) -> bool {
        let node = self.node(at);
        let translates = node.details.as_ref().is_some_and(|details| details.nat.is_some());
        !forwards(node) && !translates && !self.world.receives(at, header.destination)
    }

    fn put(&mut self, state: State, seen: usize) {
        if self.known.insert(state.clone()) {
            self.queue.push_back((state, seen));
        }
    }

    /// What becomes of a header that came into a node.
    fn step(&mut self, state: &State, seen: usize) {
        let node = self.node(state.node);
        let header = self.header(state);
        let two_halves = node.kind == Kind::L3Switch;
        let links = self.links_of.get(&node.id).cloned().unwrap_or_default();
        match state.half {
            Half::Switch(tag) => {
                if !two_halves {
                    self.deliver(state, seen, header);
                    if !forwards(node) {
                        return;
                    }
                }
                for (link, end) in links {
                    if link == state.link || !self.link(link).carries(end, tag) {
                        continue;
                    }
                    let way = self.name(self.link(link).interface_or_neighbour(end)).to_owned();
                    let filtered = two_halves.then_some("");
                    self.leave(
                        state.node,
                        Some(seen),
                        Some(&state.way_in),
                        &way,
                        (link, end),
                        header,
                        Some(tag),
                        filtered,
                    );
                }
                if two_halves && state.link != usize::MAX {
                    let routed = self.routed(state.node);
                    if routed.is_empty() || routed.contains(&tag) {
                        let way_in = format!("vlan{}", if routed.is_empty() { 1 } else { tag });
                        let state = State { half: Half::Router, way_in, link: usize::MAX, ..state.clone() };
                        self.put(state, seen);
                    }
                }
            }
            Half::Router => {
                self.deliver(state, seen, header);
                if !forwards(node) {
                    return;
                }
                if two_halves {
                    self.route_within(state.node, Some(&state.way_in), Some(seen), header);
                    return;
                }
                for (link, end) in links {
                    let way = self.name(self.link(link).interface_or_neighbour(end)).to_owned();
                    self.leave(state.node, Some(seen), Some(&state.way_in), &way, (link, end), header, None, None);
                }
            }
        }
    }

    /// From the router of an l3-switch into its switch.
    fn route_within(&mut self, at: usize, way_in: Option<&str>, seen: Option<usize>, header: Header) {
        let node = self.node(at);
        let routed = self.routed(at);
        // each way with the tags that a packet may have behind it
        let ways: Vec<(u16, Vec<u16>)> = match &routed[..] {
            [] => vec![(1, self.tags.clone())],
            vlans => vlans.iter().map(|&vlan| (vlan, vec![vlan])).collect(),
        };
        for (vlan, tags) in ways {
            let way = format!("vlan{vlan}");
            for answer in self.answers(at, way_in, Some(&way), None, header) {
                let step = Step {
                    node: self.name(node.id).to_owned(),
                    way_in: way_in.map(str::to_owned),
                    way_out: Some(way.clone()),
                    vlan: None,
                    decided: answer.decided,
                };
                let Some(after) = answer.leaves.filter(|_| answer.permitted) else {
                    self.end(at, step, header);
                    continue;
                };
                let place = self.seen.len();
                self.seen.push(Seen { before: seen, step, guesses: answer.guesses });
                for &tag in &tags {
                    let (half, way_in) = (Half::Switch(tag), way.clone());
                    self.put(State { node: at, half, link: usize::MAX, way_in, header: key(&after) }, place);
                }
            }
        }
    }

    /// To the node itself, where it may be the end of a session and has the address.
    fn deliver(&mut self, state: &State, seen: usize, header: Header) {
        if !self.world.is_endpoint(state.node) {
            return;
        }
        let node = self.node(state.node);
        for answer in self.answers(state.node, Some(&state.way_in), None, None, header) {
            let decided = answer.decided.clone();
            let step = Step {
                node: self.name(node.id).to_owned(),
                way_in: Some(state.way_in.clone()),
                way_out: None,
                vlan: None,
                decided,
            };
            // a filter that stops what is for another is no end of the way
            let arrives = answer.leaves.as_ref().map_or(header.destination, |after| after.destination);
            if !self.world.receives(state.node, arrives) {
                continue;
            }
            match answer.leaves.filter(|_| answer.permitted) {
                None => self.end(state.node, step, header),
                Some(after) => {
                    let id = step.node.clone();
                    if self.out.reached.iter().any(|one| one.node == id && one.header == after) {
                        continue;
                    }
                    let (mut way, mut guesses) = (vec![step], answer.guesses);
                    let mut at = Some(seen);
                    while let Some(one) = at.and_then(|at| self.seen.get(at)) {
                        way.push(one.step.clone());
                        guesses.extend(one.guesses.iter().cloned());
                        at = one.before;
                    }
                    way.reverse();
                    guesses.sort();
                    guesses.dedup();
                    self.out.reached.push(Reached { node: id, header: after, way, guesses });
                }
            }
        }
    }
}

fn key(header: &Header) -> (Address, Address, Option<u16>, u16) {
    (header.source, header.destination, header.source_port, header.destination_port)
}
