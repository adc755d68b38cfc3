//! The requirements of a policy, one by one: certificate sections 1 and 2. What is recomputed from the document is in
//! `declared`, data paths and sessions are in `paths`, exceptions whose peers are exposed in `peers`.

use crate::declared::{self, Found, Listed};
use crate::document::Document;
use crate::json::{Value, fault};
use crate::pattern::Matcher;
use crate::policy::{Asked, InEffect, OfExceptions, Policy, Severity};
use crate::proof::{Asks, Check, Spot, read, refuse, reject};
use crate::steps::Network;
use crate::{paths, peers, segment, used};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    Proved,
    Violated,
    Vacuous,
}

/// What was accepted about one requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    pub id: String,
    pub severity: Severity,
    pub holds: Holds,
    pub violating: usize,
    pub complete: bool,
}

pub type Tuples = Vec<Vec<String>>;

pub fn texts(value: &Value) -> Result<Vec<String>, crate::json::Fault> {
    value.list()?.iter().map(|item| item.text().map(str::to_owned)).collect()
}

/// `violating`: strictly ascending tuples of so many ids.
fn tuples(value: &Value, arity: usize) -> Result<Tuples, crate::json::Fault> {
    let tuples: Tuples = value.list()?.iter().map(texts).collect::<Result<_, _>>()?;
    let ordered = tuples.iter().zip(tuples.iter().skip(1)).all(|(before, after)| before < after);
    if !ordered || tuples.iter().any(|tuple| tuple.len() != arity) {
        return fault(
            value.at,
            "tuples of this requirement, strictly ascending, expected",
            "この要件の組を昇順に、重複なく並べてください",
        );
    }
    Ok(tuples)
}

/// The step of a requirement itself.
pub const STEP: &str = "";

/// The keys that every requirement has.
pub struct Heading {
    at: usize,
    pub holds: Holds,
    pub violating: Tuples,
}

/// How many ids a tuple of a kind has.
fn arity(asked: &Asked) -> usize {
    match asked {
        Asked::Paths(_) | Asked::Sessions { .. } | Asked::Segment { .. } => 2,
        Asked::Exceptions { check: OfExceptions::Peer, .. } => 2,
        Asked::Evidence { .. } => 0,
        Asked::Expects => 3,
        _ => 1,
    }
}

pub fn heading(at: usize, one: &InEffect, own: [&Value; 3]) -> Check<Heading> {
    let [written, verdict, violating] = own;
    let id = &one.requirement.id;
    if read("id", written.text())? != id {
        return reject("id", written, format!("`{id}` expected here"), format!("ここには `{id}` が必要です"));
    }
    let holds = match read("verdict", verdict.text())? {
        "proved" => Holds::Proved,
        "violated" => Holds::Violated,
        "vacuous" => Holds::Vacuous,
        _ => {
            return reject("verdict", verdict, "no verdict that has a certificate", "証明書のある判定ではありません");
        }
    };
    let violating = read("violating", tuples(violating, arity(&one.requirement.asked)))?;
    Ok(Heading { at, holds, violating })
}

impl Heading {
    /// The verdict goes with the tuples and with whether the requirement speaks of anybody.
    pub fn agree(&self, speaks: bool) -> Check<()> {
        let right = match self.holds {
            Holds::Vacuous => !speaks && self.violating.is_empty(),
            Holds::Proved => speaks && self.violating.is_empty(),
            Holds::Violated => speaks && !self.violating.is_empty(),
        };
        if right {
            Ok(())
        } else {
            refuse(
                "verdict",
                Spot::Certificate(self.at),
                "the verdict does not agree with the document or with `violating`",
                "判定が文書または `violating` と合いません",
            )
        }
    }
}

/// What path requirements and peers of exceptions share: the heading, whether it is complete, and the witnesses.
pub fn path_heading<'v, 'a>(
    at: usize,
    one: &InEffect,
    speaks: bool,
    own: [&'v Value<'a>; 5],
) -> Check<(Heading, bool, &'v [Value<'a>])> {
    let [written, verdict, violating, complete, witnesses] = own;
    let heading = heading(at, one, [written, verdict, violating])?;
    heading.agree(speaks)?;
    let is_complete = read("complete", complete.bool())?;
    if !is_complete && heading.holds != Holds::Violated {
        return reject("complete", complete, "`true` expected", "`true` が必要です");
    }
    let list = read("witnesses", witnesses.list())?;
    if list.len() != heading.violating.len() {
        return reject("witnesses", witnesses, "a witness for each tuple expected", "組ごとに一つの実例が必要です");
    }
    Ok((heading, is_complete, list))
}

/// The document, the policy, the date, and the networks that its requirements look at.
pub struct Court<'c, 'm, 'd> {
    pub matcher: &'c Matcher<'d>,
    pub today: &'c str,
    pub networks: &'c [Network<'m, 'd>],
}

/// The nodes that a requirement leaves out: where it looks at a network at all.
pub fn absent(matcher: &Matcher, asked: &Asked) -> Option<Vec<bool>> {
    let without = match asked {
        Asked::Paths(paths) => paths.without.as_ref(),
        Asked::Sessions { without, .. } => without.as_ref(),
        Asked::Exceptions { check: OfExceptions::Peer | OfExceptions::Used, .. } | Asked::Expects => None,
        _ => return None,
    };
    let all = 0..matcher.document.nodes.len();
    Some(all.map(|node| without.is_some_and(|without| matcher.matches(without, node))).collect())
}

