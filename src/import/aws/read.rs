//! The outputs of `aws … describe-…` into resources. Of each object the keys are known: used, or without meaning for packets; any other
//! is told of.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::net::IpAddr;
use std::sync::Arc;

use super::super::device::Net;
use super::super::json::{Json, Value};
use super::super::ledger::{Ledger, Origin};
use super::super::text::Refusal;
use super::resources::{Cloud, Item};
use crate::language::Phrase;
use crate::number::number;

/// How an item of a list is read.
pub(super) type Read = fn(&mut Reader<'_>, &Json<'_>) -> Result<(), Refusal>;

/// The lists that are known.
#[derive(Clone, Copy)]
pub(super) struct Known {
    /// Those that are read.
    pub read: &'static [(&'static str, Read)],
    /// Those without meaning here.
    pub silent: &'static [&'static str],
}

/// What a file is read into.
pub(super) struct Reader<'l> {
    known: Known,
    ledger: &'l mut Ledger,
    file: &'l str,
    folder: Arc<str>,
    lost: Vec<((u32, u32), Phrase)>,
    used: Vec<(u32, u32)>,
    /// The target group that an output is of, where something in it says so.
    of: Option<String>,
    pub(super) cloud: Cloud,
}

/// Keys that every object may have, without meaning here.
const EVERYWHERE: &[&str] =
    &["Tags", "TagSet", "OwnerId", "Description", "State", "Status", "CreateTime", "CreationTime"];

/// Reads the values of a file.
///
/// # Errors
/// When a list is cut off, or says what cannot be.
pub(super) fn read(root: &Json<'_>, file: &str, ledger: &mut Ledger, known: Known) -> Result<Cloud, Refusal> {
    let folder = file.rsplit_once(['/', '\\']).map_or("", |(folder, _)| folder);
    let total = number(ledger.total());
    let mut reader = Reader {
        known,
        ledger,
        file,
        folder: folder.into(),
        lost: Vec::new(),
        used: Vec::new(),
        of: None,
        cloud: Cloud::default(),
    };
    match &root.value {
        Value::List(outputs) => outputs.iter().try_for_each(|output| reader.output(output))?,
        _ => reader.output(root)?,
    }
    let Reader { ledger, lost, used, cloud, .. } = reader;
    (1..=total).for_each(|line| ledger.without_meaning(line));
    used.iter().for_each(|&(first, last)| (first..=last).for_each(|line| ledger.used(line)));
    for ((first, last), what) in lost {
        (first..=last).for_each(|line| ledger.not_understood(line, what.clone()));
    }
    Ok(cloud)
}

