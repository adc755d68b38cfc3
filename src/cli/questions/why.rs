//! `sanso why`: the way that data takes, or what keeps it from getting there.

use anyhow::{Result, bail};
use sanso::question::why::{Question, Unanswered, Unasked, run_why};
use sanso::render::why as in_words;
use sanso::report::why::Answer;
use sanso::screen::visible;

use super::{tell, write};
use crate::cli::arguments::questions::why::WhyArguments;
use crate::cli::status::Status;
use crate::cli::texts::Both;
use crate::cli::{Context, limits, packet};

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

/// Answers.
///
/// # Errors
/// When the call cannot be used or the answer cannot be written. Files that cannot be used are told of on stderr.
pub fn run(arguments: &WhyArguments, context: &Context) -> Result<Status> {
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

fn told(unasked: &Unasked, arguments: &WhyArguments, context: &Context) -> String {
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