impl Court<'_, '_, '_> {
    /// Checks one requirement.
    pub fn check(&self, one: &InEffect, value: &Value) -> Check<Accepted> {
        let (matcher, document) = (self.matcher, self.matcher.document);
        let asked = &one.requirement.asked;
        let wanted = absent(matcher, asked);
        let network = self.networks.iter().find(|network| Some(&network.absent) == wanted.as_ref());
        let waivers = || document.waiving(&one.requirement.id);
        let (heading, complete) = match (asked, network) {
            (Asked::Paths(asked), Some(network)) => {
                let sides = paths::sides(matcher, asked);
                let asks = Asks { waivers: waivers(), methods: asked.methods, last: asked.services.as_ref() };
                paths::check_paths(network, one, &sides, &asks, value)?
            }
            (Asked::Sessions { from, to, service, without }, Some(network)) => {
                let sides = [from, to].map(|side| matcher.endpoints(side, without.as_ref()));
                let asks = Asks { waivers: waivers(), methods: [false; 3], last: service.as_ref() };
                paths::check_sessions(network, one, &sides, &asks, value)?
            }
            (Asked::Segment { a, b }, _) => {
                let sides = [a, b].map(|side| matcher.endpoints(side, None));
                segment::check_segment(document, one, &sides, value)?
            }
            (Asked::Exceptions { check: OfExceptions::Used, of }, Some(network)) => {
                (used::check_used(network, one, of, value)?, true)
            }
            (Asked::Expects, Some(network)) => (used::check_expects(network, one, value)?, true),
            (Asked::Exceptions { check: OfExceptions::Peer, of }, Some(network)) => {
                peers::check_peers(network, one, of, value)?
            }
            _ => match declared::found(matcher, asked, self.today) {
                Some(found) => (check_declared(document, one, &found, value)?, true),
                None => {
                    let ja = "この種類の要件はまだ検査できません";
                    return reject(STEP, value, "requirements of this kind cannot be checked yet", ja);
                }
            },
        };
        let (id, severity) = (one.requirement.id.clone(), one.severity);
        Ok(Accepted { id, severity, holds: heading.holds, violating: heading.violating.len(), complete })
    }
}

/// What follows from the document alone: certificate section 2.
fn check_declared(document: &Document, one: &InEffect, found: &Found, value: &Value) -> Check<Heading> {
    let ([written, verdict, violating], list) = read(
        STEP,
        value.object(|o| {
            let own = [o.must("id", Ok)?, o.must("verdict", Ok)?, o.must("violating", Ok)?];
            let list = match found.listed {
                Listed::Nothing => None,
                Listed::Groups { .. } => Some(o.must("groups", Ok)?),
                Listed::Exceptions(_) => Some(o.must("exceptions", Ok)?),
            };
            Ok((own, list))
        }),
    )?;
    let heading = heading(value.at, one, [written, verdict, violating])?;
    match (&found.listed, list) {
        (Listed::Groups { key, groups: expected }, Some(list)) => {
            let mut groups = Vec::new();
            for (i, group) in read("groups", list.list())?.iter().enumerate() {
                let step = format!("groups[{i}]");
                let [declared, nodes] = read(&step, group.all_fields([*key, "nodes"]))?;
                let declared = if *key == "zone" {
                    declared.nullable(|v| Ok(vec![v.text()?.to_owned()]))
                } else {
                    texts(declared).map(Some)
                };
                groups.push((read(&step, declared)?, read(&step, texts(nodes))?));
            }
            if !groups.iter().map(|(key, nodes)| (key, nodes)).eq(expected.iter()) {
                return reject("groups", list, "not what the document declares", "文書の宣言と異なります");
            }
        }
        (Listed::Exceptions(ids), Some(list)) if read("exceptions", texts(list))? != *ids => {
            return reject("exceptions", list, "not the document's exceptions", "文書の特定通信と異なります");
        }
        _ => {}
    }
    if heading.violating != found.violating {
        let differs = heading
            .violating
            .iter()
            .chain(&found.violating)
            .find(|t| heading.violating.contains(t) != found.violating.contains(t));
        let place = differs
            .and_then(|t| Some(Spot::Document(place_of(document, t.first()?)?)))
            .unwrap_or(Spot::Certificate(violating.at));
        return refuse(
            "violating",
            place,
            "not the tuples that follow from the document",
            "文書から導かれる組と異なります",
        );
    }
    heading.agree(found.speaks)?;
    Ok(heading)
}

fn place_of(document: &Document, id: &str) -> Option<usize> {
    let exception = || document.exceptions.iter().find(|e| e.id == id).map(|e| e.at);
    let node = document.node_index.get(id).and_then(|n| document.nodes.get(*n)).map(|node| node.at);
    node.or_else(exception)
}

/// A document in which every requirement on paths, sessions and segments is vacuous is no topology to verify: semantics section 7.
pub fn speaks_of_nobody(matcher: &Matcher, policy: &Policy) -> bool {
    policy.requirements.iter().all(|requirement| match &requirement.asked {
        Asked::Paths(asked) => paths::sides(matcher, asked).iter().any(Vec::is_empty),
        Asked::Sessions { from, to, without, .. } => {
            [from, to].iter().any(|side| matcher.endpoints(side, without.as_ref()).is_empty())
        }
        Asked::Segment { a, b } => [a, b].iter().any(|side| matcher.endpoints(side, None).is_empty()),
        _ => true,
    })
}
