"""What the page for joining prints: text in its language, amounts ready to show, faults."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from babel.numbers import get_decimal_symbol

from app.core.languages import gettext as _
from app.core.money import Money, currency_of
from app.core.money_text import shown
from app.memberships.joining.fields import OTHER, JoinForm
from app.memberships.joining.offers import (
    GROUPS,
    MONTHLY,
    ONCE,
    YEARLY,
    Offer,
    TierRead,
    fee_on,
    tier_of,
)
from app.memberships.joining.wishes import payable


@dataclass(frozen=True, slots=True)
class Preset:
    """One amount that can be picked."""

    value: str
    label: str
    tier: str
    fee: str
    checked: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The amounts of one rhythm, and the field for another one."""

    name: str
    label: str
    legend: str
    presets: tuple[Preset, ...]
    other_checked: bool
    other: str


@dataclass(frozen=True, slots=True)
class CurrencyButton:
    """A currency that the form can be shown in."""

    code: str
    sign: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class TierLine:
    """What an amount is called, what comes with it, and from which amount on."""

    name: str
    least: str
    benefits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JoinPage:
    """The form: what was chosen or typed in it, and what is wrong with that."""

    form: JoinForm
    nonce: str
    action: str
    currencies: tuple[CurrencyButton, ...]
    currency_name: str
    groups: tuple[Group, ...]
    tiers: tuple[TierLine, ...]
    limits: str
    fee_rule: str
    hidden: tuple[tuple[str, str], ...]
    errors: Mapping[str, str]
    suggestion: str
    trouble: str
    challenge: str

    @property
    def first_error(self) -> str:
        """The field to begin with."""
        return next(iter(self.errors), "")


@dataclass(frozen=True, slots=True)
class Faults:
    """What is wrong with a form that was sent, or with us; `challenge` wants a proof of work."""

    errors: Mapping[str, str]
    suggestion: str = ""
    trouble: str = ""
    challenge: str = ""


NO_FAULTS = Faults({})


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes the page: what is offered, what amounts are called, the language, where it stands."""

    offer: Offer
    tiers: tuple[TierRead, ...]
    language: str
    path: str

    def page(self, form: JoinForm, nonce: str, faults: Faults = NO_FAULTS) -> JoinPage:
        """Return the page with a form as it was filled in."""
        known = form.currency in self.offer.currencies
        form = form if known else replace(form, currency=self.offer.first_currency)
        rules = currency_of(form.currency)
        return JoinPage(
            form=form,
            nonce=nonce,
            action=self.path,
            currencies=tuple(
                CurrencyButton(code, currency_of(code).sign, code == form.currency)
                for code in self.offer.currencies
            ),
            currency_name=rules.sign,
            groups=tuple(self._group(form, name) for name in GROUPS),
            tiers=tuple(self._tiers(form.currency)),
            limits=_(
                "From %(least)s to %(most)s.",
                least=shown(Money(rules.smallest, rules.code), self.language),
                most=shown(Money(rules.largest, rules.code), self.language),
            ),
            fee_rule=self._fee_rule(form.currency),
            hidden=tuple(form.came.items()),
            errors=faults.errors,
            suggestion=faults.suggestion,
            trouble=faults.trouble,
            challenge=faults.challenge,
        )

    def _group(self, form: JoinForm, name: str) -> Group:
        presets = self.offer.presets(form.currency, name)
        picked, typed = form.picked.get(name, ""), form.typed.get(name, "")
        chosen = payable(picked, form.currency)
        if chosen is not None and chosen not in presets:
            picked, typed = OTHER, typed or self._plain(chosen)
        if picked != OTHER and chosen not in presets:
            picked = str(presets[len(presets) // 2].minor) if presets else OTHER
        return Group(
            name=name,
            label=_labels()[name],
            legend=_legends()[name],
            presets=tuple(self._preset(one, name, picked) for one in presets),
            other_checked=picked == OTHER,
            other=typed,
        )

    def _preset(self, money: Money, group: str, picked: str) -> Preset:
        tier = tier_of(self.tiers, money, group)
        return Preset(
            value=str(money.minor),
            label=shown(money, self.language),
            tier=tier.name if tier else "",
            fee=shown(fee_on(money), self.language),
            checked=picked == str(money.minor),
        )

    def _tiers(self, currency: str) -> list[TierLine]:
        """Return the tiers that have an amount in this currency, the smallest first."""
        known = [one for one in self.tiers if currency in one.least]
        known.sort(key=lambda one: one.least[currency])
        return [
            TierLine(
                one.name,
                _(
                    "from %(amount)s a month",
                    amount=shown(Money(one.least[currency], currency), self.language),
                ),
                one.benefits,
            )
            for one in known
        ]

    def _fee_rule(self, currency: str) -> str:
        """Return what a card payment costs: `1.5 % and €0.25`."""
        fee = currency_of(currency).fee
        whole, hundredths = divmod(fee.basis_points, 100)
        decimals = f"{hundredths:02d}".rstrip("0")
        point = get_decimal_symbol(self.language)
        share = f"{whole}{point}{decimals}" if decimals else f"{whole}"
        if not fee.fixed:
            return _("%(share)s %% of the payment", share=share)
        fixed = shown(Money(fee.fixed, currency), self.language)
        return _("%(share)s %% of the payment and %(fixed)s", share=share, fixed=fixed)

    def _plain(self, money: Money) -> str:
        """Return an amount as somebody would type it: `10.50`."""
        digits = currency_of(money.currency).digits
        whole, rest = divmod(money.minor, 10**digits)
        if not rest:
            return str(whole)
        return f"{whole}{get_decimal_symbol(self.language)}{rest:0{digits}d}"


def _labels() -> dict[str, str]:
    return {MONTHLY: _("Monthly"), YEARLY: _("Yearly"), ONCE: _("Once")} | {GROUPS[-1]: ""}


def _legends() -> dict[str, str]:
    return {
        MONTHLY: _("How much a month"),
        YEARLY: _("How much a year"),
        ONCE: _("How much, once"),
        GROUPS[-1]: _("How much for twelve months, paid once"),
    }
