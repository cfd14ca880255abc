"""What the mails of memberships, payments and gifts say: words for whole batches."""

from collections.abc import Mapping

from app.mail.jobs import Speak
from app.memberships.gifts.letters import (
    gift_begun_words,
    gift_code_words,
    gift_used_words,
    gift_words,
)
from app.memberships.membership_letters import (
    cancelled_words,
    card_expires_words,
    card_failed_words,
    renewal_words,
    welcome_words,
)
from app.memberships.payment_letters import payment_failed_words, receipt_words, refunded_words


def speakers() -> Mapping[str, Speak]:
    """Return, by template, what gives mails their words; a row whose matter is over gets none."""
    return {
        "receipt": receipt_words,
        "welcome_member": welcome_words,
        "renewal": renewal_words,
        "card_failed": card_failed_words,
        "card_expires": card_expires_words,
        "cancelled": cancelled_words,
        "refunded": refunded_words,
        "gift": gift_words,
        "gift_code": gift_code_words,
        "gift_begun": gift_begun_words,
        "gift_used": gift_used_words,
        "payment_failed": payment_failed_words,
    }
