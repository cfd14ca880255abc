"""Which lane, job and cron there is, and which feature's function it calls."""

import structlog

from app.articles import preview_links
from app.core import caps, proof_of_work
from app.core import retention as keeping
from app.core.database import Database
from app.core.settings import Settings
from app.core.work import Work
from app.desk.exports import preparing as exports
from app.desk.morning import mail as morning_mail
from app.goal import jobs as goal
from app.mail import dns_watching
from app.mail import event_jobs as mail_events
from app.mail import jobs as mail
from app.mail import personal as own_mail
from app.mail.applying import Hearers
from app.mail.watching import watching as watching_mail
from app.memberships import jobs as memberships
from app.memberships import letters as supporter_letters
from app.memberships import personal as own_memberships
from app.memberships.account.erasing import StillPayingError, forget
from app.memberships.comparing import comparison
from app.memberships.complimentary import entitled_among
from app.memberships.handling import handlers
from app.memberships.imports import jobs as member_imports
from app.memberships.joining import declines
from app.memberships.joining import forgetting as wishes
from app.memberships.joining.sweeping import sweeping
from app.memberships.merging_words import MERGER as MERGING_MEMBERSHIPS
from app.memberships.orders import jobs as staff_orders
from app.memberships.reminding import reminding
from app.newsletters import ending, rates
from app.newsletters import jobs as newsletters
from app.newsletters import letters as newsletter_letters
from app.newsletters import personal as own_newsletters
from app.newsletters import retention as newsletter_retention
from app.newsletters.funnel import jobs as funnel_jobs
from app.newsletters.imports import forgetting as subscriber_files
from app.newsletters.imports import jobs as subscriber_imports
from app.newsletters.merging_words import MERGER as MERGING_NEWSLETTERS
from app.newsletters.outside import NotErasedError, Outside
from app.newsletters.preferences import jobs as settings_of_readers
from app.newsletters.webhooks import jobs as webhook_jobs
from app.newsletters.webhooks import personal as own_webhooks
from app.payments import jobs as payments
from app.payments import reconciling
from app.payments.event_reading import reading
from app.payments.gateway import GatewayError
from app.payments.serving import gateway_of, web_gateway
from app.people import (
    audit,
    audit_verifying,
    merging,
    notes,
    once,
    staff_forgetting,
    staff_letters,
    staff_personal,
    tokens,
)
from app.people import sign_in_jobs as signing_in
from app.people.erasing import remembering
from app.people.gathering import gathering
from app.people.merging_people import MERGER as MERGING_PEOPLE
from app.people.registers import Registers

log = structlog.get_logger()

SPEAKERS = {
    **newsletter_letters.speakers(),
    **signing_in.speakers(),
    **staff_letters.speakers(),
    **morning_mail.speakers(),
    **supporter_letters.speakers(),
}

HEARERS = Hearers(bounced=ending.bounced, complained=ending.complained, left=ending.left)
"""What becomes of subscriptions when mail comes back, is complained of, or asks to stop."""

RETENTION = (
    *newsletter_retention.parts((*own_newsletters.LEFTOVERS, *own_mail.LEFTOVERS)),
    own_mail.forgetting(),
    caps.forgetting(),
    audit.forgetting(),
    *staff_forgetting.parts(),
    proof_of_work.forgetting(),
    declines.forgetting(),
    wishes.forgetting(),
    notes.forgetting(),
    once.forgetting(),
    preview_links.forgetting(),
    keeping.own_forgetting(),
    merging.forgetting(),
)

MERGERS = (MERGING_NEWSLETTERS, MERGING_MEMBERSHIPS, MERGING_PEOPLE)
"""People comes last: the others still find whose each address is."""

WORK = Work(
    lanes=(
        newsletters.lane(entitled_among),
        *settings_of_readers.lanes(),
        signing_in.lane(),
        payments.lane(gateway_of, handlers),
        staff_orders.lane(handlers),
        *mail.lanes(SPEAKERS),
        mail_events.lane(HEARERS),
        webhook_jobs.lane(),
    ),
    jobs=(
        reconciling.job(comparison(), handlers),
        *subscriber_imports.jobs(),
        member_imports.job(),
        exports.job(),
        dns_watching.job(),
    ),
    crons=(
        goal.watching(),
        memberships.moving(),
        subscriber_files.forgetting(),
        member_imports.forgetting(),
        exports.forgetting(),
        tokens.forgetting(),
        audit_verifying.nightly(),
        keeping.forgetting(RETENTION),
        gathering(lambda settings: registers(settings)),  # noqa: PLW0108 - it stands further down
        *funnel_jobs.counting(),
        rates.watching(),
        webhook_jobs.forgetting(),
        signing_in.forgetting(),
        settings_of_readers.forgetting(),
        sweeping(),
        declines.watching(),
        reading(),
        reminding(),
        reconciling.nightly(),
        watching_mail(),
        dns_watching.watching(),
        morning_mail.sending(),
    ),
)


def registers(settings: Settings) -> Registers:
    """Return what every feature does with a person's: taken along, erased, or merged."""
    return Registers(
        exporters=(
            own_newsletters.export,
            own_webhooks.export,
            own_memberships.exported,
            own_mail.export,
            staff_personal.export,
            notes.export,
        ),
        erasers=(
            remembering(settings),
            staff_personal.erase,
            subscriber_files.erase,
            exports.erase,
            own_newsletters.erase,
            own_webhooks.erase,
            own_memberships.erase,
            own_mail.erase,
            notes.erase,
        ),
        mergers=MERGERS,
    )


def outside_newsletters(settings: Settings) -> Outside:
    """Return what features above newsletters do for them."""

    def forget_whole(database: Database, person_id: int) -> None:
        try:
            forget(database, registers(settings), lambda: web_gateway(settings), person_id)
        except (GatewayError, StillPayingError) as error:
            log.warning("settings.not_erased", why=str(error))
            raise NotErasedError(str(error)) from error

    return Outside(members=entitled_among, forget=forget_whole)