impl Reader<'_> {
    fn output(&mut self, output: &Json<'_>) -> Result<(), Refusal> {
        self.of = output.str("TargetGroupArn").map(str::to_owned);
        for (key, value) in output.object() {
            match &**key {
                "TargetGroupArn" => self.used.push(value.lines),
                "NextToken" | "nextToken" | "NextMarker" if value.text().is_some_and(|text| !text.is_empty()) => {
                    return Err(self.cut(value));
                }
                "AdditionalRoutesAvailable" if value.value == Value::Truth(true) => return Err(self.cut(value)),
                key => self.list(key, value)?,
            }
        }
        Ok(())
    }

    fn list(&mut self, key: &str, value: &Json<'_>) -> Result<(), Refusal> {
        let Some((kind, read)) = self.known.read.iter().find(|(known, _)| *known == key) else {
            if !self.known.silent.contains(&key) {
                self.lose(
                    value,
                    format!("outputs with `{key}` are not known: nothing was taken from it"),
                    format!("「{key}」の出力には対応していない。何も取り込まない"),
                );
            }
            return Ok(());
        };
        self.cloud.described.insert((self.folder.clone(), kind));
        // also an empty list says what there is
        match (*kind, self.id_of_file("tgw-rtb-"), self.id_of_file("pl-")) {
            ("Routes", Some(table), _) => drop(self.cloud.transit_routes.entry(table).or_default()),
            ("TargetHealthDescriptions", ..) => {
                let of = self.target_group();
                self.cloud.targets.entry(of).or_default();
            }
            ("Entries", _, Some(list)) => drop(self.cloud.lists.entry(list).or_default()),
            _ => {}
        }
        value.list().iter().try_for_each(|item| read(self, item))
    }

    fn cut(&self, value: &Json<'_>) -> Refusal {
        Refusal::at(
            self.file,
            value.lines.0,
            Phrase::new(
                "this output is one page of several: call it again without `--max-items` and `--no-paginate` (routes of transit gateways: with a narrower search)",
                "出力が途中のページで終わっている。`--max-items` と `--no-paginate` を付けずに出力し直すこと（トランジットゲートウェイの経路は検索条件を分ける）",
            ),
        )
    }

    /// The id that the name of the file bears: of outputs that do not say what they are of.
    pub(super) fn id_of_file(&self, prefix: &str) -> Option<String> {
        let name = self.file.rsplit(['/', '\\']).next().unwrap_or(self.file);
        let at = name.match_indices(prefix).map(|(at, _)| at).find(|&at| {
            let rest = &name[at + prefix.len()..];
            rest.starts_with(|c: char| c.is_ascii_hexdigit())
                && !name[..at].ends_with(|c: char| c.is_ascii_alphanumeric())
        })?;
        let rest = &name[at + prefix.len()..];
        let end = rest.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(rest.len());
        Some(format!("{prefix}{}", &rest[..end]))
    }

    /// What an output of targets is of: the ARN beside it, else the name of the file.
    pub(super) fn target_group(&self) -> String {
        let name = self.file.rsplit(['/', '\\']).next().unwrap_or(self.file);
        self.of.clone().unwrap_or_else(|| name.to_owned())
    }

    /// Marks what an object says: keys that are used, keys without meaning; all others are told of.
    pub(super) fn keys(&mut self, item: &Json<'_>, of: &str, used: &[&str], silent: &[&str]) {
        for (key, value) in item.object() {
            let key = &**key;
            if used.contains(&key) {
                self.used.push(value.lines);
            } else if !silent.contains(&key) && !EVERYWHERE.contains(&key) {
                self.lose(
                    value,
                    format!("`{key}` of {of} is not known: nothing was taken from it"),
                    format!("{of} の「{key}」には対応していない。何も取り込まない"),
                );
            }
        }
    }

    /// Tells what is not understood.
    pub(super) fn lose(&mut self, value: &Json<'_>, en: impl Into<String>, ja: impl Into<String>) {
        self.lost.push((value.lines, Phrase::new(en, ja)));
    }

    /// The place of a value.
    pub(super) fn at(&self, value: &Json<'_>) -> Origin {
        self.ledger.origin(value.lines.0)
    }

    /// The place of the first of some keys that an object has.
    pub(super) fn at_key(&self, item: &Json<'_>, keys: &[&str]) -> Origin {
        let line = keys.iter().find_map(|key| item.get(key)).map_or(item.lines.0, |value| value.lines.0);
        self.ledger.origin(line)
    }

    /// An object with an id as a thing; one without an id is told of.
    pub(super) fn item<T>(&mut self, json: &Json<'_>, key: &str, is: T) -> Option<(String, Item<T>)> {
        let Some(id) = json.str(key).filter(|id| !id.is_empty()) else {
            self.lose(json, format!("this has no `{key}`: it was left out"), format!("「{key}」がない。取り込まない"));
            return None;
        };
        let tags = [json.get("Tags"), json.get("TagSet")];
        let mut tags = tags.into_iter().flatten().flat_map(Json::list);
        let name = tags.find(|tag| tag.str("Key") == Some("Name")).and_then(|tag| tag.str("Value"));
        let name = name.map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
        let mut hasher = DefaultHasher::new();
        digest(json, &mut hasher);
        let at = self.at_key(json, &[key]);
        Some((id.to_owned(), Item { name, at, digest: hasher.finish(), folder: self.folder.clone(), is }))
    }

    /// What an object says of where it is.
    ///
    /// # Errors
    /// When it says nothing: an output of which `--query` took a part would make a network that there is not.
    pub(super) fn must(&self, json: &Json<'_>, key: &str) -> Result<String, Refusal> {
        let said = json.str(key).filter(|id| !id.is_empty());
        said.map(str::to_owned).ok_or_else(|| {
            Refusal::at(
                self.file,
                json.lines.0,
                Phrase::new(
                    format!("this has no `{key}`: export it again, without `--query`"),
                    format!("「{key}」がない。`--query` を付けずに出力し直すこと"),
                ),
            )
        })
    }

    /// A network.
    ///
    /// # Errors
    /// When it is none.
    pub(super) fn net(&self, json: &Json<'_>) -> Result<Net, Refusal> {
        let parse = |text: &str| {
            let (address, length) = text.split_once('/')?;
            let net = Net { address: address.parse().ok()?, length: length.parse().ok()? };
            (net.length <= if net.address.is_ipv4() { 32 } else { 128 }).then(|| net.prefix())
        };
        json.text().and_then(parse).ok_or_else(|| self.wrong(json, "a network", "ネットワーク"))
    }

    /// An address.
    ///
    /// # Errors
    /// When it is none.
    pub(super) fn address(&self, json: &Json<'_>) -> Result<IpAddr, Refusal> {
        json.text().and_then(|text| text.parse().ok()).ok_or_else(|| self.wrong(json, "an address", "アドレス"))
    }

    /// What stands where something else should.
    pub(super) fn wrong(&self, json: &Json<'_>, en: &str, ja: &str) -> Refusal {
        Refusal::at(
            self.file,
            json.lines.0,
            Phrase::new(format!("this should be {en}: export the file again"), format!("{ja}ではない。出力し直すこと")),
        )
    }
}

