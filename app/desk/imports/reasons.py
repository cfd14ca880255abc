"""Why rows of a file are not taken, and files not read, in the language of the page."""

from app.core.retelling import Retelling


def _(text: str) -> str:
    """Mark a sentence for the catalogues; it is translated when it is told."""
    return text


_SENTENCES = (
    _("the same address and list as in line %(line)s of %(file)s"),
    _("the same address and list as in line %(line)s"),
    _("the same membership as in line %(line)s"),
    _("%(many)s values where the header has %(expected)s"),
    _("was never confirmed there, so nobody may write to it"),
    _("never subscribed there"),
    _("the address of an office, which the settings refuse"),
    _("an address of a domain that the settings refuse"),
    _("no list of ours is named: %(text)s"),
    _("it has characters that are not %(encoding)s"),
    _("not UTF-8: save the file in that encoding"),
    _("a quote is not closed on this line, or stands alone"),
    _("a quote is not closed"),
    _("a quote stands where none can"),
    _("%(file)s is UTF-16: save it as UTF-8."),
    _("%(file)s is not text: save the table as CSV."),
    _("%(file)s is an archive without a CSV file: save the table as CSV."),
    _("%(file)s holds no table."),
    _("%(file)s is empty."),
    _("The first line holds no titles: is it a CSV file in UTF-8?"),
    _("What was read is gone: something cleared it; run the import again."),
    _("%(column)s is no date like 2027-01-31 or 2027-01-31T14:05: %(text)s"),
    _("%(column)s is not an address: %(text)s"),
    _("%(column)s is longer than %(most)s characters"),
    _("longer than %(most)s characters"),
    _("%(column)s holds more than one address"),
    _("%(column)s has letters before the @ that the mail relay cannot take"),
    _("%(column)s has a control character"),
    _("%(column)s is before %(other)s"),
    _("%(column)s is empty"),
    _("%(column)s is '%(word)s'"),
)
REASONS = Retelling(_SENTENCES)
