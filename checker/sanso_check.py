#!/usr/bin/env python3
"""sanso_check: accepts or rejects a proof certificate of sanso (三層).

    python3 sanso_check.py FILE CERT.json [--policy POLICY.json] [--source YAML] [--format text|json] [--lang ja|en]

FILE is the topology document (JSON), CERT.json the certificate, POLICY.json the canonical JSON of the policy that it is for
(`sanso policy show POLICY --format json`); without it, the certificate may name one of `policies/canonical/`. Exit status:
0 accepted, 1 rejected (naming the requirement, the step and the place), 2 unusable input, or an answer that could not be
written. With --source, the YAML file that FILE was converted from is held to `topology.sha256` as well.

Written from three texts alone, in their order: the topology specification (`docs/semantics.md`, cited as S1 … S7), policies
(`docs/policy.md`, cited as P) and the certificate (`docs/certificate.md`, cited as C1 … C9). Python's standard library only;
no code is shared with the prover.
"""

import argparse
import calendar
import codecs
import datetime
import functools
import hashlib
import ipaddress
import json
import os
import re
import sys
import unicodedata
from bisect import bisect_right
from typing import Any, Callable, Dict, FrozenSet, Iterable, List, NamedTuple, NoReturn, Optional, Set, Tuple

NAME, VERSION = "sanso_check.py", "0.4.0"  # this checker has a version of its own
MAX_DEPTH = 64
TIERS = ("my-number", "lgwan", "internet")
WAIVED_BY_DEFAULT = "MN-ISOLATION"  # S1: what an exception waives that does not say it
MODELS = ("alpha", "alpha-prime", "beta", "beta-prime")
EDITIONS = ("2022-03", "2023-03", "2024-10", "2025-03")

# ---------------------------------------------------------------------------------------------------------------------
# Messages. Every failure is one of these, with a place.
# ---------------------------------------------------------------------------------------------------------------------

MESSAGES: Dict[str, Tuple[str, str]] = {
    "accepted": ("accepted: what is proved holds, what is vacuous speaks of nobody, and every tuple that is listed violates",
                 "受理: 「適合」の要件は成り立ち、「対象外」の要件に該当するものはなく、挙げられた組はすべて違反しています"),
    "rejected": ("rejected", "不受理"),
    "unusable": ("unusable input", "入力を利用できません"),
    "document": ("document: sha256 {0}", "文書: sha256 {0}"),
    "source": ("source: sha256 {0}", "変換元: sha256 {0}"),
    "certificate": ("certificate: sha256 {0}", "証明書: sha256 {0}"),
    "checker": ("checker: {0} {1}", "検査プログラム: {0} {1}"),
    "unsaid": ("the answer could not be written, so that nothing is known: {0}",
               "回答を書き出せませんでした。受理とも不受理とも言えません: {0}"),
    "of-policy": ("policy: {0} sha256 {1}", "ポリシー: {0} sha256 {1}"),
    "off": ("loosened: {0}: switched off until {1}, approved by {2}: {3}",
            "緩和: {0}: 適用しない（{1} まで、承認者 {2}）: {3}"),
    "warning": ("loosened: {0}: a warning only until {1}, approved by {2}: {3}",
                "緩和: {0}: 警告にとどめる（{1} まで、承認者 {2}）: {3}"),
    "grave": ("{0} (a warning)", "{0}（警告）"),
    "date": ("date: {0}", "基準日: {0}"),
    "proved": ("proved", "適合"),
    "violated": ("violated by exactly {0}", "不適合 {0} 組（これがすべて）"),
    "incomplete": ("violated by at least {0}", "不適合 {0} 組以上"),
    "vacuous": ("vacuous", "対象外"),
    "read": ("cannot be read: {0}", "読み込めません: {0}"),
    "yaml": ("not JSON but YAML: convert it first, with `sanso convert FILE -o FILE.json`",
             "JSON ではなく YAML です。先に「sanso convert FILE -o FILE.json」で変換してください"),
    "json": ("not strict JSON: {0}", "厳密な JSON ではありません: {0}"),
    "depth": ("nested too deeply", "入れ子が深すぎます"),
    "type": ("wrong type: expected {0}", "型が違います: {0} が必要です"),
    "value": ("value not allowed: {0}", "許されない値です: {0}"),
    "unknown-key": ("unknown key {0}", "未知のキー {0}"),
    "missing-key": ("missing key {0}", "キー {0} がありません"),
    "circle": ("{0} leads back to itself", "{0} の参照が循環しています"),
    "duplicate": ("{0} appears twice", "{0} が重複しています"),
    "dangling": ("{0} does not exist", "{0} は存在しません"),
    "address": ("not an address, CIDR or range: {0}", "アドレス・CIDR・範囲ではありません: {0}"),
    "host-bits": ("{0} has host bits set", "{0} はホスト部が 0 ではありません"),
    "firewall": ("a firewall must have filter or filters", "firewall には filter か filters が必要です"),
    "sanitise-zone": ("a node with a sanitising relay must not have a zone", "無害化を行う中継を持つノードに zone は書けません"),
    "all-vacuous": ("no path requirement speaks of anybody: not a topology to verify",
                    "通信経路の要件がすべて対象外で、検証できる構成ではありません"),
    "digest": ("the digest of the document differs", "文書のダイジェストが一致しません"),
    "source-digest": ("the digest of the source differs", "変換元ファイルのダイジェストが一致しません"),
    "no-policy": ("no policy that comes with this checker: give its canonical JSON with --policy",
                  "この検査プログラムに付属しないポリシーです。正規形の JSON を --policy で指定してください"),
    "policy": ("a certificate for another policy than `{0}` sha256 {1}", "`{0}` sha256 {1} とは別のポリシーの証明書です"),
    "other-policy": ("the document asks for another policy", "文書は別のポリシーを指定しています"),
    "waived": ("no requirement that can be waived: {0}", "除外できる要件ではありません: {0}"),
    "kind": ("requirements of this kind cannot be checked yet: {0}", "この種類の要件はまだ検査できません: {0}"),
    "differs": ("differs from what the document says: {0}", "文書から計算したものと異なります: {0}"),
    "order": ("not strictly ascending", "昇順でないか、重複があります"),
    "verdict": ("this verdict does not go with the rest: {0}", "判定が内容と合いません: {0}"),
    "not-sides": ("{0} is not a pair of the two sides of this requirement", "{0} はこの要件の両側の組ではありません"),
    "uncovered-pair": ("no part proves the pair {0} / {1}", "組 {0} / {1} を証明する part がありません"),
    "not-side": ("{0} is not a node of this side", "{0} はこちら側のノードではありません"),
    "station": ("not a station of this requirement: {0}", "この要件の中継点ではありません: {0}"),
    "cell-name": ("a cell must be named exactly once, by an earlier cell: {0}",
                  "セルは前のセルからちょうど一度だけ参照されなければなりません: {0}"),
    "cut": ("the cut is not strictly inside the cell", "切断位置がセルの内側にありません"),
    "split": ("the split does not list openers of this cell: {0}", "このセルの開く側でないものが挙げられています: {0}"),
    "not-void": ("the box is not void", "箱は空ではありません"),
    "relied": ("no deny rule, deny default or routes of this document: {0}", "この文書の拒否ルール・既定の拒否・経路ではありません: {0}"),
    "state": ("not a state of this network: {0}", "このネットワークの状態ではありません: {0}"),
    "emit": ("a packet emitted at {0} on link {1} arrives at {2}, outside the set",
             "{0} がリンク {1} へ送ったパケットが、集合にない {2} に届きます"),
    "step": ("a packet at {0} goes on by link {1} to {2}, outside the set",
             "{0} のパケットがリンク {1} を通って、集合にない {2} に届きます"),
    "made": ("{0} does not make this packet of what came, or denies it",
             "{0} は、届いたパケットをこのパケットに変換しないか、拒否します"),
    "openers": ("openers that are in no flood: {0}", "どの flood にもない開く側があります: {0}"),
    "opener": ("no opener of this claim: {0}", "この主張の開く側ではありません: {0}"),
    "set": ("not a set of this line: {0}", "この軸の集合ではありません: {0}"),
    "arrive": ("what is sent by link {0} to {1} is in no relation of its places: {2}",
               "リンク {0} から {1} に届くものが、その場所のどの関係にもありません: {2}"),
    "too-many": ("too many pieces to compare", "比べる部分が多すぎます"),
    "forbidden": ("a forbidden session: {0} can open one to {1} ({2})",
                  "禁じられたセッション: {0} から {1} へ開けます ({2})"),
    "path": ("not a data path: {0}", "データの経路ではありません: {0}"),
    "hop": ("the packet cannot take hop {0}: {1}", "パケットは {0} 番目の区間を通れません: {1}"),
    "denied": ("denied at {0} by filter {1}, rule {2}", "{0} のフィルター {1}、ルール {2} で拒否されます"),
    "no-route": ("no route of {0} leads to link {1}", "{0} の経路はリンク {1} へ導きません"),
    "header": ("not a header of this session: {0}", "このセッションのヘッダーではありません: {0}"),
    "relay": ("{0} does not relay from session {1} to session {2}", "{0} はセッション {1} から {2} へ中継しません"),
    "all-covered": ("every session is covered: the path is excused", "すべてのセッションが特定通信に当たり、違反ではありません"),
    "not-covered": ("the session is not covered by exception {0}", "セッションは特定通信 {0} に当たりません"),
    "peer": ("{0} is no exposed peer of an exception", "{0} は外部にさらされた接続先ではありません"),
    "service": ("the last session is of another service", "最後のセッションのサービスが異なります"),
    "least": ("accepted: every way that is listed violates, and to break them all costs at least {0} (this repair: {1})",
              "受理: 挙げられた経路はいずれも違反であり、すべてを断つには {0} 以上のコストがかかります（この是正は {1}）"),
    "edit": ("no edit that is allowed: {0}", "許された編集ではありません: {0}"),
    "cost": ("not what the edits cost: {0}", "編集のコストの合計と異なります: {0}"),
    "beyond": ("more than the repair itself costs: {0}", "是正そのもののコストを超えています: {0}"),
    "cheaper": ("edits that cost less than {0} lie on all these ways", "コスト {0} 未満の編集で、これらの経路をすべて断てます"),
    "choices": ("too many choices to try", "試すべき組合せが多すぎます"),
    "no-paths": ("no requirement on paths of severity error: {0}", "重大度が error の、経路の要件ではありません: {0}"),
    "exposed": ("{0} is labelled internet and not in violating", "{0} は internet のノードですが violating にありません"),
    "internal": ("the checker failed here: {0}", "検査中に失敗しました: {0}"),
}

LANGUAGES = ("en", "ja")


class Failure(Exception):
    """A reason to reject a certificate, or (in a document) to call it unusable: a place, a message and its arguments."""

    def __init__(self, place: str, message: str, *arguments: Any) -> None:
        super().__init__(place, message, arguments)
        self.place, self.message, self.arguments = place, message, arguments

    def text(self, language: str) -> str:
        """The place and the message in one language; foreign text is cut short and made printable."""
        shown = [printable(a) for a in self.arguments]
        return "%s: %s" % (printable(self.place), MESSAGES[self.message][LANGUAGES.index(language)].format(*shown))


class Unusable(Failure):
    """The input cannot be used (exit status 2)."""


class Outcome(NamedTuple):
    """What was accepted of a requirement."""
    requirement: str
    severity: str
    verdict: str
    tuples: int
    complete: bool


class Least(NamedTuple):
    """What was accepted of a repair: the kinds of edits, what it costs, what any costs at least, how many ways show it."""
    allowed: Tuple[str, ...]
    cost: int
    bound: int
    ways: int


class Result(NamedTuple):
    """What `check` found. status: 0 accepted, 1 rejected, 2 unusable; digests: of the document and, if it was converted, of its
    source; policy: (id, digest) of that which was used; loosenings: those in effect."""
    status: int
    requirement: Optional[str] = None
    failure: Optional[Failure] = None
    summary: Tuple[Outcome, ...] = ()
    date: str = ""
    digests: Tuple[str, ...] = ()
    policy: Optional[Tuple[str, str]] = None
    loosenings: Tuple["Change", ...] = ()
    least: Optional[Least] = None


def printable(value: Any) -> str:
    """Text that is safe to print: no control characters, not longer than 200 characters."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = "".join(c if c.isprintable() else "\\x%02x" % ord(c) for c in text)
    return text if len(text) <= 200 else text[:200] + "…"


# ---------------------------------------------------------------------------------------------------------------------
# Strict JSON (C1)
# ---------------------------------------------------------------------------------------------------------------------

def parse_json(data: bytes) -> Any:
    """C1: UTF-8; no duplicate keys, fractions, exponents, NaN, trailing bytes, lone surrogates or deep nesting."""
    def refuse(text: str) -> NoReturn:
        raise Failure("JSON", "json", text)

    def integer(text: str) -> int:
        if text.startswith("-") or len(text) > 18:
            refuse(text)
        return int(text)

    def unique(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            keys = [k for k, _ in pairs]
            raise Failure("JSON", "duplicate", next(k for k in keys if keys.count(k) > 1))
        return found

    try:
        text = data.decode("utf-8")
        depth = 0  # measured before parsing, so that the parser's own recursion is bounded
        for bracket in re.findall(r"[][{}]", re.sub(r'"(?:[^"\\]|\\.)*"', "", text, flags=re.DOTALL)):
            depth += 1 if bracket in "[{" else -1
            if depth > MAX_DEPTH:
                raise Failure("JSON", "depth")
        value = json.loads(text, object_pairs_hook=unique, parse_int=integer, parse_float=refuse, parse_constant=refuse)
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode("utf-8")  # a lone surrogate has no UTF-8
        return value
    except (ValueError, RecursionError) as error:
        if re.search(rb"^[ {]*sanso:", data, flags=re.MULTILINE):
            raise Failure("JSON", "yaml") from None
        raise Failure("JSON", "json", str(error)) from None


def fields(value: Any, place: str, required: Iterable[str], optional: Iterable[str] = ()) -> Dict[str, Any]:
    """C1, S1: an object with all required keys and no unknown one."""
    if not isinstance(value, dict):
        raise Failure(place, "type", "object")
    required = tuple(required)
    for key in value:
        if key not in required and key not in optional:
            raise Failure(place, "unknown-key", key)
    for key in required:
        if key not in value:
            raise Failure(place, "missing-key", key)
    return value


def array(value: Any, place: str) -> List[Any]:
    """An array."""
    if not isinstance(value, list):
        raise Failure(place, "type", "array")
    return value


def string(value: Any, place: str) -> str:
    """A text."""
    if not isinstance(value, str):
        raise Failure(place, "type", "text")
    return value


def strings(value: Any, place: str) -> List[str]:
    """An array of texts."""
    return [string(v, "%s[%d]" % (place, i)) for i, v in enumerate(array(value, place))]


def boolean(value: Any, place: str) -> bool:
    """true or false."""
    if not isinstance(value, bool):
        raise Failure(place, "type", "true or false")
    return value


def integer_in(value: Any, place: str, low: int, high: int) -> int:
    """An integer from low to high; true and false are none."""
    if type(value) is not int:
        raise Failure(place, "type", "integer")
    if not low <= value <= high:
        raise Failure(place, "value", value)
    return value


def one_of(value: Any, place: str, allowed: Iterable[str]) -> str:
    """One of some words."""
    if not isinstance(value, str) or value not in allowed:
        raise Failure(place, "value", value)
    return value


# ---------------------------------------------------------------------------------------------------------------------
# Sets of integers: sorted, disjoint, not adjacent intervals, as a list of first and a list of last members
# ---------------------------------------------------------------------------------------------------------------------

class Intervals(NamedTuple):
    """A set of integers. `firsts[i]` to `lasts[i]` (both inside) is an interval; a gap lies between any two of them."""
    firsts: Tuple[int, ...]
    lasts: Tuple[int, ...]


EMPTY = Intervals((), ())


def intervals(pairs: Iterable[Tuple[int, int]]) -> Intervals:
    """The union of intervals in any order."""
    firsts: List[int] = []
    lasts: List[int] = []
    for first, last in sorted(pairs):
        if lasts and first <= lasts[-1] + 1:
            lasts[-1] = max(lasts[-1], last)
        else:
            firsts.append(first)
            lasts.append(last)
    return Intervals(tuple(firsts), tuple(lasts))


def point(at: int) -> Intervals:
    """The set of one member."""
    return Intervals((at,), (at,))


def pairs_of(s: Intervals) -> List[Tuple[int, int]]:
    """The intervals of a set."""
    return list(zip(s.firsts, s.lasts))


def union(sets: Iterable[Intervals]) -> Intervals:
    """The union of sets."""
    return intervals([p for s in sets for p in zip(s.firsts, s.lasts)])


def meets(s: Intervals, low: int, high: int) -> bool:
    """Whether a member lies in low … high (never if high is below low)."""
    if low > high:
        return False
    i = bisect_right(s.firsts, high) - 1  # the last interval that begins at or before high
    return i >= 0 and s.lasts[i] >= low


def holds(s: Intervals, low: int, high: int) -> bool:
    """Whether all of low … high are members."""
    i = bisect_right(s.firsts, low) - 1
    return i >= 0 and s.lasts[i] >= high


def clip(s: Intervals, low: int, high: int) -> Intervals:
    """The members from low to high (none if high is below low)."""
    if low > high or not s.firsts:
        return EMPTY
    if low <= s.firsts[0] and s.lasts[-1] <= high:
        return s
    i = bisect_right(s.lasts, low - 1)  # the first interval that ends at or after low
    j = bisect_right(s.firsts, high)
    if i >= j:
        return EMPTY
    # Only the first of them can begin before low, and only the last can end after high.
    firsts, lasts = s.firsts[i:j], s.lasts[i:j]
    return Intervals((max(firsts[0], low), *firsts[1:]), (*lasts[:-1], min(lasts[-1], high)))


def intersect(s: Intervals, t: Intervals) -> Intervals:
    """The members of both."""
    if len(s.firsts) > len(t.firsts):
        s, t = t, s
    if len(s.firsts) == 1:
        return clip(t, s.firsts[0], s.lasts[0])
    # The parts are in order, and a gap lies between any two of them, since one lies between the intervals of s.
    parts = [clip(t, first, last) for first, last in zip(s.firsts, s.lasts)]
    return Intervals(tuple(f for part in parts for f in part.firsts), tuple(l for part in parts for l in part.lasts))


def subtract(s: Intervals, t: Intervals) -> Intervals:
    """The members of s that are not in t."""
    firsts: List[int] = []
    lasts: List[int] = []
    # What is left is in order, and a hole or a gap of s lies between any two parts of it.
    for first, last in zip(s.firsts, s.lasts):
        holes = clip(t, first, last)
        for hole_first, hole_last in zip(holes.firsts, holes.lasts):
            if first < hole_first:
                firsts.append(first)
                lasts.append(hole_first - 1)
            first = hole_last + 1
        if first <= last:
            firsts.append(first)
            lasts.append(last)
    return Intervals(tuple(firsts), tuple(lasts))


def within(s: Intervals, t: Intervals) -> bool:
    """Whether every member of s is in t."""
    return s == t or all(holds(t, first, last) for first, last in pairs_of(s))


def disjoint(s: Intervals, t: Intervals) -> bool:
    """Whether no member of s is in t."""
    return not any(meets(t, first, last) for first, last in pairs_of(s))


# ---------------------------------------------------------------------------------------------------------------------
# The document (S1): values
# ---------------------------------------------------------------------------------------------------------------------

class Net(NamedTuple):
    """Addresses of one version (4 or 6) from first to last; `length` is the prefix length, -1 for a range."""
    version: int
    first: int
    last: int
    length: int


# Unicode's White_Space: what `blank` and `white space` mean (S1). str.strip() alone takes U+001C to U+001F too.
WHITE_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a" \
              "\u2028\u2029\u202f\u205f\u3000"
MOST = 2 ** 53 - 1  # the greatest `count`
NAMED = 60000  # so many interfaces and neighbours may a node name
NESTED = 64  # so many lists may stand one within the other

DEFAULT_NETS = (Net(4, 0, 2 ** 32 - 1, 0), Net(6, 0, 2 ** 128 - 1, 0))
Selector = Tuple[Tuple[str, Any], ...]  # items ("any", None), ("net", Net), ("node", id), ("zone", z), ("kind", k), ("tag", t)

PROTOCOLS = {"icmp": 1, "tcp": 6, "udp": 17, "gre": 47, "esp": 50, "ah": 51, "icmpv6": 58, "sctp": 132}
WITH_PORTS = {6: 253, 17: 65789, 132: 131325}  # protocol: position of its port 0 on the service line (C3)
SERVICE_END, SOURCE_PORT_END = 196861, 65537
TRANSFER = SERVICE_END  # the service of a transfer (S5): a point behind the line, where no packet lies
WITHOUT_PORTS = [p for p in range(256) if p not in WITH_PORTS]
ANY_SERVICE = Intervals((0,), (TRANSFER,))
ANY_SOURCE_PORT = Intervals((0,), (SOURCE_PORT_END - 1,))
PORTS = Intervals((1,), (SOURCE_PORT_END - 1,))
ANY_TAG = Intervals((1,), (4094,))
SINGLE_PROTOCOLS = tuple((WITHOUT_PORTS.index(p),) * 2 for p in (1, 58))  # icmp, icmpv6

KINDS = ("host", "terminal", "server", "printer", "storage", "external", "gateway", "switch", "l3-switch", "router", "firewall")
FORWARDING_KINDS = ("switch", "l3-switch", "router", "firewall")


def parse_ip(text: str, place: str) -> Tuple[int, int]:
    """An IP address: (version, number)."""
    try:
        if "%" in text or "/" in text:
            raise ValueError
        address = ipaddress.ip_address(text)
    except ValueError:
        raise Failure(place, "address", text) from None
    return address.version, int(address)


def parse_net(text: str, place: str, ranges: bool = False) -> Net:
    """S1: an address or CIDR without host bits; in selectors also a range."""
    if "-" in text and ranges:
        (v1, first), (v2, last) = (parse_ip(t, place) for t in text.split("-", 1))
        if v1 != v2 or first > last:
            raise Failure(place, "address", text)
        return Net(v1, first, last, -1)
    base, slash, length_text = text.partition("/")
    version, first = parse_ip(base, place)
    bits = 32 if version == 4 else 128
    if not slash:
        return Net(version, first, first, bits)
    if not re.fullmatch(r"0|[1-9][0-9]{0,2}", length_text) or int(length_text) > bits:
        raise Failure(place, "address", text)
    size = 2 ** (bits - int(length_text))
    if first % size:
        raise Failure(place, "host-bits", text)
    return Net(version, first, first + size - 1, int(length_text))


def parse_span(value: Any, place: str, low: int, high: int) -> Tuple[int, int]:
    """A number, or a range "a-b" of numbers, from low to high (ports, VLANs)."""
    if isinstance(value, str):
        match = re.fullmatch(r"(0|[1-9][0-9]{0,4})(?:-(0|[1-9][0-9]{0,4}))?", value)
        if not match:
            raise Failure(place, "value", value)
        first, last = int(match.group(1)), int(match.group(2) or match.group(1))
    else:
        first = last = integer_in(value, place, low, high)
    if not low <= first <= last <= high:
        raise Failure(place, "value", value)
    return first, last


def parse_number(value: Any, place: str, low: int, high: int) -> int:
    """A number, as such or as text (a port, a VLAN)."""
    if "-" in str(value):
        raise Failure(place, "value", value)
    return parse_span(value, place, low, high)[0]


def listed(value: Any) -> List[Any]:
    """A single item may stand for a list of one."""
    return value if isinstance(value, list) else [value]


def united(value: Any, place: str) -> List[Any]:
    """S1: "a list is a union"; an empty one would match nothing, and is an error."""
    if value == []:
        raise Failure(place, "value", [])
    return listed(value)


def check_nesting(lists: Dict[str, Any], key: str, prefix: str) -> None:
    """S1: groups name groups and services services, at most 64 one within the other, never in a circle."""
    inner = {name: [text[len(prefix):] for text in strings(listed(value), key + "." + name)
                    if text.startswith(prefix) and text[len(prefix):] in lists] for name, value in lists.items()}
    height: Dict[str, int] = {}  # 0: begun
    for root in lists:
        stack = [root]
        while stack:
            top = stack[-1]
            if top not in height:
                height[top] = 0
                for name in inner[top]:
                    if height.get(name) == 0:
                        raise Failure(key + "." + top, "circle", name)
                    if name not in height:
                        stack.append(name)
                continue
            stack.pop()
            if height[top] == 0:
                height[top] = 1 + max((height[name] for name in inner[top]), default=0)
                if height[top] > NESTED:
                    raise Failure(key + "." + top, "depth")


def parse_services(value: Any, place: str, named: Dict[str, Any], packets: bool,
                   seen: Optional[Set[str]] = None) -> List[Tuple[int, int]]:
    """S1, C3: services as intervals on the service line, one for each item (EXCEPTION-LIMITED judges items).
    Names do not hold themselves (`check_nesting`). A name that was `seen` is in already. `packets`: of packets only, so that
    `transfer` is an error."""
    found: List[Tuple[int, int]] = []
    seen = set() if seen is None else seen
    for item in united(value, place):
        text = string(item, place)
        name, slash, rest = text.partition("/")
        if text == "any":
            found.append((0, TRANSFER))
        elif text == "transfer" and not packets:
            found.append((TRANSFER, TRANSFER))
        elif name in PROTOCOLS or name == "proto":
            if name == "proto":
                number, rest = parse_span(rest, place, 0, 255)[0] if rest.isdigit() else -1, ""
                if number < 0:
                    raise Failure(place, "value", text)
            else:
                number = PROTOCOLS[name]
            if number in WITH_PORTS:
                first, last = parse_span(rest, place, 0, 65535) if slash and name != "proto" else (0, 65535)
                found.append((WITH_PORTS[number] + first, WITH_PORTS[number] + last))
            elif slash and name != "proto":
                raise Failure(place, "value", text)
            else:
                found.append((WITHOUT_PORTS.index(number),) * 2)
        elif text in named:
            if text not in seen:
                seen.add(text)
                found += parse_services(named[text], "services." + text, named, packets, seen)
        else:
            raise Failure(place, "dangling", text)
    return found


def parse_selector(value: Any, place: str, document: Dict[str, Any], use: str) -> Selector:
    """S1: a selector of a "rule" (or an entry of `nat`), an "exception", a "relay" or a "transfer". Groups are replaced by
    their addresses, host names by what `names` gives for them; ("fqdn", None) is a name that it does not give."""
    items: List[Tuple[str, Any]] = []
    for item in united(value, place):
        if isinstance(item, dict) and use == "rule":
            items.append(("not", parse_selector(fields(item, place, ("not",))["not"], place + ".not", document, use)))
            continue
        text = string(item, place)
        word, colon, name = text.partition(":")
        if text == "any":
            items.append(("any", None))
        elif word in ("node", "zone") and colon:
            if name not in document[word + "s"]:
                raise Failure(place, "dangling", text)
            items.append((word, name))
            document["named"].update((name,) if word == "node" else ())
        elif word in ("kind", "tag") and colon and use in ("relay", "transfer"):
            items.append((word, one_of(name, place, KINDS) if word == "kind" else check_word(name, place)))
        elif word == "fqdn" and colon and use == "rule":
            items += document["names"].get(host_name(check_word(name, place)), (("fqdn", None),))
        elif use == "transfer":
            raise Failure(place, "value", text)
        elif word == "group" and colon:
            items += [("net", n) for n in group_nets(name, place, document)]
        else:
            items.append(("net", parse_net(text, place, ranges=True)))
    return tuple(items)


def host_name(name: str) -> str:
    """S3: names are compared without regard to ASCII case and a final dot."""
    lower = "".join(c.lower() if "A" <= c <= "Z" else c for c in name)
    return lower[:-1] if lower.endswith(".") else lower


def group_nets(name: str, place: str, document: Dict[str, Any]) -> List[Net]:
    """S1: the addresses of a group; groups hold addresses and groups, but not themselves."""
    found: List[Net] = []
    waiting, seen = [name], set()
    while waiting:
        group = waiting.pop()
        if group not in document["groups"]:
            raise Failure(place, "dangling", "group:" + group)
        if group in seen:
            continue
        seen.add(group)
        for item in united(document["groups"][group], "groups." + group):
            text = string(item, "groups." + group)
            if text.startswith("group:"):
                waiting.append(text[6:])
            else:
                found.append(parse_net(text, "groups." + group, ranges=True))
    return found


def read_names(value: Any, whole: Dict[str, Any]) -> Dict[str, Selector]:
    """S1, S3: what host names stand for: addresses, CIDRs, ranges, `node:` and `group:`."""
    found: Dict[str, Selector] = {}
    for name, items in fields(value, "names", (), value).items():
        place = "names." + name
        if host_name(check_word(name, "names")) in found:
            raise Failure("names", "duplicate", name)
        for item in united(items, place):
            if string(item, place) == "any" or item.startswith("zone:"):
                raise Failure(place, "value", item)
        found[host_name(name)] = parse_selector(items, place, whole, "exception")
    return found


# ---------------------------------------------------------------------------------------------------------------------
# The document (S1): nodes, links, exceptions
# ---------------------------------------------------------------------------------------------------------------------

class Match(NamedTuple):
    """What a rule, or an entry of `nat`, matches, as read."""
    source: Selector
    destination: Selector
    service: Intervals
    source_port: Intervals
    ins: Optional[FrozenSet[str]]
    outs: Optional[FrozenSet[str]]


class Rule(NamedTuple):
    """A rule of a filter, as read. `idle`: it matches nothing (`state`, `condition`)."""
    permit: bool
    idle: bool
    match: Match


class Filter(NamedTuple):
    """A filter of a node."""
    permit: bool  # its default
    rules: Tuple[Rule, ...]
    ins: Optional[FrozenSet[str]]
    outs: Optional[FrozenSet[str]]
    applies_to: FrozenSet[str]
    sees: Tuple[bool, bool]  # the source, the destination: whether as it is after translation


class Entry(NamedTuple):
    """An entry of `nat`, as read."""
    translates: str  # "source" or "destination"
    target: Optional[Selector]  # None: keep
    port: Optional[int]  # destination_port
    one_to_one: bool
    arrived: bool  # it translates what came by an interface
    emitted: bool  # it translates what the node itself emits
    original: bool  # an entry with `source`: `to` and `service` look at what came
    match: Match


class Route(NamedTuple):
    """A route; via None: drop."""
    net: Net
    via: Optional[str]
    fails: bool


class Station(NamedTuple):
    """A relay pass (C6). entry None: passes everything."""
    node: str
    entry: Optional[int]
    mirror: bool
    sanitising: Optional[str]  # how
    origin: Selector  # `from`
    origin_service: Intervals
    onward: Selector  # `to`
    onward_service: Intervals


class Node(NamedTuple):
    """A node of the document."""
    id: str
    kind: str
    zone: Optional[str]  # the explicit one
    addresses: Tuple[Net, ...]
    forwards: bool
    filters: Tuple[Filter, ...]
    relays: Optional[Tuple[Station, ...]]
    routes: Optional[Tuple[Route, ...]]
    nat: Tuple[Entry, ...]
    controls: Tuple[str, ...]
    tags: FrozenSet[str]
    vlans: Optional[Tuple[int, ...]]  # routed_vlans
    endpoint: bool
    business: FrozenSet[str] = frozenset()
    owner: Optional[str] = None


class Link(NamedTuple):
    """A link between two units; `ends`, `names` (of interfaces) and `tags` first, second. None: no name that a filter
    knows. `native`: the VLAN that each end takes untagged frames for; `strays`: they may enter with their old tag as well."""
    ends: Tuple[Tuple[str, int], Tuple[str, int]]
    names: Tuple[Optional[str], Optional[str]]
    tags: Tuple[Intervals, Intervals]
    one_way: bool
    native: Optional[Tuple[int, int]]
    strays: bool = False
    said: bool = False  # it is a link of the document
    id: Optional[str] = None
    circuit: str = "internal"
    owner: Optional[str] = None
    controls: FrozenSet[str] = frozenset()
    tags_of: FrozenSet[str] = frozenset()  # its tags in the sense of words


class Waiver(NamedTuple):
    """An exception (特定通信)."""
    id: str
    source: Selector
    destination: Selector
    services: Tuple[Tuple[int, int], ...]
    service: Intervals
    waives: Tuple[str, ...]
    waives_said: bool
    reasoned: bool  # reason and approved_by are not blank
    expires: Optional[str]
    attested: bool


class Transfer(NamedTuple):
    """Data that is carried outside the network."""
    id: str
    source: Selector
    destination: Selector
    sanitising: Optional[str]
    reasoned: bool  # reason and approved_by are not blank
    expires: Optional[str]


class Evidence(NamedTuple):
    """A record that something was done."""
    kind: str
    date: str
    valid_until: Optional[str]


class Expectation(NamedTuple):
    """Communication that must be possible."""
    id: str
    source: Selector
    destination: Selector
    service: Intervals


class Document(NamedTuple):
    """What the document says."""
    zones: Dict[str, Tuple[Net, ...]]
    bases: Dict[Optional[str], str]  # the tier that a zone belongs to; the tiers are their own
    nodes: Dict[str, Node]
    links: Tuple[Link, ...]  # those between halves of l3-switches at the end (C4)
    waivers: Tuple[Waiver, ...]
    transfers: Tuple[Transfer, ...]
    evidence: Tuple[Evidence, ...]
    expects: Tuple[Expectation, ...]
    model: Optional[str]
    policy: Optional[str]  # the one that it asks to be held against
    edition: Optional[str]
    named: FrozenSet[str]  # the nodes that a `node:` somewhere names


Unit = Tuple[str, int]


def check_word(text: Any, place: str) -> str:
    """S1: a word is not empty and has no control characters, and no white space at its ends."""
    name = string(text, place)
    if not name or name != name.strip(WHITE_SPACE) or any(ord(c) < 32 or 127 <= ord(c) < 160 for c in name):
        raise Failure(place, "value", name)
    return name


def check_id(text: Any, place: str) -> str:
    """S1: an id is a word without a colon."""
    if ":" in string(text, place):
        raise Failure(place, "value", text)
    return check_word(text, place)


def check_date(text: Any, place: str) -> str:
    """A calendar date YYYY-MM-DD; such dates compare as texts."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", string(text, place)):
        raise Failure(place, "value", text)
    try:
        datetime.date(int(text[:4]), int(text[5:7]), int(text[8:]))
    except ValueError:
        raise Failure(place, "value", text) from None
    return text


