//! What a proved path requirement rests on, taken from the proof itself: it is proved again as for a certificate, and the
//! filters, routes and links that the proof relies on are told of. Nothing is named that no proof used.

mod joined;

use std::collections::{BTreeMap, BTreeSet};

use super::show::Show;
use crate::document::{Action, Kind};
use crate::engine::{Limits, PathEngine, PathOutcome, ProveError, Prover, Relied, ZoneMap};
use crate::language::Phrase;
use crate::network::ClassId;
use crate::policy::Isolation;
use crate::report::Note;
use crate::source::Location;
use crate::topology::l3_link_vlans;
use joined::Joined;

/// Notes of one kind before the rest is only counted.
const SHOWN: usize = 10;
/// Names in one sentence.
const NAMES: usize = 4;
/// Nodes and links of a document whose proofs are made for a report. Larger ones take seconds.
const LARGEST: usize = 50_000;
/// Cells of a proof that is made for a report: fewer where each takes longer.
const CELLS: u64 = 50_000;

/// What was found of a requirement.
pub struct Basis {
    /// What separates.
    pub notes: Vec<Note>,
    /// Whether what was decided could not be proved: a defect.
    pub unproved: bool,
}

/// What separates the sides of a proved requirement.
pub fn of(show: Show<'_, '_, '_>, limits: Limits, paths: &PathOutcome, id: &str, isolation: &Isolation) -> Basis {
    let model = show.model;
    let size = model.document.nodes.len() + model.document.links.len();
    if size > LARGEST {
        return said(Phrase::new(
            format!(
                "not worked out: more than {LARGEST} nodes and links; `sanso prove` shows what the proof relies on"
            ),
            format!("未算出（ノードとリンクが {LARGEST} を超えるため。証明が依拠する箇所は sanso prove で分かる）"),
        ));
    }
    let tag = isolation.without_tag.as_deref();
    let joined = Joined::new(model, tag);
    let [a, b] = [&paths.a, &paths.b].map(|side| members(paths, side));
    let tagged = group(show, &joined.tagged_between(&a, &b), |names| {
        let tag = tag.unwrap_or_default();
        Phrase::new(
            format!("all ways lead through {} (`{tag}`)", names.en),
            format!("すべての経路が {}（{tag}）を通ること", names.ja),
        )
    });
    if !joined.join(&a, &b) {
        // No link leads from one side to the other, whatever filters and relays say.
        let text = match tagged {
            Some(note) => return Basis { notes: vec![note], unproved: false },
            None => Phrase::new(
                "nothing is connected: no way of links leads from one side to the other",
                "何も接続されていないこと（両者の間をたどれるリンクがない）",
            ),
        };
        return said(text);
    }
    // A number of steps, not a time: what is said does not depend on the machine.
    let cells = CELLS.min(400_000_000 / (1 + size as u64));
    let limits = Limits { cells: Some(cells), ..limits };
    let (relied, relays) = match proved(show, limits, paths, id, isolation) {
        Ok(found) => found,
        Err(ProveError::Limit) => {
            return said(Phrase::new(
                "not worked out: the proof is long; `sanso prove` shows what it relies on",
                "未算出（証明が長いため。証明が依拠する箇所は sanso prove で分かる）",
            ));
        }
        Err(ProveError::FalseClaim) => {
            let text = Phrase::new(
                "what was decided could not be proved: do not rely on it",
                "判定を証明できなかった。この判定に依拠しないこと",
            );
            return Basis { unproved: true, ..said(text) };
        }
    };
    let mut notes = Noted(&relied).notes(show);
    notes.extend(tagged);
    notes.extend(relaying(show, &relays, isolation.raw_only));
    if notes.is_empty() {
        return said(Phrase::new(
            "links join the two sides, but nothing between them passes anything on, and no address leads across",
            "リンクはつながっているが、間のノードは何も中継せず、相手に届くアドレスもないこと",
        ));
    }
    Basis { notes, unproved: false }
}

fn said(text: Phrase) -> Basis {
    Basis { notes: vec![Note { node: None, location: None, text }], unproved: false }
}

/// That exceptions excuse what crosses.
pub fn excepted(location: Location, exceptions: &[String]) -> Note {
    let names = names(exceptions.iter().take(NAMES).cloned().collect(), exceptions.len());
    let (noun, covers) = if exceptions.len() == 1 { ("exception", "covers") } else { ("exceptions", "cover") };
    let text = Phrase::new(
        format!("nothing crosses but what the {noun} {} {covers}", names.en),
        format!("通るのは特定通信 {} だけであること", names.ja),
    );
    Note { node: None, location: Some(location), text }
}

fn members(paths: &PathOutcome, side: &[ClassId]) -> Vec<u32> {
    side.iter().flat_map(|&class| &paths.network.classes.get(class).members).copied().collect()
}

