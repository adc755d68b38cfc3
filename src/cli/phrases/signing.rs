//! What the command line says of keys, passphrases and signed statements, in both languages.

use sanso::attest::Loosened;
use sanso::language::Lang;

const fn pick(lang: Lang, en: &'static str, ja: &'static str) -> &'static str {
    match lang {
        Lang::En => en,
        Lang::Ja => ja,
    }
}

pub const fn signer_name_help(lang: Lang) -> &'static str {
    pick(
        lang,
        "Whose the key is; stands in both files and in what is signed",
        "鍵の所有者の名前。両方の鍵ファイルと、署名する内容に入る",
    )
}

pub const fn passphrase_help(lang: Lang) -> &'static str {
    pick(
        lang,
        "Protect the private key with a passphrase, and ask for it",
        "秘密鍵をパスフレーズで保護する（入力を求める）",
    )
}

pub const fn passphrase_file_help(lang: Lang) -> &'static str {
    pick(
        lang,
        "File whose first line is the passphrase [else SANSO_KEY_PASSPHRASE]",
        "1 行目がパスフレーズのファイル（なければ環境変数 SANSO_KEY_PASSPHRASE）",
    )
}

pub const fn passphrase(lang: Lang) -> &'static str {
    pick(lang, "Passphrase: ", "パスフレーズ: ")
}

pub const fn passphrase_again(lang: Lang) -> &'static str {
    pick(lang, "The same again: ", "もう一度: ")
}

pub const fn passphrases_differ(lang: Lang) -> &'static str {
    pick(lang, "the two passphrases differ; no key was made", "2 回の入力が一致しません。鍵は作成していません")
}

pub const fn no_terminal(lang: Lang) -> &'static str {
    pick(
        lang,
        "there is no terminal to ask for the passphrase at: give it by --passphrase-file FILE or SANSO_KEY_PASSPHRASE",
        "パスフレーズを入力する端末がありません。--passphrase-file FILE か SANSO_KEY_PASSPHRASE で与えてください",
    )
}

pub fn key_of(lang: Lang, name: &str) -> String {
    match lang {
        Lang::En => format!("key of       {name}\n"),
        Lang::Ja => format!("所有者  {name}\n"),
    }
}

pub const fn time(lang: Lang) -> &'static str {
    pick(lang, "signed at", "署名日時")
}

pub const fn standing(lang: Lang) -> &'static str {
    pick(lang, "verdict", "総合判定")
}

pub const fn exceptions(lang: Lang) -> &'static str {
    pick(lang, "exceptions used", "適用した特定通信")
}

pub const fn rests_on(lang: Lang) -> &'static str {
    pick(lang, "rests on", "分離の根拠")
}

pub fn other_signer(lang: Lang, statement: &str, key: &str) -> String {
    match lang {
        Lang::En => format!("the statement names {statement} as its signer, the key {key}"),
        Lang::Ja => format!("署名された内容では署名者が「{statement}」、鍵では「{key}」となっており、一致しません"),
    }
}

pub const fn violated_warnings(lang: Lang) -> &'static str {
    pick(lang, "violated (warnings)", "不適合（警告）")
}

pub const fn loosened(lang: Lang) -> &'static str {
    pick(lang, "loosened", "緩和")
}

pub fn loosening(lang: Lang, one: &Loosened) -> String {
    let Loosened { requirement, becomes, reason, approved_by, until } = one;
    match (lang, becomes.as_str()) {
        (Lang::En, "off") => format!("{requirement}: not asked until {until}; {reason}; approved by {approved_by}"),
        (Lang::En, _) => format!("{requirement}: a warning until {until}; {reason}; approved by {approved_by}"),
        (Lang::Ja, "off") => format!("{requirement}: {until} まで適用しない。理由: {reason}、承認者: {approved_by}"),
        (Lang::Ja, _) => format!("{requirement}: {until} まで警告とする。理由: {reason}、承認者: {approved_by}"),
    }
}
