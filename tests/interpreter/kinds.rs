//! Decides the kinds of checks that look at declarations, places, segments and records, and what must be possible (policy
//! spec section 3).

use super::document::{Document, Exception, Item, Transfer};
use super::ground::Ground;
use super::header::Headers;
use super::path::{LeftOut, Question, covers, data_paths};
use super::pattern::{matches, words};
use super::place::{Places, is_endpoint, zone_of_block};
use super::requirement::{is_labelled, is_limited};
use super::selection::service_matches;
use super::session::{Carrier, Sessions, sessions};
use serde_json::Value;
use std::collections::BTreeSet;

type Tuples = Option<Vec<Vec<String>>>;
type Date = (i32, u32, u32);

/// A document, a policy and a day.
pub struct Kinds<'d> {
    pub places: &'d Places<'d>,
    pub ground: &'d Ground,
    /// The patterns of the policy, by name.
    pub named: &'d Value,
    pub date: Date,
}

fn sorted(tuples: impl Iterator<Item = Vec<String>>) -> Vec<Vec<String>> {
    tuples.collect::<BTreeSet<_>>().into_iter().collect()
}

impl Kinds<'_> {
    /// What is decided of a check of one of these kinds, by name; `None` for other kinds.
    pub fn decide(&self, kind: &str, asked: &Value) -> Option<Tuples> {
        Some(match kind {
            "attributes" if asked.get("nodes").is_some() => self.attributes_of_nodes(asked),
            "attributes" => self.attributes_of_links(asked),
            "placement" => self.placement(asked),
            "homed" => self.homed(asked),
            "segment" => self.segment(asked),
            "transfers" => self.transfers(asked),
            "labelled" => self.judge(|n| is_endpoint(&self.document().nodes[n]), |n| is_labelled(self.places, n)),
            "evidence" => Some(if self.has_evidence(asked) { vec![] } else { vec![vec![]] }),
            "expects" => self.expects(),
            "exceptions" if asked.get("peer").is_some() => self.peers(asked),
            "exceptions" => self.exceptions(asked),
            _ => return None,
        })
    }

    fn document(&self) -> &Document {
        self.places.document
    }

    fn matches(&self, pattern: &Value, n: usize) -> bool {
        matches(self.places, self.named, pattern, n)
    }

    /// Nodes that are spoken of and do not hold; vacuous without any.
    fn judge(&self, spoken_of: impl Fn(usize) -> bool, holds: impl Fn(usize) -> bool) -> Tuples {
        let spoken: Vec<usize> = (0..self.document().nodes.len()).filter(|&n| spoken_of(n)).collect();
        let failing = spoken.iter().filter(|&&n| !holds(n)).map(|&n| vec![self.document().nodes[n].id.clone()]);
        (!spoken.is_empty()).then(|| sorted(failing))
    }

    fn attributes_of_nodes(&self, asked: &Value) -> Tuples {
        self.judge(
            |n| self.matches(&asked["nodes"], n),
            |n| {
                let node = &self.document().nodes[n];
                declares(asked, &node.controls, node.owner.as_ref(), None)
            },
        )
    }

    fn attributes_of_links(&self, asked: &Value) -> Tuples {
        let patterns = match &asked["links"] {
            Value::Array(patterns) => patterns.clone(),
            pattern => vec![pattern.clone()],
        };
        let links = &self.document().links;
        // "ends in either order"
        let ends_match = |ends: &Value, a: usize, b: usize| {
            let [first, second] = [&ends[0], &ends[1]];
            self.matches(first, a) && self.matches(second, b) || self.matches(first, b) && self.matches(second, a)
        };
        let matches = |link: &&super::document::Link| {
            patterns.iter().any(|pattern| {
                pattern.get("ends").is_none_or(|ends| ends_match(ends, link.ends[0].node, link.ends[1].node))
                    && pattern.get("circuit").is_none_or(|circuits| words(circuits).contains(&link.circuit))
                    && pattern.get("tag").is_none_or(|tags| words(tags).iter().any(|tag| link.tags.contains(tag)))
                    && pattern
                        .get("owner")
                        .is_none_or(|owners| link.owner.as_ref().is_some_and(|owner| words(owners).contains(owner)))
            })
        };
        let spoken: Vec<_> = links.iter().filter(matches).collect();
        let failing = spoken
            .iter()
            .filter(|link| !declares(asked, &link.controls, link.owner.as_ref(), Some(&link.circuit)))
            // "a link without id is named `a -- b`"
            .map(|link| {
                let [a, b] = [0, 1].map(|end| self.document().nodes[link.ends[end].node].id.clone());
                vec![link.id.clone().unwrap_or_else(|| format!("{a} -- {b}"))]
            });
        (!spoken.is_empty()).then(|| sorted(failing))
    }

    /// "matches, and its label is another or none"
    fn placement(&self, asked: &Value) -> Tuples {
        let (zones, tiers) = (words(&asked["zones"]), words(&asked["tiers"]));
        self.judge(
            |n| self.matches(&asked["nodes"], n),
            |n| {
                let by_zone = self.places.labels[n].as_ref().is_some_and(|label| zones.contains(label));
                by_zone || self.places.tier(n).is_some_and(|tier| tiers.iter().any(|one| one == tier))
            },
        )
    }

    /// "whose declared addresses lie (longest prefix) in networks of two or more zones of different tiers or of no tier"
    fn homed(&self, asked: &Value) -> Tuples {
        let document = self.document();
        let zones = |n: usize| -> BTreeSet<&str> {
            document.nodes[n].addresses.iter().filter_map(|&block| zone_of_block(document, block)).collect()
        };
        self.judge(
            |n| {
                is_endpoint(&document.nodes[n])
                    && self.matches(&asked["nodes"], n)
                    && !asked.get("allowed").is_some_and(|allowed| self.matches(allowed, n))
                    && !zones(n).is_empty()
            },
            |n| {
                let zones: Vec<&str> = zones(n).into_iter().collect();
                zones.iter().enumerate().all(|(at, one)| {
                    zones[at + 1..].iter().all(|other| {
                        let (one, other) = (document.bases.get(*one), document.bases.get(*other));
                        one.is_some() && one == other
                    })
                })
            },
        )
    }

    /// "endpoints a ≠ b joined by links and nodes of kind `switch` (and the switch halves of L3 switches) alone, VLANs kept,
    /// filters ignored": an equivalence, whichever way frames go.
    fn segment(&self, asked: &Value) -> Tuples {
        let nodes = &self.document().nodes;
        let side = |key: &str| -> Vec<usize> {
            (0..nodes.len()).filter(|&n| is_endpoint(&nodes[n]) && self.matches(&asked[key], n)).collect()
        };
        let (a, b) = (side("a"), side("b"));
        if a.is_empty() || b.is_empty() {
            return None;
        }
        let reached: Vec<BTreeSet<usize>> = (0..nodes.len()).map(|n| self.segment_of(n)).collect();
        let pairs = a.iter().flat_map(|&a| b.iter().map(move |&b| (a, b)));
        let joined = pairs.filter(|&(a, b)| a != b && (reached[a].contains(&b) || reached[b].contains(&a)));
        Some(sorted(joined.map(|(a, b)| vec![nodes[a].id.clone(), nodes[b].id.clone()])))
    }

    /// The nodes that are in one segment with a node. A place is a node of the ground, and for switches a tag.
    fn segment_of(&self, from: usize) -> BTreeSet<usize> {
        let ground = self.ground;
        let tags: BTreeSet<u16> = ground.links.iter().flat_map(|link| link.tags.iter().flatten()).copied().collect();
        let start: Vec<(usize, Option<u16>)> = (0..ground.nodes.len())
            .filter(|&at| ground.nodes[at].node == from && !ground.nodes[at].is_switch_half)
            .flat_map(|at| match ground.nodes[at].is_switch {
                true => tags.iter().map(|&tag| (at, Some(tag))).collect(),
                false => vec![(at, None)],
            })
            .collect();
        let mut seen: BTreeSet<(usize, Option<u16>)> = start.iter().copied().collect();
        let mut open = start;
        let mut reached = BTreeSet::new();
        while let Some((at, tag)) = open.pop() {
            reached.insert(ground.nodes[at].node);
            // What is no switch leads nowhere further.
            if tag.is_none() && ground.nodes[at].node != from {
                continue;
            }
            for (link, end) in ground.links.iter().flat_map(|link| [(link, 0), (link, 1)]) {
                if link.ends[end].node != at {
                    continue;
                }
                let other = link.ends[1 - end].node;
                let next: Vec<(usize, Option<u16>)> = match (tag, ground.nodes[other].is_switch) {
                    (None, true) => link.tags[1 - end].iter().map(|&tag| (other, Some(tag))).collect(),
                    (None, false) => vec![(other, None)],
                    (Some(tag), false) if link.tags[end].contains(&tag) => vec![(other, None)],
                    (Some(_), false) => vec![],
                    (Some(tag), true) => {
                        let crosses = |leaves: usize, tag: u16| {
                            let there = link.tag_at_the_other_end(leaves, tag);
                            (link.tags[leaves].contains(&tag) && link.tags[1 - leaves].contains(&there))
                                .then_some(there)
                        };
                        let comes = tags.iter().copied().filter(|&there| crosses(1 - end, there) == Some(tag));
                        crosses(end, tag).into_iter().chain(comes).map(|tag| (other, Some(tag))).collect()
                    }
                };
                for place in next {
                    if seen.insert(place) {
                        open.push(place);
                    }
                }
            }
        }
        reached
    }

    fn transfers(&self, asked: &Value) -> Tuples {
        let nodes = &self.document().nodes;
        let has_end = |items: &[Item], key: &str| {
            (0..nodes.len()).any(|n| {
                is_endpoint(&nodes[n])
                    && self.places.relay_matches(items, n, None)
                    && asked.get(key).is_none_or(|pattern| self.matches(pattern, n))
            })
        };
        let spoken: Vec<&Transfer> = self
            .document()
            .transfers
            .iter()
            .filter(|transfer| has_end(&transfer.from, "from") && has_end(&transfer.to, "to"))
            .collect();
        let holds = |transfer: &Transfer| {
            let sanitised = asked.get("sanitised_by").is_none_or(|methods| {
                let methods = words(methods);
                transfer.method.as_ref().is_some_and(|own| methods == ["any"] || methods.contains(own))
            });
            let approved = asked.get("approved").is_none()
                || !transfer.reason.trim().is_empty()
                    && !transfer.approved_by.trim().is_empty()
                    && transfer.expires.is_none_or(|last| self.date <= last);
            sanitised && approved
        };
        let failing = spoken.iter().filter(|transfer| !holds(transfer)).map(|transfer| vec![transfer.id.clone()]);
        (!spoken.is_empty()).then(|| sorted(failing))
    }

    /// "no evidence of that kind, or older than that, or past `valid_until`"
    fn has_evidence(&self, asked: &Value) -> bool {
        let (year, month, day) = self.date;
        self.document().evidence.iter().any(|record| {
            let (of_year, of_month, of_day) = record.date;
            // Full months since then: one more begins on the same day of the month.
            let full = i64::from(year - of_year) * 12 + i64::from(month) - i64::from(of_month);
            let older = |within: i64| full > within || full == within && day > of_day && !ends_month(self.date, of_day);
            asked["kind"] == record.kind.as_str()
                && record.date <= self.date
                && record.valid_until.is_none_or(|last| self.date <= last)
                && !asked.get("within").and_then(Value::as_i64).is_some_and(older)
        })
    }

    /// "no session (u,v) with each service of it", as v sees it
    fn expects(&self) -> Tuples {
        let document = self.document();
        if document.expects.is_empty() {
            return None;
        }
        let (headers, all) = self.sessions();
        let mut tuples = BTreeSet::new();
        for expected in &document.expects {
            let side = |items: &[Item]| -> Vec<usize> {
                let endpoint = |n: &usize| is_endpoint(&document.nodes[*n]);
                (0..document.nodes.len())
                    .filter(endpoint)
                    .filter(|&n| self.places.relay_matches(items, n, None))
                    .collect()
            };
            let services = || headers.services.iter().filter(|one| service_matches(&expected.service, **one));
            for u in side(&expected.from) {
                for v in side(&expected.to).into_iter().filter(|&v| v != u) {
                    let possible = |service: &super::selection::Packing| {
                        all.keys().any(|session| {
                            session.opener == u
                                && session.responder == v
                                && matches!(session.carrier, Carrier::Packets { received, .. } if received.service == *service)
                        })
                    };
                    if !services().all(possible) {
                        let [u, v] = [u, v].map(|n| document.nodes[n].id.clone());
                        tuples.insert(vec![expected.id.clone(), u, v]);
                    }
                }
            }
        }
        Some(tuples.into_iter().collect())
    }

    fn sessions(&self) -> (Headers, Sessions) {
        let headers = Headers::of(self.places);
        let nobody = vec![false; self.document().nodes.len()];
        let all = sessions(self.places, self.ground, &headers, &nobody);
        (headers, all)
    }

    /// "as EXCEPTION-PEER": of the exceptions that waive one of `of`
    fn peers(&self, asked: &Value) -> Tuples {
        let document = self.document();
        if document.exceptions.is_empty() {
            return None;
        }
        let of = words(&asked["of"]);
        let (_, all) = self.sessions();
        let raw = data_paths(self.places, &all, Question { left_out: LeftOut::Any, ..Question::ALL });
        let tier = |n: usize| self.places.tier(n);
        let internet: Vec<usize> = (0..document.nodes.len()).filter(|&n| tier(n) == Some("internet")).collect();
        let mut tuples = BTreeSet::new();
        let judged = document.exceptions.iter().filter(|one| !one.attested);
        for exception in judged.filter(|one| of.is_empty() || one.waives.iter().any(|id| of.contains(id))) {
            for session in all.keys().filter(|session| covers(self.places, exception, session)) {
                let outside = [session.opener, session.responder].into_iter().filter(|&n| tier(n) != Some("my-number"));
                let exposed = outside.filter(|&end| {
                    internet.contains(&end) || internet.iter().any(|&i| raw[end].contains(&i) || raw[i].contains(&end))
                });
                tuples.extend(exposed.map(|end| vec![exception.id.clone(), document.nodes[end].id.clone()]));
            }
        }
        Some(tuples.into_iter().collect())
    }

    fn exceptions(&self, asked: &Value) -> Tuples {
        let of = words(&asked["of"]);
        let spoken: Vec<&Exception> = self
            .document()
            .exceptions
            .iter()
            .filter(|one| of.is_empty() || one.waives.iter().any(|id| of.contains(id)))
            .collect();
        let all = asked.get("used").map(|_| self.sessions().1);
        let holds = |exception: &Exception| match &all {
            Some(all) => all.keys().any(|session| covers(self.places, exception, session)),
            None if asked.get("attested").is_some() => exception.attested,
            None => is_limited(self.places, exception, self.date),
        };
        let failing = spoken.iter().filter(|one| !holds(one)).map(|one| vec![one.id.clone()]);
        (!spoken.is_empty()).then(|| sorted(failing))
    }
}

/// Whether a day is the last of its month, which has no day of that number.
fn ends_month((year, month, day): Date, wanted: u32) -> bool {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    day == last && wanted > last
}

/// "matches and lacks one"
fn declares(asked: &Value, controls: &[String], owner: Option<&String>, circuit: Option<&String>) -> bool {
    let list = |key: &str| asked.get(key).map(words);
    list("controls").is_none_or(|all| all.iter().all(|control| controls.contains(control)))
        && list("any_of").is_none_or(|any| any.iter().any(|control| controls.contains(control)))
        && (asked.get("owner").is_none() || owner.is_some())
        && list("circuit").is_none_or(|any| circuit.is_none_or(|circuit| any.contains(circuit)))
}