def read_match(value: Dict[str, Any], place: str, whole: Dict[str, Any]) -> Match:
    """S4, S4a: what a rule or an entry of `nat` matches."""
    ports = ANY_SOURCE_PORT
    if "source_port" in value:
        spans = [parse_span(p, place, 0, 65535) for p in united(value["source_port"], place)]
        ports = intervals([(first + 1, last + 1) for first, last in spans])
    return Match(parse_selector(value.get("from", "any"), place + ".from", whole, "rule"),
                 parse_selector(value.get("to", "any"), place + ".to", whole, "rule"),
                 intervals(parse_services(value.get("service", "any"), place + ".service", whole["services"], True)),
                 ports, read_interfaces(value, "in", place), read_interfaces(value, "out", place))


def read_interfaces(value: Dict[str, Any], key: str, place: str) -> Optional[FrozenSet[str]]:
    """S4: the interfaces that an `in` or `out` names; None: any, and none."""
    return frozenset(string(v, place) for v in united(value[key], place)) if key in value else None


def read_words(value: Dict[str, Any], place: str, words: Tuple[str, ...], default: Tuple[str, ...]) -> FrozenSet[str]:
    """S4, S4a: `applies_to`."""
    given = united(value["applies_to"], place) if "applies_to" in value else default
    return frozenset(one_of(w, place, words) for w in given)


SIDES = ("original", "translated")


def read_filter(value: Any, place: str, node: Dict[str, Any], kind: str, whole: Dict[str, Any]) -> Filter:
    """S4: a filter; the default of a firewall's is deny, of others permit. A stateful one lets replies pass of itself, so that
    rules for them match nothing; in others they are rules like any other where they permit, and match nothing where they
    deny. A condition may hold or not: a permit holds, a deny matches nothing."""
    fields(value, place, (), ("default", "rules", "in", "out", "applies_to", "stateful", "sees", "name"))
    string(value.get("name", ""), place)
    default = one_of(value.get("default", "deny" if kind == "firewall" else "permit"), place, ("permit", "deny"))
    stateful = boolean(value.get("stateful", kind == "firewall"), place + ".stateful")
    if "sees" in value and "nat" not in node:
        raise Failure(place, "unknown-key", "sees")
    sees = fields(value.get("sees", {}), place + ".sees", (), ("source", "destination"))
    rules, ids = [], set()
    for i, r in enumerate(array(value.get("rules", []), place + ".rules")):
        where = "%s.rules[%d]" % (place, i)
        fields(r, where, ("action",), ("from", "to", "service", "source_port", "in", "out", "state", "condition", "id", "note",
                                       "origin"))
        for key in ("note", "origin"):
            string(r.get(key, ""), where)
        if "id" in r and (check_word(r["id"], where) in ids or ids.add(r["id"])):
            raise Failure(where, "duplicate", r["id"])
        permit = one_of(r["action"], where, ("permit", "deny")) == "permit"
        replies = "state" in r and bool(one_of(r["state"], where, ("replies",)))
        if "condition" in r and not string(r["condition"], where).strip(WHITE_SPACE):
            raise Failure(where, "value", r["condition"])
        idle = (replies and (stateful or not permit)) or ("condition" in r and not permit)
        rules.append(Rule(permit, idle, read_match(r, where, whole)))
    return Filter(default == "permit", tuple(rules), read_interfaces(value, "in", place), read_interfaces(value, "out", place),
                  read_words(value, place + ".applies_to", TRAFFIC, TRAFFIC),
                  (one_of(sees.get("source", "original"), place, SIDES) == "translated",
                   one_of(sees.get("destination", "translated"), place, SIDES) == "translated"))


TRAFFIC = ("forwarded", "emitted", "delivered")
NAT_KEYS = ("id", "from", "to", "service", "source_port", "in", "out", "one_to_one", "note", "origin", "source", "destination",
            "destination_port", "sees", "applies_to")


def read_nat(value: Any, place: str, whole: Dict[str, Any]) -> Tuple[Entry, ...]:
    """S4a: the entries of `nat`."""
    found, ids = [], set()
    for i, e in enumerate(united(value, place) if isinstance(value, list) else array(value, place)):
        where = "%s[%d]" % (place, i)
        fields(e, where, (), NAT_KEYS)
        for key in ("note", "origin"):
            string(e.get(key, ""), where)
        if "id" in e and (check_word(e["id"], where) in ids or ids.add(e["id"])):
            raise Failure(where, "duplicate", e["id"])
        if ("source" in e) == ("destination" in e):
            raise Failure(where, "value", "source, destination")
        translates, matched = ("source", "from") if "source" in e else ("destination", "to")
        if any(key in e for key in (("destination_port", "applies_to") if translates == "source" else ("out", "sees"))):
            raise Failure(where, "value", sorted(e))
        match = read_match(e, where, whole)
        target = read_target(e[translates], where + "." + translates, whole)
        port = parse_number(e["destination_port"], where, 0, 65535) if "destination_port" in e else None
        if port is not None and not within(match.service, WITH_PORT):
            raise Failure(where, "value", e.get("service", "any"))
        one_to_one = boolean(e.get("one_to_one", False), where + ".one_to_one")
        if target is None and port is not None:
            raise Failure(where, "value", "keep, destination_port")
        if one_to_one:
            spans = [single_span(listed(e[translates]), where), single_span(listed(e.get(matched, "any")), where)]
            if port is not None or spans[0].version != spans[1].version or len({n.last - n.first for n in spans}) != 1:
                raise Failure(where, "value", "one_to_one")
        sees = fields(e["sees"], where + ".sees", ("destination",)) if "sees" in e else {}
        applies = read_words(e, where, ("arrived", "emitted"), ("arrived",))
        found.append(Entry(translates, target, port, one_to_one, translates == "source" or "arrived" in applies,
                           translates == "source" or "emitted" in applies,
                           one_of(sees.get("destination", "translated"), where, SIDES) == "original", match))
    return tuple(found)


WITH_PORT = Intervals((253,), (SERVICE_END - 1,))  # the services that have ports


def read_target(value: Any, place: str, whole: Dict[str, Any]) -> Optional[Selector]:
    """S4a: an address, CIDR, range, `node:n` or a list of these; None: `keep`."""
    if value == "keep":
        return None
    for item in united(value, place):
        if string(item, place).startswith(("zone:", "group:", "fqdn:")) or item == "any":
            raise Failure(place, "value", item)
    return parse_selector(value, place, whole, "exception")


def single_span(items: List[Any], place: str) -> Net:
    """S4a: the one address, CIDR or range of a one-to-one entry."""
    if len(items) != 1:
        raise Failure(place, "value", items)
    return parse_net(string(items[0], place), place, ranges=True)


SANITISING = ("mail-text", "screen", "file")


def read_relays(value: Any, node: str, place: str, whole: Dict[str, Any]) -> Tuple[Station, ...]:
    """S6: relay entries as passes; `both` adds the mirror entry."""
    found = []
    for i, r in enumerate(array(value, place)):
        where = "%s[%d]" % (place, i)
        fields(r, where, ("from", "to"), ("from_service", "to_service", "sanitise", "both"))
        sanitising = one_of(r["sanitise"], where, SANITISING) if "sanitise" in r else None
        origin = (parse_selector(r["from"], where + ".from", whole, "relay"),
                  intervals(parse_services(r.get("from_service", "any"), where + ".from_service", whole["services"], False)))
        onward = (parse_selector(r["to"], where + ".to", whole, "relay"),
                  intervals(parse_services(r.get("to_service", "any"), where + ".to_service", whole["services"], False)))
        found.append(Station(node, i, False, sanitising, *origin, *onward))
        if boolean(r.get("both", False), where):
            found.append(Station(node, i, True, sanitising, *onward, *origin))
    return tuple(found)


def read_routes(value: Any, place: str) -> Tuple[Route, ...]:
    """S5: routes [{to, via, fails?} | {to, drop: true}], not empty."""
    found: List[Route] = []
    for i, r in enumerate(array(value, place)):
        where = "%s[%d]" % (place, i)
        fields(r, where, ("to",), ("via", "drop", "fails", "note", "origin"))
        for key in ("note", "origin"):
            string(r.get(key, ""), where)
        if ("via" in r) == ("drop" in r) or r.get("drop", True) is not True or ("fails" in r and "drop" in r):
            raise Failure(where, "value", r)
        found.append(Route(parse_net(string(r["to"], where), where), string(r["via"], where) if "via" in r else None,
                           boolean(r.get("fails", False), where)))
    if not found:
        raise Failure(place, "value", [])
    return tuple(found)


NODE_KEYS = ("kind", "zone", "addresses", "forwards", "filter", "filters", "relays", "routes", "nat", "controls", "tags", "count",
             "business", "owner", "title", "note", "origin", "routed_vlans")


def read_node(value: Any, place: str, whole: Dict[str, Any]) -> Node:
    """S1: one node."""
    name, kind = value["id"], one_of(value.get("kind", "host"), place, KINDS)
    zone = value.get("zone")
    if "zone" in value and string(zone, place) not in whole["zones"]:
        raise Failure(place, "dangling", "zone:" + zone)
    forwards = boolean(value.get("forwards", kind in FORWARDING_KINDS), place + ".forwards")
    if kind == "l3-switch" and not forwards:
        raise Failure(place, "value", "forwards: false")
    if "filter" in value and "filters" in value:
        raise Failure(place, "value", "filter, filters")
    if kind == "firewall" and not ("filter" in value or "filters" in value):
        raise Failure(place, "firewall")
    filters = [value["filter"]] if "filter" in value else array(value.get("filters", []), place + ".filters")
    if "filters" in value and not filters:
        raise Failure(place + ".filters", "value", [])
    relays = read_relays(value["relays"], name, place + ".relays", whole) if "relays" in value else None
    if zone is not None and any(s.sanitising for s in relays or ()):
        raise Failure(place, "sanitise-zone")
    vlans = None
    if "routed_vlans" in value:
        if kind != "l3-switch":
            raise Failure(place, "unknown-key", "routed_vlans")
        vlans = tuple(members(intervals([parse_span(v, place, 1, 4094) for v in listed(value["routed_vlans"])])))
    for key in ("title", "note", "origin"):
        string(value.get(key, ""), place)
    if "nat" in value and (not forwards or kind == "switch"):
        raise Failure(place, "unknown-key", "nat")
    integer_in(value.get("count", 1), place + ".count", 1, MOST)
    return Node(name, kind, zone, tuple(parse_net(a, place + ".addresses") for a in strings(listed(value.get("addresses", [])), place)),
                forwards, tuple(read_filter(f, "%s.filter[%d]" % (place, i), value, kind, whole) for i, f in enumerate(filters)),
                relays, read_routes(value["routes"], place + ".routes") if "routes" in value else None,
                read_nat(value["nat"], place + ".nat", whole) if "nat" in value else (),
                tuple(check_word(w, place + ".controls") for w in listed(value.get("controls", []))),
                frozenset(check_word(w, place + ".tags") for w in listed(value.get("tags", []))), vlans,
                not forwards or zone is not None or bool(relays),
                frozenset(check_word(w, place + ".business") for w in (united(value["business"], place) if "business" in value else ())),
                read_owner(value, place))


def read_owner(value: Dict[str, Any], place: str) -> Optional[str]:
    """Who answers for something."""
    return check_word(value["owner"], place + ".owner") if "owner" in value else None


def members(s: Intervals) -> List[int]:
    """The members of a (small) set in ascending order."""
    return [i for first, last in pairs_of(s) for i in range(first, last + 1)]


CIRCUITS = ("lgwan", "leased", "internet", "vpn", "mobile", "wireless", "internal")


def read_links(value: Any, nodes: Dict[str, Node]) -> Tuple[Link, ...]:
    """S1: the links; then, by C4, those between the halves of l3-switches."""
    links: List[Link] = []
    named: List[Intervals] = []
    ids: Set[str] = set()
    for i, entry in enumerate(array(value, "links")):
        place = "links[%d]" % i
        given = {"between": entry} if isinstance(entry, list) else entry
        fields(given, place, ("between",), ("vlans", "native", "one_way", "id", "note", "origin", "circuit", "owner", "controls",
                                            "tags", "title"))
        ends = [e.partition(":") for e in strings(given["between"], place)]
        if len(ends) != 2:
            raise Failure(place, "value", given["between"])
        for e in ends:
            if e[1]:
                check_word(e[2], place)
        for e in ends:
            if e[0] not in nodes:
                raise Failure(place, "dangling", e[0])
        if ends[0][0] == ends[1][0]:
            raise Failure(place, "value", given["between"])
        if "id" in given and (check_word(given["id"], place) in ids or ids.add(given["id"])):
            raise Failure(place, "duplicate", given["id"])
        for key in ("note", "origin", "title"):
            string(given.get(key, ""), place)
        switches = [nodes[e[0]].kind in ("switch", "l3-switch") for e in ends]
        tags, native = read_link_vlans(given, place, switches, named)
        links.append(Link(((ends[0][0], 0), (ends[1][0], 0)), (ends[0][2] or ends[1][0], ends[1][2] or ends[0][0]), tags,
                          boolean(given.get("one_way", False), place), native, False, True, given.get("id"),
                          one_of(given.get("circuit", "internal"), place, CIRCUITS), read_owner(given, place),
                          frozenset(check_word(w, place + ".controls") for w in listed(given.get("controls", []))),
                          frozenset(check_word(w, place + ".tags") for w in listed(given.get("tags", [])))))
    all_named = members(union(named))
    for node in nodes.values():
        if node.kind == "l3-switch":
            vlans = all_named if node.vlans is None else node.vlans
            joints = [("vlan%d" % v, intervals([(v, v)])) for v in vlans] or [("vlan1", ANY_TAG)]
            links += [Link(((node.id, 0), (node.id, 1)), (None, name), (tags, tags), False, None) for name, tags in joints]
    return tuple(links)


def read_link_vlans(given: Dict[str, Any], place: str, switches: List[bool], named: List[Intervals]) \
        -> Tuple[Tuple[Intervals, Intervals], Optional[Tuple[int, int]]]:
    """S1: the VLANs of each end, and the native ones; what they name is added to `named`."""
    def read(value: Any) -> Intervals:
        named.append(intervals([parse_span(v, place, 1, 4094) for v in united(value, place)]))
        return named[-1]

    tags = [ANY_TAG, ANY_TAG]
    if isinstance(given.get("vlans"), dict):
        of_ends = fields(given["vlans"], place + ".vlans", (), ("a", "b"))
        if not of_ends:
            raise Failure(place + ".vlans", "value", {})
        for side, key in enumerate("ab"):
            if key in of_ends:
                tags[side] = read(of_ends[key])
                if not switches[side]:
                    raise Failure(place + ".vlans", "unknown-key", key)
    elif "vlans" in given:
        tags = [read(given["vlans"])] * 2
    native = None
    if "native" in given:
        both = given["native"] if isinstance(given["native"], list) else [given["native"]] * 2
        if not all(switches) or len(both) != 2:
            raise Failure(place + ".native", "value", given["native"])
        native = tuple(parse_number(v, place + ".native", 1, 4094) for v in both)
        if not all(holds(tags[side], native[side], native[side]) for side in (0, 1)):
            raise Failure(place + ".native", "value", given["native"])
        named.append(intervals([(v, v) for v in native]))
    return (tags[0], tags[1]), native


def across(link: Link, side: int, tags: Intervals, to_switch: bool) -> Intervals:
    """S5: of what a switch at end `side` holds with these tags, the tags with which it enters the other end. Where that is no
    switch, those that the link carries: they are dropped, but none means that nothing leaves."""
    left = intersect(tags, link.tags[side])
    if not to_switch:
        return left
    if link.native is not None and link.native[0] != link.native[1] and meets(left, link.native[side], link.native[side]):
        untagged = intervals([(link.native[side],) * 2])
        stays = left if link.strays else subtract(left, untagged)
        left = union([stays, intervals([(link.native[1 - side],) * 2])])
    return intersect(left, link.tags[1 - side])


def session_unit(node: Node) -> Unit:
    """C5.1: the router half of an l3-switch; else the only unit."""
    return (node.id, 1 if node.kind == "l3-switch" else 0)


def check_names(nodes: Dict[str, Node], links: Tuple[Link, ...]) -> None:
    """S1: every `in`, `out` and `via` names an interface (via: or neighbour) of its node."""
    names: Dict[Unit, Set[Optional[str]]] = {}
    vias: Dict[Unit, Set[Optional[str]]] = {}
    for link in links:
        for side in (0, 1):
            names.setdefault(link.ends[side], set()).add(link.names[side])
            vias.setdefault(link.ends[side], set()).update((link.names[side], link.ends[1 - side][0]))
    for node in nodes.values():
        unit = session_unit(node)
        parts = [p for f in node.filters for p in (f, *(r.match for r in f.rules))] + [e.match for e in node.nat]
        used = [n for part in parts for n in (*(part.ins or ()), *(part.outs or ()))]
        through = [r.via for r in node.routes or () if r.via is not None]
        if len({*used, *through}) > NAMED:
            raise Failure("node " + node.id, "value", NAMED)
        for name in used:
            if name not in names.get(unit, ()):
                raise Failure("node " + node.id, "dangling", name)
        for via in through:
            if via not in vias.get(unit, ()):
                raise Failure("node " + node.id, "dangling", via)


def read_waivers(value: Any, whole: Dict[str, Any]) -> Tuple[Waiver, ...]:
    """S1, S6: the exceptions."""
    found: Dict[str, Waiver] = {}
    for i, e in enumerate(array(value, "exceptions")):
        place = "exceptions[%d]" % i
        fields(e, place, ("id", "from", "to", "service"), ("waives", "reason", "approved_by", "expires", "attested", "owner",
                                                           "approved_on"))
        read_approval(e, place)
        name = check_word(e["id"], place)
        if name in found:
            raise Failure(place, "duplicate", name)
        waives = strings(united(e.get("waives", WAIVED_BY_DEFAULT), place), place)
        if "attested" in e:
            fields(e["attested"], place + ".attested", ("by", "basis"))
            string(e["attested"]["by"], place), string(e["attested"]["basis"], place)
        services = tuple(parse_services(e["service"], place + ".service", whole["services"], False))
        found[name] = Waiver(name, parse_selector(e["from"], place + ".from", whole, "exception"),
                             parse_selector(e["to"], place + ".to", whole, "exception"), services, intervals(services), tuple(waives), "waives" in e,
                             all(string(e.get(k, ""), place).strip(WHITE_SPACE) for k in ("reason", "approved_by")),
                             check_date(e["expires"], place) if "expires" in e else None, "attested" in e)
    return tuple(found.values())


