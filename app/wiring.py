"""Which lane, job and cron there is, and which feature's function it calls."""

from app.core import caps
from app.core.work import Work
from app.goal import jobs as goal
from app.mail import jobs as mail
from app.memberships import jobs as memberships
from app.newsletters import jobs as newsletters
from app.newsletters import letters as newsletter_letters
from app.people import sign_in_jobs as signing_in
from app.people.registers import Registers

REGISTERS = Registers()

SPEAKERS = {**newsletter_letters.speakers(), **signing_in.speakers()}

WORK = Work(
    lanes=(newsletters.lane(), signing_in.lane(), *mail.lanes(SPEAKERS)),
    jobs=(),
    crons=(goal.watching(), memberships.moving(), caps.forgetting(), signing_in.forgetting()),
)
