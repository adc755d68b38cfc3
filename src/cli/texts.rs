//! Texts of the newer commands and options, each in both languages.

use sanso::language::{Lang, Phrase};

/// A text in English and Japanese.
#[derive(Clone, Copy)]
pub struct Both(pub &'static str, pub &'static str);

impl Both {
    /// The text in one language.
    pub const fn get(self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.0,
            Lang::Ja => self.1,
        }
    }

    /// The text with `{}` replaced by what is given, in order.
    pub fn with(self, lang: Lang, parts: &[&str]) -> String {
        let mut pieces = self.get(lang).split("{}");
        let mut out = pieces.next().unwrap_or_default().to_owned();
        for (at, piece) in pieces.enumerate() {
            out.push_str(parts.get(at).copied().unwrap_or_default());
            out.push_str(piece);
        }
        out
    }

    /// The same in both languages.
    pub fn phrase(self, parts: &[&str]) -> Phrase {
        Phrase::new(self.with(Lang::En, parts), self.with(Lang::Ja, parts))
    }
}

pub const FILES: Both = Both(
    "Topology files (YAML or JSON), directories and patterns such as 'net/*.yaml'; `-` is standard input",
    "構成ファイル（YAML または JSON）、ディレクトリー、'net/*.yaml' のようなパターン。「-」は標準入力",
);
pub const CITY_NAT: Both = Both(
    "The firewall at the Internet edge translates IPv4 addresses (NAPT, and an address outside for each public server)",
    "インターネット境界のファイアウォールで IPv4 アドレスを変換する（NAPT と、公開サーバーごとの外部アドレス）",
);
#[cfg(feature = "check")]
pub const CHECKED_POLICY: Both = Both(
    "The policy that the certificate is for: an id or a file [default: the one that it names, if it is built in]",
    "証明書の対象とするポリシー（ID またはファイル。省略時: 証明書の示す組込みポリシー）",
);
pub const COLOR: Both =
    Both("Colour the output: auto (default), always or never", "出力の色分け: auto（省略時）、always、never");
pub const QUIET: Both = Both(
    "Print no progress, no notes, and no text unless a format is asked for",
    "経過や補足を表示せず、形式の指定がなければ本文も表示しない",
);
pub const CONFIG: Both = Both(
    "Configuration file [default: sanso.toml beside the file or above it]",
    "設定ファイル（省略時: ファイルのある場所から上へ探した sanso.toml）",
);
pub const NO_CONFIG: Both = Both("Read no configuration file", "設定ファイルを読まない");
pub const ALLOW_OUTSIDE: Both = Both(
    "Let a site file name files outside its folder",
    "サイトファイルがそのフォルダーの外のファイルを参照するのを許す",
);
pub const BASELINE: Both = Both(
    "Baseline of accepted violations, as `sanso baseline` writes it",
    "受容した違反のベースライン（`sanso baseline` が書き出したもの）",
);
pub const EXPIRES_WITHIN: Both = Both(
    "Warn of exceptions and acceptances that expire within this time, such as 30d or 8w",
    "この期間内（30d、8w など）に期限が来る特定通信と受容を警告する",
);
pub const BAD_SPAN: Both =
    Both("a number of days or weeks is wanted, such as 30d or 8w", "30d や 8w のように日数か週数で指定してください");

pub const BASELINE_ABOUT: Both = Both(
    "Accept the violations there are, each with an owner and an expiry",
    "今ある違反を、責任者と期限を付けて受容する（ベースライン）",
);
pub const BASELINE_USAGE: Both = Both(
    "sanso baseline FILE… -o BASELINE --owner NAME --expires YYYY-MM-DD [--reason TEXT]",
    "sanso baseline ファイル… -o ベースライン --owner 責任者 --expires YYYY-MM-DD [--reason 理由]",
);
pub const BASELINE_OUTPUT: Both = Both(
    "Baseline to write, or to bring up to date [default: that of sanso.toml]",
    "書き出す、または更新するベースライン（省略時: sanso.toml の指定）",
);
pub const OWNER: Both = Both("Who answers for what is newly accepted", "新たに受容する違反の責任者");
pub const REASON: Both = Both("Why it is accepted", "受容する理由");
pub const EXPIRES: Both = Both("Last day on which it is accepted", "受容の期限（最終日）");