def read_transfers(value: Any, whole: Dict[str, Any]) -> Tuple[Transfer, ...]:
    """S1: the transfers. One past its `expires` still carries."""
    found: Dict[str, Transfer] = {}
    for i, t in enumerate(array(value, "transfers")):
        place = "transfers[%d]" % i
        fields(t, place, ("id", "from", "to"), ("sanitise", "reason", "approved_by", "expires", "note", "owner", "approved_on"))
        read_approval(t, place)
        name = check_word(t["id"], place)
        if name in found:
            raise Failure(place, "duplicate", name)
        for key in ("reason", "approved_by", "note"):
            string(t.get(key, ""), place)
        sanitising = one_of(t["sanitise"], place, SANITISING) if "sanitise" in t else None
        found[name] = Transfer(name, parse_selector(t["from"], place + ".from", whole, "transfer"),
                               parse_selector(t["to"], place + ".to", whole, "transfer"), sanitising,
                               all(t.get(k, "").strip(WHITE_SPACE) for k in ("reason", "approved_by")),
                               check_date(t["expires"], place) if "expires" in t else None)
    return tuple(found.values())


def read_approval(value: Dict[str, Any], place: str) -> None:
    """Who answers for an exception or a transfer, and when it was approved."""
    read_owner(value, place)
    if "approved_on" in value:
        check_date(value["approved_on"], place)


def read_evidence(value: Any) -> Tuple[Evidence, ...]:
    """Records that something was done."""
    found: Dict[str, Evidence] = {}
    for i, e in enumerate(array(value, "evidence")):
        place = "evidence[%d]" % i
        fields(e, place, ("id", "kind", "by", "date"), ("valid_until", "note"))
        name = check_word(e["id"], place)
        if name in found:
            raise Failure(place, "duplicate", name)
        string(e["by"], place), string(e.get("note", ""), place)
        found[name] = Evidence(check_word(e["kind"], place), check_date(e["date"], place),
                               check_date(e["valid_until"], place) if "valid_until" in e else None)
    if not found:
        raise Failure("evidence", "value", [])
    return tuple(found.values())


def read_expects(value: Any, whole: Dict[str, Any]) -> Tuple[Expectation, ...]:
    """Communication that must be possible: ends as in transfers, services of packets."""
    found: Dict[str, Expectation] = {}
    for i, e in enumerate(array(value, "expects")):
        place = "expects[%d]" % i
        fields(e, place, ("id", "from", "to", "service"), ("note",))
        name = check_word(e["id"], place)
        if name in found:
            raise Failure(place, "duplicate", name)
        string(e.get("note", ""), place)
        found[name] = Expectation(name, parse_selector(e["from"], place + ".from", whole, "transfer"),
                                  parse_selector(e["to"], place + ".to", whole, "transfer"),
                                  intervals(parse_services(e["service"], place + ".service", whole["services"], True)))
    if not found:
        raise Failure("expects", "value", [])
    return tuple(found.values())


def read_document(data: bytes) -> Document:
    """S1: the document, or `Unusable`."""
    try:
        value = parse_json(data[3:] if data.startswith(codecs.BOM_UTF8) else data)
        fields(value, "document", ("sanso", "nodes"),
               ("name", "model", "policy", "edition", "zones", "groups", "services", "names", "links", "transfers",
                "exceptions", "evidence", "expects"))
        integer_in(value["sanso"], "sanso", 1, 1)
        string(value.get("name", ""), "name")
        model = one_of(value["model"], "model", MODELS) if "model" in value else None
        policy = string(value["policy"], "policy") if "policy" in value else None
        edition = one_of(value["edition"], "edition", EDITIONS) if "edition" in value else None
        zones: Dict[str, Tuple[Net, ...]] = {tier: () for tier in TIERS}
        bases: Dict[Optional[str], str] = {tier: tier for tier in TIERS}
        owners: Set[Net] = set()
        for name, zone in fields(value.get("zones", {}), "zones", (), value.get("zones", {})).items():
            fields(zone, "zones." + name, (), ("networks", "title", "base"))
            if "base" in zone and bases.setdefault(name, one_of(zone["base"], "zones." + name, TIERS)) != zone["base"]:
                raise Failure("zones." + name, "value", zone["base"])
            string(zone.get("title", ""), "zones." + name)
            given = united(zone["networks"], "zones." + name) if "networks" in zone else []
            zones[check_id(name, "zones")] = nets = tuple(parse_net(n, "zones." + name) for n in strings(given, "zones." + name))
            for net in nets:
                if net in owners:  # in one zone or in two
                    raise Failure("zones." + name, "duplicate", zone["networks"])
                owners.add(net)
        whole: Dict[str, Any] = {"zones": zones, "nodes": {}, "names": {}, "named": set()}
        for key in ("groups", "services"):
            whole[key] = fields(value.get(key, {}), key, (), value.get(key, {}))
            for name in whole[key]:
                check_id(name, key)
            check_nesting(whole[key], key, "group:" if key == "groups" else "")
        for name in whole["groups"]:
            group_nets(name, "groups", whole)
        for name in whole["services"]:
            if name in ("any", "transfer") or name.partition("/")[0] in (*PROTOCOLS, "proto"):
                raise Failure("services", "value", name)
            parse_services(whole["services"][name], "services." + name, whole["services"], False)
        for i, n in enumerate(array(value["nodes"], "nodes")):
            name = check_id(fields(n, "nodes[%d]" % i, ("id",), NODE_KEYS)["id"], "nodes[%d]" % i)
            if name in whole["nodes"]:
                raise Failure("nodes[%d]" % i, "duplicate", name)
            whole["nodes"][name] = n
        whole["names"] = read_names(value.get("names", {}), whole)
        nodes = {name: read_node(n, "node " + name, whole) for name, n in whole["nodes"].items()}
        links = read_links(value.get("links", []), nodes)
        check_names(nodes, links)
        waivers = read_waivers(value.get("exceptions", []), whole)
        transfers = read_transfers(value.get("transfers", []), whole)
        evidence = read_evidence(value["evidence"]) if "evidence" in value else ()
        expects = read_expects(value["expects"], whole) if "expects" in value else ()
        return Document(zones, bases, nodes, links, waivers, transfers, evidence, expects, model, policy, edition,
                        frozenset(whole["named"]))
    except Failure as failure:
        raise Unusable(failure.place, failure.message, *failure.arguments) from None


# ---------------------------------------------------------------------------------------------------------------------
# Policies (P, C1): the canonical JSON, one file with all that it extends
# ---------------------------------------------------------------------------------------------------------------------

class Requirement(NamedTuple):
    """A requirement: `asked` are the settings of its one check, as they are written."""
    id: str
    severity: str  # as its entry says: "error" or "warning"
    kind: str
    asked: Dict[str, Any]


class Change(NamedTuple):
    """A change of a requirement. `loosens`: it asks for less, until a day."""
    id: str
    to: str  # "error", "warning" or "off"
    loosens: bool
    reason: str
    approved_by: str
    until: str


class Policy(NamedTuple):
    """A policy as read."""
    id: str
    sha256: str
    edition: str  # of the guideline
    patterns: Dict[str, List[Any]]
    requirements: Tuple[Requirement, ...]
    changes: Tuple[Change, ...]


GRAVITY = ("off", "warning", "error")  # from less to more
METHODS = frozenset(SANITISING)
FLAGS_OF_NODES = ("labelled", "external", "endpoint")
NODE_PATTERN_KEYS = ("zone", "tier", "kind", "tag", "control", "node", "business", "owner", "addresses", "pattern", "not",
                     *FLAGS_OF_NODES)
# By kind of check: the keys that it must have, and those that it may have.
CHECKS: Dict[str, Tuple[Tuple[str, ...], Tuple[str, ...]]] = {
    "isolation": (("a", "b"), ("sanitised_by", "without", "services")),
    "through": (("a", "b", "nodes"), ("sanitised_by", "services")),
    "sessions": (("from", "to"), ("service", "without")),
    "segment": (("a", "b"), ()),
    "homed": (("nodes",), ("allowed",)),
    "attributes": ((), ("nodes", "links", "controls", "any_of", "owner", "circuit")),
    "placement": (("nodes",), ("zones", "tiers")),
    "exceptions": ((), ("limited", "peer", "used", "attested", "of")),
    "transfers": ((), ("from", "to", "sanitised_by", "approved")),
    "labelled": ((), ()),
    "evidence": (("kind",), ("within",)),
    "expects": ((), ()),
}
# One of these is asked.
ASKS = {"attributes": ("controls", "any_of", "owner", "circuit"), "placement": ("zones", "tiers"),
        "transfers": ("sanitised_by", "approved")}
OF_EXCEPTIONS = ("limited", "peer", "used", "attested")
WAIVABLE = ("isolation", "through", "sessions")


def filled(value: Any, place: str) -> List[Any]:
    """An array that is not empty: the canonical JSON leaves out what says nothing."""
    if not array(value, place):
        raise Failure(place, "value", value)
    return value


def check_words(value: Any, place: str, allowed: Optional[Iterable[str]] = None) -> None:
    """Words, or words of the format."""
    for word in filled(value, place):
        check_word(word, place) if allowed is None else one_of(word, place, allowed)


def check_pattern(value: Any, place: str, names: Iterable[str]) -> None:
    """P: a pattern of nodes."""
    for i, one in enumerate(filled(value, place)):
        where = "%s[%d]" % (place, i)
        for key, given in fields(one, where, (), NODE_PATTERN_KEYS).items():
            if key in FLAGS_OF_NODES:
                boolean(given, where)
            elif key == "not":
                check_pattern(given, where + ".not", names)
            elif key == "pattern":
                one_of(given, where, names)
            elif key == "addresses":
                for net in filled(given, where):
                    parse_net(string(net, where), where)
            else:
                check_words(given, where, {"tier": TIERS, "kind": KINDS}.get(key))


def named_in(value: Any) -> Set[str]:
    """The names of patterns in a pattern."""
    found: Set[str] = set()
    for one in value:
        found |= {one["pattern"]} if "pattern" in one else set()
        found |= named_in(one.get("not", []))
    return found


def in_naming_order(patterns: Dict[str, Any]) -> Dict[str, Any]:
    """P: patterns that have a name, each after those that it names; they do not name each other in a circle."""
    for name in patterns:
        check_pattern(patterns[name], "patterns." + name, patterns)
    names = {name: named_in(pattern) for name, pattern in patterns.items()}
    found: Dict[str, Any] = {}
    while len(found) < len(patterns):
        ready = [name for name in patterns if name not in found and names[name] <= set(found)]
        if not ready:
            raise Failure("patterns", "circle", sorted(set(patterns) - set(found))[0])
        found.update((name, patterns[name]) for name in ready)
    return found


def check_link_pattern(value: Any, place: str, names: Iterable[str]) -> None:
    """P: a pattern of links."""
    for key, given in fields(value, place, (), ("ends", "circuit", "tag", "owner")).items():
        if key == "ends":
            if len(array(given, place)) != 2:
                raise Failure(place, "value", given)
            for end in given:
                check_pattern(end, place + ".ends", names)
        else:
            check_words(given, place, CIRCUITS if key == "circuit" else None)


def check_setting(kind: str, key: str, value: Any, place: str, names: Iterable[str]) -> None:
    """P: one setting of a check."""
    if key in ("a", "b", "nodes", "from", "to", "without", "allowed"):
        check_pattern(value, place, names)
    elif key == "links":
        for i, one in enumerate(filled(value, place)):
            check_link_pattern(one, "%s[%d]" % (place, i), names)
    elif key == "sanitised_by":
        if value != "any":
            check_words(value, place, SANITISING)
    elif key in ("service", "services"):
        parse_services(filled(value, place), place, {}, False)
    elif key == "within":
        integer_in(value, place, 0, 2 ** 53)
    elif key == "kind":
        check_word(value, place)
    elif key in ("controls", "any_of", "zones", "tiers", "circuit", "of"):
        check_words(value, place, {"tiers": TIERS, "circuit": CIRCUITS}.get(key))
    elif value is not True:  # a flag
        raise Failure(place, "value", value)


def read_requirement(value: Any, place: str, names: Iterable[str]) -> Requirement:
    """P: a requirement, and its check of one kind."""
    fields(value, place, ("id", "severity", "title", "check"), ("clause", "basis", "help"))
    string(value.get("clause", ""), place + ".clause")
    if "basis" in value:
        fields(value["basis"], place + ".basis", ("source", "sure"))
        string(value["basis"]["source"], place + ".basis")
        one_of(value["basis"]["sure"], place + ".basis", ("stated", "reported", "assumed", "declared"))
    check_phrase(value["title"], place + ".title")
    for key, text in fields(value["help"], place + ".help", ("meaning", "why", "mend")).items() if "help" in value else ():
        check_phrase(text, place + ".help." + key)
    check = fields(value["check"], place + ".check", (), CHECKS)
    if len(check) != 1:
        raise Failure(place + ".check", "value", sorted(check))
    (kind, asked), = check.items()
    place = "%s.check.%s" % (place, kind)
    for key, given in fields(asked, place, *CHECKS[kind]).items():
        check_setting(kind, key, given, "%s.%s" % (place, key), names)
    if kind == "exceptions" and sum(key in asked for key in OF_EXCEPTIONS) != 1:
        raise Failure(place, "value", sorted(asked))
    if kind == "attributes" and (("nodes" in asked) == ("links" in asked) or "nodes" in asked and "circuit" in asked):
        raise Failure(place, "value", sorted(asked))
    if kind in ASKS and not any(key in asked for key in ASKS[kind]):
        raise Failure(place, "missing-key", ", ".join(ASKS[kind]))
    return Requirement(check_word(value["id"], place), one_of(value["severity"], place, GRAVITY[1:]), kind, asked)


def check_phrase(value: Any, place: str) -> None:
    """P: a text in both languages."""
    for text in fields(value, place, ("en", "ja")).values():
        string(text, place)


def read_changes(value: Any, requirements: Iterable[Requirement]) -> Tuple[Change, ...]:
    """P: changes in their order. What asks for less than the requirement after the changes before it needs a reason, an
    approver and a day."""
    now = {r.id: r.severity for r in requirements}
    found = []
    for i, c in enumerate(value):
        place = "change[%d]" % i
        fields(c, place, ("id",), ("severity", "off", "reason", "approved_by", "until"))
        one_of(c["id"], place, now)
        if ("severity" in c) == ("off" in c) or c.get("off", True) is not True:
            raise Failure(place, "value", c)
        to = one_of(c["severity"], place, GRAVITY[1:]) if "severity" in c else "off"
        said = [string(c[k], place).strip(WHITE_SPACE) for k in ("reason", "approved_by") if k in c]
        until = check_date(c["until"], place) if "until" in c else ""
        if not all(said):
            raise Failure(place, "value", "")
        loosens = GRAVITY.index(to) < GRAVITY.index(now[c["id"]])
        if loosens and (len(said) != 2 or not until):
            raise Failure(place, "missing-key", "reason, approved_by, until")
        if not loosens:
            now[c["id"]] = to
        found.append(Change(c["id"], to, loosens, said[0] if loosens else "", said[1] if loosens else "", until))
    return tuple(found)


@functools.lru_cache(maxsize=8)
def read_policy(data: bytes) -> Policy:
    """P, C1: a policy, or `Unusable`. Its digest is that of the bytes. Whoever checks many certificates reads it once: nothing
    that is made of a policy is changed."""
    try:
        value = parse_json(data)
        fields(value, "policy", ("sanso-policy", "id", "title", "edition"), ("patterns", "requirements", "change"))
        integer_in(value["sanso-policy"], "sanso-policy", 1, 1)
        check_phrase(value["title"], "title")
        one_of(value["edition"], "edition", EDITIONS)
        patterns = in_naming_order(fields(value.get("patterns", {}), "patterns", (), value.get("patterns", {})))
        given = filled(value["requirements"], "requirements") if "requirements" in value else []
        requirements = tuple(read_requirement(r, "requirements[%d]" % i, patterns) for i, r in enumerate(given))
        ids = [r.id for r in requirements]
        for r in requirements:
            if ids.count(r.id) > 1:
                raise Failure("requirements", "duplicate", r.id)
            for waived in r.asked.get("of", []):
                one_of(waived, "requirement " + r.id, ids)
        changes = read_changes(filled(value["change"], "change") if "change" in value else [], requirements)
        return Policy(check_word(value["id"], "id"), hashlib.sha256(data).hexdigest(), value["edition"], patterns, requirements, changes)
    except Failure as failure:
        raise Unusable("policy: " + failure.place, failure.message, *failure.arguments) from None
    except RecursionError:
        raise Unusable("policy", "depth") from None


def built_in(name: Any) -> Optional[Policy]:
    """C1: the policy of this id among those that come with this checker: the files of policies/canonical, beside its folder or in
    it."""
    here = os.path.dirname(os.path.abspath(__file__))
    for above in (here, os.path.join(here, "..")):
        folder = os.path.join(above, "policies", "canonical")
        for file_name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
            try:
                with open(os.path.join(folder, file_name), "rb") as file:
                    policy = read_policy(file.read())
            except (OSError, Unusable):
                continue
            if policy.id == name:
                return policy
    return None


def in_effect(policy: Policy, date: str) -> Tuple[List[Requirement], List[Change]]:
    """P: what is asked on a day, with the severity that it has then, and the loosenings in effect, both in the policy's order.
    A change that asks for as much or more ends the loosenings before it to less than that; of the others the last counts."""
    asked, loosened = [], []
    for requirement in policy.requirements:
        severity, open_ones = requirement.severity, []
        for change in (c for c in policy.changes if c.id == requirement.id):
            if change.loosens:
                open_ones.append(change)
            else:
                severity = change.to
                open_ones = [c for c in open_ones if GRAVITY.index(c.to) >= GRAVITY.index(severity)]
        open_ones = [c for c in open_ones if date <= c.until]
        if open_ones:
            severity = open_ones[-1].to
            loosened.append(open_ones[-1])
        if severity != "off":
            asked.append(requirement._replace(severity=severity))
    return asked, loosened


class Facts(NamedTuple):
    """What patterns look at: the document, the label of each node, and what the patterns with a name match."""
    document: Document
    labels: Dict[str, Optional[str]]
    named: Dict[str, FrozenSet[str]]

    def tier(self, name: str) -> Optional[str]:
        """The tier of a node's zone."""
        return tier_of(self.document, self.labels[name])


def facts_of(document: Document, policy: Policy) -> Facts:
    """The document under the patterns of a policy."""
    facts = Facts(document, {n.id: label_of(n, document.zones) for n in document.nodes.values()}, {})
    for name, pattern in policy.patterns.items():
        facts.named[name] = matching(facts, pattern)
    return facts


def matching(facts: Facts, pattern: List[Dict[str, Any]]) -> FrozenSet[str]:
    """P: the nodes that match a pattern: one of its maps, all of whose keys hold."""
    nodes = facts.document.nodes.values()
    found: Set[str] = set()
    for one in pattern:
        left = list(nodes)
        for key, given in one.items():
            if key == "not":
                apart = matching(facts, given)
                left = [n for n in left if n.id not in apart]
            elif key == "pattern":
                left = [n for n in left if n.id in facts.named[given]]
            elif key == "addresses":
                nets = [parse_net(text, "addresses") for text in given]
                left = [n for n in left if n.addresses and all(any(lies_in(a, net) for net in nets) for a in n.addresses)]
            else:
                left = [n for n in left if has_word(facts, n, key, given)]
        found.update(n.id for n in left)
    return frozenset(found)


def lies_in(net: Net, outer: Net) -> bool:
    """An address or CIDR lies in another."""
    return net.version == outer.version and outer.first <= net.first and net.last <= outer.last


def has_word(facts: Facts, node: Node, key: str, given: Any) -> bool:
    """P: a key of a pattern that says true or false, or lists words of which one must be the node's."""
    if key in FLAGS_OF_NODES:
        return given == {"labelled": facts.labels[node.id] is not None, "external": node.kind == "external",
                         "endpoint": node.endpoint}[key]
    own = {"zone": [facts.labels[node.id]], "tier": [facts.tier(node.id)], "kind": [node.kind], "tag": node.tags,
           "control": node.controls, "node": [node.id], "business": node.business, "owner": [node.owner]}[key]
    return any(word in own for word in given)


def endpoints_of(facts: Facts, pattern: List[Any], left_out: FrozenSet[str] = frozenset()) -> List[str]:
    """The endpoints that match, in document order, but for some nodes."""
    found = matching(facts, pattern)
    return [n.id for n in facts.document.nodes.values() if n.endpoint and n.id in found and n.id not in left_out]


def removed_by(facts: Facts, r: Requirement) -> FrozenSet[str]:
    """P: the nodes that a requirement takes out."""
    given = r.asked.get("nodes" if r.kind == "through" else "without") if r.kind in WAIVABLE else None
    return matching(facts, given) if given is not None else frozenset()


def sides_of(facts: Facts, r: Requirement) -> Tuple[List[str], List[str]]:
    """P: the two sides of a requirement on paths, sessions or segments."""
    left_out = removed_by(facts, r)
    keys = ("from", "to") if r.kind == "sessions" else ("a", "b")
    return endpoints_of(facts, r.asked[keys[0]], left_out), endpoints_of(facts, r.asked[keys[1]], left_out)


# ---------------------------------------------------------------------------------------------------------------------
# Labels and addresses (S2, S3)
# ---------------------------------------------------------------------------------------------------------------------

def zone_of_net(net: Net, zones: Dict[str, Tuple[Net, ...]]) -> Optional[str]:
    """S2.2: the zone whose networks hold all of an address or CIDR in the longest prefix."""
    best = [(n.length, z) for z, nets in zones.items() for n in nets
            if n.version == net.version and n.first <= net.first and net.last <= n.last]
    return max(best)[1] if best else None


def label_of(node: Node, zones: Dict[str, Tuple[Net, ...]]) -> Optional[str]:
    """S2: the label of a node."""
    if node.zone is not None:
        return node.zone
    if node.forwards or node.kind == "gateway" or any(s.sanitising for s in node.relays or ()) or not node.addresses:
        return None
    found = {zone_of_net(a, zones) for a in node.addresses}
    return found.pop() if len(found) == 1 else None


def tier_of(document: Document, label: Optional[str]) -> Optional[str]:
    """S1: the tier that a zone belongs to."""
    return document.bases.get(label)


def nets_of(node: Node, label: Optional[str], zones: Dict[str, Tuple[Net, ...]]) -> Tuple[Net, ...]:
    """S3: A(n) as a list of entries; empty: its symbolic address."""
    if node.addresses:
        return node.addresses
    return (zones[label] if label is not None else ()) + (DEFAULT_NETS if node.kind == "external" else ())


class AddressLine(NamedTuple):
    """C3: IPv4, then symbolic addresses in the certificate's order, then IPv6, as one line of integers from 0."""
    symbolic: Dict[str, int]
    v6: int  # position of ::
    end: int


V4_END = 2 ** 32


def address_line(symbolic: List[str]) -> AddressLine:
    """C3: the line for an order of the symbolic addresses."""
    v6 = V4_END + len(symbolic)
    return AddressLine({s: V4_END + i for i, s in enumerate(symbolic)}, v6, v6 + 2 ** 128)


def symbolics(line: AddressLine) -> Intervals:
    """All symbolic addresses."""
    return Intervals((V4_END,), (line.v6 - 1,)) if line.symbolic else EMPTY


def on_line(line: AddressLine, nets: Iterable[Net]) -> Intervals:
    """Nets as a set on the address line."""
    return intervals([(n.first + (line.v6 if n.version == 6 else 0), n.last + (line.v6 if n.version == 6 else 0)) for n in nets])


def families(line: AddressLine, s: Intervals) -> int:
    """Which kinds of addresses a set has: 1 IPv4, 2 IPv6, 4 symbolic, added up."""
    return (1 * meets(s, 0, V4_END - 1)) + (2 * meets(s, line.v6, line.end - 1)) + (4 * meets(s, V4_END, line.v6 - 1))


def go_together(a: int, b: int) -> bool:
    """S4: IPv4 with IPv4, IPv6 with IPv6, symbolic with any (arguments as from `families`)."""
    return bool(a & b & 3) or bool(a & 4 and b) or bool(b & 4 and a)


Four = Tuple[Intervals, Intervals, Intervals, Intervals]  # a set on each line of C3
NOTHING: Four = (EMPTY, EMPTY, EMPTY, EMPTY)


class Rule4(NamedTuple):
    """A rule as four sets, one for each line of C3, and the interfaces that it names. An idle rule has empty sets."""
    permit: bool
    sets: Four
    ins: Optional[FrozenSet[str]]
    outs: Optional[FrozenSet[str]]


class Filter4(NamedTuple):
    """A filter of such rules."""
    permit: bool
    rules: Tuple[Rule4, ...]
    ins: Optional[FrozenSet[str]]
    outs: Optional[FrozenSet[str]]
    applies_to: FrozenSet[str]
    sees: Tuple[bool, bool]


class Entry4(NamedTuple):
    """An entry of `nat`: what it matches loosely and strictly, and what it makes of it. target None: keep."""
    translates: int  # the line: 0 source, 1 destination
    loose: Four
    strict: Four
    target: Optional[Intervals]
    shift: Optional[int]  # one to one: from the address that came to that which it becomes
    port: Optional[int]
    arrived: bool
    emitted: bool
    original: bool
    ins: Optional[FrozenSet[str]]
    outs: Optional[FrozenSet[str]]


class Prefix(NamedTuple):
    """The routes of one prefix. `last`: shorter ones do not count where this one matches (not all of its vias fail)."""
    net: Net
    vias: FrozenSet[str]
    last: bool


