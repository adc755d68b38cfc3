//! The number of causes that let data through, in words and in JSON.

use serde_json::{Value, json};

use crate::language::{Lang, Phrase, plural};
use crate::render::catalogue::Sentence;
use crate::report::why::{Cause, Causes, Lets, Why};

/// How many other causes there are.
pub(super) fn others(causes: &Causes) -> Phrase {
    let shut = |count: usize| plural(count as u64, "cause", "causes");
    match causes {
        Causes::Least(set) => {
            let (count, others, all) = (set.len(), set.len().saturating_sub(1), shut(set.len()));
            both!(
                "other causes: {others} (with {all} shut data no longer gets there, with fewer it does)",
                "ほかの原因: {others} 件（次の {count} 件を塞げば届かなくなり、それより少なくては届く）"
            )
        }
        Causes::AtLeast(count) => {
            let (others, all) = (count.saturating_sub(1), shut(*count));
            both!(
                "other causes: at least {others} ({all} or more would have to be shut; a limit was reached before all were known)",
                "ほかの原因: {others} 件以上（少なくとも {count} 件を塞ぐ必要がある。上限に達したため全数は未判定）"
            )
        }
        Causes::Links => both!(
            "other causes: not counted (some way takes nothing but links of endpoints)",
            "ほかの原因: 数えない（端点のリンクのほかに塞ぐもののない経路がある）"
        ),
    }
}

/// The causes that must be shut, where they are known.
pub(super) fn least(why: &Why) -> &[Cause] {
    match &why.causes {
        Some(Causes::Least(set)) => set,
        _ => &[],
    }
}

/// The same as JSON.
pub(super) fn json(causes: &Causes, lang: Lang) -> Value {
    let (others, exact) = causes.others().map_or((None, false), |(others, exact)| (Some(others), exact));
    let set = if let Causes::Least(set) = causes { &set[..] } else { &[] };
    json!({ "others": others, "exact": exact, "message": others_said(causes, lang),
        "set": set.iter().map(|one| cause(one, lang)).collect::<Vec<_>>() })
}

fn others_said(causes: &Causes, lang: Lang) -> String {
    others(causes).get(lang).to_owned()
}

fn cause(one: &Cause, lang: Lang) -> Value {
    let mut out = match &one.lets {
        Lets::Rule { node, filter, rule } => json!({ "node": node, "filter": filter, "rule": rule }),
        Lets::Default { node, filter } => json!({ "node": node, "filter": filter }),
        Lets::Transfer { id } => json!({ "transfer": id }),
        Lets::Entry { node, entry } => json!({ "node": node, "entry": entry }),
        Lets::Undeclared { node } => json!({ "node": node }),
        Lets::Vlan { link, vlan } => json!({ "link": link, "vlan": vlan }),
        Lets::RoutedVlan { node, vlan } => json!({ "node": node, "vlan": vlan }),
        Lets::Link { link } => json!({ "link": link }),
    };
    out["kind"] = one.lets.word().into();
    out["message"] = one.text(lang).into();
    out["line"] = one.location.line.into();
    out["column"] = one.location.column.into();
    if let Some(origin) = one.location.imported_from() {
        out["origin"] = origin.into();
    }
    out
}
