"""What supporters do, by clicks: join at our page, pay at the stand-in's, read their mail."""

import re
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.newsroom import Newsroom, fetch, until

GOOD, DECLINED = "4242 4242 4242 4242", "4000 0000 0000 9995"
ASKS, FAILS_LATER = "4000 0025 0000 3155", "4000 0000 0000 0341"
LONG = 60_000
"""For what somebody waits for while a lane, Stripe and the mail do their parts; in milliseconds."""


@dataclass(frozen=True)
class Supporter:
    """Somebody with a mailbox and a tab."""

    town: Newsroom
    page: Page
    name: str

    @property
    def address(self) -> str:
        """Their mail address."""
        return f"{self.name.lower()}@example.com"

    def fill_in(self, rhythm: str = "Monthly", whom: str = "For me") -> None:
        """Open the page for joining and choose on it."""
        self.page.goto("/join/")
        self.page.locator(".whom label", has_text=whom).click()
        if whom == "For me":
            self.page.locator(".rhythm label", has_text=rhythm).click()

    def go_to_pay(self) -> None:
        """Send the form; the stand-in's page opens."""
        self.page.get_by_role("button", name="On to the payment").click()
        expect(self.page).to_have_url(re.compile(re.escape(self.town.stripe) + "/pay/"))

    def try_card(self, card: str) -> None:
        """Fill in the stand-in's page, and press."""
        self.page.get_by_label("Email address").fill(self.address)
        self.page.get_by_label("Name on the card").fill(f"{self.name} Test")
        self.page.get_by_label(card).check()
        self.page.get_by_role("button", name=re.compile("^(Pay|Give)")).click()

    def is_thanked(self) -> None:
        """Wait until the money is confirmed; the page loads itself again until then."""
        expect(self.page).to_have_url(re.compile("/join/thanks/"))
        expect(self.page.get_by_role("heading", level=1)).to_have_text("Thank you", timeout=LONG)

    def join(self, card: str = GOOD, rhythm: str = "Monthly") -> None:
        """Become a member."""
        self.fill_in(rhythm)
        self.go_to_pay()
        self.try_card(card)
        self.is_thanked()

    def cancel(self) -> None:
        """Cancel on the account's page, and wait for the mail about it."""
        self.page.goto("/account/")
        self.page.get_by_role("link", name="Cancel").click()
        self.page.get_by_role("button", name="Cancel it").click()
        self.account_says("It ends on")
        self.mail("will not renew")

    def account_says(self, sentence: str) -> None:
        """Load the account until it says so; it may have said that it will in a minute."""
        for _ in range(60):
            if self.page.get_by_text(sentence).is_visible():
                break
            self.page.wait_for_timeout(500)
            self.page.goto("/account/")
        expect(self.page.get_by_text(sentence)).to_be_visible()

    def mail(self, subject: str) -> str:
        """Wait for a mail whose subject matches; return its plain text."""

        def found() -> list[str]:
            mails = self.town.mails_to(self.address)
            return [one["id"] for one in mails if re.search(subject, one["subject"])]

        page = fetch(f"{self.town.mailbox}/messages/{until(found)[0]}/")
        return re.sub(r"<[^>]+>", "", page.partition("<pre")[2].partition("</pre>")[0])

    def subjects(self) -> list[str]:
        """Return the subjects of all their mail, the oldest first."""
        return [one["subject"] for one in reversed(self.town.mails_to(self.address))]

    def sign_in(self) -> None:
        """Ask for a code and type it."""
        self.page.goto("/account/sign-in/")
        self.page.get_by_label("Email address").fill(self.address)
        self.page.get_by_role("button", name="Send me the email").click()
        self.type_code()
        expect(self.page).to_have_url(re.compile("/account/$"))

    def type_code(self) -> None:
        """Type the code of the newest mail into the waiting page."""
        code = re.search(r"^\s*(\d{6})\s*$", self.mail("sign in|Sign in"), re.MULTILINE)
        assert code is not None
        self.page.get_by_label("Six-digit code").fill(code.group(1))
        self.page.get_by_role("button", name="Sign in with the code").click()


def let_pass(page: Page, town: Newsroom, step: str, times: int = 1) -> None:
    """Press a button of the stand-in's clock."""
    for _ in range(times):
        page.goto(town.stripe)
        page.get_by_role("button", name=step).click()
        expect(page.get_by_role("status")).to_have_text("The clock was set forward.")
