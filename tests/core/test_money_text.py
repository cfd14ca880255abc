"""Amounts as people type them, and as pages show them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import FieldError
from app.core.money import CURRENCIES, Currency, Money, UnknownCurrencyError
from app.core.money_text import read_amount, shown

SPACE = "\N{NO-BREAK SPACE}"
NARROW = "\N{NARROW NO-BREAK SPACE}"
TWO_DIGITS = "Please write at most two digits after the decimal point."
WHOLE = "Please write a whole amount, without decimals."
IN_DIGITS = "Please write the amount in digits."
NO_MINUS = "Please write the amount without a minus."
EMPTY = "Please type an amount."

languages = st.sampled_from(["en", "uk"])
currencies = st.sampled_from(list(CURRENCIES.values()))
WIDE = {code: code - 0x21 + 0xFF01 for code in range(0x21, 0x7F)}  # ASCII as full-width forms
SCRIPTS = ["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९", "0123456789".translate(WIDE)]


@st.composite
def payable(draw: st.DrawFn) -> Money:
    rules = draw(currencies)
    steps = st.integers(rules.smallest // rules.step, rules.largest // rules.step)
    return Money(draw(steps) * rules.step, rules.code)


def refusal(text: str, currency: str = "EUR", language: str = "en") -> str:
    with pytest.raises(FieldError) as refused:
        read_amount(text, currency, language)
    assert refused.value.field == "amount"
    return refused.value.message


def read_or_refused(text: str, rules: Currency, language: str) -> Money | FieldError:
    try:
        return read_amount(text, rules.code, language)
    except FieldError as refused:
        return refused


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("25", 25_00),
        ("25,50", 25_50),
        ("25.50", 25_50),
        ("25,5", 25_50),
        ("25.", 25_00),
        ("25,-", 25_00),
        ("25,--", 25_00),
        ("25.–", 25_00),
        ("1 200", 1_200_00),
        (f"1{SPACE}200,50", 1_200_50),
        (f"1{NARROW}200.50", 1_200_50),
        ("1.200,50", 1_200_50),
        ("1,200.50", 1_200_50),
        ("1'200.50", 1_200_50),
        ("1’200,50", 1_200_50),
        ("1200,50", 1_200_50),
        ("€25", 25_00),
        ("25€", 25_00),
        (f"25,50{SPACE}€", 25_50),
        ("EUR 25", 25_00),
        ("25 eur", 25_00),
        ("25 Euro.", 25_00),
        ("€ 25 EUR", 25_00),
        ("٢٥", 25_00),
        ("٢٥٫٥٠", 25_50),
        ("١٬٢٠٠٫٥٠", 1_200_50),
        ("٢٥،٥٠", 25_50),
        ("\N{RIGHT-TO-LEFT MARK}٢٥\N{LEFT-TO-RIGHT MARK}", 25_00),
        ("25,50".translate(WIDE), 25_50),
        ("  25\t", 25_00),
        ("007", 7_00),
        ("1", 1_00),
        ("10 000", 10_000_00),
    ],
    ids=ascii,
)
@pytest.mark.parametrize("language", ["en", "uk"])
def test_what_people_type_is_read(text: str, minor: int, language: str) -> None:
    assert read_amount(text, "EUR", language) == Money(minor, "EUR")


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("£25", "GBP", 25_00),
        ("\N{FULLWIDTH POUND SIGN}25", "GBP", 25_00),
        ("US$25", "USD", 25_00),
        ("US$25".translate(WIDE), "USD", 25_00),
        ("$25", "USD", 25_00),
        ("250 грн.", "UAH", 250_00),
        ("₴250", "UAH", 250_00),
        ("1 000 гривень", "UAH", 1_000_00),
        ("¥1200", "JPY", 1_200),
        ("1200円", "JPY", 1_200),
        ("₩20 000", "KRW", 20_000),
        ("5,12 kd", "KWD", 5_120),
        ("5.120", "KWD", 5_120),
        ("500 kr", "ISK", 500_00),
        ("500,00 kr", "ISK", 500_00),
    ],
    ids=ascii,
)
def test_a_currency_may_stand_beside_its_amount(text: str, currency: str, minor: int) -> None:
    assert read_amount(text, currency, "en") == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", EMPTY),
        ("  \t", EMPTY),
        ("\N{ZERO WIDTH SPACE}", EMPTY),
        ("€", EMPTY),
        ("-5", NO_MINUS),
        ("−25,50", NO_MINUS),
        ("–5", NO_MINUS),
        ("€-5", NO_MINUS),
        ("-€ 5", NO_MINUS),
        ("-0", NO_MINUS),
        ("0", "The smallest amount is €1."),
        ("0,50", "The smallest amount is €1."),
        ("١٬٢٠٠٬٣٠٠٫٥٠", "The largest amount is €10,000."),
        ("0.99", "The smallest amount is €1."),
        ("10000.01", "The largest amount is €10,000."),
        ("9" * 60, "The largest amount is €10,000."),
        ("25.505", TWO_DIGITS),
        ("25.5000", TWO_DIGITS),
        ("0,500", TWO_DIGITS),
        ("£25", "Please give the amount in EUR."),
        ("25 USD", "Please give the amount in EUR."),
        ("€25 грн", "Please give the amount in EUR."),
    ],
    ids=ascii,
)
def test_a_refusal_says_what_to_do(text: str, sentence: str) -> None:
    assert refusal(text) == sentence


@pytest.mark.parametrize(
    "text",
    [
        "twenty",
        "25 apples",
        "1e3",
        "1E3",
        "0x19",
        "1_000",
        "NaN",
        "inf",
        "10²",
        "½",
        "2½",
        "⒈",
        "①",
        "Ⅻ",
        "25-",
        "10-20",
        "(25)",
        "+25",
        "$$25",
        ".50",
        "1,00,000",
        "1.2.3",
        "12 34",
        "1 2",
        "1.200'500",
        "1,200.500,30",
        "1200.500.300",
        "1 200,500 300",
        "1٫200٫500",
        "25,,50",
        "25 , 50",
        "25..",
        "25\x0050",
        "25%",
        "25;DROP",
        "<b>25</b>",
        "2\N{COMBINING LONG STROKE OVERLAY}5",
        "\ud800",
        "1" * 65,
        "1" * 100_000,
    ],
    ids=lambda text: ascii(text[:20]),
)
@pytest.mark.parametrize("language", ["en", "uk"])
def test_what_is_no_number_is_not_guessed_at(text: str, language: str) -> None:
    sentences = {"en": IN_DIGITS, "uk": "Будь ласка, напишіть суму цифрами."}

    assert refusal(text, "EUR", language) == sentences[language]


def test_a_lone_mark_before_three_digits_is_asked_about_where_it_is_the_decimal_mark() -> None:
    assert read_amount("1,200", "EUR", "en") == Money(1_200_00, "EUR")
    assert refusal("1.200", "EUR", "en") == TWO_DIGITS
    assert read_amount("1.200", "EUR", "uk") == Money(1_200_00, "EUR")
    assert "двох цифр" in refusal("1,200", "EUR", "uk")


@pytest.mark.parametrize("language", ["en", "uk"])
def test_where_three_decimals_are_right_a_lone_mark_means_the_smaller_amount(language: str) -> None:
    assert read_amount("1.200", "KWD", language) == Money(1_200, "KWD")
    assert read_amount("1,200", "KWD", language) == Money(1_200, "KWD")
    assert read_amount("1,200.000", "KWD", language) == Money(1_200_000, "KWD")


@pytest.mark.parametrize(
    ("text", "currency", "sentence"),
    [
        ("1200.50", "JPY", WHOLE),
        ("1200.0", "JPY", WHOLE),
        ("1.200", "JPY", WHOLE),
        ("500,50", "ISK", WHOLE),
        ("5.124", "KWD", TWO_DIGITS),
        ("5.1200", "KWD", TWO_DIGITS),
        ("49.99", "UAH", "The smallest amount is ₴50."),
        ("500001", "UAH", "The largest amount is ₴500,000."),
        ("0.490", "KWD", f"The smallest amount is KWD{SPACE}0.500."),
    ],
)
def test_each_currency_has_its_own_rules(text: str, currency: str, sentence: str) -> None:
    assert refusal(text, currency) == sentence


@pytest.mark.parametrize(
    ("text", "currency", "sentence"),
    [
        ("", "UAH", "Будь ласка, введіть суму."),
        ("-5", "UAH", "Будь ласка, напишіть суму без мінуса."),
        ("1", "UAH", f"Найменша сума — 50{SPACE}₴."),
        ("1000000", "UAH", f"Найбільша сума — 500{SPACE}000{SPACE}₴."),
        ("250,505", "UAH", "Будь ласка, напишіть після коми не більше двох цифр."),
        ("1200,5", "JPY", "Будь ласка, напишіть цілу суму, без дробової частини."),
        ("€25", "UAH", "Будь ласка, вкажіть суму у валюті UAH."),
    ],
)
def test_a_refusal_is_in_the_language_of_the_page(text: str, currency: str, sentence: str) -> None:
    assert refusal(text, currency, "uk") == sentence


def test_every_currency_has_two_decimals_or_none_as_the_sentences_say() -> None:
    assert {one.places for one in CURRENCIES.values()} == {0, 2}


@pytest.mark.parametrize("rules", CURRENCIES.values(), ids=lambda one: one.code)
def test_the_smallest_and_the_largest_amount_are_taken(rules: Currency) -> None:
    for minor in (rules.smallest, rules.largest):
        text = shown(Money(minor, rules.code), "en")
        assert read_amount(text, rules.code, "en").minor == minor
    for minor in (rules.smallest - rules.step, rules.largest + rules.step):
        assert "amount is" in refusal(shown(Money(minor, rules.code), "en"), rules.code)


def test_an_unknown_currency_is_an_error_of_ours_not_of_the_reader() -> None:
    with pytest.raises(UnknownCurrencyError):
        read_amount("25", "XXX", "en")


@given(payable(), languages)
def test_what_is_shown_can_be_typed(amount: Money, language: str) -> None:
    assert read_amount(shown(amount, language), amount.currency, language) == amount


@given(
    amount=payable(),
    language=languages,
    marks=st.sampled_from(
        [(",", "."), (".", ","), (" ", ","), (SPACE, "."), ("'", "."), ("", ",")]
    ),
    script=st.sampled_from(SCRIPTS),
)
def test_every_way_to_write_an_amount_is_read_the_same(
    amount: Money, language: str, marks: tuple[str, str], script: str
) -> None:
    digits = CURRENCIES[amount.currency].digits
    whole, rest = divmod(amount.minor, 10**digits)
    group, decimal = marks
    text = f"{whole:,}".replace(",", group)
    if digits:
        text += f"{decimal}{rest:0{digits}}"
    if not digits and group in {",", "."} and text.count(group) == 1:
        text = str(whole)  # with nothing after it a lone mark can be either
    typed = text.translate(str.maketrans("0123456789", script))

    assert read_amount(typed, amount.currency, language) == amount


@given(
    st.text(max_size=80) | st.text("0123456789 .,'-€$£eE٣٫٬", max_size=12), currencies, languages
)
def test_whatever_is_typed_is_a_payable_amount_or_refused(
    text: str, rules: Currency, language: str
) -> None:
    amount = read_or_refused(text, rules, language)

    if isinstance(amount, FieldError):
        assert amount.field == "amount"
        assert amount.message.endswith(".")
        return
    assert rules.smallest <= amount.minor <= rules.largest
    assert amount.minor % rules.step == 0
    assert any(character.isdecimal() for character in text)


@pytest.mark.parametrize(
    ("amount", "english", "ukrainian"),
    [
        (Money(25_00, "EUR"), "€25", f"25{SPACE}€"),
        (Money(25_50, "EUR"), "€25.50", f"25,50{SPACE}€"),
        (Money(-5_00, "USD"), "-$5", f"-5{SPACE}$"),
        (Money(0, "GBP"), "£0", f"0{SPACE}£"),
        (Money(1, "GBP"), "£0.01", f"0,01{SPACE}£"),
        (Money(1_234_56, "UAH"), "₴1,234.56", f"1{SPACE}234,56{SPACE}₴"),
        (Money(1_234, "JPY"), "¥1,234", f"1{SPACE}234{SPACE}¥"),
        (Money(1_234, "KRW"), "₩1,234", f"1{SPACE}234{SPACE}₩"),
        (Money(12_340, "KWD"), f"KWD{SPACE}12.340", f"12,340{SPACE}KWD"),
        (Money(-12_000, "KWD"), f"-KWD{SPACE}12.000", f"-12,000{SPACE}KWD"),
        (Money(500_00, "ISK"), f"ISK{SPACE}500", f"500{SPACE}ISK"),
    ],
    ids=str,
)
def test_an_amount_is_shown_as_its_language_writes_it(
    amount: Money, english: str, ukrainian: str
) -> None:
    assert shown(amount, "en") == english
    assert shown(amount, "uk") == ukrainian


@given(currencies, st.integers(-(2**53), 2**53), languages)
def test_every_unit_of_an_amount_is_shown(rules: Currency, steps: int, language: str) -> None:
    minor = steps * rules.step
    text = shown(Money(minor, rules.code), language)
    written = "".join(one for one in text if one.isdecimal())
    is_short = rules.digits < 3 and minor % 10**rules.digits == 0
    padded = written + "0" * rules.digits if is_short else written

    assert int(padded) == abs(minor)
    assert text.startswith("-") == (minor < 0)
