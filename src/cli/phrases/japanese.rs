//! The command line in Japanese.

use std::io;

#[cfg(feature = "sign")]
use sanso::attest::{Outcome, Role};
use sanso::progress::Phase;

use super::Phrases;

pub struct Japanese;

fn likely(suggestion: &str) -> String {
    if suggestion.is_empty() { String::new() } else { format!("。`{suggestion}` の誤りではありませんか") }
}

impl Phrases for Japanese {
    fn about(&self) -> &'static str {
        "sanso（三層）: 自治体ネットワークの三層分離が守られていることを証明し、守られていなければ通り抜けるパケットを示します"
    }
    fn template(&self) -> &'static str {
        "{about}\n\n使い方: {usage}\n\n{all-args}"
    }
    fn template_of_commands(&self) -> String {
        format!("{}{EXIT_JA}", self.template())
    }
    fn usage(&self) -> &'static str {
        "sanso コマンド …"
    }
    fn commands(&self) -> &'static str {
        "コマンド"
    }
    fn options(&self) -> &'static str {
        "オプション"
    }
    fn arguments(&self) -> &'static str {
        "引数"
    }
    fn verify_about(&self) -> &'static str {
        "ネットワーク構成ファイルをポリシーに照らして検証する"
    }
    fn verify_usage(&self) -> &'static str {
        "sanso verify [オプション] FILE…"
    }
    fn diff_about(&self) -> &'static str {
        "二つの構成ファイルを比べ、新しい方で広がった点と狭まった点を示す"
    }
    fn diff_usage(&self) -> &'static str {
        "sanso diff [オプション] 旧ファイル 新ファイル"
    }
    fn old_file_help(&self) -> &'static str {
        "古い構成ファイル（- は標準入力）"
    }
    fn new_file_help(&self) -> &'static str {
        "新しい構成ファイル（- は標準入力）"
    }
    fn diff_format_help(&self) -> &'static str {
        "差分の形式: text（既定）、json、markdown、sarif、junit、html、github。複数指定可。FORMAT=OUT でファイルに書き出す"
    }
    fn verify_fail_on_help(&self) -> &'static str {
        "終了ステータス 1 とする条件: violation（不適合、既定）、warning（警告と、重大度が警告の要件も）"
    }
    fn fail_on_help(&self) -> &'static str {
        "終了ステータス 1 とする条件: widening（拡大、既定）、change（あらゆる変化）、never（なし）"
    }
    fn old_date_help(&self) -> &'static str {
        "古いファイルを判定する基準日（既定: --date と同じ）"
    }
    fn redact_help(&self) -> &'static str {
        "共有のため、ID とアドレスを一定の仮名に置き換える"
    }
    fn no_certificate_redacted(&self) -> &'static str {
        "--certificate と --redact は同時に指定できません。証明書には ID とアドレスが含まれます。どちらかを外してください"
    }
    fn not_a_format_of_diff(&self, format: &str, known: &str) -> String {
        format!(
            "`{format}` は一つの文書を示す形式（verify 用）で、二つの文書の差分には使えません。diff の形式: {known}"
        )
    }
    fn explain_about(&self) -> &'static str {
        "要件を説明する（根拠となる条項、意味、直し方）。メッセージのコードも説明する"
    }
    fn explain_usage(&self) -> &'static str {
        "sanso explain [オプション] [REQUIREMENT|CODE]"
    }
    fn prove_about(&self) -> &'static str {
        "構成を検証し、独立した検査プログラムが合否を判定できる証明書を書き出す"
    }
    fn prove_usage(&self) -> &'static str {
        "sanso prove [オプション] ファイル -o 証明書.json"
    }
    fn check_about(&self) -> &'static str {
        "証明書または署名を、その対象の構成ファイルに照らして検査する"
    }
    fn check_usage(&self) -> &'static str {
        "sanso check ファイル.json 証明書.json [--source ファイル.yaml]\n        sanso check ファイル [証明書.json] --attestation 署名.json --trust 鍵.pub [--report 報告]…"
    }
    fn checked_file_help(&self) -> &'static str {
        "構成ファイル。CERT を指定するときは JSON（YAML は `sanso convert` で変換したもの）"
    }
    fn certificate_help(&self) -> &'static str {
        "`sanso prove` が書き出した証明書"
    }
    fn source_help(&self) -> &'static str {
        "変換元の YAML ファイル。そのダイジェストも照合する"
    }
    fn certificate_output_help(&self) -> &'static str {
        "検証結果の証明書をこのファイルにも書き出す"
    }
    fn one_file_per_certificate(&self) -> &'static str {
        "--certificate を使うときは、ファイルを 1 つだけ指定してください"
    }
    fn convert_about(&self) -> &'static str {
        "構成ファイルを、証明書が対象とする JSON、YAML、または draw.io の図に変換する"
    }
    fn convert_usage(&self) -> &'static str {
        "sanso convert ファイル -o ファイル.json|ファイル.yaml|ファイル.drawio"
    }
    fn output_help(&self) -> &'static str {
        "書き出し先のファイル。途中まで書かれた状態では残らない（既定: 標準出力）"
    }
    fn complete_help(&self) -> &'static str {
        "不適合の要件についても、ほかに違反がないことを証明する"
    }
    fn not_proved_in_time(&self, requirement: &str) -> String {
        format!("{requirement} は未判定です。上限に達したため、証明書は作成していません")
    }
    fn too_many_tuples(&self, requirement: &str, count: u64) -> String {
        format!(
            "{requirement} の違反は {count} 件で、--max-tuples の上限を超えています。上限を上げるか、--complete を外してください"
        )
    }
    fn generate_about(&self) -> &'static str {
        "自治体のネットワーク構成を生成する（誤りを入れることもできる）"
    }
    fn generate_usage(&self) -> &'static str {
        "sanso generate [オプション]"
    }
    fn sites_help(&self) -> &'static str {
        "本庁を含む拠点の数（省略時 3）"
    }
    fn terminals_help(&self) -> &'static str {
        "拠点・領域ごとの端末の数（省略時 10）"
    }
    fn rules_help(&self) -> &'static str {
        "判定に影響しないルールで、ファイアウォールに加える行数（省略時 0）"
    }
    fn site_firewalls_help(&self) -> &'static str {
        "拠点ごとにフィルター付きのルーターを置く"
    }
    fn ipv6_help(&self) -> &'static str {
        "IPv6 アドレスも付ける"
    }
    fn seed_help(&self) -> &'static str {
        "名前と誤りの場所を決める数（省略時 1）"
    }
    fn name_help(&self) -> &'static str {
        "文書の名前"
    }
    fn fault_help(&self) -> &'static str {
        "入れる誤り。複数指定できる（誤った名前を指定すると一覧を表示）"
    }
    fn city_does_not_fit(&self) -> &'static str {
        "拠点と端末は 1 以上で、10.0.0.0/8 に収まる数にしてください"
    }
    fn bad_fault(&self, known: &str) -> String {
        format!("そのような誤りはありません。使えるもの: {known}")
    }
    fn schema_about(&self) -> &'static str {
        "構成ファイルの JSON Schema を出力する（エディターでの補完・検査用）"
    }
    fn schema_usage(&self) -> &'static str {
        "sanso schema"
    }
    fn file_help(&self) -> &'static str {
        "構成ファイル（YAML または JSON）。`-` は標準入力"
    }
    fn format_help(&self, known: &str) -> String {
        format!("結果の形式（既定は text）: {known}。繰り返し指定でき、FORMAT=OUT とするとファイルに書く")
    }
    fn policy_help(&self) -> &'static str {
        "照合するポリシー［既定: three-tier/alpha］"
    }
    fn date_help(&self) -> &'static str {
        "特定通信の期限を判定する基準日［既定: SOURCE_DATE_EPOCH、なければ日本の今日の日付］"
    }
    fn max_tuples_help(&self) -> &'static str {
        "要件ごとに列挙する違反の上限。件数は常に全件［既定: 1000］"
    }
    fn limit_time_help(&self) -> &'static str {
        "この時間（秒）で打ち切る。判定できなかった要件は未判定とし、適合とはしない"
    }
    fn limit_memory_help(&self) -> &'static str {
        "メモリーがこの量（例: 512M、4G）に達したら同様に打ち切る"
    }
    fn requirement_help(&self) -> &'static str {
        "要件（例: MN-ISOLATION）かコード（例: host-bits）。省略するとすべてを一覧表示"
    }
    fn lang_help(&self) -> &'static str {
        "出力の言語: ja または en［既定: ロケールに従う］"
    }
    fn help_help(&self) -> &'static str {
        "ヘルプを表示する"
    }
    fn version_help(&self) -> &'static str {
        "バージョンを表示する"
    }
    fn error(&self) -> &'static str {
        "エラー"
    }
    fn see_help(&self) -> &'static str {
        "使い方は sanso --help、sanso verify --help を参照してください"
    }
    fn bad_date(&self) -> &'static str {
        "日付は実在する日を YYYY-MM-DD の形で指定してください"
    }
    fn bad_epoch(&self, variable: &str, value: &str) -> String {
        format!(
            "環境変数 {variable} の値「{value}」が正しくありません。1970 年からの秒数を数字だけで指定するか、--date で日付を指定してください"
        )
    }
    fn bad_number(&self) -> &'static str {
        "0 以上の整数を指定してください"
    }
    fn bad_seconds(&self) -> &'static str {
        "秒数を 60 や 0.5 のように指定してください"
    }
    fn bad_size(&self) -> &'static str {
        "512M や 4G のように指定してください（1024 の累乗）"
    }
    fn memory_unseen(&self) -> &'static str {
        "このシステムではプロセスのメモリー使用量を調べられません"
    }
    fn out_of_time(&self) -> &'static str {
        "未判定: 書き出す結果ができる前に --limit-time に達しました。適合ではありません"
    }
    fn out_of_memory(&self) -> &'static str {
        "未判定: 書き出す結果ができる前に --limit-memory に達しました。適合ではありません"
    }
    fn value_missing(&self, argument: &str) -> String {
        format!("`{argument}` には値が必要です")
    }
    fn value_not_allowed(&self, argument: &str, value: &str, allowed: &str) -> String {
        format!("`{argument}` に `{value}` は指定できません。指定できる値: {allowed}")
    }
    fn value_invalid(&self, argument: &str, value: &str, why: &str) -> String {
        format!("`{argument}` の値 `{value}` が正しくありません。{why}")
    }
    fn argument_unknown(&self, argument: &str, suggestion: &str) -> String {
        format!("`{argument}` という引数はありません{}", likely(suggestion))
    }
    fn argument_missing(&self, argument: &str) -> String {
        format!("引数が足りません: {argument}")
    }
    fn argument_conflict(&self, argument: &str) -> String {
        format!("`{argument}` が重複しているか、ほかの引数と両立しません")
    }
    fn command_unknown(&self, command: &str, suggestion: &str) -> String {
        format!("`{command}` というコマンドはありません{}", likely(suggestion))
    }
    fn command_missing(&self) -> &'static str {
        "コマンドを指定してください。使えるコマンドは次のとおりです:"
    }
    fn call_unusable(&self) -> &'static str {
        "指定を解釈できません"
    }
    fn stdin_twice(&self) -> &'static str {
        "`-`（標準入力）が二度指定されています"
    }
    fn bad_format(&self, known: &str) -> String {
        format!("指定できる形式は {known} です。「形式」または「形式=出力ファイル」と書いてください")
    }
    fn format_file_missing(&self, format: &str) -> String {
        format!("出力ファイルを「{format}=ファイル」の形で指定してください")
    }
    fn one_format_on_stdout(&self) -> &'static str {
        "標準出力に書ける形式は 1 つだけです。ほかの形式には --format json=report.json のようにファイルを指定してください"
    }
    fn one_file_twice(&self, file: &str) -> String {
        format!("2 つの出力が同じファイル「{file}」を指しています。別々のファイルを指定してください")
    }
    fn one_document_per_format(&self, format: &str) -> String {
        format!("形式「{format}」は 1 つの文書だけを表示します。ファイルを 1 つずつ検証してください")
    }
    fn pdf_to_terminal(&self) -> &'static str {
        "PDF は端末に表示できません。--format pdf=report.pdf のようにファイルを指定してください"
    }
    fn pdf_failed(&self, why: &str) -> String {
        format!("PDF を組めませんでした: {why}")
    }
    fn no_requirement(&self, id: &str, known: &str) -> String {
        format!("`{id}` という要件はありません。要件の一覧: {known}")
    }
    fn internal_error(&self) -> &'static str {
        "内部エラーが発生しました。検証結果は得られていません。開発元に連絡してください"
    }
    fn cannot_read_file(&self, file: &str, error: &io::Error) -> String {
        match error.kind() {
            io::ErrorKind::NotFound => format!("{file} が見つかりません"),
            io::ErrorKind::PermissionDenied => format!("{file} を読む権限がありません"),
            io::ErrorKind::IsADirectory => format!("{file} はディレクトリーです。中のファイルを指定してください"),
            _ => format!("{file} を読み込めません: {error}"),
        }
    }
    fn cannot_write_file(&self, file: &str, error: &io::Error) -> String {
        match error.kind() {
            io::ErrorKind::NotFound => format!("{file} を書き出せません。ディレクトリーが見つかりません"),
            io::ErrorKind::PermissionDenied => format!("{file} を書き出す権限がありません"),
            io::ErrorKind::IsADirectory => format!("{file} はディレクトリーです"),
            io::ErrorKind::StorageFull => format!("{file} を書き出せません。空き容量が足りません"),
            _ => format!("{file} を書き出せません: {error}"),
        }
    }
    fn cannot_read(&self, file: &str, error: &io::Error) -> String {
        format!("エラー: {}", self.cannot_read_file(file, error))
    }
    fn cannot_write(&self, error: &str) -> String {
        format!("結果を書き出せません: {error}")
    }
    fn attest_about(&self) -> &'static str {
        "構成を検証し、判定・証明書・報告に署名する"
    }
    fn attest_usage(&self) -> &'static str {
        "sanso attest [オプション] ファイル --key 鍵 [--certificate 証明書] [--report 報告]… -o 署名.json"
    }
    fn keygen_about(&self) -> &'static str {
        "署名用の鍵（Ed25519）を作成する"
    }
    fn keygen_usage(&self) -> &'static str {
        "sanso keygen -o 鍵 [--name 名前] [--passphrase]"
    }
    fn key_help(&self) -> &'static str {
        "署名に使う秘密鍵（PEM）。所有者以外が読めるファイルは使えない"
    }
    fn key_output_help(&self) -> &'static str {
        "秘密鍵の書き出し先。公開鍵は末尾に .pub を付けたファイルになる。既存のファイルには書かない"
    }
    fn attested_certificate_help(&self) -> &'static str {
        "署名の対象に含める証明書。検査のうえ、ファイル・基準日・判定が一致する場合にだけ含める"
    }
    fn attested_report_help(&self) -> &'static str {
        "署名の対象に含める報告。ダイジェストだけを記録する。複数指定できる"
    }
    fn attest_date_help(&self) -> &'static str {
        "特定通信の期限を判定する基準日［既定: SOURCE_DATE_EPOCH、なければ日本の今日の日付］"
    }
    fn attestation_help(&self) -> &'static str {
        "署名（attestation）。FILE と、ほかに指定したファイルがその対象であることを確かめる。CERT は省略できる"
    }
    fn trust_help(&self) -> &'static str {
        "署名者として信頼する公開鍵。複数指定でき、いずれか一つの署名があればよい"
    }
    fn checked_report_help(&self) -> &'static str {
        "署名の対象に含まれているべき報告。複数指定できる"
    }
    fn key_exists(&self, path: &str) -> String {
        format!("{path} は既に存在します。鍵は上書きしません。別の名前を指定してください")
    }
    fn key_exposed(&self, path: &str, mode: u32) -> String {
        format!(
            "{path}: 所有者以外もこの秘密鍵を読めるため（モード {mode:04o}）、使用しません。chmod 600 を実行してください。既に読まれたおそれがあれば、\
             新しい鍵を作成してください"
        )
    }
    fn key_made(&self, private: &str, public: &str, id: &str) -> String {
        format!(
            "秘密鍵  {private}（他人に渡さないでください）\n公開鍵  {public}（検査する人に渡します）\n鍵の ID {id}\n"
        )
    }
    fn not_attested_in_time(&self, requirement: &str) -> String {
        format!("{requirement} は未判定です。上限に達したため、署名していません")
    }
    fn same_name(&self, name: &str) -> String {
        format!("「{name}」という名前のファイルが二つあります。区別できるよう、それぞれ別の名前にしてください")
    }
    fn certificate_rejected(&self, place: &str, step: &str, why: &str) -> String {
        let step = if step.is_empty() { String::new() } else { format!("{step}: ") };
        format!("{place}: 検査プログラムがこの証明書を受理しないため、署名していません: {step}{why}")
    }
    fn certificate_of_another_file(&self, path: &str) -> String {
        format!(
            "{path}: 別のファイルの証明書なので、署名していません。このファイルの証明書を `sanso prove` で作成してください"
        )
    }
    fn certificate_of_another_day(&self, path: &str, theirs: &str, ours: &str) -> String {
        format!(
            "{path}: 証明書の基準日は {theirs}、今回の判定の基準日は {ours} なので、署名していません。--date {theirs} を指定するか、\
             証明書を作り直してください"
        )
    }
    fn certificate_disagrees(&self, path: &str) -> String {
        format!(
            "{path}: 検査プログラムはこの証明書を受理しましたが、判定が今回の検証と一致しないため、署名していません。どちらかに誤りがあります。\
             開発元に連絡してください"
        )
    }
    fn attestation_accepted(&self, path: &str) -> String {
        format!("署名を受理: {path}\n")
    }
    fn attestation_rejected(&self, why: &str) -> String {
        format!("署名を不受理: {why}\n")
    }
    fn not_covered(&self, path: &str, sha256: &str, role: &str, other: Option<&str>) -> String {
        let other = other.map(|other| format!("（{other}としては含まれています）")).unwrap_or_default();
        format!(
            "{path}（sha256 {sha256}）は、{role}として署名の対象に含まれていません{other}。別のファイルか、署名後に変更されたものです"
        )
    }
    fn proof_disagrees(&self, path: &str) -> String {
        format!("{path}: 基準日または判定が、証明書と一致しません")
    }
    #[cfg(feature = "sign")]
    fn role(&self, role: Role) -> &'static str {
        match role {
            Role::Document => "文書",
            Role::Converted => "文書の JSON",
            Role::Input => "サイトのファイル",
            Role::Certificate => "証明書",
            Role::Report => "報告",
        }
    }
    #[cfg(feature = "sign")]
    fn outcome(&self, outcome: Outcome) -> &'static str {
        match outcome {
            Outcome::Passed => "すべての要件が適合",
            Outcome::Warned => "重大度 error の要件に不適合はないが、対象外の要件か警告がある",
            Outcome::Failed => "不適合の要件がある",
        }
    }
    fn is_file(&self, path: &str) -> String {
        format!("{path} と一致")
    }
    fn signed_by(&self) -> &'static str {
        "署名者"
    }
    fn result(&self) -> &'static str {
        "結果"
    }
    fn proved(&self) -> &'static str {
        "適合"
    }
    fn vacuous(&self) -> &'static str {
        "対象外"
    }
    fn violated(&self) -> &'static str {
        "不適合"
    }
    fn policy(&self) -> &'static str {
        "ポリシー"
    }
    fn date(&self) -> &'static str {
        "基準日"
    }
    fn tool(&self) -> &'static str {
        "ツール"
    }
    fn not_given(&self) -> &'static str {
        "未確認（該当するファイルが指定されていません）"
    }
    fn signed_only(&self) -> &'static str {
        "署名は、誰がこの判定に責任を持つかを示すもので、判定の正しさを示すものではありません。正しさは証明書で確かめられます: sanso check FILE CERT"
    }
    fn signed_and_proved(&self) -> &'static str {
        "判定が文書について正しいことは証明書が、誰がこれに責任を持つかは署名が示しています。"
    }
    fn progress(&self, phase: Phase, percent: Option<u64>, seconds: u64) -> String {
        let phase = match phase {
            Phase::Read => "読み込み中",
            Phase::Model => "領域の判別中",
            Phase::Decide => "判定中",
            Phase::Witness => "経路の収集中",
        };
        match percent {
            Some(percent) => format!("{phase} {percent}%（{seconds} 秒）"),
            None => format!("{phase}（{seconds} 秒）"),
        }
    }
    fn clause_of(&self, clause: &str, policy: &str) -> String {
        format!("基本方針 {clause}、ポリシー {policy}")
    }
    fn meaning(&self) -> &'static str {
        "意味"
    }
    fn why(&self) -> &'static str {
        "理由"
    }
    fn mend(&self) -> &'static str {
        "直し方"
    }
}

const EXIT_JA: &str = "

verify の終了ステータス:
  0  すべての要件が適合または対象外（少なくとも一つは適合）
  1  不適合の要件がある
  2  入力または指定に誤りがあり、検証は行われていない
  3  未判定: 指定された上限に達し、判定できていない
";
