"""What DNS was found to say of our mail, in the language of the page."""

from app.core.retelling import Retelling


def _(text: str) -> str:
    """Mark a sentence for the catalogues; it is translated when it is told."""
    return text


_SENTENCES = (
    _("%(domain)s does not say who may send for it."),
    _("%(domain)s has %(many)s SPF records, and receivers then take none of them: make them one."),
    _("Mail leaves from %(addresses)s, which the record does not name."),
    _(
        "The record asks DNS %(many)s times, and receivers stop at %(most)s and refuse: name the "
        "networks of some includes by ip4: and ip6: instead."
    ),
    _("The record includes %(name)s, which has no SPF record: take it out."),
    _("The record ends in +all, which lets anybody send for the domain."),
    _("The record does not say what becomes of mail from elsewhere: let it end in ~all."),
    _("The record uses ptr, which receivers may leave unread."),
    _("%(record)s (%(lookups)s of %(most)s lookups)"),
    _(
        "Which key signs our mail is not known: have UNWALLED_DKIM_SELECTORS set, and it is "
        "checked."
    ),
    _("%(name)s leads to %(alias)s, where no key is: make one of %(bits)s bits."),
    _("No key at %(name)s: make one of %(bits)s bits."),
    _("%(name)s has %(many)s keys: leave the one in use."),
    _("The key at %(name)s was taken back: sign with another."),
    _("A key of the kind %(kind)s at %(name)s."),
    _("What is at %(name)s is no key: copy it whole."),
    _("The key at %(name)s has %(bits)s bits: make one of %(least)s."),
    _("The key at %(name)s says t=y, for tests: take that out."),
    _("A key of %(bits)s bits at %(name)s."),
    _("No policy at %(name)s."),
    _("%(name)s has %(many)s policies, and so none: leave one."),
    _("The policy at %(name)s is none of none, quarantine, reject."),
    _(
        "The policy at %(name)s is none: it watches and stops nobody. Once its reports show only "
        "your own mail, ask for quarantine."
    ),
    _("The policy at %(name)s is %(policy)s."),
    _("%(domain)s takes no mail, so nobody can answer."),
    _("%(domain)s says that it takes no mail at all."),
    _("The exchange %(name)s has no address: mend or remove it."),
    _("Mail goes to %(names)s."),
    _("Where mail leaves from is not known: name its addresses by --ip to have them checked."),
    _("%(address)s is called %(name)s, but %(again)s has another address."),
    _("%(address)s is %(name)s, and %(again)s is %(same)s."),
    _("%(address)s has no name: whoever gave you the address can give it one."),
    _("UNWALLED_MAIL_FROM is at %(sender)s."),
    _(
        "UNWALLED_MAIL_FROM is at %(sender)s, and what %(domain)s says does not count for it. "
        "Check that domain, or send from this one."
    ),
)
FINDINGS = Retelling(_SENTENCES)