/// Proves the requirement, and finds the nodes whose declared relays alone keep the sides apart.
fn proved(
    show: Show<'_, '_, '_>,
    limits: Limits,
    paths: &PathOutcome,
    id: &str,
    isolation: &Isolation,
) -> Result<(Relied, Vec<u32>), ProveError> {
    let model = show.model;
    let tag = isolation.without_tag.as_deref();
    let without = |node: u32| tag.is_some_and(|tag| model.has_tag(node, tag));
    let mut prover = Prover::new(model, &paths.network, &without, limits);
    let mut coverage = prover.coverage(|index| model.exceptions[index].waives.contains(&id));
    let sides = ZoneMap { a: &paths.a, b: &paths.b };
    let relied = prover.relied(&sides, &paths.answer, isolation.raw_only, &mut coverage)?;
    let mut engine = PathEngine::new(model, &paths.network, limits);
    let between = engine.between(&paths.a, &paths.b)?;
    Ok((relied, members(paths, &between)))
}

/// The notes on what a proof relies on.
struct Noted<'r>(&'r Relied);

impl Noted<'_> {
    fn notes(&self, show: Show<'_, '_, '_>) -> Vec<Note> {
        let mut out = Vec::new();
        let kind = |node: u32| show.model.document.nodes[node as usize].kind;
        let mut filters: Vec<_> = self.0.filters.iter().collect();
        filters.sort_by_key(|((node, _), _)| kind(*node) != Kind::Firewall);
        let of_filter = |((node, filter), (default, rules)): &(&(u32, u32), &(bool, BTreeSet<u32>))| {
            filter_note(show, *node, *filter, *default, rules)
        };
        out.extend(filters.iter().take(SHOWN).map(of_filter));
        more(filters.len(), &mut out);
        let routes = self.0.routes.iter().take(SHOWN).map(|&node| {
            let id = show.id(node);
            let details = show.model.document.nodes[node as usize].details.as_deref();
            let first = details.and_then(|details| details.routes.as_deref()).and_then(<[_]>::first);
            let location = first.map(|route| show.places.locate(route.to.span));
            let text = Phrase::new(format!("the routes of {id}"), format!("{id} の経路（routes）"));
            Note { node: Some(id.to_owned()), location, text }
        });
        out.extend(routes);
        more(self.0.routes.len(), &mut out);
        self.links(show, &mut out);
        out
    }

    fn links(&self, show: Show<'_, '_, '_>, out: &mut Vec<Note>) {
        let document = show.model.document;
        let count = u32::try_from(document.links.len()).unwrap_or(u32::MAX);
        // Those that carry the same VLANs in one sentence.
        let mut by_vlans: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        let (mut one_way, mut uneven): (Vec<u32>, Vec<u32>) = Default::default();
        for &link in self.0.links.range(..count) {
            let value = &document.links[link as usize];
            if value.one_way() {
                one_way.push(link);
            } else if let Some(vlans) = value.vlans_of_both() {
                by_vlans.entry(ranges(vlans)).or_default().push(link);
            } else if value.is_uneven() {
                uneven.push(link);
            }
        }
        let mut groups: Vec<_> = by_vlans.into_iter().collect();
        groups.sort_by_key(|(vlans, links)| (std::cmp::Reverse(links.len()), vlans.clone()));
        for (vlans, links) in groups.iter().take(SHOWN) {
            let names = names(links.iter().take(NAMES).map(|&link| show.link(link)).collect(), links.len());
            let noun = if links.len() == 1 { "link" } else { "links" };
            out.push(Note {
                node: None,
                location: links.first().map(|&link| show.link_at(link)),
                text: Phrase::new(
                    format!("VLAN {vlans} alone on the {noun} {}", names.en),
                    format!("リンク {} が VLAN {vlans} だけを運ぶこと", names.ja),
                ),
            });
        }
        more(groups.len(), out);
        for &link in uneven.iter().take(SHOWN) {
            let name = show.link(link);
            out.push(Note {
                node: None,
                location: Some(show.link_at(link)),
                text: Phrase::new(
                    format!("which VLANs each end of the link {name} knows"),
                    format!("リンク {name} の各端が扱う VLAN が宣言どおりであること"),
                ),
            });
        }
        more(uneven.len(), out);
        for &link in one_way.iter().take(SHOWN) {
            let name = show.link(link);
            out.push(Note {
                node: None,
                location: Some(show.link_at(link)),
                text: Phrase::new(format!("the one-way link {name}"), format!("一方向のリンク {name}")),
            });
        }
        more(one_way.len(), out);
        if self.0.links.range(count..).next().is_some() {
            self.l3_links(show, count, out);
        }
    }

    /// The links between the halves of l3-switches: numbered after those of the document.
    fn l3_links(&self, show: Show<'_, '_, '_>, mut next: u32, out: &mut Vec<Note>) {
        let mut routing: Vec<(u32, Vec<(u16, u16)>)> = Vec::new();
        for (node, _) in (0_u32..).zip(&show.model.document.nodes).filter(|(_, value)| value.kind == Kind::L3Switch) {
            let mut relied = false;
            let vlans = l3_link_vlans(show.model, node);
            for _ in &vlans {
                relied |= self.0.links.contains(&next);
                next += 1;
            }
            if relied {
                routing.push((node, vlans.into_iter().flatten().map(|vlan| (vlan, vlan)).collect()));
            }
        }
        for (node, vlans) in routing.iter().take(SHOWN) {
            let (id, vlans) = (show.id(*node), ranges(vlans));
            out.push(Note {
                node: Some(id.to_owned()),
                location: Some(show.node_at(*node)),
                text: Phrase::new(
                    format!("{id} routes between VLAN {vlans} alone"),
                    format!("{id} がルーティングするのは VLAN {vlans} の間だけであること"),
                ),
            });
        }
        more(routing.len(), out);
    }
}