class Meaning(NamedTuple):
    """The document with everything that S2 and S3 compute from it."""
    document: Document
    line: AddressLine
    labels: Dict[str, Optional[str]]
    tiers: Dict[str, Optional[str]]  # that the zone belongs to which is n's label
    sends: Dict[str, Intervals]  # A(n)
    receives: Dict[str, Intervals]  # R(n)
    singles: Dict[str, Intervals]  # addresses that n declares as single
    filters: Dict[Unit, Tuple[Filter4, ...]]  # only units that have some
    routes: Dict[Unit, Tuple[Prefix, ...]]  # longest prefix first
    nets: Dict[Selector, Intervals]  # relay selectors: their addresses (a symbolic one wherever it might lie)
    claims: Dict[Selector, Intervals]  # exception selectors: their addresses
    nat: Dict[Unit, Tuple[Entry4, ...]]  # only units that translate
    bearable: Intervals  # the addresses that a header may bear (S4a)
    declared: Intervals  # the addresses that some node declares as single
    signature: Dict[str, Tuple[Any, ...]]  # nodes of equal signature are alike to every relay, exception and transfer
    alike_singles: Dict[str, Intervals]  # the single addresses of all nodes of n's signature (see `signatures`)


def receive_sets(document: Document, line: AddressLine, labels: Dict[str, Optional[str]],
                 entries: Dict[str, Tuple[Net, ...]], sends: Dict[str, Intervals]) -> Dict[str, Intervals]:
    """S3: R(n). Entry by entry: what no longer prefix of another node holds, nor (for entries that n does not itself
    declare, and for the default nets) a longer network of another zone. A longer prefix of n itself may be taken off too:
    it is an entry of its own, and whatever is longer than it is longer than the entry around it."""
    rivals: Dict[int, List[Net]] = {4: [], 6: []}
    for node in document.nodes.values():
        for net in node.addresses if node.forwards else entries[node.id]:
            if not node.forwards or net.first == net.last:
                rivals[net.version].append(net)
    sorted_rivals = {v: sorted(set(r), key=lambda n: (n.first, n.last)) for v, r in rivals.items()}
    starts = {v: [n.first for n in r] for v, r in sorted_rivals.items()}
    known: Dict[Tuple[Net, Optional[str], bool], Intervals] = {}

    def owned(net: Net, label: Optional[str], zones_too: bool) -> Intervals:
        key = (net, label if zones_too else None, zones_too)
        if key not in known:
            inside = range(bisect_right(starts[net.version], net.first - 1), bisect_right(starts[net.version], net.last))
            taken = [r for r in (sorted_rivals[net.version][i] for i in inside) if r.length > net.length]
            if zones_too:
                taken += [n for z, nets in document.zones.items() if z != label for n in nets
                          if n.version == net.version and n.length > net.length and net.first <= n.first <= net.last]
            known[key] = subtract(on_line(line, [net]), on_line(line, taken))
        return known[key]

    found = {}
    for node in document.nodes.values():
        if not entries[node.id]:
            found[node.id] = sends[node.id]
        else:
            found[node.id] = union([owned(e, labels[node.id], not node.addresses or e in DEFAULT_NETS)
                                    for e in entries[node.id]])
    return found


def sure_sets(document: Document, line: AddressLine, entries: Dict[str, Tuple[Net, ...]],
              receives: Dict[str, Intervals]) -> Dict[str, Intervals]:
    """S3: what node:n means in a deny rule: ⟨n⟩, or the part of R(n) in nets that n declares (a forwarder: single ones),
    but for the part whose longest such net, of more than one address, another endpoint's A holds too."""
    holders: Dict[Net, Set[str]] = {}
    for node in document.nodes.values():
        if node.endpoint:
            for net in entries[node.id]:
                holders.setdefault(net, set()).add(node.id)
    found = {}
    for node in document.nodes.values():
        if not entries[node.id]:
            found[node.id] = receives[node.id]
            continue
        sure: List[Intervals] = []
        longer = EMPTY
        for net in sorted(set(node.addresses), key=lambda n: -n.length):
            if node.forwards and net.first != net.last:
                continue
            own = on_line(line, [net])
            if net.first == net.last or not holders.get(net, set()) - {node.id}:
                sure.append(subtract(own, longer))
            longer = union([longer, own])
        found[node.id] = intersect(receives[node.id], union(sure))
    return found


def prefixes_of(routes: Tuple[Route, ...]) -> Tuple[Prefix, ...]:
    """S5: routes by prefix, the longest first. Of one prefix with drop and via the via counts; where each of its vias fails,
    and there is no drop, the next shorter one counts too."""
    found: Dict[Net, List[Route]] = {}
    for route in routes:
        found.setdefault(route.net, []).append(route)
    return tuple(Prefix(net, frozenset(r.via for r in found[net] if r.via is not None), not all(r.fails for r in found[net]))
                 for net in sorted(found, key=lambda n: -n.length))


def meaning_of(document: Document, symbolic: List[str]) -> Meaning:
    """S2, S3, C3: labels, A, R and the sets of all rules, on the line with this order of symbolic addresses."""
    zones, nodes, line = document.zones, document.nodes, address_line(symbolic)
    labels = {n.id: label_of(n, zones) for n in nodes.values()}
    entries = {n.id: nets_of(n, labels[n.id], zones) for n in nodes.values()}
    shared: Dict[Tuple[Net, ...], Intervals] = {}
    sends = {}
    for name, nets in entries.items():
        if nets not in shared:
            shared[nets] = on_line(line, nets)
        sends[name] = shared[nets] if nets else intervals([(line.symbolic[name],) * 2])
    receives = receive_sets(document, line, labels, entries, sends)
    sure = sure_sets(document, line, entries, receives)
    singles = {n.id: on_line(line, [a for a in n.addresses if a.first == a.last]) for n in nodes.values()}
    declared = union(singles.values())
    whole = intervals([(0, line.end - 1)])
    every_symbolic = symbolics(line)
    labelled: Dict[str, List[str]] = {z: [] for z in zones}
    for name, label in labels.items():
        if label is not None:
            labelled[label].append(name)

    def guessed(nets: Tuple[Net, ...]) -> bool:
        """S3: a symbolic address might lie in one of these: more than one address, or a single one nobody declares."""
        return any(n.first != n.last or not within(on_line(line, [n]), declared) for n in nets)

    known: Dict[Tuple[str, Any, bool], Intervals] = {}

    def item_set(word: str, value: Any, loose: bool) -> Intervals:
        """S3: the addresses of one item of a selector: loosely (in a permit rule), or strictly (in a deny rule)."""
        if word == "any":
            return whole
        if word == "not":
            return subtract(whole, selected(value, not loose))
        if word == "fqdn":  # a name that nobody gives addresses for
            return whole if loose else EMPTY
        if word == "net":
            return union([on_line(line, [value]), every_symbolic if loose and guessed((value,)) else EMPTY])
        if word == "node":
            if not loose:
                return sure[value]
            return union([sends[value], every_symbolic if guessed(entries[value]) else EMPTY])
        homeless = [s for s in symbolic if labels[s] is None] if loose and zones[value] else []
        return union([on_line(line, zones[value]), intervals([(line.symbolic[s],) * 2 for s in homeless]),
                      *(cached_set("node", n, loose) for n in labelled[value])])

    def cached_set(word: str, value: Any, loose: bool) -> Intervals:
        key = (word, value, loose)
        if key not in known:
            known[key] = item_set(word, value, loose)
        return known[key]

    def selected(selector: Selector, loose: bool) -> Intervals:
        return union([cached_set(word, value, loose) for word, value in selector])

    def matched(match: Match, loose: bool) -> Four:
        return (selected(match.source, loose), selected(match.destination, loose), match.service, match.source_port)

    filters, routes = {}, {}
    for node in nodes.values():
        if node.filters:
            filters[session_unit(node)] = tuple(
                Filter4(f.permit, tuple(Rule4(r.permit, NOTHING if r.idle else matched(r.match, r.permit), r.match.ins, r.match.outs)
                                        for r in f.rules), f.ins, f.outs, f.applies_to, f.sees) for f in node.filters)
        if node.routes is not None:
            routes[session_unit(node)] = prefixes_of(node.routes)

    def entry_of(e: Entry) -> Entry4:
        """S4a: the target is A(n) of the nodes in it, and the addresses; one to one, the k-th becomes the k-th."""
        target = None if e.target is None else union([sends[v] if w == "node" else on_line(line, [v]) for w, v in e.target])
        matched_by = e.match.source if e.translates == "source" else e.match.destination
        shift = e.target[0][1].first - matched_by[0][1].first if e.one_to_one and e.target is not None else None
        return Entry4(("source", "destination").index(e.translates), matched(e.match, True), matched(e.match, False), target,
                      shift, e.port, e.arrived, e.emitted, e.original, e.match.ins, e.match.outs)

    nat = {session_unit(n): tuple(entry_of(e) for e in n.nat) for n in nodes.values() if n.nat}
    unborne = [(line.symbolic[s],) * 2 for s in symbolic if not nodes[s].endpoint and s not in document.named]
    stations = [s for n in nodes.values() for s in n.relays or ()]
    nets = {sel: union([cached_set(w, v, True) for w, v in sel if w == "net"])
            for s in stations for sel in (s.origin, s.onward)}
    claims = {sel: on_line(line, [v for w, v in sel if w == "net"])
              for e in document.waivers for sel in (e.source, e.destination)}
    tiers = {n: document.bases.get(label) for n, label in labels.items()}
    meaning = Meaning(document, line, labels, tiers, sends, receives, singles, filters, routes, nets, claims, nat,
                      subtract(whole, intervals(unborne)), declared, {}, {})
    meaning.signature.update(signatures(meaning))
    alike: Dict[Tuple[Any, ...], List[Intervals]] = {}
    for name, signature in meaning.signature.items():
        alike.setdefault(signature, []).append(singles[name])
    together = {signature: union(sets) for signature, sets in alike.items()}
    meaning.alike_singles.update((name, together[signature]) for name, signature in meaning.signature.items())
    return meaning


def signatures(m: Meaning) -> Dict[str, Tuple[Any, ...]]:
    """Groups alike nodes, for speed only: two nodes have one signature if no relay, exception or transfer can tell them apart.
    That is: kind, label, tags and the kind of addresses agree, neither is named, neither has relay entries, and for every
    set of addresses in a relay or exception both have all their addresses inside (for an exception: and declared as single)
    or both all outside. So a node may be asked about with the addresses of all that are alike: of the addresses in an
    exception's set, either all are single ones of the node that has them, or none is (`alike_singles`)."""
    selectors = list(m.nets) + list(m.claims) + [s for t in m.document.transfers for s in (t.source, t.destination)]
    named = {value for selector in selectors for word, value in selector if word == "node"}
    found: Dict[str, Tuple[Any, ...]] = {}
    for node in m.document.nodes.values():
        own, alone = m.sends[node.id], bool(node.id in named or node.relays)
        flags = []
        for atom in set(m.nets.values()):
            flags.append(within(own, atom))
            alone = alone or not (flags[-1] or disjoint(own, atom))
        for atom in set(m.claims.values()):
            claimed = intersect(atom, m.singles[node.id])
            flags.append(within(own, claimed))
            alone = alone or not (flags[-1] or disjoint(own, claimed))
        family = families(m.line, own)
        alone = alone or family not in (1, 2, 4)
        found[node.id] = (node.id,) if alone else (node.kind, m.labels[node.id], node.tags, family, tuple(flags))
    return found


def matches_peer(m: Meaning, selector: Selector, peer: str, addresses: Intervals) -> bool:
    """S6: a relay selector matches a peer by what it is, or by one of its addresses in the session."""
    node = m.document.nodes[peer]
    for word, value in selector:
        if (word == "any" or word == "node" and value == peer or word == "zone" and value == m.labels[peer]
                or word == "kind" and value == node.kind or word == "tag" and value in node.tags):
            return True
    return not disjoint(addresses, m.nets[selector]) if selector in m.nets else False


def is_matched(m: Meaning, selector: Selector, node: str) -> bool:
    """S6: an exception's selector matches a node by what it is, whatever its address."""
    return any(word == "any" or word == "node" and value == node or word == "zone" and value == m.labels[node]
               for word, value in selector)


def all_matched(m: Meaning, selector: Selector, node: str, addresses: Intervals) -> bool:
    """S6, C6: an exception's selector matches a node for every one of these addresses. (None: a transfer has none.)"""
    return is_matched(m, selector, node) or (
        addresses != EMPTY and within(addresses, intersect(m.claims[selector], m.alike_singles[node])))


def some_matched(m: Meaning, selector: Selector, node: str, addresses: Intervals) -> bool:
    """S6, C7: an exception's selector matches a node for some of these addresses."""
    return is_matched(m, selector, node) or not disjoint(addresses, intersect(m.claims[selector], m.alike_singles[node]))


# ---------------------------------------------------------------------------------------------------------------------
# Units, links, filters, routes (C4)
# ---------------------------------------------------------------------------------------------------------------------

LINES = ("source", "destination", "service", "source_port")


class Box(NamedTuple):
    """C3: an interval (first, last) on each line."""
    source: Tuple[int, int]
    destination: Tuple[int, int]
    service: Tuple[int, int]
    source_port: Tuple[int, int]


def full_box(line: AddressLine) -> Box:
    """C3: the box that holds everything."""
    return Box((0, line.end - 1), (0, line.end - 1), (0, SERVICE_END - 1), (0, SOURCE_PORT_END - 1))


def is_void(line: AddressLine, box: Box) -> bool:
    """C3: no packet lies in the box."""
    if not go_together(families(line, intervals([box.source])), families(line, intervals([box.destination]))):
        return True
    portless = box.service[0] < 253 and box.source_port[0] == 0
    ported = box.service[1] >= 253 and box.source_port[1] > 0
    return not (portless or ported)


def applies(filter_: Filter4, into: Optional[str], out: Optional[str]) -> bool:
    """S4: whether a filter applies from interface to interface (None: emitted or delivered)."""
    way = "emitted" if into is None else "delivered" if out is None else "forwarded"
    return (way in filter_.applies_to and (filter_.ins is None or into in filter_.ins)
            and (filter_.outs is None or out in filter_.outs))


def denies(filter_: Filter4, into: Optional[str], out: Optional[str], box: Box, memo: Dict[Any, Any]) -> Optional[str]:
    """C4: whether a filter denies a box from interface to interface (None: emitted or delivered): the number of the rule
    that says so or "default"; None: it does not deny. `memo` lives as long as the box: it remembers, for each filter, the
    rules that could say something: permits with a header in the box, denies that hold all of it."""
    if not applies(filter_, into, out):
        return None
    key = id(filter_)
    if key not in memo:
        test = {True: meets, False: holds}
        memo[key] = [(i, r) for i, r in enumerate(filter_.rules) if all(test[r.permit](s, *b) for s, b in zip(r.sets, box))]
    for i, rule in memo[key]:
        if (rule.ins is None or into in rule.ins) and (rule.outs is None or out in rule.outs):
            return None if rule.permit else str(i)
    return None if filter_.permit else "default"


def may_pass(m: Meaning, unit: Unit, into: Optional[str], out: Optional[str], box: Box, memo: Dict[Any, Any]) -> bool:
    """C4: the filters of a unit let packets of the box pass (routes: see `routed`)."""
    return all(denies(f, into, out, box, memo) is None for f in m.filters.get(unit, ()))


def routed(m: Meaning, unit: Unit, link: Link, side: int, box: Box) -> bool:
    """C4: the routes of a unit (its end `side` of the link) do not deny the box for this out-link."""
    if not m.routes[unit]:
        return True  # not relied upon
    names = {link.names[side], link.ends[1 - side][0]}
    left = clip(intervals([box.destination]), 0, m.line.end - 1)
    if meets(left, V4_END, m.line.v6 - 1) and any(names & p.vias for p in m.routes[unit]):
        return True
    for prefix in m.routes[unit]:
        (first, last), = pairs_of(on_line(m.line, [prefix.net]))
        if names & prefix.vias and meets(left, first, last):
            return True
        if prefix.last:
            left = subtract(left, intervals([(first, last)]))
    return False


class Port(NamedTuple):
    """Like links from one unit without filters and routes to simple leaves: same tags and direction. For speed only."""
    tags: Intervals
    away: bool  # packets may go to the leaf
    toward: bool  # packets may come from the leaf
    links: Dict[int, str]  # link: leaf


class View(NamedTuple):
    """The network of a requirement: all of it, or (INTERNET-CLOUD) without some nodes and their links."""
    removed: FrozenSet[str]
    forwarding: FrozenSet[Unit]
    switches: FrozenSet[Unit]
    around: Dict[Unit, List[Tuple[int, int]]]  # the links of a unit: (link, side that the unit is)
    ports: List[Port]
    ports_of: Dict[Unit, List[int]]
    attached: Dict[str, Tuple[int, ...]]  # the ports of a simple leaf
    single: Dict[Unit, List[Tuple[int, int]]]  # links of a unit that belong to no port
    port_at: Dict[int, int]  # link: its port


def is_plain(m: Meaning, unit: Unit) -> bool:
    """C5, C9: a unit without filters, routes and `nat`, relied upon or not: what comes to it leaves it as it came."""
    return unit not in m.filters and unit not in m.routes and unit not in m.nat


def view_of(m: Meaning, removed: FrozenSet[str]) -> View:
    """C4: units and links. A simple leaf does not forward, has no filters, and all its links lead to forwarding units
    without filters and routes; such links are grouped into ports."""
    d = m.document
    forwarding, switches = set(), set()
    around: Dict[Unit, List[Tuple[int, int]]] = {}
    for node in d.nodes.values():
        if node.id in removed:
            continue
        for half in (0, 1) if node.kind == "l3-switch" else (0,):
            around[(node.id, half)] = []
            if node.forwards:
                forwarding.add((node.id, half))
                if node.kind == "switch" or (node.kind == "l3-switch" and half == 0):
                    switches.add((node.id, half))
    for i, link in enumerate(d.links):
        if link.ends[0] in around and link.ends[1] in around:
            around[link.ends[0]].append((i, 0))
            around[link.ends[1]].append((i, 1))
    plain = {u for u in forwarding if is_plain(m, u)}
    ports: List[Port] = []
    ports_of: Dict[Unit, List[int]] = {u: [] for u in around}
    numbers: Dict[Any, int] = {}
    attached, port_at = {}, {}
    for unit, ends in around.items():
        fars = [d.links[i].ends[1 - side] for i, side in ends]
        if unit in forwarding or unit in m.filters or any(f not in plain for f in fars):
            continue
        own = []
        for (i, side), far in zip(ends, fars):
            away, toward = (not d.links[i].one_way or side == 1), (not d.links[i].one_way or side == 0)
            key = (far, d.links[i].tags[1 - side], away, toward)
            if key not in numbers:
                numbers[key] = len(ports)
                ports.append(Port(d.links[i].tags[1 - side], away, toward, {}))
                ports_of[far].append(numbers[key])
            ports[numbers[key]].links[i] = unit[0]
            port_at[i] = numbers[key]
            own.append(numbers[key])
        attached[unit[0]] = tuple(sorted(own))
    single = {u: [(i, side) for i, side in ends if i not in port_at or u not in plain] for u, ends in around.items()}
    return View(removed, frozenset(forwarding), frozenset(switches), around, ports, ports_of, attached, single, port_at)


# ---------------------------------------------------------------------------------------------------------------------
# Relations of headers, and what a unit makes of them (S4a, C9)
# ---------------------------------------------------------------------------------------------------------------------

SOURCE, DESTINATION, SERVICE, SOURCE_PORT = 0, 1, 2, 3  # the lines
SENT, CAME, GONE = 0, 1, 2  # a header as it was sent, as it came to a unit, as it leaves it
SYMBOLIC_FAMILY = 4
WITHOUT_PORT = Intervals((0,), (252,))  # the services that have no ports
NO_PORT = Intervals((0,), (0,))


class Values(NamedTuple):
    """One line of a relation: what was sent and what came, each in its set; `linked`: they are the same."""
    sent: Intervals
    came: Intervals
    linked: bool


Relation = Tuple[Values, Values, Values, Values]


def values(sent: Intervals, came: Intervals, linked: bool) -> Optional[Values]:
    """Values in one form: where they are linked the two sets are one, and where each is a single value they are linked if
    it is the same. None: there are none."""
    if linked and sent is not came:
        sent = came = intersect(sent, came)
    if not sent.firsts or not came.firsts:
        return None
    if not linked and sent == came and len(sent.firsts) == 1 and sent.firsts[0] == sent.lasts[0]:
        linked = True
    return Values(sent, came, linked)


def narrowed(v: Values, side: int, s: Intervals) -> Optional[Values]:
    """Those of the values of which what was sent (or what came) is in s."""
    whole = v[side]
    kept = intersect(whole, s)
    if kept == whole:
        return v
    if v.linked:
        return values(kept, kept, True)
    return values(kept, v.came, False) if side == SENT else values(v.sent, kept, False)


def restricted(relation: Relation, axis: int, side: int, s: Intervals) -> Optional[Relation]:
    """The pairs of a relation of which this line is in s. None: there are none (there may be none otherwise, too)."""
    kept = narrowed(relation[axis], side, s)
    if kept is None:
        return None
    return relation if kept is relation[axis] else relation[:axis] + (kept,) + relation[axis + 1:]


def parted(relation: Relation, looks: Iterable[Tuple[int, int, Intervals]]) -> Tuple[Optional[Relation], List[Relation]]:
    """The pairs that are in all of these sets (line, side, set), and the others as disjoint relations."""
    inside: Optional[Relation] = relation
    outside = []
    for axis, side, s in looks:
        assert inside is not None
        rest = restricted(inside, axis, side, subtract(inside[axis][side], s))
        inside = restricted(inside, axis, side, s)
        if inside is None:
            return None, [relation]
        if rest is not None:
            outside.append(rest)
    return inside, outside


def classes(v_service: Intervals, v_port: Intervals) -> int:
    """1: a header without ports is among these, 2: one with ports, added up."""
    portless = meets(v_service, 0, 252) and meets(v_port, 0, 0)
    ported = meets(v_service, 253, SERVICE_END - 1) and meets(v_port, 1, SOURCE_PORT_END - 1)
    return 1 * portless + 2 * ported


def is_possible(m: Meaning, relation: Relation) -> bool:
    """C9: some pair of headers that can be is in the relation."""
    source, destination, service, port = relation
    sent, came = classes(service.sent, port.sent), classes(service.came, port.came)
    if not sent or not came or ((service.linked or port.linked) and not sent & came):
        return False
    kinds = [[families(m.line, s) for s in (v.sent, v.came)] for v in (source, destination)]
    for a in (1, 2, SYMBOLIC_FAMILY):
        for b in (1, 2, SYMBOLIC_FAMILY):
            if a & kinds[0][SENT] and b & kinds[1][SENT] and go_together(a, b):
                of_source = a if source.linked else kinds[0][CAME]
                of_destination = b if destination.linked else kinds[1][CAME]
                if go_together(of_source & kinds[0][CAME], of_destination & kinds[1][CAME]):
                    return True
    return False


def includes(whole: Relation, part: Relation) -> bool:
    """Every pair of `part` is in `whole`, line by line."""
    for w, p in zip(whole, part):
        if w is not p and ((w.linked and not p.linked) or not within(p.sent, w.sent) or not within(p.came, w.came)):
            return False
    return True


def without(relation: Relation, taken: Relation) -> List[Relation]:
    """The pairs of a relation that are not in another, and perhaps more of the relation, never fewer."""
    left: List[Relation] = []
    inside = relation
    for axis in range(4):
        t, r = taken[axis], inside[axis]
        looks = [(axis, SENT, t.sent), (axis, CAME, t.came)]
        if t.linked and not r.linked:
            if len(r.sent.firsts) == 1 and r.sent.firsts == r.sent.lasts:
                looks.append((axis, CAME, r.sent))  # one value was sent: the same must have come
            elif len(r.came.firsts) == 1 and r.came.firsts == r.came.lasts:
                looks.append((axis, SENT, r.came))
            else:
                return [relation]
        kept, outside = parted(inside, looks)
        if kept is None:
            return [relation]
        left += outside
        inside = kept
    return left


MOST_PIECES = 20000


def is_covered(m: Meaning, relation: Relation, others: Iterable[Relation]) -> bool:
    """Every pair of headers that can be, of a relation, is in one of the others."""
    others = list(others)
    if relation in others or any(includes(other, relation) for other in others):
        return True
    left = [relation] if is_possible(m, relation) else []
    for other in others:
        left = [piece for r in left for piece in without(r, other) if piece is r or is_possible(m, piece)]
        if not left:
            return True
        if len(left) > MOST_PIECES:
            raise Failure("relations", "too-many")
    return not left


class Step(NamedTuple):
    """One line of what a unit makes of a relation: what was sent, what came and what leaves; `before`: what was sent is what
    came; `after`: what came is what leaves."""
    sent: Intervals
    came: Intervals
    gone: Intervals
    before: bool
    after: bool


Piece = Tuple[Step, Step, Step, Step]


def cut_step(step: Step, side: int, s: Intervals) -> Optional[Step]:
    """Those of a line of which the value as it was sent, came or leaves is in s."""
    kept = intersect(step[side], s)
    if not kept.firsts:
        return None
    if kept == step[side]:
        return step
    sent, came, gone, before, after = step
    if side == CAME or (side == SENT and before) or (side == GONE and after):
        came = kept
        return Step(kept if before else sent, kept, kept if after else gone, before, after)
    return step._replace(sent=kept) if side == SENT else step._replace(gone=kept)


def cut_piece(piece: Piece, axis: int, side: int, s: Intervals) -> Optional[Piece]:
    """Those of a piece of which this line is in s."""
    step = cut_step(piece[axis], side, s)
    if step is None:
        return None
    return piece if step is piece[axis] else piece[:axis] + (step,) + piece[axis + 1:]


def cut_out(piece: Piece, sides: Tuple[int, int, int, int], product: Four) -> Tuple[Optional[Piece], List[Piece]]:
    """What of a piece is in a product, each line looked at as it was sent, came or leaves; and what is not."""
    if any(disjoint(s, piece[axis][side]) for axis, (side, s) in enumerate(zip(sides, product))):
        return None, [piece]
    inside: Optional[Piece] = piece
    outside = []
    for axis, (side, s) in enumerate(zip(sides, product)):
        assert inside is not None
        rest = cut_piece(inside, axis, side, subtract(inside[axis][side], s))
        if rest is not None:
            outside.append(rest)
        inside = cut_piece(inside, axis, side, s)
    return inside, outside


