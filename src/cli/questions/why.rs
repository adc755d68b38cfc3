//! `sanso why`: the way that data takes, or what keeps it from getting there.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use sanso::question::why::{Question, Unanswered, Unasked, run_why};
use sanso::render::why as in_words;
use sanso::report::why::Answer;
use sanso::screen::visible;

use super::{FORMAT, Format, PATH, say, tell, write};
use crate::cli::arguments::{LimitArguments, words};
use crate::cli::status::Status;
use crate::cli::texts::Both;
use crate::cli::{Context, limits, packet};

pub const ABOUT: Both = Both(
    "The way that data takes from one node to another, or what keeps it from getting there",
    "ノードからノードへデータが届く経路、または届かない理由を示す",
);
pub const USAGE: Both = Both("sanso why [OPTIONS] PATH FROM TO", "sanso why [オプション] パス 始点 終点");
const FROM: Both = Both("Where data comes from: a node, `zone:Z`, an address", "始点。ノード、`zone:領域`、アドレス");
const TO: Both = Both("Where it is to get", "終点。書き方は始点と同じ");
const SERVICE: Both = Both(
    "What the last session is to have, as its receiver sees it; may be given several times",
    "最後の通信のサービス（受け側から見たもの）。繰り返し指定できる",
);
const DIRECT: Both = Both(
    "Only one session that the first opens to the second",
    "始点が終点に直接開く通信だけを調べる（中継を使わない）",
);
const WAYS: Both = Both(
    "So many ways at most, none sharing an obstacle with another [default: 1]",
    "障害を共有しない経路を何本まで示すか（省略時: 1）",
);
pub const NOBODY: Both = Both("there is no endpoint `{}` in {}", "端点「{}」は {} にない");
pub const NEAREST: Both = Both("; did you mean `{}`?", "。「{}」ではないか");
pub const NO_ENDPOINT: Both = Both(
    "`{}` only passes packets on, and is no end of a session; give it a `zone`, or ask about what is behind it",
    "「{}」はパケットを転送するだけで、通信の端点ではない。`zone` を与えるか、その先のノードを指定する",
);
const SAME: Both = Both("both sides are the same node: name two", "始点と終点が同じノードである。異なるものを指定する");
const NO_SERVICE: Both = Both(
    "there is no service `{}`: write `tcp/443`, `icmp`, `any`, or a name of `services`",
    "サービス「{}」はない。`tcp/443`、`icmp`、`any`、または `services` の名前を指定する",
);

/// A call of `why`.
#[derive(Args)]
pub struct Arguments {
    /// What is asked about.
    #[arg(value_name = "PATH", help = say(PATH), help_heading = words().arguments())]
    pub path: PathBuf,
    /// Where data comes from.
    #[arg(value_name = "FROM", help = say(FROM), help_heading = words().arguments())]
    #[cfg_attr(feature = "completions", arg(add = clap_complete::ArgValueCompleter::new(crate::cli::complete::nodes_and_zones)))]
    pub from: String,
    /// Where it is to get.
    #[arg(value_name = "TO", help = say(TO), help_heading = words().arguments())]
    #[cfg_attr(feature = "completions", arg(add = clap_complete::ArgValueCompleter::new(crate::cli::complete::nodes_and_zones)))]
    pub to: String,
    /// The services of the last session.
    #[arg(long = "service", value_name = "SERVICE", help = say(SERVICE))]
    pub services: Vec<String>,
    /// No relays.
    #[arg(long, help = say(DIRECT))]
    pub direct: bool,
    /// How many ways.
    #[arg(long, value_name = "N", default_value_t = 1, help = say(WAYS), hide_default_value = true)]
    pub ways: usize,
    /// How the answer is written.
    #[arg(long, value_enum, default_value_t = Format::Text, value_name = "FORMAT", help = say(FORMAT),
        hide_default_value = true, hide_possible_values = true)]
    pub format: Format,
    /// Limits.
    #[command(flatten)]
    pub limits: LimitArguments,
}

/// Answers.
///
/// # Errors
/// When the call cannot be used or the answer cannot be written. Files that cannot be used are told of on stderr.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Status> {
    let limits = limits::Set::from(&arguments.limits);
    limits.watch(context);
    let Some((source, read)) = packet::open(&arguments.path, None, context)? else { return Ok(Status::Unusable) };
    let question = Question {
        from: &arguments.from,
        to: &arguments.to,
        services: &arguments.services,
        direct: arguments.direct,
        ways: arguments.ways,
        limit: limits.time,
        memory: limits.memory(),
    };
    let mut why = match run_why(&source, &question) {
        Ok(why) => why,
        Err(Unanswered::Document(found)) => {
            tell(found, &source, context);
            return Ok(Status::Unusable);
        }
        Err(Unanswered::Question(unasked)) => bail!("{}", told(&unasked, arguments, context)),
    };
    if read.is_some() {
        why.file = arguments.path.to_string_lossy().into_owned();
    }
    let words = (in_words::text as _, in_words::json as _, in_words::markdown as _);
    write(&why, arguments.format, words, context)?;
    Ok(match why.answer {
        Answer::Gets(_) => Status::Proved,
        Answer::Stopped(_) | Answer::Unaddressed => Status::Violated,
        Answer::Open => Status::Undecided,
    })
}

fn told(unasked: &Unasked, arguments: &Arguments, context: &Context) -> String {
    let path = arguments.path.to_string_lossy();
    match unasked {
        Unasked::Nobody(text, nearest) => {
            let mut said = NOBODY.with(context.lang, &[&visible(text), &visible(&path)]);
            if let Some(nearest) = nearest {
                said.push_str(&NEAREST.with(context.lang, &[&visible(nearest)]));
            }
            said
        }
        Unasked::NoEndpoint(id) => NO_ENDPOINT.with(context.lang, &[&visible(id)]),
        Unasked::Same => SAME.get(context.lang).to_owned(),
        Unasked::NoService(text) => NO_SERVICE.with(context.lang, &[&visible(text)]),
    }
}