fn more(count: usize, out: &mut Vec<Note>) {
    if let Some(more) = count.checked_sub(SHOWN).filter(|&more| more > 0) {
        let text = Phrase::new(format!("and {more} more alike"), format!("同様のもの ほか {more} 件"));
        out.push(Note { node: None, location: None, text });
    }
}

/// `10, 20-29`
fn ranges(vlans: &[(u16, u16)]) -> String {
    let word = |&(low, high): &(u16, u16)| if low == high { low.to_string() } else { format!("{low}-{high}") };
    let shown: Vec<String> = vlans.iter().take(NAMES).map(word).collect();
    format!("{}{}", shown.join(", "), if vlans.len() > NAMES { ", …" } else { "" })
}

fn filter_note(show: Show<'_, '_, '_>, node: u32, filter: u32, default: bool, rules: &BTreeSet<u32>) -> Note {
    let id = show.id(node);
    let found = show.filter(node, filter);
    let details = show.model.document.nodes[node as usize].details.as_deref();
    let several = details.and_then(|details| details.filters.as_deref()).is_some_and(|filters| filters.len() > 1);
    let (en, ja) = match (several, found.and_then(|filter| filter.name.as_deref())) {
        (_, Some(name)) => (format!("the filter {name} of {id}"), format!("{id} のフィルター {name}")),
        (true, None) => (format!("filter #{} of {id}", filter + 1), format!("{id} のフィルター #{}", filter + 1)),
        (false, None) => (format!("the filter of {id}"), format!("{id} のフィルター")),
    };
    let denying = names(rules.iter().take(NAMES).map(|&rule| show.rule(node, filter, rule)).collect(), rules.len());
    let written = found.map_or(0, |filter| filter.rules.len());
    let written_en = format!("{written} {}", if written == 1 { "rule" } else { "rules" });
    let text = match (default, rules.is_empty()) {
        (true, true) => Phrase::new(
            format!("{en} (default deny, {written_en})"),
            format!("{ja}（既定は拒否、ルール {written} 行）"),
        ),
        (true, false) => Phrase::new(
            format!("{en} (default deny, {written_en}; denied by {})", denying.en),
            format!("{ja}（既定は拒否、ルール {written} 行。拒否ルール {}）", denying.ja),
        ),
        (false, _) => {
            Phrase::new(format!("{en} (denied by {})", denying.en), format!("{ja}（拒否ルール {}）", denying.ja))
        }
    };
    let rule = if default { None } else { rules.first().copied() };
    debug_assert!(rule.is_none_or(|rule| {
        found.and_then(|filter| filter.rules.get(rule as usize)).is_none_or(|rule| rule.action == Action::Deny)
    }));
    Note { node: Some(id.to_owned()), location: Some(show.rule_at(node, filter, rule)), text }
}

/// Names in a sentence.
struct Names {
    en: String,
    ja: String,
}

/// The first names of `count`.
fn names(shown: Vec<String>, count: usize) -> Names {
    let (mut en, mut ja) = (shown.join(", "), shown.join("、"));
    if let Some(more) = count.checked_sub(NAMES).filter(|&more| more > 0) {
        en.push_str(&format!(" and {more} more"));
        ja.push_str(&format!(" ほか {more} 件"));
    }
    Names { en, ja }
}

fn group(show: Show<'_, '_, '_>, nodes: &[u32], text: impl Fn(Names) -> Phrase) -> Option<Note> {
    let first = *nodes.first()?;
    let names = names(nodes.iter().take(NAMES).map(|&node| show.id(node).to_owned()).collect(), nodes.len());
    Some(Note { node: None, location: Some(show.node_at(first)), text: text(names) })
}

/// The nodes that stand between the sides and pass on only what they say, those that sanitise first.
fn relaying(show: Show<'_, '_, '_>, relays: &[u32], raw_only: bool) -> Vec<Note> {
    let sanitises = |node: &&u32| raw_only && show.model.document.nodes[**node as usize].sanitises();
    let (mut sanitising, mut others): (Vec<u32>, Vec<u32>) = relays.iter().partition(sanitises);
    sanitising.sort_unstable();
    others.sort_unstable();
    let sanitised = group(show, &sanitising, |names| {
        Phrase::new(format!("what crosses is sanitised by {}", names.en), format!("{} による無害化", names.ja))
    });
    let limited = group(show, &others, |names| {
        let passes = if others.len() == 1 { "passes" } else { "pass" };
        Phrase::new(
            format!("{} {passes} on only what `relays` say", names.en),
            format!("{} が「relays」に宣言した内容だけを中継すること", names.ja),
        )
    });
    sanitised.into_iter().chain(limited).collect()
}