def kinds_of(m: Meaning, piece: Piece, destination_side: int) -> Iterable[Tuple[Piece, int]]:
    """C9: a piece parted by the kinds of its source, as it came, and of its destination; with the family: 1 IPv4, 2 IPv6,
    3 either (both are symbolic)."""
    lines = ((1, Intervals((0,), (V4_END - 1,))), (2, Intervals((m.line.v6,), (m.line.end - 1,))),
             (SYMBOLIC_FAMILY, symbolics(m.line)))
    for a, of_source in lines:
        half = cut_piece(piece, SOURCE, CAME, of_source)
        for b, of_destination in lines:
            whole = cut_piece(half, DESTINATION, destination_side, of_destination) if half is not None else None
            if whole is not None and go_together(a, b):
                yield whole, (a | b) & 3 or 3


def of_family(m: Meaning, target: Intervals, family: int) -> Intervals:
    """S4a: the addresses that a target has for a packet of this family: its own, and every symbolic one that a header may bear
    if some of them is declared by no node as a single address. None: the entry does not match."""
    real = intersect(target, union([on_line(m.line, [net]) for net in DEFAULT_NETS if family & (1 if net.version == 4 else 2)]))
    symbolic = symbolics(m.line)
    return union([real, intersect(target if within(real, m.declared) else m.bearable, symbolic)])


def one_to_one(m: Meaning, step: Step, shift: int, any_of_them: Intervals, cuts: List[int]) -> Iterable[Step]:
    """S4a, C9: the k-th address becomes the k-th, parted at the positions where a set of the proof begins or ends, here or in
    the target, and where a declared one begins or ends there. A symbolic address becomes any of the target."""
    symbolic = cut_step(step, CAME, symbolics(m.line))
    if symbolic is not None:
        yield symbolic._replace(gone=any_of_them, after=False)
    for first, last in pairs_of(union([clip(step.came, 0, V4_END - 1), clip(step.came, m.line.v6, m.line.end - 1)])):
        low, high = first + shift, last + shift
        declared = clip(m.declared, low, high)
        at = {first, last + 1}
        at.update(cuts[bisect_right(cuts, first):bisect_right(cuts, last)])
        at.update(c - shift for c in cuts[bisect_right(cuts, low):bisect_right(cuts, high)])
        at.update(c - shift for f, l in pairs_of(declared) for c in (f, l + 1))
        ends = sorted(at)
        for begin, end in zip(ends, ends[1:]):
            part = cut_step(step, CAME, Intervals((begin,), (end - 1,)))
            becomes = Intervals((begin + shift,), (end - 1 + shift,))
            if part is not None and not within(becomes, m.declared):
                becomes = union([becomes, intersect(m.bearable, symbolics(m.line))])
            if part is not None:
                yield part._replace(gone=becomes, after=False)


def translated(m: Meaning, entry: Entry4, piece: Piece, family: int, cuts: List[int]) -> List[Piece]:
    """S4a: what an entry makes of a piece that it matches."""
    if entry.target is None:
        return [piece]
    any_of_them = of_family(m, entry.target, family)
    axis = entry.translates
    made = [piece[axis]._replace(gone=any_of_them, after=False)]
    if entry.shift is not None:
        made = list(one_to_one(m, piece[axis], entry.shift, any_of_them, cuts))
    pieces = [piece[:axis] + (step,) + piece[axis + 1:] for step in made]
    if axis == SOURCE and entry.shift is None:  # a source port, where there is one, may become any
        port = piece[SOURCE_PORT]
        if meets(port.came, 1, SOURCE_PORT_END - 1):
            pieces = [p[:SOURCE_PORT] + (port._replace(gone=PORTS, after=False),) for p in pieces]
    if entry.port is not None:
        of_protocols = []
        for p in pieces:
            for base in WITH_PORTS.values():
                step = cut_step(p[SERVICE], CAME, Intervals((base,), (base + 65535,)))
                if step is not None:
                    step = step._replace(gone=point(base + entry.port), after=False)
                    of_protocols.append(p[:SERVICE] + (step,) + p[SERVICE + 1:])
        pieces = of_protocols
    return pieces


def first_that_decides(m: Meaning, entries: List[Entry4], piece: Piece, family: int, cuts: List[int]) -> List[Piece]:
    """S4a: the first entry that matches strictly translates; one that matches only loosely may, and may not."""
    done: List[Piece] = []
    left = [piece]
    for entry in entries:
        if entry.target is not None and of_family(m, entry.target, family) == EMPTY:
            continue
        seen = CAME if entry.translates == DESTINATION or entry.original else GONE
        sides = (CAME, seen, seen, CAME)
        after: List[Piece] = []
        for p in left:
            inside, _ = cut_out(p, sides, entry.loose)
            if inside is not None:
                done += translated(m, entry, inside, family, cuts)
            after += cut_out(p, sides, entry.strict)[1]
        left = after
    return done + left


def translations(m: Meaning, unit: Unit, piece: Piece, into: Optional[str], out: Optional[str], cuts: List[int]) -> List[Piece]:
    """S4a, steps 1 and 4: what a unit makes of a piece from interface to interface (None: emitted, or delivered)."""
    def fits(e: Entry4) -> bool:
        arrives = (e.emitted and e.ins is None) if into is None else (e.arrived and (e.ins is None or into in e.ins))
        return arrives and (e.outs is None or out in e.outs)

    entries = [e for e in m.nat[unit] if fits(e)]
    arriving = [e for e in entries if e.translates == DESTINATION]
    leaving = [e for e in entries if e.translates == SOURCE and out is not None]
    found = []
    for services, ports in ((WITHOUT_PORT, NO_PORT), (WITH_PORT, PORTS)):
        half = cut_piece(piece, SERVICE, CAME, services)
        half = cut_piece(half, SOURCE_PORT, CAME, ports) if half is not None else None
        if half is None:
            continue
        for p, family in kinds_of(m, half, CAME):
            for q in first_that_decides(m, arriving, p, family, cuts):
                for r, family_then in kinds_of(m, q, GONE):
                    found += first_that_decides(m, leaving, r, family_then, cuts)
    return found


def let_pass(filter_: Filter4, pieces: List[Piece], into: Optional[str], out: Optional[str]) -> List[Piece]:
    """C9: what of these pieces a filter that applies lets pass: what is in a permit rule and in no deny rule before it, and
    the rest by default. (Only rules that are relied upon are left in the filter.)"""
    source, destination = (GONE if sees else CAME for sees in filter_.sees)
    sides = (source, destination, destination, source)
    rules = [r for r in filter_.rules if (r.ins is None or into in r.ins) and (r.outs is None or out in r.outs)]
    while filter_.permit and rules and rules[-1].permit:
        rules.pop()  # what it holds passes by default, too
    passed: List[Piece] = []
    for rule in rules:
        after: List[Piece] = []
        for p in pieces:
            inside, outside = cut_out(p, sides, rule.sets)
            if rule.permit and inside is not None:
                passed.append(inside)
            after += [p] if rule.permit else outside
        pieces = after
    return passed + pieces if filter_.permit else passed


def made_of(m: Meaning, unit: Unit, piece: Piece, into: Optional[str], out: Optional[str], cuts: List[int]) -> List[Piece]:
    """S4a, C9: what leaves a unit of a piece, but for its routes."""
    pieces = translations(m, unit, piece, into, out, cuts) if unit in m.nat else [piece]
    for filter_ in m.filters.get(unit, ()):
        if applies(filter_, into, out):
            pieces = let_pass(filter_, pieces, into, out)
    return pieces


def may_make(m: Meaning, unit: Unit, into: Optional[str], out: Optional[str], came: Any, gone: Any) -> bool:
    """S4a: a unit that translates may make this header of that, and its filters let it pass."""
    piece = tuple(Step(point(c), point(c), point(c), True, True) for c in came)
    return any(all(holds(step.gone, g, g) for step, g in zip(p, gone)) for p in made_of(m, unit, piece, into, out, []))


def seen_by(m: Meaning, relation: Relation, side: int, selector: Selector, peer: str, services: Intervals) -> Optional[Relation]:
    """C9: what of a relation is in these services and has a peer that a relay's selector matches, at the end that sees the
    header as it was sent (the peer is where it goes), or as it came (the peer is where it comes from)."""
    kept = restricted(relation, SERVICE, side, services)
    if kept is None or matches_peer(m, selector, peer, EMPTY):
        return kept
    return restricted(kept, DESTINATION if side == SENT else SOURCE, side, m.nets.get(selector, EMPTY))


def covered_part(m: Meaning, e: Waiver, u: str, v: str, relation: Relation) -> Optional[Relation]:
    """C9, S6: what of a relation an exception covers: by the source that was sent, the destination and the service that came."""
    return parted(relation, coverage(m, e, u, v))[0]


def coverage(m: Meaning, e: Waiver, u: str, v: str) -> List[Tuple[int, int, Intervals]]:
    """The sets (line, side, set) in which an exception covers a session of u with v."""
    looks = [(SERVICE, CAME, e.service)]
    if not is_matched(m, e.source, u):
        looks.append((SOURCE, SENT, intersect(m.claims[e.source], m.alike_singles[u])))
    if not is_matched(m, e.destination, v):
        looks.append((DESTINATION, CAME, intersect(m.claims[e.destination], m.alike_singles[v])))
    return looks


def uncovered(m: Meaning, waivers: Tuple[Waiver, ...], u: str, v: str, relation: Relation) -> List[Relation]:
    """C9: what of a relation no exception covers."""
    left = [relation]
    for e in waivers:
        left = [piece for r in left for piece in parted(r, coverage(m, e, u, v))[1] if piece is r or is_possible(m, piece)]
    return [r for r in left if is_possible(m, r)]


# ---------------------------------------------------------------------------------------------------------------------
# Trees (C5)
# ---------------------------------------------------------------------------------------------------------------------

class Group(NamedTuple):
    """Nodes that are alike to a claim; `first` stands for all of them in `forbidden`, with their addresses together."""
    key: Any
    first: str
    nodes: Tuple[str, ...]
    addresses: Intervals


class Claim(NamedTuple):
    """C5: a session claim. `role` tells nodes of one signature apart where the claim does."""
    view: View
    pull: bool
    openers: FrozenSet[str]
    targets: FrozenSet[str]
    role: Callable[[str], Any]
    forbidden: Callable[[str, Intervals, str, Intervals, Box], bool]  # opener, its sources, target, its destinations, box
    offends: Callable[[str, str, Relation], Iterable[Relation]]  # opener, target; what of the relation is forbidden (C9)


def groups_of(m: Meaning, nodes: Iterable[str], key: Callable[[str], Any], addresses: Dict[str, Intervals]) -> List[Group]:
    """Nodes grouped by a key, in document order."""
    found: Dict[Any, List[str]] = {}
    for name in m.document.nodes:
        if name in nodes:
            found.setdefault(key(name), []).append(name)
    return [Group(k, names[0], tuple(names), union([addresses[n] for n in names])) for k, names in found.items()]


class States(NamedTuple):
    """A set of a tree, by unit and link: its tags (None where the unit is no switch)."""
    listed: Tuple[Tuple[Unit, Optional[int], Optional[Intervals]], ...]
    tags: Dict[Tuple[Unit, Optional[int]], Optional[Intervals]]


def read_state(m: Meaning, view: View, state: List[Any], where: str) -> Tuple[Unit, Optional[int], Optional[Intervals]]:
    """C5: what begins with [node, half, by, tags]."""
    unit = (string(state[0], where), integer_in(state[1], where, 0, 1))
    by, given = state[2], state[3]
    if unit not in view.forwarding:
        raise Failure(where, "state", state)
    if by is None:
        if not is_plain(m, unit):
            raise Failure(where, "state", state)
    else:
        integer_in(by, where, 0, len(m.document.links) - 1)
        if unit not in m.document.links[by].ends or (by, m.document.links[by].ends.index(unit)) not in view.around[unit]:
            raise Failure(where, "state", state)
    if unit not in view.switches:
        if given is not None:
            raise Failure(where, "state", state)
        return unit, by, None
    spans: List[Tuple[int, int]] = []
    for span in array(given, where):
        if len(array(span, where)) != 2:
            raise Failure(where, "state", state)
        first = integer_in(span[0], where, spans[-1][1] + 1 if spans else 1, 4094)
        spans.append((first, integer_in(span[1], where, first, 4094)))
    if not spans:
        raise Failure(where, "state", state)
    return unit, by, intervals(spans)


def read_states(m: Meaning, view: View, value: Any, place: str) -> States:
    """C5: states [node, half, by, tags], none twice."""
    found, tags = [], {}
    seen: Set[str] = set()
    for i, state in enumerate(array(value, place)):
        where = "%s[%d]" % (place, i)
        if len(array(state, where)) != 4 or json.dumps(state) in seen:
            raise Failure(where, "state", state)
        seen.add(json.dumps(state))
        unit, by, carried = read_state(m, view, state, where)
        found.append((unit, by, carried))
        old = tags.get((unit, by))
        tags[(unit, by)] = carried if carried is None or old is None else union([old, carried])
    return States(tuple(found), tags)


def in_set(m: Meaning, view: View, states: States, link: int, side: int, tags: Optional[Intervals]) -> bool:
    """C5.3: the state (unit at end `side` of the link, link, tags) is in the set."""
    unit = m.document.links[link].ends[side]
    keys: List[Optional[int]] = [link]
    if m.document.links[link].ends[1 - side] not in view.forwarding:
        keys.append(None)
    if unit not in view.switches:
        return any((unit, by) in states.tags for by in keys)
    assert tags is not None
    return within(tags, union([states.tags[(unit, by)] or EMPTY for by in keys if (unit, by) in states.tags]))


def leads_away(link: Link, side: int, pull: bool) -> bool:
    """C5: whether packets go along a link from its end `side`; in a pull claim one-way links are left out."""
    return not link.one_way or (side == 0 and not pull)


class Plain(NamedTuple):
    """What a set delivers at units without filters and routes, whatever the box."""
    ports: FrozenSet[int]
    nodes: FrozenSet[str]
    leaves: Tuple[Tuple[int, int], ...]  # (link, side of a leaf): its own filters decide


def check_steps(m: Meaning, claim: Claim, states: States, box: Box, memo: Dict[Any, Any], place: str, plain: bool) -> Plain:
    """C5.2, 5.3, 5.4 for the states at units without filters and routes (`plain`), or for the others: every step stays in
    the set; returns what is delivered."""
    view, links = claim.view, m.document.links
    ports: Set[int] = set()
    nodes: Set[str] = set()
    leaves: List[Tuple[int, int]] = []
    for unit, by, tags in states.listed:
        if is_plain(m, unit) != plain:
            continue
        into = None if by is None else links[by].names[links[by].ends.index(unit)]
        node = m.document.nodes[unit[0]]
        if node.endpoint and unit == session_unit(node) and may_pass(m, unit, into, None, box, memo):
            nodes.add(unit[0])  # 4. deliver at forwarders
        switch = unit in view.switches
        for number in view.ports_of[unit]:
            port = view.ports[number]
            if not port.away or (claim.pull and not port.toward) or (tags is not None and disjoint(tags, port.tags)):
                continue
            if switch and by in port.links:  # not back by the link it came by
                nodes.update(leaf for link, leaf in port.links.items() if link != by)
            else:
                ports.add(number)
        for number, side in view.single[unit]:
            link = links[number]
            if (switch and by == number) or not leads_away(link, side, claim.pull):
                continue
            carried = link.tags[1 - side]
            if tags is not None:
                carried = across(link, side, tags, link.ends[1 - side] in view.switches)
                if carried == EMPTY:
                    continue
            if not may_pass(m, unit, into, link.names[side], box, memo):
                continue
            if unit in m.routes and not routed(m, unit, link, side, box):
                continue
            far = link.ends[1 - side]
            if far not in view.forwarding:
                leaves.append((number, 1 - side))
            elif not in_set(m, view, states, number, 1 - side, carried):
                raise Failure(place, "step", unit[0], number, far[0])
    return Plain(frozenset(ports), frozenset(nodes), tuple(leaves))


def check_emissions(m: Meaning, claim: Claim, states: States, group: Group, box: Box, memo: Dict[Any, Any],
                    memo_set: Dict[Any, bool], place: str) -> List[Tuple[int, int]]:
    """C5.1, 5.3: what the openers of a group (those with a source in the box) emit arrives inside the set; returns the
    links, and their ends, by which it arrives at leaves."""
    view, links = claim.view, m.document.links
    if group.first in view.attached:  # simple leaves on the same ports
        for number in view.attached[group.first]:
            port = view.ports[number]
            if not port.toward or (claim.pull and not port.away) or memo_set.get(number):
                continue
            memo_set[number] = True  # all links of the port at once, if they are in the set
            for link, leaf in port.links.items():
                side = 0 if links[link].ends[1][0] == leaf else 1
                if not in_set(m, view, states, link, side, port.tags):
                    memo_set[number] = False
                    if leaf in group.nodes and meets(m.sends[leaf], *box.source):
                        raise Failure(place, "emit", leaf, link, links[link].ends[side][0])
        return []
    leaves = []
    node = m.document.nodes[group.first]
    unit = session_unit(node)
    for number, side in view.around[unit]:
        link = links[number]
        if leads_away(link, side, claim.pull) and may_pass(m, unit, None, link.names[side], box, memo):
            if link.ends[1 - side] not in view.forwarding:
                leaves.append((number, 1 - side))
            elif not in_set(m, view, states, number, 1 - side, link.tags[1 - side]):
                raise Failure(place, "emit", node.id, number, link.ends[1 - side][0])
    return leaves


def relied_upon(m: Meaning, value: Any, place: str) -> Meaning:
    """C4, C5: the network as a tree may use it: no other deny rules, deny defaults and routes than those listed. Permit
    rules stay, and so does the unit: what is not listed does not deny, and that is all."""
    rules: Dict[Unit, Set[Tuple[int, Optional[int]]]] = {}
    routes: Set[Unit] = set()
    seen: Set[Tuple[Any, ...]] = set()
    for i, item in enumerate(array(value, place)):
        where = "%s[%d]" % (place, i)
        if len(array(item, where)) != 3 or string(item[0], where) not in m.document.nodes:
            raise Failure(where, "relied", item)
        unit = session_unit(m.document.nodes[item[0]])
        number = None if item[1] is None else integer_in(item[1], where, 0, len(m.filters.get(unit, ())) - 1)
        rule = None if item[2] is None else integer_in(item[2], where, 0, 2 ** 53)
        if (unit, number, rule) in seen:
            raise Failure(where, "duplicate", item)
        seen.add((unit, number, rule))
        if number is None:
            if rule is not None or unit not in m.routes:
                raise Failure(where, "relied", item)
            routes.add(unit)
        else:
            whole = m.filters[unit][number]
            if whole.permit if rule is None else (rule >= len(whole.rules) or whole.rules[rule].permit):
                raise Failure(where, "relied", item)
            rules.setdefault(unit, set()).add((number, rule))
    filters = {}
    for unit, whole_filters in m.filters.items():
        kept = rules.get(unit, set())
        filters[unit] = tuple(f._replace(permit=f.permit or (i, None) not in kept,
                                         rules=tuple(r for j, r in enumerate(f.rules) if r.permit or (i, j) in kept))
                              for i, f in enumerate(whole_filters))
    return m._replace(filters=filters, routes={u: r if u in routes else () for u, r in m.routes.items()})


def without_limits(m: Meaning, view: View, value: Any, place: str) -> Tuple[Meaning, View]:
    """C5: the network as a tree may use it: a link that is not listed carries every VLAN and leads both ways."""
    listed: Set[int] = set()
    after = -1
    for i, span in enumerate(array(value, place)):
        where = "%s[%d]" % (place, i)
        if len(array(span, where)) != 2:
            raise Failure(where, "relied", span)
        first = integer_in(span[0], where, after + 1, len(m.document.links) - 1)
        after = integer_in(span[1], where, first, len(m.document.links) - 1)
        listed.update(range(first, after + 1))
    links = tuple(l if i in listed else l._replace(tags=(ANY_TAG, ANY_TAG), one_way=False, strays=l.native is not None)
                  for i, l in enumerate(m.document.links))
    if links == m.document.links:
        return m, view
    m = m._replace(document=m.document._replace(links=links))
    return m, view_of(m, view.removed)


def check_claim(m: Meaning, claim: Claim, value: Any, place: str) -> None:
    """C5, C9: a tree proves a session claim; where some node translates, a flow proof."""
    if m.nat:
        check_flow(m, claim, value, place)
    else:
        check_tree(m, claim, value, place)


def check_tree(m: Meaning, claim: Claim, tree: Any, place: str) -> None:
    """C5: a tree proves a session claim: its cells cut the full box and the openers into void and closed ones."""
    fields(tree, place, ("relies_on", "links", "sets", "cells"))
    m = relied_upon(m, tree["relies_on"], place + ".relies_on")
    m, view = without_limits(m, claim.view, tree["links"], place + ".links")
    claim = claim._replace(view=view)
    sets = [read_states(m, view, s, "%s.sets[%d]" % (place, i)) for i, s in enumerate(array(tree["sets"], place + ".sets"))]
    cells = array(tree["cells"], place + ".cells")

    def kind(name: str) -> Any:
        return (m.signature[name], claim.role(name))

    def attachment(name: str) -> Any:
        return (kind(name), view.attached.get(name, name))

    target_groups = groups_of(m, claim.targets, attachment, m.receives)
    opener_groups: Dict[FrozenSet[str], Tuple[List[Group], List[Group]]] = {}
    plain_parts: Dict[int, Plain] = {}
    port_memos: List[Dict[Any, bool]] = [{} for _ in sets]

    def check_closed(number: int, box: Box, openers: FrozenSet[str], where: str) -> None:
        """C5: sets[number] is closed for the box and the openers."""
        states, memo = sets[number], {}
        if openers not in opener_groups:
            opener_groups[openers] = (groups_of(m, openers, kind, m.sends), groups_of(m, openers, attachment, m.sends))
        by_kind, by_attachment = opener_groups[openers]
        active = [g for g in by_kind if meets(g.addresses, *box.source)]
        if number not in plain_parts:
            plain_parts[number] = check_steps(m, claim, states, box, memo, where, True)
        plain = plain_parts[number]
        filtered = check_steps(m, claim, states, box, memo, where, False)
        leaves = [*plain.leaves, *filtered.leaves]
        for group in by_attachment:
            if meets(group.addresses, *box.source):
                leaves += check_emissions(m, claim, states, group, box, memo, port_memos[number], where)
        nodes = set(plain.nodes | filtered.nodes)
        for link, side in leaves:  # 3. delivered at a leaf
            leaf = m.document.links[link].ends[side]
            node = m.document.nodes[leaf[0]]
            if may_pass(m, leaf, m.document.links[link].names[side], None, box, memo):
                nodes.add(node.id)
        delivered: Dict[Any, List[Group]] = {}
        for group in target_groups:  # 5.
            if meets(group.addresses, *box.destination):
                if any(p in plain.ports for p in view.attached.get(group.first, ())):
                    delivered.setdefault(group.key[0], []).append(group)
                else:
                    some = tuple(n for n in group.nodes if n in nodes and meets(m.receives[n], *box.destination))
                    if some:
                        delivered.setdefault(group.key[0], []).append(group._replace(nodes=some, first=some[0]))
        for opener in active:
            sources = clip(opener.addresses, *box.source)
            for key, groups in delivered.items():
                destinations = clip(groups[0].addresses, *box.destination)
                if not go_together(families(m.line, sources), families(m.line, destinations)):
                    continue
                pair = some_pair(m, opener, groups, box)
                if pair and claim.forbidden(opener.first, sources, groups[0].first, destinations, box):
                    raise Failure(where, "forbidden", pair[0], pair[1], show_box(m, box))

    waiting: Dict[int, Tuple[Box, FrozenSet[str]]] = {0: (full_box(m.line), claim.openers)}
    if not cells:
        raise Failure(place + ".cells", "missing-key", "0")
    for i, cell in enumerate(cells):
        where = "%s.cells[%d]" % (place, i)
        if i not in waiting:
            raise Failure(where, "cell-name", i)
        box, openers = waiting.pop(i)
        fields(cell, where, (), ("cut", "split", "void", "closed"))
        if len(cell) != 1:
            raise Failure(where, "value", sorted(cell))
        children: List[Tuple[Any, Box, FrozenSet[str]]] = []
        if "cut" in cell:
            if len(array(cell["cut"], where)) != 4:
                raise Failure(where, "value", cell)
            axis = LINES.index(one_of(cell["cut"][0], where, LINES))
            at = read_position(m, cell["cut"][1], where) if axis < 2 else \
                integer_in(cell["cut"][1], where, 0, (SERVICE_END, SOURCE_PORT_END)[axis - 2] - 1)
            if not box[axis][0] < at <= box[axis][1]:
                raise Failure(where, "cut")
            children = [(cell["cut"][2], box._replace(**{LINES[axis]: (box[axis][0], at - 1)}), openers),
                        (cell["cut"][3], box._replace(**{LINES[axis]: (at, box[axis][1])}), openers)]
        elif "split" in cell:
            if len(array(cell["split"], where)) != 3:
                raise Failure(where, "value", cell)
            chosen = strings(cell["split"][0], where)
            low = frozenset(chosen)
            if not low or not low <= openers or len(low) != len(chosen):
                raise Failure(where, "split", sorted(low - openers))
            children = [(cell["split"][1], box, low), (cell["split"][2], box, openers - low)]
        elif "void" in cell:
            if cell["void"] is not True:
                raise Failure(where, "value", cell)
            if not is_void(m.line, box):
                raise Failure(where, "not-void")
        else:
            check_closed(integer_in(cell["closed"], where, 0, len(sets) - 1), box, openers, where)
        for child, child_box, child_openers in children:
            integer_in(child, where, i + 1, len(cells) - 1)
            if child in waiting:
                raise Failure(where, "cell-name", child)
            waiting[child] = (child_box, child_openers)


def some_pair(m: Meaning, opener: Group, groups: List[Group], box: Box) -> Optional[Tuple[str, str]]:
    """C5.5: an opener with a source in the box and a target with a destination in the box that are two nodes."""
    sources = (n for n in opener.nodes if meets(m.sends[n], *box.source))
    first = next(sources)
    for target in (n for g in groups for n in g.nodes if meets(m.receives[n], *box.destination)):
        if target != first:
            return first, target
        other = next(sources, None)
        if other is not None:
            return other, target
    return None


