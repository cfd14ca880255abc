"""Amounts as people type them, and as a page shows them.

People write `25,50`, `1 200`, `1.200,50`, `£25`, or use the digits of another script. Where a text
can be read in two ways we ask again, or take the smaller amount: nobody is charged for a guess.
"""

import re
import unicodedata
from decimal import Decimal
from typing import NoReturn

from babel import Locale
from babel.numbers import get_currency_symbol, get_decimal_symbol, parse_pattern

from app.core.errors import FieldError
from app.core.languages import translations
from app.core.money import Currency, Money, currency_of

FIELD = "amount"
LONGEST = 64
SPACE = "\N{NO-BREAK SPACE}"
LIKE = {
    "\N{MINUS SIGN}": "-",
    "\N{ARABIC COMMA}": ",",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{MODIFIER LETTER APOSTROPHE}": "'",
}
DECIMAL_MARK = "\N{ARABIC DECIMAL SEPARATOR}"
GROUP_MARKS = frozenset({" ", "'", "\N{ARABIC THOUSANDS SEPARATOR}"})
MARKS_OF_BOTH = frozenset({".", ","})
THOUSAND = 3  # digits of a group

AROUND = re.compile(
    r"(?P<before>[^0-9]*)(?P<number>[0-9](?:.*[0-9])?)(?P<after>[^0-9]*)", re.DOTALL
)
WORD_BEFORE = re.compile(r"(?P<minus>-?) *(?:(?P<word>[^ .-]+)\.?)? *(?P<late_minus>-?) *")
WORD_AFTER = re.compile(r"(?:[.,]-{0,2})? *(?:(?P<word>[^ .-]+)\.?)?")
GROUPED = re.compile(r"[0-9]+|[0-9]{1,3}(?P<mark>[^0-9])[0-9]{3}(?:(?P=mark)[0-9]{3})*")

WORDS = {
    "EUR": ("€", "eur", "euro", "euros", "євро"),
    "USD": ("$", "us$", "usd"),
    "GBP": ("£", "gbp"),
    "UAH": ("₴", "uah", "грн", "гривень", "гривні", "гривня"),
    "JPY": ("¥", "jpy", "円"),
    "KRW": ("₩", "krw", "원"),
    "KWD": ("kwd", "kd"),
    "ISK": ("isk", "kr"),
}
CURRENCY_OF = {word: code for code, words in WORDS.items() for word in words}


def shown(money: Money, language: str) -> str:
    """Return an amount as a language writes it, with decimals only where needed: `€10`, `10 ₴`.

    A currency of three decimals always has them: `3,000` dinars would be read as three.
    """
    currency = currency_of(money.currency)
    locale = Locale.parse(language)
    pattern = parse_pattern(locale.currency_formats["standard"].pattern)
    is_whole = currency.digits < THOUSAND and money.minor % 10**currency.digits == 0
    decimals = 0 if is_whole else currency.digits
    pattern.frac_prec = (decimals, decimals)
    value = Decimal(f"{money.minor}E-{currency.digits}")
    text = str(pattern.apply(value, locale, currency=currency.code, currency_digits=False))
    return text.replace(
        get_currency_symbol(currency.code, locale), _sign(currency, pattern.pattern)
    )


def in_full(money: Money, language: str) -> str:
    """Return an amount with all its decimals and its code, which no two currencies share.

    `25.00 EUR`: for sentences that somebody is to agree to.
    """
    currency = currency_of(money.currency)
    zeros = "0" * currency.digits
    pattern = parse_pattern(f"#,##0.{zeros}" if zeros else "#,##0")
    value = Decimal(f"{money.minor}E-{currency.digits}")
    return f"{pattern.apply(value, Locale.parse(language))}{SPACE}{currency.code}"


def _sign(currency: Currency, pattern: str) -> str:
    """Return the sign; letters keep a distance from a number that follows."""
    return currency.sign + SPACE if currency.sign.isalpha() and pattern[0] == "¤" else currency.sign


def read_amount(text: str, currency: str, language: str) -> Money:
    """Return the amount that someone typed into a form.

    Args:
        text: As typed.
        currency: What was chosen beside it; another one in the text is refused.
        language: The page's: it settles what a lone point or comma means, and speaks the errors.

    Raises:
        FieldError: `amount`, with one sentence that says what to do.
        UnknownCurrencyError: We do not know the currency.
    """
    return _within(read_any_amount(text, currency, language), currency_of(currency), language)


