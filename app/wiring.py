"""Which lane, job and cron there is, and which feature's function it calls."""

from app.core import caps
from app.core.work import Work
from app.goal import jobs as goal
from app.mail import jobs as mail
from app.memberships import jobs as memberships
from app.newsletters import jobs as newsletters
from app.newsletters.letters import speakers

WORK = Work(
    lanes=(newsletters.lane(), *mail.lanes(speakers())),
    jobs=(),
    crons=(goal.watching(), memberships.moving(), caps.forgetting()),
)