def read_position(m: Meaning, value: Any, place: str) -> int:
    """C3: a position on the address line."""
    if isinstance(value, str):
        version, number = parse_ip(value, place)
        return number + (m.line.v6 if version == 6 else 0)
    name = string(fields(value, place, ("symbolic",))["symbolic"], place)
    if name not in m.line.symbolic:
        raise Failure(place, "dangling", name)
    return m.line.symbolic[name]


def show_address(m: Meaning, position: int) -> str:
    """A position of the address line as text."""
    if position < V4_END:
        return str(ipaddress.IPv4Address(position))
    if position >= m.line.v6:
        return str(ipaddress.IPv6Address(position - m.line.v6))
    return "⟨%s⟩" % list(m.line.symbolic)[position - V4_END]


def show_box(m: Meaning, box: Box) -> str:
    """A box as text, for messages."""
    ends = [show_address(m, p) for p in (*box.source, *box.destination)]
    return "source %s … %s, destination %s … %s, service %d … %d, source port %d … %d" % (*ends, *box.service, *box.source_port)


# ---------------------------------------------------------------------------------------------------------------------
# Flow proofs (C9)
# ---------------------------------------------------------------------------------------------------------------------

class Flow(NamedTuple):
    """A flow proof as read: the network as it may use it, its relations, and where its address sets begin and end."""
    m: Meaning
    claim: Claim
    relations: List[Relation]
    cuts: List[int]
    made: Dict[Any, List[Relation]]  # what units pass, by what they are asked


class Places(NamedTuple):
    """The places of a flood, in order and by unit and link."""
    listed: List[Tuple[Unit, Optional[int], Optional[Intervals], List[int]]]
    at: Dict[Tuple[Unit, Optional[int]], List[Tuple[Optional[Intervals], List[Relation]]]]
    covered: Dict[Any, bool]


def read_sets(m: Meaning, value: Any, place: str) -> List[Tuple[str, Intervals]]:
    """C9: [line, runs], ascending and disjoint; of addresses those that a header may bear."""
    found = []
    for i, given in enumerate(array(value, place)):
        where = "%s[%d]" % (place, i)
        if len(array(given, where)) != 2:
            raise Failure(where, "set", given)
        line = one_of(given[0], where, ("address", "service", "source_port"))
        end = {"address": m.line.end, "service": SERVICE_END, "source_port": SOURCE_PORT_END}[line]
        spans: List[Tuple[int, int]] = []
        for run in array(given[1], where):
            if len(array(run, where)) != 2:
                raise Failure(where, "set", run)
            first, last = (read_position(m, p, where) if line == "address" else integer_in(p, where, 0, end - 1) for p in run)
            if first > last or (spans and first <= spans[-1][1]):
                raise Failure(where, "order")
            spans.append((first, last))
        found.append((line, intervals(spans)))
    return found


def read_relations(m: Meaning, value: Any, sets: List[Tuple[str, Intervals]], place: str) -> List[Optional[Relation]]:
    """C9: [sent, now, linked]. None: no pair is in it."""
    def four(given: Any, where: str) -> List[Intervals]:
        if len(array(given, where)) != 4:
            raise Failure(where, "set", given)
        chosen = [sets[integer_in(n, where, 0, len(sets) - 1)] for n in given]
        for (line, _), wanted in zip(chosen, ("address", "address", "service", "source_port")):
            if line != wanted:
                raise Failure(where, "set", wanted)
        return [intersect(s, m.bearable) if line == "address" else s for line, s in chosen]

    found: List[Optional[Relation]] = []
    for i, given in enumerate(array(value, place)):
        where = "%s[%d]" % (place, i)
        if len(array(given, where)) != 3 or len(array(given[2], where)) != 4:
            raise Failure(where, "set", given)
        sent, came = four(given[0], where), four(given[1], where)
        lines = [values(s, c, boolean(l, where)) for s, c, l in zip(sent, came, given[2])]
        relation = tuple(v for v in lines if v is not None)
        found.append(relation if len(relation) == 4 and is_possible(m, relation) else None)
    return found


def check_flow(m: Meaning, claim: Claim, value: Any, place: str) -> None:
    """C9: a flow proof proves a session claim: each flood is closed for its openers, and all openers are in one."""
    fields(value, place, ("relies_on", "links", "sets", "relations", "floods"))
    m = relied_upon(m, value["relies_on"], place + ".relies_on")
    m, view = without_limits(m, claim.view, value["links"], place + ".links")
    claim = claim._replace(view=view)
    sets = read_sets(m, value["sets"], place + ".sets")
    relations = read_relations(m, value["relations"], sets, place + ".relations")
    cuts = sorted({c for line, s in sets if line == "address" for f, l in pairs_of(s) for c in (f, l + 1)})
    flow = Flow(m, claim, relations, cuts, {})
    flooded: Set[str] = set()
    for i, flood in enumerate(array(value["floods"], place + ".floods")):
        where = "%s.floods[%d]" % (place, i)
        fields(flood, where, ("openers", "places"))
        openers = strings(flood["openers"], where + ".openers")
        for name in openers:
            if name not in claim.openers:
                raise Failure(where + ".openers", "opener", name)
        if len(set(openers)) != len(openers):
            raise Failure(where + ".openers", "order")
        flooded.update(openers)
        check_flood(flow, frozenset(openers), flood["places"], where)
    if flooded != claim.openers:
        raise Failure(place + ".floods", "openers", sorted(claim.openers - flooded))


def read_places(flow: Flow, value: Any, place: str) -> Places:
    """C9: [node, half, by, tags, [relation, …]]."""
    places = Places([], {}, {})
    for i, given in enumerate(array(value, place)):
        where = "%s[%d]" % (place, i)
        if len(array(given, where)) != 5 or not array(given[4], where):
            raise Failure(where, "state", given)
        unit, by, tags = read_state(flow.m, flow.claim.view, given, where)
        numbers = [integer_in(n, where, 0, len(flow.relations) - 1) for n in given[4]]
        numbers = [n for n in dict.fromkeys(numbers) if flow.relations[n] is not None]
        places.listed.append((unit, by, tags, numbers))
        places.at.setdefault((unit, by), []).append((tags, [flow.relations[n] for n in numbers]))
    return places


def interface_class(m: Meaning, unit: Unit, name: Optional[str]) -> Optional[str]:
    """An interface, as far as the filters and the entries of its unit tell it from others. For speed only."""
    parts = [*(p for f in m.filters.get(unit, ()) for p in (f, *f.rules)), *m.nat.get(unit, ())]
    named = any(name in p.ins for p in parts if p.ins is not None) or any(name in p.outs for p in parts if p.outs is not None)
    return name if name is None or named else "\n"


def passed(flow: Flow, unit: Unit, relation: Relation, into: Optional[str], out: Optional[str]) -> List[Relation]:
    """C9: what a unit passes of a relation, but for its routes."""
    m = flow.m
    if unit not in m.nat and unit not in m.filters:
        return [relation]
    if (unit, into) not in flow.made:
        flow.made[(unit, into)] = [interface_class(m, unit, into)]
    if (unit, out) not in flow.made:
        flow.made[(unit, out)] = [interface_class(m, unit, out)]
    key = (unit, flow.made[(unit, into)][0], flow.made[(unit, out)][0], relation)
    if key not in flow.made:
        piece = tuple(Step(v.sent, v.came, v.came, v.linked, True) for v in relation)
        found: Dict[Relation, None] = {}
        for p in made_of(m, unit, piece, into, out, flow.cuts):
            lines = [values(s.sent, s.gone, s.before and s.after) for s in p]
            left = tuple(v for v in lines if v is not None)
            if len(left) == 4 and is_possible(m, left):
                found[left] = None
        flow.made[key] = list(found)
    return flow.made[key]


def led(m: Meaning, unit: Unit, link: Link, side: int) -> Optional[Intervals]:
    """C4: the destinations that the routes of a unit lead to this link (its end `side`). None: all."""
    if not m.routes.get(unit):
        return None
    names = {link.names[side], link.ends[1 - side][0]}
    left = intervals([(0, m.line.end - 1)])
    found = [EMPTY]
    if any(names & p.vias for p in m.routes[unit]):
        found.append(symbolics(m.line))
    for prefix in m.routes[unit]:
        own = on_line(m.line, [prefix.net])
        if names & prefix.vias:
            found.append(intersect(left, own))
        if prefix.last:
            left = subtract(left, own)
    return union(found)


def is_there(flow: Flow, places: Places, link: int, side: int, tags: Optional[Intervals], relation: Relation) -> bool:
    """C9: for every tag, every pair is in some relation of some place of the unit at end `side` of the link."""
    view, ends = flow.claim.view, flow.m.document.links[link].ends
    unit = ends[side]
    bys = (link,) if ends[1 - side] in view.forwarding else (link, None)
    key = (unit, bys, tags, relation)
    if key not in places.covered:
        found = [p for by in bys for p in places.at.get((unit, by), ())]
        groups: List[Tuple[Optional[Intervals], List[Relation]]] = [(tags, [])]
        for held, relations in found:
            after = []
            for t, so_far in groups:
                if t is None or held is None:
                    after.append((t, so_far + relations))
                    continue
                after += [(s, r) for s, r in ((intersect(t, held), so_far + relations), (subtract(t, held), so_far)) if s != EMPTY]
            groups = after
        places.covered[key] = all(is_covered(flow.m, relation, relations) for _, relations in groups)
    return places.covered[key]


class Delivered(NamedTuple):
    """What a flood delivers: at all simple leaves of a port, and at single nodes."""
    ports: Dict[int, Dict[Relation, None]]
    nodes: Dict[str, Dict[Relation, None]]


def arrive(flow: Flow, places: Places, delivered: Delivered, link: int, side: int, tags: Optional[Intervals],
           relations: List[Relation], where: str) -> None:
    """C9.3: what is sent over a link arrives at its end `side`."""
    m, far = flow.m, flow.m.document.links[link].ends[side]
    for relation in relations:
        if far not in flow.claim.view.forwarding:
            at_end = passed(flow, far, relation, m.document.links[link].names[side], None)
            delivered.nodes.setdefault(far[0], {}).update(dict.fromkeys(at_end))
        elif not is_there(flow, places, link, side, tags if far in flow.claim.view.switches else None, relation):
            raise Failure(where, "arrive", link, far[0], show_relation(m, relation))


def emitted(m: Meaning, sources: Intervals) -> Relation:
    """C9.1: every header that can be with one of these sources."""
    lines = (sources, m.bearable, Intervals((0,), (SERVICE_END - 1,)), ANY_SOURCE_PORT)
    return tuple(Values(s, s, True) for s in lines)


def check_emitted(flow: Flow, places: Places, delivered: Delivered, group: Group, where: str) -> None:
    """C9.1: what the openers of a group, which are alike in how they are attached, emit."""
    m, view, links = flow.m, flow.claim.view, flow.m.document.links
    if group.first in view.attached:
        together = emitted(m, group.addresses)
        own = set(group.nodes)
        for number in view.attached[group.first]:
            port = view.ports[number]
            if not port.toward or (flow.claim.pull and not port.away):
                continue
            link, leaf = next((l, n) for l, n in port.links.items() if n in own)
            side = 0 if links[link].ends[1][0] == leaf else 1
            far = links[link].ends[side]
            for_all = Places([], {(far, None): places.at.get((far, None), [])}, {})
            if is_there(flow, for_all, link, side, port.tags if far in view.switches else None, together):
                continue
            for link, leaf in port.links.items():
                if leaf in own:
                    side = 0 if links[link].ends[1][0] == leaf else 1
                    arrive(flow, places, delivered, link, side, port.tags, [emitted(m, m.sends[leaf])], where)
        return
    for name in group.nodes:
        unit = session_unit(m.document.nodes[name])
        for number, side in view.around[unit]:
            if leads_away(links[number], side, flow.claim.pull):
                sent = passed(flow, unit, emitted(m, m.sends[name]), None, links[number].names[side])
                arrive(flow, places, delivered, number, 1 - side, links[number].tags[1 - side], sent, where)


def check_places(flow: Flow, places: Places, delivered: Delivered, where: str) -> None:
    """C9.2, 9.4: from every place, what the unit passes arrives, and what it delivers is delivered."""
    m, view, links = flow.m, flow.claim.view, flow.m.document.links
    for unit, by, tags, numbers in places.listed:
        into = None if by is None else links[by].names[links[by].ends.index(unit)]
        relations: List[Any] = [flow.relations[n] for n in numbers]
        node, switch = m.document.nodes[unit[0]], unit in view.switches
        if node.endpoint and unit == session_unit(node):
            for relation in relations:
                here = passed(flow, unit, relation, into, None)
                delivered.nodes.setdefault(node.id, {}).update(dict.fromkeys(here))
        for number in view.ports_of[unit]:
            port = view.ports[number]
            if not port.away or (flow.claim.pull and not port.toward) or (tags is not None and disjoint(tags, port.tags)):
                continue
            if switch and by in port.links:  # not back by the link it came by
                for leaf in (leaf for link, leaf in port.links.items() if link != by):
                    delivered.nodes.setdefault(leaf, {}).update(dict.fromkeys(relations))
            else:
                delivered.ports.setdefault(number, {}).update(dict.fromkeys(relations))
        for number, side in view.single[unit]:
            link = links[number]
            if (switch and by == number) or not leads_away(link, side, flow.claim.pull):
                continue
            carried: Optional[Intervals] = link.tags[1 - side]
            if tags is not None:
                carried = across(link, side, tags, link.ends[1 - side] in view.switches)
                if carried == EMPTY:
                    continue
            destinations = led(m, unit, link, side)
            for relation in relations:
                gone: List[Any] = passed(flow, unit, relation, into, link.names[side])
                if destinations is not None:
                    gone = [restricted(r, DESTINATION, CAME, destinations) for r in gone]
                    gone = [r for r in gone if r is not None and is_possible(m, r)]
                arrive(flow, places, delivered, number, 1 - side, carried, gone, where)


def check_flood(flow: Flow, openers: FrozenSet[str], value: Any, place: str) -> None:
    """C9: the places of a flood are closed for its openers, and no session is forbidden."""
    m, claim, view = flow.m, flow.claim, flow.claim.view
    places = read_places(flow, value, place + ".places")
    delivered = Delivered({}, {})

    def kind(name: str) -> Any:
        return (m.signature[name], claim.role(name))

    def attachment(name: str) -> Any:
        return (kind(name), view.attached.get(name, name))

    for group in groups_of(m, openers, attachment, m.sends):
        check_emitted(flow, places, delivered, group, place)
    check_places(flow, places, delivered, place)
    opener_groups = groups_of(m, openers, kind, m.sends)
    for group in groups_of(m, claim.targets, attachment, m.receives):
        at_all = {r: None for p in view.attached.get(group.first, ()) for r in delivered.ports.get(p, ())}
        for relation in at_all:
            check_delivered(flow, opener_groups, group, relation, place)
        for name in group.nodes:
            alone = group._replace(first=name, nodes=(name,), addresses=m.receives[name])
            for relation in delivered.nodes.get(name, ()):
                if relation not in at_all:
                    check_delivered(flow, opener_groups, alone, relation, place)


def check_delivered(flow: Flow, openers: List[Group], target: Group, relation: Relation, place: str) -> None:
    """C9.5: no session of one of these openers with one of these targets, by this relation, is forbidden."""
    m = flow.m
    here = restricted(relation, DESTINATION, CAME, target.addresses)
    if here is None:
        return
    for opener in openers:
        theirs = restricted(here, SOURCE, SENT, opener.addresses)
        if theirs is None or not is_possible(m, theirs):
            continue
        for bad in flow.claim.offends(opener.first, target.first, theirs):
            if not is_possible(m, bad):
                continue
            us = [n for n in opener.nodes if not disjoint(m.sends[n], bad[SOURCE].sent)]
            vs = [n for n in target.nodes if not disjoint(m.receives[n], bad[DESTINATION].came)]
            pair = next(((u, v) for u in us[:2] for v in vs if u != v), None)
            if pair is not None:
                raise Failure(place, "forbidden", pair[0], pair[1], show_relation(m, bad))


def show_relation(m: Meaning, relation: Relation) -> str:
    """A relation as text, for messages: the first of each set."""
    def header(side: int) -> str:
        at = [v[side].firsts[0] for v in relation]
        return "%s → %s, service %d, source port %d" % (show_address(m, at[0]), show_address(m, at[1]), at[2], at[3])
    return "%s: %s" % (header(SENT), header(CAME))


# ---------------------------------------------------------------------------------------------------------------------
# Path requirements (C6): directions and parts
# ---------------------------------------------------------------------------------------------------------------------

class Question(NamedTuple):
    """Which data paths count: of a requirement, or the raw ones of exposed peers (`waivers` is empty there)."""
    view: View
    stations: Dict[Tuple[str, Optional[int], bool], Station]
    stations_at: Dict[str, List[Station]]
    waivers: Tuple[Waiver, ...]
    methods: FrozenSet[str]  # what sanitises in one of these ways does not count
    last: Intervals  # what the last session is of, as its receiver sees it

    def there(self, m: Meaning, name: str) -> bool:
        """Whether a node is an endpoint of the network in question."""
        return m.document.nodes[name].endpoint and name not in self.view.removed


def question_of(m: Meaning, view: View, methods: FrozenSet[str], waives: Optional[str], last: Intervals = ANY_SERVICE) -> Question:
    """C6, S6: the stations of a requirement, and the exceptions that waive it."""
    everything: Selector = (("any", None),)
    found = {}
    for node in m.document.nodes.values():
        if node.id in view.removed or not node.endpoint:
            continue
        if node.relays is None:
            if not node.forwards and m.tiers[node.id] is None:
                found[(node.id, None, False)] = Station(node.id, None, False, None, everything, ANY_SERVICE,
                                                        everything, ANY_SERVICE)
        else:
            found.update({(node.id, s.entry, s.mirror): s for s in node.relays if s.sanitising not in methods})
    at: Dict[str, List[Station]] = {}
    for station in found.values():
        at.setdefault(station.node, []).append(station)
    return Question(view, found, at, tuple(e for e in m.document.waivers if waives in e.waives), methods, last)


def question_for(m: Meaning, view: View, r: Requirement) -> Question:
    """C6: the question of a requirement on paths or sessions (which have no stations)."""
    given = r.asked.get("sanitised_by", [])
    services = r.asked.get("service" if r.kind == "sessions" else "services")
    last = ANY_SERVICE if services is None else intervals(parse_services(services, r.id, {}, False))
    q = question_of(m, view, METHODS if given == "any" else frozenset(given), r.id, last)
    return q._replace(stations={}, stations_at={}) if r.kind == "sessions" else q


CARRIED = Box((0, 0), (0, 0), (TRANSFER, TRANSFER), (0, 0))  # what a transfer stands for: its service, and no address


def carries(m: Meaning, q: Question, transfer: Transfer, x: str, y: str) -> bool:
    """S5: data flows from x to y by this transfer; in raw paths by none that sanitises."""
    return (x != y and transfer.sanitising not in q.methods and q.there(m, x) and q.there(m, y)
            and matches_peer(m, transfer.source, x, EMPTY) and matches_peer(m, transfer.destination, y, EMPTY))


def carried(m: Meaning, q: Question, role: Callable[[str], Any]) -> Iterable[Tuple[str, str, str]]:
    """C6: the data flows by transfers, as (from, to, transfer); of nodes that are alike and of one role one pair each."""
    alike: Dict[Any, List[str]] = {}
    for name in m.document.nodes:
        if q.there(m, name):
            alike.setdefault((m.signature[name], role(name)), []).append(name)
    for transfer in m.document.transfers:
        for givers in alike.values():
            for takers in alike.values():
                x, y = givers[0], takers[0] if takers is not givers else takers[-1]
                if carries(m, q, transfer, x, y):
                    yield x, y, transfer.id


def station_key(station: Station) -> Tuple[str, Optional[int], bool]:
    """What names a station."""
    return (station.node, station.entry, station.mirror)


def check_direction(m: Meaning, q: Question, starts: FrozenSet[str], ends: FrozenSet[str], value: Any, place: str,
                    pulls: bool = True) -> None:
    """C6: push and pull prove that data from the starts comes to rest at listed stations only, and at no end unexcused.
    (Not `pulls`: a requirement on sessions looks at what is opened alone, and has no stations.)"""
    fields(value, place, ("stations", "push", "pull") if pulls else ("stations", "push"))
    levels: Dict[Tuple[str, Optional[int], bool], int] = {}
    for i, station in enumerate(array(value["stations"], place + ".stations")):
        where = "%s.stations[%d]" % (place, i)
        if len(array(station, where)) != 4:
            raise Failure(where, "station", station)
        entry = None if station[1] is None else integer_in(station[1], where, 0, 2 ** 53)
        key = (string(station[0], where), entry, boolean(station[2], where))
        if key not in q.stations:
            raise Failure(where, "station", station)
        if key in levels:
            raise Failure(where, "duplicate", station)
        levels[key] = integer_in(station[3], where, 0, 1)

    def passes(x: str, y: str) -> Iterable[Tuple[Optional[Station], Optional[Station], bool]]:
        """C6: the data states of x with the roles of y; and whether an exception may excuse the two."""
        states: List[Tuple[Optional[Station], int]] = [(None, 0)] if x in starts else []
        states += [(s, levels[station_key(s)]) for s in q.stations_at.get(x, ()) if station_key(s) in levels]
        roles: List[Tuple[Optional[Station], Optional[int]]] = [(None, 0)] if y in ends else []
        roles += [(r, levels.get(station_key(r))) for r in q.stations_at.get(y, ()) if levels.get(station_key(r)) != 1]
        return ((s, r, level == 0 and role_level == 0) for s, level in states for r, role_level in roles)

    def forbidden(u: str, sources: Intervals, v: str, destinations: Intervals, box: Box, pull: bool) -> bool:
        """C6: the session lets data go from a data state of x to a role of y, not excusably."""
        x, x_addresses, y, y_addresses = (v, destinations, u, sources) if pull else (u, sources, v, destinations)
        for state, role, may_excuse in passes(x, y):
            if state is not None and not matches_peer(m, state.onward, y, y_addresses):
                continue
            if role is not None and not matches_peer(m, role.origin, x, x_addresses):
                continue
            services = intersect(state.onward_service if state else ANY_SERVICE, role.origin_service if role else q.last)
            services = clip(services, *box.service)
            if services == EMPTY:
                continue
            if not (may_excuse and any(
                    all_matched(m, e.source, u, sources) and all_matched(m, e.destination, v, destinations)
                    and within(services, e.service) for e in q.waivers)):
                return True
        return False

    def offends(u: str, v: str, relation: Relation, pull: bool) -> Iterable[Relation]:
        """C9: what of a relation is forbidden: each end looks at the header that it sees, u at that which it sent, v at that
        which came; and no exception covers it."""
        x, y, x_sees, y_sees = (v, u, CAME, SENT) if pull else (u, v, SENT, CAME)
        for state, role, may_excuse in passes(x, y):
            left: Optional[Relation] = relation
            if state is not None:
                left = seen_by(m, left, x_sees, state.onward, y, state.onward_service)
            if role is not None and left is not None:
                left = seen_by(m, left, y_sees, role.origin, x, role.origin_service)
            if role is None and left is not None:  # an end: the receiver of the packets sees what came
                left = restricted(left, SERVICE, CAME, q.last)
            if left is None:
                continue
            yield from uncovered(m, q.waivers if may_excuse else (), u, v, left)

    def role(name: str) -> Any:
        return (name in starts, name in ends, [levels.get(station_key(s), -1) for s in q.stations_at.get(name, ())].__repr__())

    for x, y, transfer in carried(m, q, role) if pulls else ():
        if forbidden(x, EMPTY, y, EMPTY, CARRIED, False):
            raise Failure("%s, transfer %s" % (place, transfer), "forbidden", x, y, "transfer")
    holders = starts | {key[0] for key in levels}
    others = ends | {s.node for key, s in q.stations.items() if levels.get(key) != 1}
    push = Claim(q.view, False, frozenset(holders), frozenset(others), role,
                 lambda u, s, v, d, b: forbidden(u, s, v, d, b, False), lambda u, v, r: offends(u, v, r, False))
    pull = Claim(q.view, True, frozenset(others), frozenset(holders), role,
                 lambda u, s, v, d, b: forbidden(u, s, v, d, b, True), lambda u, v, r: offends(u, v, r, True))
    check_claim(m, push, value["push"], place + ".push")
    if pulls:
        check_claim(m, pull, value["pull"], place + ".pull")


def check_part(m: Meaning, q: Question, a: List[str], b: List[str], value: Any, place: str,
               sessions: bool = False) -> Tuple[Set[str], Set[str]]:
    """C6: a part; returns the nodes of the two sides between which it excludes data paths (or sessions from a to b)."""
    fields(value, place, ("a", "b", "forward") if sessions else ("a", "b", "forward", "backward"))
    sides = []
    for key, side in (("a", a), ("b", b)):
        where = "%s.%s" % (place, key)
        given = side if value[key] is None else strings(value[key], where)
        for name in set(given) - set(side):
            raise Failure(where, "not-side", name)
        if not given or len(set(given)) != len(given):
            raise Failure(where, "order")
        sides.append(frozenset(given))
    check_direction(m, q, sides[0], sides[1], value["forward"], place + ".forward", not sessions)
    if not sessions:
        check_direction(m, q, sides[1], sides[0], value["backward"], place + ".backward")
    return set(sides[0]), set(sides[1])


def check_pairs(a: List[str], b: List[str], proved: List[Tuple[Set[str], Set[str]]], violating: List[List[str]], place: str) -> None:
    """C6: every pair of the two sides is in `violating` or in some part."""
    excused = {(v[0], v[1]) for v in violating}
    left: Dict[Tuple[int, ...], List[str]] = {}
    for name in b:  # nodes of b that are in the same parts share what is left of a
        left.setdefault(tuple(i for i, part in enumerate(proved) if name in part[1]), []).append(name)
    for parts, names in left.items():
        covered = set().union(*(proved[i][0] for i in parts))
        for x in (x for x in a if x not in covered):
            for y in names:
                if x != y and (x, y) not in excused:
                    raise Failure(place, "uncovered-pair", x, y)


# ---------------------------------------------------------------------------------------------------------------------
# Witnesses (C6)
# ---------------------------------------------------------------------------------------------------------------------