def read_any_amount(text: str, currency: str, language: str) -> Money:
    """Return an amount that someone typed, however small or large: as staff give money back.

    Args and raises: as `read_amount`.
    """
    rules = currency_of(currency)
    if len(text.strip()) > LONGEST:
        _refuse_text(language)
    number = _number(_plain(text), rules, language)
    whole, decimals = _parts(number, rules, language)
    if len(decimals) > rules.digits:
        _refuse_decimals(rules, language)
    minor = int(whole) * 10**rules.digits + int(decimals.ljust(rules.digits, "0") or "0")
    if minor % rules.step:
        _refuse_decimals(rules, language)
    return Money(minor, currency)


def _plain(text: str) -> str:
    """Return the text with ASCII digits and one kind of space, dash and apostrophe."""
    return re.sub(r" +", " ", "".join(map(_plain_character, text))).strip().casefold()


def _plain_character(character: str) -> str:
    kind = unicodedata.category(character)
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if kind == "Cf":
        return ""  # cannot be seen: marks of direction come along when an amount is copied
    if character.isspace() or kind == "Pd":
        return " " if character.isspace() else "-"
    alike = unicodedata.normalize("NFKC", character)  # full-width signs; but a raised 2 is no 2
    return character if any(one.isdigit() for one in alike) else LIKE.get(character, alike)


def _number(text: str, rules: Currency, language: str) -> str:
    """Return the text from its first digit to its last, having understood what is around."""
    gettext = translations(language).gettext
    if not text or CURRENCY_OF.get(text) == rules.code:
        raise FieldError(FIELD, gettext("Please type an amount."))
    around = AROUND.fullmatch(text)
    before = WORD_BEFORE.fullmatch(around["before"]) if around else None
    after = WORD_AFTER.fullmatch(around["after"]) if around else None
    if not around or not before or not after:
        _refuse_text(language)
    words = [one["word"] for one in (before, after) if one["word"]]
    if any(word not in CURRENCY_OF for word in words):
        _refuse_text(language)
    if any(CURRENCY_OF[word] != rules.code for word in words):
        sentence = gettext("Please give the amount in %(currency)s.")
        raise FieldError(FIELD, sentence % {"currency": rules.code})
    if before["minus"] or before["late_minus"]:
        raise FieldError(FIELD, gettext("Please write the amount without a minus."))
    return around["number"]


def _parts(number: str, rules: Currency, language: str) -> tuple[str, str]:
    """Return the digits before and after the decimal mark, if there is one."""
    marks = [one for one in number if not one.isdigit()]
    whole, decimals = number, ""
    if marks and _is_decimal(number, marks, rules, language):
        whole, _mark, decimals = number.rpartition(marks[-1])
    known = GROUP_MARKS | MARKS_OF_BOTH | {DECIMAL_MARK}
    match = GROUPED.fullmatch(whole)
    if not known.issuperset(marks) or not match or match["mark"] == DECIMAL_MARK:
        _refuse_text(language)
    return "".join(re.findall("[0-9]", whole)), decimals


def _is_decimal(number: str, marks: list[str], rules: Currency, language: str) -> bool:
    """Return whether the last mark parts the decimals from the rest.

    `1.200` and `1,200` can be both. What the page's language takes for its decimal mark is one
    (and three decimals are then refused); the other one parts thousands. Where three decimals are
    right either mark is the decimal one, as that is the smaller amount.
    """
    last = marks[-1]
    if last not in MARKS_OF_BOTH or marks.count(last) > 1:
        return last == DECIMAL_MARK
    if len(marks) > 1 or last == get_decimal_symbol(language):
        return True
    head, _mark, tail = number.partition(last)
    is_grouped = len(head) <= THOUSAND and head[0] != "0" and len(tail) == THOUSAND
    return rules.digits >= THOUSAND or not is_grouped


def _within(money: Money, rules: Currency, language: str) -> Money:
    gettext = translations(language).gettext
    if money.minor < rules.smallest:
        sentence = gettext("The smallest amount is %(amount)s.")
        least = shown(Money(rules.smallest, rules.code), language)
        raise FieldError(FIELD, sentence % {"amount": least})
    if money.minor > rules.largest:
        sentence = gettext("The largest amount is %(amount)s.")
        most = shown(Money(rules.largest, rules.code), language)
        raise FieldError(FIELD, sentence % {"amount": most})
    return money


def _refuse_text(language: str) -> NoReturn:
    gettext = translations(language).gettext
    raise FieldError(FIELD, gettext("Please write the amount in digits."))


def _refuse_decimals(rules: Currency, language: str) -> NoReturn:
    """Say how many decimals there can be: two, or none; no currency of ours differs."""
    gettext = translations(language).gettext
    if rules.places:
        sentence = gettext("Please write at most two digits after the decimal point.")
    else:
        sentence = gettext("Please write a whole amount, without decimals.")
    raise FieldError(FIELD, sentence)
