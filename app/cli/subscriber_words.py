"""What is said of an import of subscribers: how a file is understood, and what becomes of whom."""

from collections.abc import Iterator, Sequence

from app.newsletters.imports.fates import Fate
from app.newsletters.imports.files import Source
from app.newsletters.imports.importing import Progress, Report
from app.newsletters.imports.looking import Table

ONLY_LOOKED = (
    "Nothing was changed. With --apply --as NAME you vouch that those who are subscribed "
    "agreed to it, and it is done."
)
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_FATES = {
    Fate.NEW: "new: subscribed, no mail is sent",
    Fate.WAITED: "waited here for their confirmation: subscribed",
    Fate.ALREADY: "already subscribed here",
    Fate.STAYS_UNSUBSCRIBED: "unsubscribed here: stay so",
    Fate.STAYS_BOUNCED: "bounced here: stay so",
    Fate.STAYS_COMPLAINED: "complained here: stay so",
    Fate.SUPPRESSED: "suppressed here: left alone",
    Fate.ERASED: "erased here: left alone",
    Fate.BROUGHT_UNSUBSCRIBED: "unsubscribed there: kept as unsubscribed",
    Fate.BROUGHT_BOUNCED: "bounced there: kept as bounced, and suppressed",
    Fate.BROUGHT_COMPLAINED: "complained there: kept so, and suppressed",
    Fate.ENDED: "subscribed here and gone there: ended",
    Fate.NEWER: "gone there, but came here after that: stay subscribed",
}


def looked_at(source: Source, tables: Sequence[Table]) -> Iterator[str]:
    """Yield the lines that say how a file is understood."""
    for table in tables:
        columns = table.columns
        delimiter = _DELIMITERS.get(table.delimiter, repr(table.delimiter))
        encoding = table.part.encoding.removesuffix("-sig")
        yield f"{table.part.name or source.name}: {columns.system.shown}, {encoding}, {delimiter}"
        for field, place in sorted(columns.places.items(), key=lambda one: one[1]):
            yield f"  {field:16} from column {place + 1}, {_shown(columns.titles[place])}"
        if table.state is not None:
            yield f"  {'state':16} {table.state}, for everybody"
        if columns.left_out:
            yield f"  {'left out':16} {', '.join(map(_shown, columns.left_out))[:600]}"
    others = len(source.parts) - len(tables)
    if others:
        yield f"{others} other files in the archive hold no addresses and are left out."


def told(report: Report, *, applied: bool) -> Iterator[str]:
    """Yield the lines that say what was done, or would be."""
    effect = report.effect
    if not applied:
        yield f"{report.records:,} rows of the file name {report.entries:,} subscriptions:"
    else:
        yield "What was done:"
    for fate, words in _FATES.items():
        if effect.fates[fate]:
            yield f"{effect.fates[fate]:>10,}  {words}"
    if report.repeated:
        yield f"{report.repeated:>10,}  repeated in the file: counted once"
    if report.problems:
        yield f"{report.problems:>10,}  rows cannot be taken: --errors FILE says why"
    yield f"{effect.people:>10,}  people become known"
    if effect.offices:
        yield f"{effect.offices:>10,}  of the subscribed are addresses of offices, like info@"


def told_progress(one: Progress) -> str:
    """Return the line that says how far an import is."""
    who = f" by {one.done_by}" if one.done_by else ""
    waiting = f", {one.waiting:,} rows wait" if one.waiting else ""
    return (
        f"{one.id:>5}  {one.started_at:%Y-%m-%d %H:%M}  {one.file_name}  {one.state}{who}: "
        f"{one.records:,} rows read{waiting}"
    )


def _shown(title: str) -> str:
    return title[:60] if title.isprintable() else repr(title[:60])