class Header(NamedTuple):
    """The header of a session's packet, as positions on the four lines."""
    source: int
    destination: int
    service: int
    source_port: int


class Seen(NamedTuple):
    """A session as its opener and as its receiver see it; None: a transfer."""
    sent: Optional[Header]
    came: Optional[Header]

    def at(self, opener: bool) -> Tuple[int, Intervals]:
        """S5: the service and the peer's address as they are seen at one end."""
        header = self.sent if opener else self.came
        if header is None:
            return TRANSFER, EMPTY
        return header.service, point(header.destination if opener else header.source)


def read_header(m: Meaning, value: Any, place: str) -> Header:
    """C6: the packet P of a session; ports exactly for protocols 6, 17 and 132."""
    fields(value, place, ("source", "destination", "protocol", "source_port", "destination_port"))
    source, destination = (read_position(m, value[k], "%s.%s" % (place, k)) for k in ("source", "destination"))
    protocol = integer_in(value["protocol"], place + ".protocol", 0, 255)
    if protocol in WITH_PORTS:
        ports = [integer_in(value[k], "%s.%s" % (place, k), 0, 65535) for k in ("source_port", "destination_port")]
        service, source_port = WITH_PORTS[protocol] + ports[1], ports[0] + 1
    elif value["source_port"] is not None or value["destination_port"] is not None:
        raise Failure(place, "header", "ports")
    else:
        service, source_port = WITHOUT_PORTS.index(protocol), 0
    if not go_together(*(families(m.line, intervals([(p, p)])) for p in (source, destination))):
        raise Failure(place, "header", "IPv4, IPv6")
    return Header(source, destination, service, source_port)


def replay(m: Meaning, q: Question, value: Any, left: str, right: str, place: str) -> Tuple[Seen, bool]:
    """C6, S5: a session between two nodes, replayed hop by hop; returns how its ends see it and whether it is pulled."""
    view = q.view
    if isinstance(value, dict) and "transfer" in value:
        given = string(fields(value, place, ("transfer",))["transfer"], place + ".transfer")
        if not any(t.id == given and carries(m, q, t, left, right) for t in m.document.transfers):
            raise Failure(place + ".transfer", "path", given)
        return Seen(None, None), False
    fields(value, place, ("pull", "packet", "hops"), ("translations",) if m.nat else ())
    pull = boolean(value["pull"], place + ".pull")
    u, v = (right, left) if pull else (left, right)
    for name in (u, v):
        if name not in m.document.nodes or name in view.removed or not m.document.nodes[name].endpoint:
            raise Failure(place, "path", name)
    if u == v:
        raise Failure(place, "path", u)
    header = sent = read_header(m, value["packet"], place + ".packet")
    if not holds(m.sends[u], header.source, header.source):
        raise Failure(place + ".packet", "header", "source")
    if not holds(m.bearable if m.nat else m.receives[v], header.destination, header.destination):
        raise Failure(place + ".packet", "header", "destination")
    changes = read_translations(m, value.get("translations", []), place + ".translations")

    def pass_unit(at: Unit, into: Optional[str], out: Optional[str], number: int, where: str) -> Header:
        """The packet as it leaves the unit with this number of hops before it, or is delivered there."""
        if at in m.nat:
            made = changes.pop(number, header)
            if not may_make(m, at, into, out, header, made):
                raise Failure(where, "made", at[0])
            return made
        if number in changes:
            raise Failure(where, "made", at[0])
        for i, f in enumerate(m.filters.get(at, ())):
            rule = denies(f, into, out, box_of(header), {})
            if rule is not None:
                raise Failure(where, "denied", at[0], i, rule)
        return header

    at = session_unit(m.document.nodes[u])
    by: Optional[int] = None
    into: Optional[str] = None
    tag: Optional[int] = None  # of the packet, where it is at a switch it was not emitted at
    hops = array(value["hops"], place + ".hops")
    for i, hop in enumerate(hops):
        where = "%s.hops[%d]" % (place, i)
        if len(array(hop, where)) != 3:
            raise Failure(where, "hop", i, hop)
        number = integer_in(hop[0], where, 0, len(m.document.links) - 1)
        link, side = m.document.links[number], 1 if boolean(hop[1], where) else 0
        far = link.ends[1 - side]
        if link.ends[side] != at or (number, side) not in view.around.get(at, ()):
            raise Failure(where, "hop", i, "link")
        if not leads_away(link, side, pull):
            raise Failure(where, "hop", i, "one_way")
        if i > 0 and at not in view.forwarding:
            raise Failure(where, "hop", i, at[0])
        if at in view.switches and by == number:
            raise Failure(where, "hop", i, "back")
        enters: Optional[int] = None  # with this tag, where the far end is a switch
        if at in view.switches or far in view.switches:
            enters = vlan = integer_in(hop[2], where, 1, 4094)
            if tag is not None:  # it leaves a switch that it came to by a link
                arriving = members(across(link, side, intervals([(vlan, vlan)]), far in view.switches))
                if vlan != tag or len(arriving) != 1:
                    raise Failure(where, "hop", i, "vlan")
                enters = arriving[0]
            elif not holds(link.tags[1 - side if far in view.switches else side], vlan, vlan):
                raise Failure(where, "hop", i, "vlan")
        elif hop[2] is not None:
            raise Failure(where, "hop", i, "vlan")
        header = pass_unit(at, into, link.names[side], i, where)
        if i > 0 and at in m.routes and not routed(m, at, link, side, box_of(header)):
            raise Failure(where, "no-route", at[0], number)
        at, by, into, tag = far, number, link.names[1 - side], enters if far in view.switches else None
    if not hops or at != session_unit(m.document.nodes[v]):
        raise Failure(place + ".hops", "hop", len(hops), v)
    header = pass_unit(at, into, None, len(hops), place + ".hops")
    if changes:
        raise Failure(place + ".translations", "value", sorted(changes))
    if not holds(m.receives[v], header.destination, header.destination):
        raise Failure(place + ".hops", "header", "destination")
    return Seen(sent, header), pull


def read_translations(m: Meaning, value: Any, place: str) -> Dict[int, Header]:
    """C9: [[unit, P], …], ascending."""
    found: Dict[int, Header] = {}
    for i, change in enumerate(array(value, place)):
        where = "%s[%d]" % (place, i)
        if len(array(change, where)) != 2:
            raise Failure(where, "value", change)
        number = integer_in(change[0], where, max(found) + 1 if found else 0, 2 ** 53)
        found[number] = read_header(m, change[1], where)
    return found


def box_of(header: Header) -> Box:
    """The box of one header."""
    return Box(*((p, p) for p in header))


def covers(m: Meaning, e: Waiver, u: str, v: str, seen: Seen) -> bool:
    """S6: an exception covers the session that u opens to v: by the source that u sees, and the destination and service that
    v sees."""
    sources, destinations, service = EMPTY, EMPTY, TRANSFER
    if seen.sent is not None and seen.came is not None:
        sources, destinations = point(seen.sent.source), point(seen.came.destination)
        service = seen.came.service
    return all_matched(m, e.source, u, sources) and all_matched(m, e.destination, v, destinations) and holds(e.service, service, service)


def check_path(m: Meaning, q: Question, value: Any, place: str) -> Tuple[str, str]:
    """C6: a witness W is a data path, not all of it covered; returns its first and last node."""
    fields(value, place, ("path", "passes", "sessions"))
    path = strings(value["path"], place + ".path")
    passes, sessions = array(value["passes"], place + ".passes"), array(value["sessions"], place + ".sessions")
    if len(path) < 2 or len(sessions) != len(path) - 1 or len(passes) != len(path) - 2:
        raise Failure(place, "path", path)
    done = []
    for i, session in enumerate(sessions):
        where = "%s.sessions[%d]" % (place, i)
        seen, pull = replay(m, q, session, path[i], path[i + 1], where)
        u, v = (path[i + 1], path[i]) if pull else (path[i], path[i + 1])
        done.append((seen, pull, any(covers(m, e, u, v, seen) for e in q.waivers)))
    for i, given in enumerate(passes):
        where = "%s.passes[%d]" % (place, i)
        entry, mirror = None, False
        if given is not None:
            if len(array(given, where)) != 2:
                raise Failure(where, "station", given)
            entry, mirror = integer_in(given[0], where, 0, 2 ** 53), boolean(given[1], where)
        station = q.stations.get((path[i + 1], entry, mirror))
        if station is None:
            raise Failure(where, "station", given)
        (before, before_pull, _), (after, after_pull, _) = done[i], done[i + 1]
        service, origin = before.at(before_pull)  # the relay is the opener of a session that data was pulled by
        onward_service, onward = after.at(not after_pull)
        if not (matches_peer(m, station.origin, path[i], origin)
                and holds(station.origin_service, service, service)
                and matches_peer(m, station.onward, path[i + 2], onward)
                and holds(station.onward_service, onward_service, onward_service)):
            raise Failure(where, "relay", path[i + 1], i, i + 1)
    service = done[-1][0].at(False)[0]  # as the receiver of the packets sees it
    if not holds(q.last, service, service):
        raise Failure(place, "service")
    if all(covered for _, _, covered in done):
        raise Failure(place, "all-covered")
    return path[0], path[-1]


def check_opening(m: Meaning, q: Question, u: str, v: str, value: Any, place: str) -> None:
    """C6: a session that u opens to v, with such a service as v sees it, and that no exception covers."""
    seen, pull = replay(m, q, value, u, v, place)
    if pull or seen.came is None:
        raise Failure(place, "path", [u, v])
    if not holds(q.last, seen.came.service, seen.came.service):
        raise Failure(place, "service")
    if any(covers(m, e, u, v, seen) for e in q.waivers):
        raise Failure(place, "all-covered")


# ---------------------------------------------------------------------------------------------------------------------
# Requirements (C2, C6, C7, S7)
# ---------------------------------------------------------------------------------------------------------------------

def read_tuples(value: Any, place: str) -> List[List[str]]:
    """C1: tuples, strictly ascending by code points."""
    tuples = [strings(t, "%s[%d]" % (place, i)) for i, t in enumerate(array(value, place))]
    for i in range(1, len(tuples)):
        if not tuples[i - 1] < tuples[i]:
            raise Failure("%s[%d]" % (place, i), "order")
    return tuples


def same(place: str, given: Any, expected: Any) -> None:
    """C2: what the checker recomputes must be what the certificate says."""
    if json.dumps(given, sort_keys=True) != json.dumps(expected, sort_keys=True):
        raise Failure(place, "differs", expected)


def declared_facts(facts: Facts, r: Requirement, date: str) -> Optional[Tuple[Optional[str], Any, List[str], List[List[str]]]]:
    """C2, P: of a requirement that the document alone decides: the key that lists of whom it speaks, if there is one, and
    its value; of whom it speaks; the violating tuples. None: it is of another kind."""
    d, asked = facts.document, r.asked
    if r.kind == "exceptions" and ("limited" in asked or "attested" in asked):
        judged = waiving_one_of(d, asked.get("of"))
        ids = [e.id for e in judged]
        if "attested" in asked:
            return None, None, ids, sorted([e.id] for e in judged if not e.attested)
        return "exceptions", ids, ids, sorted([e.id] for e in judged if not is_limited(facts, e, date))
    if r.kind == "labelled":
        spoken = [n for n in d.nodes.values() if n.endpoint]
        groups: Dict[Any, List[str]] = {}
        for n in spoken:
            groups.setdefault(facts.labels[n.id], []).append(n.id)
        value = [{"zone": z, "nodes": sorted(groups[z])} for z in sorted(groups, key=lambda z: (z is not None, z or ""))]
        return "groups", value, [n.id for n in spoken], sorted([n.id] for n in spoken if not is_labelled(facts, n))
    if r.kind == "attributes" and "nodes" in asked:
        spoken = [d.nodes[name] for name in matching(facts, asked["nodes"])]
        wrong = sorted([n.id] for n in spoken if not declares(n.controls, n.owner, asked))
        if "any_of" in asked or "owner" in asked:
            return None, None, [n.id for n in spoken], wrong
        by_controls: Dict[Tuple[str, ...], List[str]] = {}
        for n in spoken:
            by_controls.setdefault(tuple(sorted(set(n.controls))), []).append(n.id)
        value = [{"declares": list(c), "nodes": sorted(by_controls[c])} for c in sorted(by_controls)]
        return "groups", value, [n.id for n in spoken], wrong
    if r.kind == "attributes":
        spoken_links = [l for l in d.links if l.said and any(link_matches(facts, p, l) for p in asked["links"])]
        wrong_names = {link_name(l) for l in spoken_links
                       if l.circuit not in asked.get("circuit", CIRCUITS) or not declares(l.controls, l.owner, asked)}
        return None, None, [link_name(l) for l in spoken_links], sorted([name] for name in wrong_names)
    if r.kind == "transfers":
        carried_ones = [t for t in d.transfers if has_end(facts, t.source, asked.get("from")) and has_end(facts, t.destination, asked.get("to"))]
        return None, None, [t.id for t in carried_ones], sorted([t.id] for t in carried_ones if not is_approved(t, asked, date))
    if r.kind == "evidence":
        shown = any(e.kind == asked["kind"] and e.date <= date <= (e.valid_until or date)
                    and ("within" not in asked or date <= months_later(e.date, asked["within"])) for e in d.evidence)
        return None, None, ["the document"], [] if shown else [[]]
    if r.kind == "placement":
        names = matching(facts, asked["nodes"])
        allowed = lambda n: facts.labels[n] in asked.get("zones", []) or facts.tier(n) in asked.get("tiers", [])  # noqa: E731
        return None, None, sorted(names), sorted([n] for n in names if not allowed(n))
    if r.kind == "homed":
        allowed_nodes = matching(facts, asked["allowed"]) if "allowed" in asked else frozenset()
        homes = {n: {zone_of_net(a, d.zones) for a in d.nodes[n].addresses} - {None}
                 for n in endpoints_of(facts, asked["nodes"], allowed_nodes)}
        wrong = sorted([n] for n, zones in homes.items() if not is_one_tier(d, zones))
        return None, None, [n for n, zones in homes.items() if zones], wrong
    return None


def link_matches(facts: Facts, pattern: Dict[str, Any], link: Link) -> bool:
    """P: a link matches all keys of a pattern of links; its ends match in either order."""
    (a, _), (b, _) = link.ends
    if "ends" in pattern:
        p, q = (matching(facts, end) for end in pattern["ends"])
        if not (a in p and b in q or a in q and b in p):
            return False
    return (link.circuit in pattern.get("circuit", CIRCUITS) and ("owner" not in pattern or link.owner in pattern["owner"])
            and ("tag" not in pattern or not link.tags_of.isdisjoint(pattern["tag"])))


def link_name(link: Link) -> str:
    """P: a link in a tuple."""
    return link.id if link.id is not None else "%s -- %s" % (link.ends[0][0], link.ends[1][0])


def has_end(facts: Facts, selector: Selector, pattern: Optional[List[Any]]) -> bool:
    """P: an endpoint that a transfer's selector matches by what it is matches a pattern (none: any)."""
    found = set(facts.document.nodes) if pattern is None else matching(facts, pattern)
    for n in facts.document.nodes.values():
        words = (("any", None), ("node", n.id), ("zone", facts.labels[n.id]), ("kind", n.kind), *(("tag", t) for t in n.tags))
        if n.endpoint and n.id in found and any(word in selector for word in words):
            return True
    return False


def is_approved(t: Transfer, asked: Dict[str, Any], date: str) -> bool:
    """P: a transfer sanitises as is asked, and is justified, approved and in date where that is asked."""
    methods = asked.get("sanitised_by")
    if methods is not None and t.sanitising not in (SANITISING if methods == "any" else methods):
        return False
    return "approved" not in asked or (t.reasoned and (t.expires is None or date <= t.expires))


def months_later(date: str, months: int) -> str:
    """P: the day of the same number so many months later, or the last of that month."""
    year, month = divmod(int(date[:4]) * 12 + int(date[5:7]) - 1 + months, 12)
    if year > 9999:
        return "9999-12-31"
    return "%04d-%02d-%02d" % (year, month + 1, min(int(date[8:]), calendar.monthrange(year, month + 1)[1]))


def segments(d: Document) -> Dict[str, Set[Any]]:
    """P: for each node the broadcast domains that it is in: what links and switches alone join, VLANs kept, whatever filters
    say. A domain has no direction. Each link is a domain of its ends, too."""
    cuts = {1, 4095}
    for link in d.links:
        cuts.update(c for tags in link.tags for first, last in pairs_of(tags) for c in (first, last + 1))
        cuts.update(c for vlan in link.native or () for c in (vlan, vlan + 1))
    tags = sorted(c for c in cuts if 1 <= c <= 4094)  # one of each run of VLANs that no link tells apart
    switches = {(n.id, 0) for n in d.nodes.values() if n.kind in ("switch", "l3-switch")}
    above: Dict[Any, Any] = {}

    def top(domain: Any) -> Any:
        while domain in above:
            domain = above[domain]
        return domain

    places: List[Tuple[str, Any]] = [(u[0], (u, t)) for u in switches if d.nodes[u[0]].kind == "switch" for t in tags]
    for number, link in enumerate(d.links):
        inside = [end in switches for end in link.ends]
        places += [(node, number) for node, _ in link.ends]  # a cable joins whoever are its ends
        for side in (0, 1):
            for tag in tags if inside[side] else ():
                for beyond in members(across(link, side, point(tag), inside[1 - side])):
                    one, other = (link.ends[side], tag), (link.ends[1 - side], beyond)
                    if not inside[1 - side]:
                        places.append((link.ends[1 - side][0], one))
                    elif top(one) != top(other):
                        above[top(one)] = top(other)
    found: Dict[str, Set[Any]] = {name: set() for name in d.nodes}
    for node, domain in places:
        found[node].add(top(domain))
    return found


def check_segment(facts: Facts, r: Requirement, value: Any) -> bool:
    """C2: `segment`: its tuples are true, and where it is complete there are no others; returns `complete`."""
    fields(value, "requirement", ("id", "verdict", "violating", "complete"))
    violating, complete = check_verdict(value, "requirement"), boolean(value["complete"], "complete")
    a, b = sides_of(facts, r)
    if (value["verdict"] == "vacuous") != (not a or not b) or (value["verdict"] != "violated" and not complete):
        raise Failure("verdict", "verdict", value["verdict"])
    domains = segments(facts.document)
    there: Dict[Any, Set[str]] = {}
    for y in b:
        for domain in domains[y]:
            there.setdefault(domain, set()).add(y)
    left = {tuple(t) for t in violating}
    for x in a:
        for y in set().union(*(there.get(domain, set()) for domain in domains[x])) - {x}:
            if (x, y) in left:
                left.discard((x, y))
            elif complete:
                raise Failure("violating", "differs", [x, y])
    if left:
        raise Failure("violating", "differs", sorted(left)[0])
    return complete


def waiving_one_of(d: Document, of: Optional[List[str]]) -> List[Waiver]:
    """P: the exceptions that a check of exceptions speaks of."""
    return [e for e in d.waivers if of is None or any(w in of for w in e.waives)]


def declares(controls: Iterable[str], owner: Optional[str], asked: Dict[str, Any]) -> bool:
    """P: everything that is asked is declared."""
    return (set(asked.get("controls", ())) <= set(controls) and ("owner" not in asked or owner is not None)
            and ("any_of" not in asked or not set(asked["any_of"]).isdisjoint(controls)))


def is_one_tier(d: Document, zones: Set[Any]) -> bool:
    """P: no two of these zones are of different tiers, or of none."""
    tiers = {tier_of(d, zone) for zone in zones}
    return len(zones) < 2 or (len(tiers) == 1 and None not in tiers)


def verdict_of(violating: Iterable[Any], spoken: Iterable[Any]) -> str:
    """S7: vacuous if it speaks of nobody, else violated or proved."""
    return "vacuous" if not list(spoken) else "violated" if list(violating) else "proved"


def is_limited(facts: Facts, e: Waiver, date: str) -> bool:
    """S7: an exception is narrow, justified and in date; `expires` is the last valid day."""
    d = facts.document

    def single(word: str, value: Any) -> bool:
        if word == "net":
            return value.first == value.last
        nets = nets_of(d.nodes[value], facts.labels[value], d.zones) if word == "node" else None
        return nets is not None and all(n.first == n.last for n in nets)

    services = all(s in SINGLE_PROTOCOLS or (s[0] == s[1] and s[0] >= 253) for s in e.services)
    in_date = e.expires is None or date <= e.expires
    return e.reasoned and in_date and services and all(single(w, x) for w, x in e.source + e.destination)


def is_labelled(facts: Facts, n: Node) -> bool:
    """S7: an endpoint has a zone that no address contradicts."""
    if facts.labels[n.id] is None:
        between = n.kind == "gateway" or n.forwards or any(s.sanitising for s in n.relays or ())
        return between and bool(n.relays)
    zones = [zone_of_net(a, facts.document.zones) for a in n.addresses] if n.zone is not None else []
    return all(z is None or z == n.zone for z in zones)


def check_verdict(value: Dict[str, Any], place: str) -> List[List[str]]:
    """C1: the verdict is one of three, and `violating` is empty exactly when it is not "violated"."""
    verdict = one_of(value["verdict"], place + ".verdict", ("proved", "violated", "vacuous"))
    violating = read_tuples(value["violating"], place + ".violating")
    if (verdict == "violated") != bool(violating):
        raise Failure(place + ".verdict", "verdict", verdict)
    return violating


class Court(NamedTuple):
    """What requirements are checked with: the document's meaning, its facts under the policy, the views made so far."""
    m: Meaning
    facts: Facts
    date: str
    views: Dict[FrozenSet[str], View]

    def view(self, removed: FrozenSet[str] = frozenset()) -> View:
        """The view without these nodes, made once."""
        return view_for(self.m, self.views, removed)


def check_path_requirement(court: Court, r: Requirement, value: Any) -> bool:
    """C6: data paths and sessions; returns `complete`."""
    m = court.m
    fields(value, "requirement", ("id", "verdict", "violating", "complete", "witnesses", "parts"))
    verdict = value["verdict"]
    violating = check_verdict(value, "requirement")
    complete = boolean(value["complete"], "complete")
    witnesses, parts = array(value["witnesses"], "witnesses"), array(value["parts"], "parts")
    a, b = sides_of(court.facts, r)
    if (verdict == "vacuous") != (not a or not b):
        raise Failure("verdict", "verdict", verdict)
    if len(witnesses) != len(violating) or (verdict != "violated" and not complete):
        raise Failure("witnesses", "verdict", verdict)
    if parts and (not complete or verdict == "vacuous"):
        raise Failure("parts", "verdict", verdict)
    q = question_for(m, court.view(removed_by(court.facts, r)), r)
    sessions = r.kind == "sessions"
    in_a, in_b = set(a), set(b)
    for i, pair in enumerate(violating):
        if len(pair) != 2 or pair[0] not in in_a or pair[1] not in in_b or pair[0] == pair[1]:
            raise Failure("violating[%d]" % i, "not-sides", pair)
        if sessions:
            check_opening(m, q, pair[0], pair[1], witnesses[i], "witnesses[%d]" % i)
        elif sorted(check_path(m, q, witnesses[i], "witnesses[%d]" % i)) != sorted(pair):
            raise Failure("witnesses[%d].path" % i, "path", pair)
    if complete and verdict != "vacuous":
        proved = [check_part(m, q, a, b, p, "parts[%d]" % i, sessions) for i, p in enumerate(parts)]
        check_pairs(a, b, proved, violating, "parts")
    return complete


def view_for(m: Meaning, views: Dict[FrozenSet[str], View], removed: FrozenSet[str]) -> View:
    """The view without these nodes, made once."""
    if removed not in views:
        views[removed] = view_of(m, removed)
    return views[removed]


def check_exception_peer(court: Court, r: Requirement, value: Any) -> bool:
    """C7: exposed peers of exceptions; returns `complete`."""
    m = court.m
    fields(value, "requirement", ("id", "verdict", "violating", "complete", "witnesses", "ends", "part"))
    verdict, violating = value["verdict"], check_verdict(value, "requirement")
    complete = boolean(value["complete"], "complete")
    witnesses, ends = array(value["witnesses"], "witnesses"), array(value["ends"], "ends")
    if (verdict == "vacuous") != (not m.document.waivers):
        raise Failure("verdict", "verdict", verdict)
    if len(witnesses) != len(violating) or (verdict != "violated" and not complete):
        raise Failure("witnesses", "verdict", verdict)
    q = question_of(m, court.view(), METHODS, None)
    judged = {e.id: e for e in waiving_one_of(m.document, r.asked.get("of")) if not e.attested}
    for i, pair in enumerate(violating):
        if len(pair) != 2 or pair[0] not in judged:
            raise Failure("violating[%d]" % i, "peer", pair)
        check_peer_witness(m, q, judged[pair[0]], pair[1], witnesses[i], "witnesses[%d]" % i)
    if not complete:
        same("ends", ends, [])
        same("part", value["part"], None)
        return False
    if len(ends) != len(judged):
        raise Failure("ends", "differs", list(judged))
    listed_tuples = {tuple(t) for t in violating}
    outside: Set[str] = set()
    for i, e in enumerate(judged.values()):
        nodes = check_ends(m, q, e, ends[i], "ends[%d]" % i)
        left = [n for n in nodes if (e.id, n) not in listed_tuples]
        for n in left:
            if m.tiers[n] == "internet":
                raise Failure("ends[%d].nodes" % i, "exposed", n)
        outside.update(left)
    internet = [n for n in m.document.nodes if m.tiers[n] == "internet"]
    if not outside or not internet:
        same("part", value["part"], None)
        return True
    fields(value["part"], "part", ("a", "b", "forward", "backward"))
    same("part.a", value["part"]["a"], sorted(outside))
    same("part.b", value["part"]["b"], None)
    check_part(m, q, sorted(outside), internet, value["part"], "part")
    return True


