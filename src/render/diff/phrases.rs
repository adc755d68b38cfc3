//! Every word that a difference has of its own, in both languages: a missing one does not build.

use super::super::phrases::grouped;
use crate::language::Lang;
use crate::report::diff::{Direction, Services};

/// The sentences of a language.
pub(super) fn phrases(lang: Lang) -> &'static dyn Phrases {
    match lang {
        Lang::En => &English,
        Lang::Ja => &Japanese,
    }
}

/// What a difference says besides its facts.
pub(super) trait Phrases: Sync {
    fn heading(&self) -> &'static str;
    fn old_one(&self) -> &'static str;
    fn new_one(&self) -> &'static str;
    fn direction(&self, direction: Direction) -> &'static str;
    fn conclusion(&self, direction: Direction, widenings: usize, undecided: bool) -> String;
    fn wider_because(&self, count: usize) -> String;
    fn change_column(&self) -> &'static str;
    fn gained_column(&self) -> &'static str;
    fn lost_column(&self) -> &'static str;
    fn gained(&self, count: u64) -> String;
    fn lost(&self, count: u64) -> String;
    fn wider(&self, count: u64) -> String;
    fn narrower(&self, count: u64) -> String;
    fn services_not_compared(&self) -> &'static str;
    fn between(&self, zones: &[Option<String>]) -> String;
    fn services(&self, services: Option<&Services>) -> String;
    fn causes(&self) -> &'static str;
    fn exceptions(&self) -> &'static str;
    fn nodes(&self) -> &'static str;
    fn nodes_added(&self, zone: Option<&str>, count: u64) -> String;
    fn nodes_removed(&self, zone: Option<&str>, count: u64) -> String;
    fn relays(&self) -> &'static str;
    fn transfers(&self) -> &'static str;
    fn assumptions_added(&self) -> &'static str;
    fn assumptions_removed(&self) -> &'static str;
    fn warnings_gained(&self) -> &'static str;
    fn warnings_lost(&self) -> &'static str;
    fn more(&self, count: u64) -> String;
    fn exit(&self, status: u8) -> &'static str;
}

/// Parts of a set of services that are shown.
const PARTS: usize = 8;

fn shown(services: &Services, comma: &str) -> String {
    let mut text = services.parts.iter().take(PARTS).cloned().collect::<Vec<_>>().join(comma);
    if services.parts.len() > PARTS {
        text.push_str(comma);
        text.push('…');
    }
    text
}

struct English;

fn tuples(count: u64) -> String {
    format!("{} {}", grouped(count), if count == 1 { "tuple" } else { "tuples" })
}

impl Phrases for English {
    fn heading(&self) -> &'static str {
        "Difference of two topologies"
    }
    fn old_one(&self) -> &'static str {
        "old"
    }
    fn new_one(&self) -> &'static str {
        "new"
    }
    fn direction(&self, direction: Direction) -> &'static str {
        match direction {
            Direction::Unchanged => "unchanged",
            Direction::Changed => "changed",
            Direction::Narrowed => "narrowed",
            Direction::NotCompared => "not compared",
            Direction::Widened => "WIDENED",
            Direction::Both => "WIDENED, and narrowed",
        }
    }
    fn conclusion(&self, direction: Direction, widenings: usize, undecided: bool) -> String {
        let mut text = match direction {
            Direction::Unchanged => "nothing changed that the policy speaks of".to_owned(),
            Direction::Changed => "changed, but not widened".to_owned(),
            Direction::Narrowed => "narrowed, and not widened".to_owned(),
            Direction::NotCompared => "not everything was compared".to_owned(),
            Direction::Widened => format!("widened, for {}", reasons(widenings)),
            Direction::Both => format!("widened, for {}; narrowed elsewhere", reasons(widenings)),
        };
        if undecided {
            text.push_str("; a limit was reached first: what is not shown here is not unchanged (see --limit-time, --limit-memory)");
        }
        format!("difference: {text}")
    }
    fn wider_because(&self, count: usize) -> String {
        format!("Wider than before ({})", grouped(count as u64))
    }
    fn change_column(&self) -> &'static str {
        "change"
    }
    fn gained_column(&self) -> &'static str {
        "gained"
    }
    fn lost_column(&self) -> &'static str {
        "lost"
    }
    fn gained(&self, count: u64) -> String {
        format!("gained: {}", tuples(count))
    }
    fn lost(&self, count: u64) -> String {
        format!("lost: {}", tuples(count))
    }
    fn wider(&self, count: u64) -> String {
        format!("known, over further services: {}", tuples(count))
    }
    fn narrower(&self, count: u64) -> String {
        format!("known, over fewer services: {}", tuples(count))
    }
    fn services_not_compared(&self) -> &'static str {
        "whether tuples of both pass over further services was not compared: a limit was reached first"
    }
    fn between(&self, zones: &[Option<String>]) -> String {
        let name = |zone: &Option<String>| zone.clone().unwrap_or_else(|| "no zone".to_owned());
        zones.iter().map(name).collect::<Vec<_>>().join(" - ")
    }
    fn services(&self, services: Option<&Services>) -> String {
        match services {
            None => String::new(),
            Some(services) if services.all_but && services.parts.is_empty() => "any service".to_owned(),
            Some(services) if services.all_but => format!("any service but {}", shown(services, ", ")),
            Some(services) => shown(services, ", "),
        }
    }
    fn causes(&self) -> &'static str {
        "what lets the gained ones through"
    }
    fn exceptions(&self) -> &'static str {
        "Exceptions"
    }
    fn nodes(&self) -> &'static str {
        "Nodes"
    }
    fn nodes_added(&self, zone: Option<&str>, count: u64) -> String {
        format!("added, {}: {}", zone.unwrap_or("no zone"), grouped(count))
    }
    fn nodes_removed(&self, zone: Option<&str>, count: u64) -> String {
        format!("removed, {}: {}", zone.unwrap_or("no zone"), grouped(count))
    }
    fn relays(&self) -> &'static str {
        "Relays"
    }
    fn transfers(&self) -> &'static str {
        "Transfers"
    }
    fn assumptions_added(&self) -> &'static str {
        "New assumptions"
    }
    fn assumptions_removed(&self) -> &'static str {
        "Assumptions no longer made"
    }
    fn warnings_gained(&self) -> &'static str {
        "New warnings"
    }
    fn warnings_lost(&self) -> &'static str {
        "Warnings no longer given"
    }
    fn more(&self, count: u64) -> String {
        format!("and {} more (all: --format json --max-tuples N)", grouped(count))
    }
    fn exit(&self, status: u8) -> &'static str {
        match status {
            0 => "nothing to fail on",
            1 => "wider, or changed where every change was to fail",
            _ => "a limit was reached before everything was compared; not a pass",
        }
    }
}