#[cfg(feature = "completions")]
pub const COMPLETIONS_ABOUT: Both =
    Both("Print the completions of a shell, or all manual pages", "シェルの補完定義、または全マニュアルを出力する");
#[cfg(feature = "completions")]
pub const COMPLETIONS_USAGE: Both = Both(
    "sanso completions bash|elvish|fish|powershell|zsh\n       sanso completions man [-o DIRECTORY]",
    "sanso completions bash|elvish|fish|powershell|zsh\n        sanso completions man [-o ディレクトリー]",
);
#[cfg(feature = "completions")]
pub const COMPLETIONS_SHELL: Both = Both(
    "bash, elvish, fish, powershell or zsh; or man for the manual pages",
    "bash、elvish、fish、powershell、zsh のいずれか。man ならマニュアル",
);
#[cfg(feature = "completions")]
pub const COMPLETIONS_OUTPUT: Both = Both(
    "With man: directory for a page of each command (default: all to stdout)",
    "man のとき: コマンドごとのページを書き出すディレクトリー（省略時: すべて標準出力へ）",
);

pub const CODES: Both = Both(
    "Codes of messages and differences (sanso explain CODE):",
    "メッセージと差分のコード（sanso explain コード）:",
);
pub const CODE_MEANT: Both = Both("; did you mean the code `{}`?", "。コード「{}」ではありませんか");
pub const NOT_YAML: Both = Both(
    "internal error: the YAML would be another document; nothing was written",
    "内部エラー: YAML にすると別の文書になるため、書き出していません",
);

pub const NO_MATCH: Both = Both(
    "no file matches the pattern `{}`: correct it, or name the files",
    "パターン「{}」に当てはまるファイルがありません。パターンを直すか、ファイルを指定してください",
);
pub const BAD_PATTERN: Both = Both("`{}` is no pattern of files: {}", "「{}」はファイルのパターンとして読めません: {}");
pub const NO_FILES: Both = Both(
    "the directory {} holds no topology file (*.yaml, *.yml or *.json with the key `sanso`)",
    "ディレクトリー {} に構成ファイル（キー「sanso」のある *.yaml、*.yml、*.json）がありません",
);
pub const LEFT_OUT: Both = Both(
    "{}: without the key `sanso`, so no topology files, and left out ({}): {}",
    "{}: キー「sanso」のない {} 件は構成ファイルではないため除きました: {}",
);
pub const COMMA: Both = Both(", ", "、");
pub const DRAWN: Both = Both(
    "{} holds nodes, interfaces, links, VLANs and zones; it does not hold {}",
    "{} にはノード、インターフェース、リンク、VLAN、領域を書き出しました。含まれないもの: {}",
);
pub const DRAWN_WHOLE: Both = Both("{} holds all that the document says", "{} に文書の内容をすべて書き出しました");
pub const TWO_CONFIGS: Both = Both(
    "the files belong to two configurations, {} and {}: verify them in two calls, or choose one by --config",
    "ファイルごとに設定が異なります（{} と {}）。別々に検証するか、--config で選んでください",
);
pub const CONFIG_READ: Both = Both("configuration: {}", "設定ファイル: {}");