def check_peer_witness(m: Meaning, q: Question, e: Waiver, node: str, value: Any, place: str) -> None:
    """C7: a session that the exception covers, one end of which is the node, and how that node is exposed."""
    fields(value, place, ("end", "session", "path"))
    end = strings(value["end"], place + ".end")
    if len(end) != 2 or node not in end:
        raise Failure(place + ".end", "peer", end)
    # "in the whole network": a transfer that sanitises is a session too
    seen, pull = replay(m, q._replace(methods=frozenset()), value["session"], end[0], end[1], place + ".session")
    if pull:
        raise Failure(place + ".session.pull", "value", True)
    if not covers(m, e, end[0], end[1], seen):
        raise Failure(place + ".session", "not-covered", e.id)
    if m.tiers[node] == "my-number":
        raise Failure(place, "peer", node)
    if m.tiers[node] == "internet":
        same(place + ".path", value["path"], None)
        return
    first, last = check_path(m, q, value["path"], place + ".path")
    if node not in (first, last) or m.tiers[last if first == node else first] != "internet":
        raise Failure(place + ".path", "path", [first, last])


def check_ends(m: Meaning, q: Question, e: Waiver, value: Any, place: str) -> List[str]:
    """C7: the endpoints outside my-number that can be an end of a session covered by the exception are in `nodes`."""
    fields(value, place, ("exception", "nodes", "tree"))
    same(place + ".exception", value["exception"], e.id)
    nodes = strings(value["nodes"], place + ".nodes")
    endpoints = [n.id for n in m.document.nodes.values() if n.endpoint]
    openers = frozenset(n for n in endpoints if some_matched(m, e.source, n, m.singles[n]))
    targets = frozenset(n for n in endpoints if some_matched(m, e.destination, n, m.singles[n]))
    may_end = {n for n in openers | targets if m.tiers[n] != "my-number"}
    if nodes != sorted(set(nodes)):
        raise Failure(place + ".nodes", "order")
    for n in nodes:
        if n not in may_end:
            raise Failure(place + ".nodes", "not-side", n)
    missing = may_end - set(nodes)
    if not missing:
        same(place + ".tree", value["tree"], None)
        return nodes

    def forbidden(u: str, sources: Intervals, v: str, destinations: Intervals, box: Box) -> bool:
        return ((u in missing or v in missing) and meets(e.service, *box.service)
                and some_matched(m, e.source, u, sources) and some_matched(m, e.destination, v, destinations))

    def offends(u: str, v: str, relation: Relation) -> Iterable[Relation]:
        if u in missing or v in missing:
            left = covered_part(m, e, u, v, relation)
            if left is not None:
                yield left

    for u, v, transfer in carried(m, q._replace(methods=frozenset()), lambda n: n in missing):
        if (u in missing or v in missing) and covers(m, e, u, v, Seen(None, None)):
            raise Failure("%s, transfer %s" % (place, transfer), "forbidden", u, v, "transfer")
    claim = Claim(q.view, False, openers, targets, lambda n: (n in missing, n in openers, n in targets), forbidden, offends)
    check_claim(m, claim, value["tree"], place + ".tree")
    return nodes


# ---------------------------------------------------------------------------------------------------------------------
# Exceptions in use, and what must be possible (C7a)
# ---------------------------------------------------------------------------------------------------------------------

def check_used(court: Court, r: Requirement, value: Any) -> None:
    """C7a: every exception that is not in `violating` covers the session that is shown, and the others cover none."""
    m = court.m
    fields(value, "requirement", ("id", "verdict", "violating", "witnesses", "trees"))
    judged = waiving_one_of(m.document, r.asked.get("of"))
    unused = [t[0] if len(t) == 1 else None for t in check_verdict(value, "requirement")]
    same("verdict", value["verdict"], verdict_of(unused, judged))
    by_id = {e.id: e for e in judged}
    for name in unused:
        if name not in by_id:
            raise Failure("violating", "dangling", name)
    q = question_of(m, court.view(), frozenset(), None)
    in_use = [e for e in judged if e.id not in unused]
    witnesses, trees = array(value["witnesses"], "witnesses"), array(value["trees"], "trees")
    if len(witnesses) != len(in_use) or len(trees) != len(unused):
        raise Failure("witnesses", "differs", [e.id for e in in_use])
    for i, e in enumerate(in_use):
        place = "witnesses[%d]" % i
        end = strings(fields(witnesses[i], place, ("end", "session"))["end"], place + ".end")
        if len(end) != 2:
            raise Failure(place + ".end", "path", end)
        seen, pull = replay(m, q, witnesses[i]["session"], end[0], end[1], place + ".session")
        if pull or not covers(m, e, end[0], end[1], seen):
            raise Failure(place + ".session", "not-covered", e.id)
    for i, name in enumerate(unused):
        e, place = by_id[name], "trees[%d]" % i
        endpoints = [n.id for n in m.document.nodes.values() if n.endpoint]
        openers = frozenset(n for n in endpoints if some_matched(m, e.source, n, m.singles[n]))
        targets = frozenset(n for n in endpoints if some_matched(m, e.destination, n, m.singles[n]))
        for u, v, transfer in carried(m, q, lambda n: n in openers):
            if covers(m, e, u, v, Seen(None, None)):
                raise Failure("%s, transfer %s" % (place, transfer), "forbidden", u, v, "transfer")
        check_claim(m, covered_claim(m, q, e, openers, targets), trees[i], place)


def covered_claim(m: Meaning, q: Question, e: Waiver, openers: FrozenSet[str], targets: FrozenSet[str]) -> Claim:
    """C7a: that an exception covers no session."""
    def forbidden(u: str, sources: Intervals, v: str, destinations: Intervals, box: Box) -> bool:
        return (meets(e.service, *box.service) and some_matched(m, e.source, u, sources)
                and some_matched(m, e.destination, v, destinations))

    def offends(u: str, v: str, relation: Relation) -> Iterable[Relation]:
        left = covered_part(m, e, u, v, relation)
        return [] if left is None else [left]

    return Claim(q.view, False, openers, targets, lambda n: (n in openers, n in targets), forbidden, offends)


def services_alike(m: Meaning, services: Intervals) -> List[Tuple[int, int]]:
    """C7a: a set of services in runs between which nothing in the document makes a difference."""
    cuts = {253, WITH_PORTS[17], WITH_PORTS[132]}
    for node in m.document.nodes.values():
        matches = [r.match for f in node.filters for r in f.rules] + [e.match for e in node.nat]
        cuts.update(c for match in matches for first, last in pairs_of(match.service) for c in (first, last + 1))
        cuts.update(base + e.port + more for e in node.nat if e.port is not None for base in WITH_PORTS.values() for more in (0, 1))
    found = []
    for first, last in pairs_of(services):
        inside = sorted(c for c in cuts if first < c <= last)
        found += list(zip([first] + inside, [c - 1 for c in inside] + [last]))
    return found


def check_expects(court: Court, r: Requirement, value: Any) -> None:
    """C7a: of every pair of every expectation either sessions of every service are shown, or it is in `violating` and some
    service is proved to be missing."""
    m = court.m
    fields(value, "requirement", ("id", "verdict", "violating", "shown", "missing"))
    violating = check_verdict(value, "requirement")
    same("verdict", value["verdict"], verdict_of(violating, m.document.expects))
    shown, missing = array(value["shown"], "shown"), array(value["missing"], "missing")
    q = question_of(m, court.view(), frozenset(), None)
    endpoints = [n.id for n in m.document.nodes.values() if n.endpoint]
    wanted = [(e, u, v) for e in m.document.expects for u in endpoints if matches_peer(m, e.source, u, EMPTY)
              for v in endpoints if v != u and matches_peer(m, e.destination, v, EMPTY)]
    listed_tuples = {tuple(t) for t in violating}
    good = [(e, u, v) for e, u, v in wanted if (e.id, u, v) not in listed_tuples]
    bad = {(e.id, u, v): e for e, u, v in wanted if (e.id, u, v) in listed_tuples}
    if len(bad) != len(violating) or len(missing) != len(violating):
        raise Failure("violating", "differs", sorted(bad))
    if len(shown) != len(good):
        raise Failure("shown", "differs", [[e.id, u, v] for e, u, v in good])
    for i, (e, u, v) in enumerate(good):
        place = "shown[%d]" % i
        found = set()
        for j, session in enumerate(array(shown[i], place)):
            seen, pull = replay(m, q, session, u, v, "%s[%d]" % (place, j))
            if pull:
                raise Failure(place, "value", True)
            found.update(() if seen.came is None else (seen.came.service,))
        for first, last in services_alike(m, e.service):
            if not any(first <= service <= last for service in found):
                raise Failure(place, "differs", [first, last])
    for i, (name, u, v) in enumerate(tuple(t) for t in violating):
        place = "missing[%d]" % i
        fields(missing[i], place, ("service", "push"))
        service = integer_in(missing[i]["service"], place + ".service", 0, SERVICE_END - 1)
        if not holds(bad[(name, u, v)].service, service, service):
            raise Failure(place + ".service", "value", service)
        alone = q._replace(stations={}, stations_at={}, last=point(service))
        check_direction(m, alone, frozenset((u,)), frozenset((v,)), {"stations": [], "push": missing[i]["push"]}, place, False)


# ---------------------------------------------------------------------------------------------------------------------
# The least that a repair costs (C10)
# ---------------------------------------------------------------------------------------------------------------------

EDIT_KINDS = ("rules", "links", "relays", "vlans")
EDITS = {"rule": (1, "rules"), "link": (3, "links"), "relays": (1, "relays"), "vlan": (1, "vlans"), "routed-vlan": (1, "vlans")}
OF_REPAIRS = ("allowed", "edits", "cost", "bound", "ways")
MOST_CHOICES = 1000000  # that are tried before nothing is accepted
Spot = Tuple[Any, ...]  # where an edit can lie: its name in EDITS, and where


def rule_spots(m: Meaning, at: Unit, into: Optional[str], out: Optional[str]) -> Set[Spot]:
    """The filters that a packet passes at a unit: a rule between these interfaces can be put into each."""
    return {("rule", at[0], i, into, out) for i, f in enumerate(m.filters.get(at, ())) if applies(f, into, out)}


def spots_of(m: Meaning, view: View, value: Any) -> Set[Spot]:
    """Where edits can lie that break a way; it was replayed."""
    d = m.document
    names_vlans = any(k.said and (k.native is not None or k.tags != (ANY_TAG, ANY_TAG)) for k in d.links)
    found: Set[Spot] = {("relays", node) for node, given in zip(value["path"][1:], value["passes"]) if given is None}
    for i, session in enumerate(value["sessions"]):
        if "transfer" in session:
            continue
        at = session_unit(d.nodes[value["path"][i + 1 if session["pull"] else i]])
        into: Optional[str] = None
        tag: Optional[int] = None
        for number, back, vlan in session["hops"]:
            link, side = d.links[number], 1 if back else 0
            far = link.ends[1 - side]
            found |= rule_spots(m, at, into, link.names[side])
            enters = vlan
            if tag is not None:
                enters = members(across(link, side, intervals([(vlan, vlan)]), far in view.switches))[0]
            if link.said:
                found.add(("link", number))
                tags = [vlan] * (at in view.switches) + [enters] * (far in view.switches)
                found |= {("vlan", number, t) for t in tags if names_vlans and t not in (link.native or ())
                          and intervals([(t, t)]) not in link.tags}  # an end that carries nothing is none
            elif link.tags[0] != ANY_TAG:
                found.add(("routed-vlan", number))
            at, into, tag = far, link.names[1 - side], enters if far in view.switches else None
        found |= rule_spots(m, at, into, None)
    return found


def is_enough(ways: List[FrozenSet[Spot]], budget: int) -> bool:
    """Whether edits that cost no more lie on all ways: every choice is tried."""
    tried = 0

    def search(left: List[FrozenSet[Spot]], budget: int) -> bool:
        nonlocal tried
        tried += 1
        if tried > MOST_CHOICES:
            raise Failure("bound", "choices")
        apart, least = set(), 0  # of ways that share nothing each costs something
        for way in sorted(left, key=len):
            if not way:
                return False
            if not way & apart:
                apart |= way
                least += min(EDITS[spot[0]][0] for spot in way)
        if least > budget:
            return False
        if not left:
            return True
        way = min(left, key=len)
        without: Set[Spot] = set()
        for spot in sorted(way, key=repr):
            cost = EDITS[spot[0]][0]
            if cost <= budget and search([w - without for w in left if spot not in w], budget - cost):
                return True
            without.add(spot)
        return False

    return search(ways, budget)


def check_least(court: Court, asked: List[Requirement], value: Any) -> Least:
    """C10: ways that violate, and that no edits that cost less than the bound lie on all of them."""
    allowed = strings(value["allowed"], "allowed")
    if [k for k in EDIT_KINDS if k in allowed] != allowed:
        raise Failure("allowed", "value", allowed)
    edits = strings(value["edits"], "edits")
    for edit in edits:
        if edit not in EDITS or EDITS[edit][1] not in allowed:
            raise Failure("edits", "edit", edit)
    cost, bound = (integer_in(value[key], key, 0, 2 ** 53) for key in ("cost", "bound"))
    if cost != sum(EDITS[edit][0] for edit in edits):
        raise Failure("cost", "cost", cost)
    if bound > cost:
        raise Failure("bound", "beyond", bound)
    ways: List[FrozenSet[Spot]] = []
    by_id = {r.id: r for r in asked if r.kind in ("isolation", "through") and r.severity == "error"}
    for i, way in enumerate(array(value["ways"], "ways")):
        place = "ways[%d]" % i
        fields(way, place, ("requirement", "witness"))
        r = by_id.get(string(way["requirement"], place))
        if r is None:
            raise Failure(place, "no-paths", way["requirement"])
        view = court.view(removed_by(court.facts, r))
        ends = check_path(court.m, question_for(court.m, view, r), way["witness"], place + ".witness")
        a, b = sides_of(court.facts, r)
        if ends[0] == ends[1] or not any(x in a and y in b for x, y in (ends, ends[::-1])):
            raise Failure(place, "not-sides", list(ends))
        spots = spots_of(court.m, view, way["witness"])
        ways.append(frozenset(spot for spot in spots if EDITS[spot[0]][1] in allowed))
    if bound > 0 and is_enough(ways, bound - 1):
        raise Failure("bound", "cheaper", bound)
    return Least(tuple(allowed), cost, bound, len(ways))


# ---------------------------------------------------------------------------------------------------------------------
# The whole certificate (C1, C8)
# ---------------------------------------------------------------------------------------------------------------------

def check_digests(topology: Any, document_bytes: bytes, source_bytes: Optional[bytes]) -> None:
    """C1: the digests bind the document."""
    fields(topology, "topology", ("sha256",), ("json_sha256",))
    for key in topology:
        if not re.fullmatch(r"[0-9a-f]{64}", string(topology[key], "topology." + key)):
            raise Failure("topology." + key, "value", topology[key])
    if hashlib.sha256(document_bytes).hexdigest() != topology.get("json_sha256", topology["sha256"]):
        raise Failure("topology", "digest")
    if source_bytes is not None:
        if hashlib.sha256(source_bytes).hexdigest() != topology["sha256"]:
            raise Failure("topology.sha256", "source-digest")


def is_of_repair(certificate: Any) -> bool:
    """C10: whether a certificate is of a repair."""
    return isinstance(certificate, dict) and "sanso_repair" in certificate


def check_header(certificate: Any, document_bytes: bytes, source_bytes: Optional[bytes], document: Document,
                 policy: Optional[Policy]) -> Policy:
    """C1: everything but the requirements; returns the policy, which is what the certificate is for."""
    own = ("sanso_repair", *OF_REPAIRS) if is_of_repair(certificate) else ("sanso_certificate", "requirements")
    fields(certificate, "certificate", (*own, "tool", "topology", "policy", "date", "symbolic"), ("loosenings",))
    expected_format = 2 if any(n.nat for n in document.nodes.values()) and own[0] == "sanso_certificate" else 1
    integer_in(certificate[own[0]], own[0], expected_format, expected_format)
    string(certificate["tool"], "tool")
    check_digests(certificate["topology"], document_bytes, source_bytes)
    named = {key: string(text, "policy") for key, text in fields(certificate["policy"], "policy", ("id", "sha256")).items()}
    if policy is None:
        raise Failure("policy", "no-policy")
    if named != {"id": policy.id, "sha256": policy.sha256}:
        raise Failure("policy", "policy", policy.id, policy.sha256)
    if document.policy is not None:  # a file that it names cannot be looked for here
        other = document.policy != policy.id and not document.policy.endswith((".json", ".yaml", ".yml"))
    else:
        of_model = [model for model in MODELS if policy.id == "three-tier/" + model]
        other = bool(of_model) and document.model not in (None, of_model[0])
    if other or document.edition not in (None, policy.edition):
        raise Failure("policy", "other-policy")
    check_date(certificate["date"], "date")
    labels = {n.id: label_of(n, document.zones) for n in document.nodes.values()}
    expected = [n.id for n in document.nodes.values() if not nets_of(n, labels[n.id], document.zones)]
    if sorted(strings(certificate["symbolic"], "symbolic")) != sorted(expected):
        raise Failure("symbolic", "differs", expected)
    return policy


def check_topology_to_verify(document: Document, policy: Policy) -> None:
    """S7, P: an exception names requirements that can be waived, and some requirement on paths, sessions or segments speaks of
    somebody."""
    waivable = {r.id for r in policy.requirements if r.kind in WAIVABLE}
    for e in document.waivers:
        for waived in e.waives if e.waives_said else ():
            if waived not in waivable:
                raise Unusable("exception " + e.id, "waived", waived)
    facts = facts_of(document, policy)
    if not any(all(sides_of(facts, r)) for r in policy.requirements if r.kind in (*WAIVABLE, "segment")):
        raise Unusable("document", "all-vacuous")


def parsed(data: bytes) -> Any:
    """A value of JSON, or the `Failure` that it is none."""
    try:
        return parse_json(data)
    except Failure as failure:
        return failure


def named_policy(certificate: Any) -> Optional[Policy]:
    """C1: the policy that a certificate names, if it comes with this checker; whatever else the certificate says."""
    try:
        return built_in(certificate["policy"]["id"])
    except (LookupError, TypeError):
        return None


def check_requirement(court: Court, r: Requirement, value: Any) -> Outcome:
    """C2, C6, C7: one requirement."""
    complete = True
    if r.kind in WAIVABLE:
        complete = check_path_requirement(court, r, value)
    elif r.kind == "segment":
        complete = check_segment(court.facts, r, value)
    elif r.kind == "exceptions" and "used" in r.asked:
        check_used(court, r, value)
    elif r.kind == "expects":
        check_expects(court, r, value)
    elif r.kind == "exceptions" and "peer" in r.asked:
        complete = check_exception_peer(court, r, value)
    else:
        found = declared_facts(court.facts, r, court.date)
        if found is None:
            raise Failure("requirement", "kind", r.kind)
        key, expected, spoken, violating = found
        fields(value, "requirement", ("id", "verdict", "violating") + ((key,) if key else ()))
        check_verdict(value, "requirement")
        if key:
            same(key, value[key], expected)
        same("violating", value["violating"], violating)
        same("verdict", value["verdict"], verdict_of(violating, spoken))
    return Outcome(r.id, r.severity, value["verdict"], len(value["violating"]), complete)


def check(document_bytes: bytes, certificate_bytes: bytes, source_bytes: Optional[bytes] = None,
          policy_bytes: Optional[bytes] = None) -> Result:
    """C8: accepts or rejects. Whatever goes wrong once the document and the policy have been read is a rejection."""
    policy: Optional[Policy] = None
    try:
        certificate = parsed(certificate_bytes)
        policy = named_policy(certificate) if policy_bytes is None else read_policy(policy_bytes)
        document = read_document(document_bytes)
        if policy is not None:
            check_topology_to_verify(document, policy)
    except Unusable as failure:
        return Result(2, None, failure)
    except Exception as error:  # a document that the reader cannot digest is unusable, whatever the reason
        return Result(2, None, Failure("document", "internal", repr(error)))
    requirement: Optional[str] = None
    used = None if policy is None else (policy.id, policy.sha256)
    try:
        if isinstance(certificate, Failure):
            raise certificate
        policy = check_header(certificate, document_bytes, source_bytes, document, policy)
        date = certificate["date"]
        asked, loosened = in_effect(policy, date)
        if "loosenings" in certificate or loosened:
            if not loosened:
                raise Failure("loosenings", "differs", None)
            same("loosenings", certificate.get("loosenings"), [[c.id, c.to] for c in loosened])
        topology = certificate["topology"]
        digests = tuple(topology[key] for key in ("json_sha256", "sha256") if key in topology)
        court = Court(meaning_of(document, certificate["symbolic"]), facts_of(document, policy), date, {})
        if is_of_repair(certificate):
            return Result(0, None, None, (), date, digests, used, tuple(loosened), check_least(court, asked, certificate))
        given = array(certificate["requirements"], "requirements")
        ids = [r.id for r in asked]
        for i, value in enumerate(given):
            if not isinstance(value, dict) or i >= len(ids) or value.get("id") != ids[i]:
                raise Failure("requirements[%d].id" % i, "differs", ids[i] if i < len(ids) else None)
        if len(given) != len(ids):
            raise Failure("requirements", "differs", ids)
        summary = []
        for r, value in zip(asked, given):
            requirement = r.id
            summary.append(check_requirement(court, r, value))
        return Result(0, None, None, tuple(summary), date, digests, used, tuple(loosened))
    except Failure as failure:
        return Result(1, requirement, failure, policy=used)
    except (Exception, MemoryError) as error:
        return Result(1, requirement, Failure("certificate", "internal", repr(error)), policy=used)


class Given(NamedTuple):
    """The bytes of the files of a call; None: not given, or not read."""
    document: Optional[bytes] = None
    certificate: Optional[bytes] = None
    source: Optional[bytes] = None
    policy: Optional[bytes] = None

    def digests(self, result: Result) -> List[Tuple[str, Optional[str]]]:
        """The digests of what was read; of the source that of the certificate where it was accepted."""
        found = {name: data if data is None else hashlib.sha256(data).hexdigest() for name, data in self._asdict().items()}
        if result.status == 0:
            found["source"] = result.digests[1] if len(result.digests) > 1 else None
        return [(name, found[name]) for name in ("document", "source", "certificate")]


def report(result: Result, language: str, given: Given = Given()) -> str:
    """The result in words."""
    def say(key: str, *arguments: Any) -> str:
        return MESSAGES[key][LANGUAGES.index(language)].format(*arguments)

    lines = [say("accepted") if result.least is None else say("least", result.least.bound, result.least.cost)]
    if result.failure is not None:
        words = [say("unusable" if result.status == 2 else "rejected"), result.requirement, result.failure.text(language)]
        lines = [": ".join(w for w in words if w)]
    if result.status == 2:
        return lines[0]
    lines += [say(name, digest) for name, digest in given.digests(result) if digest is not None]
    if result.policy is not None:
        lines.append(say("of-policy", *result.policy))
    lines.append(say("checker", NAME, VERSION))
    if result.status == 0:
        lines.append(say("date", result.date))
    lines += [say(c.to, c.id, c.until, c.approved_by, c.reason) for c in result.loosenings]
    for o in result.summary:
        said = say(o.verdict if o.complete else "incomplete", o.tuples)
        lines.append("%-18s %s" % (o.requirement, say("grave", said) if o.severity == "warning" else said))
    return "\n".join(visible(line) for line in lines)


def visible(text: str) -> str:
    """What stands in the files must not move the cursor of a terminal."""
    return "".join("\ufffd" if unicodedata.category(c) == "Cc" else c for c in text)


def report_json(result: Result, language: str, given: Given) -> str:
    """The result for programs (C8)."""
    answer: Dict[str, Any] = {"answer": ("accepted", "rejected", "unusable")[result.status],
                              "checker": {"name": NAME, "version": VERSION}}
    for name, digest in given.digests(result):
        answer[name] = None if digest is None else {"sha256": digest}
    answer["policy"] = None if result.policy is None else dict(zip(("id", "sha256"), result.policy))
    answer["date"] = result.date or None
    answer["loosenings"] = [{"id": c.id, "severity": c.to, "reason": c.reason, "approved_by": c.approved_by, "until": c.until}
                            for c in result.loosenings]
    answer["requirements"] = [{"id": o.requirement, "severity": o.severity, "verdict": o.verdict, "violating": o.tuples,
                               "complete": o.complete} for o in result.summary]
    answer["why"] = None if result.failure is None else {
        "requirement": result.requirement, "step": printable(result.failure.place), "message": result.failure.text(language)}
    if result.least is not None:
        answer["repair"] = dict(result.least._asdict(), allowed=list(result.least.allowed))
    return json.dumps(answer, ensure_ascii=False)


def tell(text: str, stream: Any) -> Optional[str]:
    """Writes; what went wrong, if something did."""
    try:
        if stream is None:
            return "closed"
        stream.write(text + "\n")
        stream.flush()
        return None
    except (OSError, ValueError) as error:
        return str(error)


def main(arguments: Optional[List[str]] = None) -> int:
    """C8: the command line."""
    parser = argparse.ArgumentParser(description="Accepts (0) or rejects (1) a certificate; 2: unusable input, or no answer.")
    parser.add_argument("file", metavar="FILE", help="the topology document (JSON)")
    parser.add_argument("certificate", metavar="CERT.json", help="the certificate")
    parser.add_argument("--lang", choices=("ja", "en"), default="ja", help="language of messages")
    parser.add_argument("--policy", metavar="POLICY.json", help="the canonical JSON of the policy, unless it is built in")
    parser.add_argument("--source", metavar="YAML", help="the file that FILE was converted from")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="text for people, json for programs")
    parser.add_argument("--version", action="version", version="%s %s" % (NAME, VERSION))
    options = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    contents: List[Optional[bytes]] = []
    result = None
    for name in (options.file, options.certificate, options.source, options.policy):
        try:
            if name is None:
                contents.append(None)
                continue
            with open(name, "rb") as file:
                contents.append(file.read())
        except (OSError, ValueError) as error:
            result = Result(2, None, Failure(name, "read", str(error)))
            break
    given = Given() if result else Given(*contents)
    if result is None:
        result = check(given.document or b"", given.certificate or b"", given.source, given.policy)
    as_json = options.format == "json"
    text = report_json(result, options.lang, given) if as_json else report(result, options.lang, given)
    trouble = tell(text, sys.stderr if result.status == 2 and not as_json else sys.stdout)
    if trouble is None:
        return result.status
    tell(MESSAGES["unsaid"][LANGUAGES.index(options.lang)].format(trouble), sys.stderr)
    sys.stdout = None  # type: ignore[assignment]  # (no second attempt when Python ends)
    return 2


if __name__ == "__main__":
    sys.exit(main())