fn reasons(count: usize) -> String {
    format!("{} {}", grouped(count as u64), if count == 1 { "reason" } else { "reasons" })
}

struct Japanese;

impl Phrases for Japanese {
    fn heading(&self) -> &'static str {
        "二つの構成の差分"
    }
    fn old_one(&self) -> &'static str {
        "旧"
    }
    fn new_one(&self) -> &'static str {
        "新"
    }
    fn direction(&self, direction: Direction) -> &'static str {
        match direction {
            Direction::Unchanged => "変化なし",
            Direction::Changed => "変更",
            Direction::Narrowed => "縮小",
            Direction::NotCompared => "未比較",
            Direction::Widened => "拡大",
            Direction::Both => "拡大と縮小",
        }
    }
    fn conclusion(&self, direction: Direction, widenings: usize, undecided: bool) -> String {
        let widenings = grouped(widenings as u64);
        let mut text = match direction {
            Direction::Unchanged => "ポリシーに関わる変化はない".to_owned(),
            Direction::Changed => "変更があるが、拡大はない".to_owned(),
            Direction::Narrowed => "縮小した。拡大はない".to_owned(),
            Direction::NotCompared => "比較できていない部分がある".to_owned(),
            Direction::Widened => format!("拡大した（理由 {widenings} 件）"),
            Direction::Both => format!("拡大した（理由 {widenings} 件）。縮小した部分もある"),
        };
        if undecided {
            text.push_str(
                "。上限に達した。ここに示されないものが「変化なし」とは限らない（--limit-time、--limit-memory を参照）",
            );
        }
        format!("差分: {text}")
    }
    fn wider_because(&self, count: usize) -> String {
        format!("拡大した点（{} 件）", grouped(count as u64))
    }
    fn change_column(&self) -> &'static str {
        "変化"
    }
    fn gained_column(&self) -> &'static str {
        "増"
    }
    fn lost_column(&self) -> &'static str {
        "減"
    }
    fn gained(&self, count: u64) -> String {
        format!("新たに違反となった組 {} 件", grouped(count))
    }
    fn lost(&self, count: u64) -> String {
        format!("違反でなくなった組 {} 件", grouped(count))
    }
    fn wider(&self, count: u64) -> String {
        format!("以前からの違反のうち、通るサービスが増えた組 {} 件", grouped(count))
    }
    fn narrower(&self, count: u64) -> String {
        format!("以前からの違反のうち、通るサービスが減った組 {} 件", grouped(count))
    }
    fn services_not_compared(&self) -> &'static str {
        "上限に達したため、以前からの違反が通るサービスの増減は比較していない"
    }
    fn between(&self, zones: &[Option<String>]) -> String {
        let name = |zone: &Option<String>| zone.clone().unwrap_or_else(|| "領域なし".to_owned());
        zones.iter().map(name).collect::<Vec<_>>().join(" - ")
    }
    fn services(&self, services: Option<&Services>) -> String {
        match services {
            None => String::new(),
            Some(services) if services.all_but && services.parts.is_empty() => "すべてのサービス".to_owned(),
            Some(services) if services.all_but => format!("{} を除くすべてのサービス", shown(services, "、")),
            Some(services) => shown(services, "、"),
        }
    }
    fn causes(&self) -> &'static str {
        "新たな違反の原因"
    }
    fn exceptions(&self) -> &'static str {
        "特定通信"
    }
    fn nodes(&self) -> &'static str {
        "ノード"
    }
    fn nodes_added(&self, zone: Option<&str>, count: u64) -> String {
        format!("追加、{}: {}", zone.unwrap_or("領域なし"), grouped(count))
    }
    fn nodes_removed(&self, zone: Option<&str>, count: u64) -> String {
        format!("削除、{}: {}", zone.unwrap_or("領域なし"), grouped(count))
    }
    fn relays(&self) -> &'static str {
        "中継"
    }
    fn transfers(&self) -> &'static str {
        "受渡し"
    }
    fn assumptions_added(&self) -> &'static str {
        "新たな前提"
    }
    fn assumptions_removed(&self) -> &'static str {
        "なくなった前提"
    }
    fn warnings_gained(&self) -> &'static str {
        "新たな警告"
    }
    fn warnings_lost(&self) -> &'static str {
        "なくなった警告"
    }
    fn more(&self, count: u64) -> String {
        format!("ほか {} 件（すべて見るには --format json --max-tuples N）", grouped(count))
    }
    fn exit(&self, status: u8) -> &'static str {
        match status {
            0 => "失敗とする変化はない",
            1 => "拡大がある、または変化を失敗とする指定で変化がある",
            _ => "すべてを比較する前に上限に達した。合格ではない",
        }
    }
}