pub const NO_BASELINE_REDACTED: Both = Both(
    "--baseline does not go with --redact: a baseline holds ids; leave out one of the two",
    "--baseline と --redact は一緒に使えません（ベースラインには ID が含まれます）。どちらかを外してください",
);
pub const NO_BASELINE_NAMED: Both = Both(
    "name the baseline: -o FILE, or `baseline` in sanso.toml",
    "ベースラインを -o か sanso.toml の「baseline」で指定してください",
);
pub const OWNER_WANTED: Both = Both(
    "{} violations are not accepted yet: give --owner and --expires to accept them",
    "まだ受容していない違反が {} 組あります。受容するなら --owner と --expires を指定してください",
);
pub const BLANK_OWNER: Both = Both("--owner must not be blank", "--owner に責任者を書いてください");
pub const EXPIRES_BEFORE: Both = Both(
    "--expires {} lies before {}, the day of this call: an acceptance must not begin expired",
    "--expires の {} は基準日 {} より前です。有効な期限を指定してください",
);
pub const BASELINE_UNDECIDED: Both = Both(
    "{}: {} is undecided: a limit was reached first; nothing was written",
    "{}: {} は上限に達したため未判定です。何も書き出していません",
);
pub const BASELINE_WRITTEN: Both = Both(
    "{}: {} violations kept, {} newly accepted, {} taken out",
    "{}: 違反 {} 組を引き継ぎ、{} 組を新たに受容し、{} 組を取り除きました",
);
pub const ALL_ACCEPTED: Both = Both(
    "Every violation is accepted in the baseline: exit status 0. It is not proved.",
    "すべての違反がベースラインで受容されているため、終了ステータスは 0 です。適合の証明ではありません。",
);

pub const NOT_TOML: Both = Both("not TOML: {}", "TOML として読めません（{}）");
pub const NOT_TOML_HELP: Both = Both(
    "write `key = \"value\"`; texts and dates stand in double quotes",
    "「キー = \"値\"」と書いてください。文字列も日付も二重引用符で囲みます",
);
pub const TOML_KEY: Both = Both("there is no key `{}` here", "「{}」というキーはここにはありません");
pub const TOML_KEYS: Both = Both("the keys are {}", "使えるキーは {} です");
pub const TOML_MEANT: Both = Both("did you mean `{}`?", "「{}」ではありませんか");
pub const TOML_TEXT: Both = Both("a text in double quotes is wanted", "二重引用符で囲んだ文字列が必要です");
pub const TOML_LIST: Both = Both("a list is wanted: […]", "リスト（[…]）が必要です");
pub const TOML_TABLE: Both = Both("a table is wanted", "テーブルが必要です");
pub const TOML_MISSING: Both = Both("`{}` is missing", "「{}」がありません");
pub const TOML_ADD: Both = Both("add `{}`", "「{}」を書いてください");
pub const TOML_WRITE: Both = Both("write it as the documentation shows", "説明書のとおりに書いてください");
pub const CONFIG_FAIL_ON: Both =
    Both("`{}` is neither violation nor warning", "「{}」は violation でも warning でもありません");
pub const CONFIG_LANG: Both = Both("`{}` is neither ja nor en", "「{}」は ja でも en でもありません");
pub const CONFIG_OUTSIDE: Both =
    Both("`{}` lies outside the directory of the configuration", "「{}」は設定ファイルのディレクトリーの外にあります");
pub const CONFIG_OUTSIDE_HELP: Both = Both(
    "a configuration may write below its own directory only: write a relative path without `..`",
    "設定ファイルから書き出せるのはその下だけです。「..」のない相対パスで書いてください",
);
pub const BASELINE_VERSION: Both =
    Both("this baseline is of version {}, which is not known", "ベースラインの版 {} には対応していません");
pub const BASELINE_VERSION_HELP: Both = Both("write `version = 1`", "「version = 1」と書いてください");
pub const BASELINE_BLANK: Both = Both("nobody answers for this acceptance", "この受容の責任者がありません");
pub const BASELINE_BLANK_HELP: Both = Both("write who does: owner = \"…\"", "責任者を owner = \"…\" と書いてください");
pub const BASELINE_DATE: Both = Both("`{}` is no date", "「{}」は日付ではありません");
pub const DOSSIER: Both = Both(
    "Particulars of the audit for html and pdf: number, department, auditor … (YAML or JSON)",
    "監査調書（html、pdf）に記載する調書番号、被監査部門、監査担当者などのファイル（YAML、JSON）",
);