/// What an object says but its tags, which only its owner sees.
fn digest(json: &Json<'_>, into: &mut DefaultHasher) {
    match &json.value {
        Value::List(items) => items.iter().for_each(|item| digest(item, into)),
        Value::Object(members) => {
            for (key, value) in members.iter().filter(|(key, _)| !matches!(&**key, "Tags" | "TagSet" | "OwnerAlias")) {
                key.hash(into);
                digest(value, into);
            }
        }
        Value::Text(text) => text.hash(into),
        Value::Number(text) => text.hash(into),
        Value::Truth(truth) => truth.hash(into),
        Value::Null => 0u8.hash(into),
    }
}

/// The text of a key; nothing where there is none.
pub(super) fn text(json: &Json<'_>, key: &str) -> String {
    json.str(key).unwrap_or_default().to_owned()
}

/// The texts of a list, or of a key of its objects.
pub(super) fn texts(json: &Json<'_>, list: &str, key: Option<&str>) -> Vec<String> {
    let items = json.get(list).map_or(&[][..], Json::list).iter();
    items.filter_map(|item| key.map_or_else(|| item.text(), |key| item.str(key))).map(str::to_owned).collect()
}

/// Whether a key says yes.
pub(super) fn yes(json: &Json<'_>, key: &str) -> bool {
    json.get(key).is_some_and(|value| value.value == Value::Truth(true))
}

/// Whether a state is that of something that is there. One that nobody knows counts as there.
pub(super) fn is_there(state: Option<&str>) -> bool {
    const GONE: [&str; 16] = [
        "deleted",
        "deleting",
        "failed",
        "rejected",
        "rejecting",
        "expired",
        "pending-acceptance",
        "pendingAcceptance",
        "initiating-request",
        "initiatingRequest",
        "provisioning",
        "disassociated",
        "disassociating",
        "detached",
        "detaching",
        "failing",
    ];
    state.is_none_or(|state| !GONE.iter().any(|gone| gone.eq_ignore_ascii_case(state)))
}
