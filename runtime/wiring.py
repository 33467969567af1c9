"""The one place where the rooms are put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from cases.casework import Casework
from cases.erasing import Erasing
from cases.shelf import Shelf
from desk.codes import ActionCodes
from desk.forms import Forms
from desk.sessions import Sessions
from desk.tokens import Tokens
from process_definitions.catalogue import Catalogue, load_catalogue
from process_definitions.loader import load_bundle
from process_definitions.vocabulary import TOPICS
from review.printing import Press
from runtime.erasures import ErasureList
from runtime.post.erasing import mailbox_eraser
from runtime.post.giving_up import next_way_or_incident
from runtime.post.mailbox import Mailbox
from runtime.post.outbox import Outbox
from runtime.post.wiring import mailbox, ways
from runtime.prefect_api import PrefectApi
from runtime.prefect_port import PrefectPort
from runtime.prefect_runs import Reconciler
from runtime.review import MonthlyReview
from runtime.secrets import SecretName, obtain_all
from runtime.settings import Settings, load
from store.access import Access
from store.binding import UnboundTopic
from store.database import Database
from store.erasers import ERASERS
from store.process_time import process_time
from store.schema import migrate
from store.seams import arm_from_environment
from tasks import BINDINGS


def machine_time() -> datetime:
    """Now, as the machine says."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Wiring:
    """Everything a process of Amends may need, built once from the settings; parts are made when first asked for."""

    settings: Settings

    @cached_property
    def secrets(self) -> Mapping[SecretName, bytes]:
        return {name: secret.value for name, secret in obtain_all(self.settings.home).items()}

    @cached_property
    def database(self) -> Database:
        if self.settings.embedded:
            self.settings.home.mkdir(parents=True, exist_ok=True)
        return Database(self.settings.database_url)

    @cached_property
    def catalogue(self) -> Catalogue:
        settings = self.settings
        return load_catalogue(settings.content, zone=settings.timezone, language=settings.language)

    @cached_property
    def tokens(self) -> Tokens:
        return Tokens(self.secrets[SecretName.LINKS], self.settings.public_url)

    @cached_property
    def casework(self) -> Casework:
        unbound = sorted(TOPICS.keys() - BINDINGS.keys())
        if unbound:
            raise UnboundTopic(f"no code is bound to the topics {', '.join(unbound)}")
        return Casework(
            self.database,
            Shelf(),
            BINDINGS,
            self.catalogue,
            secret=self.secrets[SecretName.HISTORY],
            links=self.tokens.links,
            machine_clock=machine_time,
        )

    @cached_property
    def access(self) -> Access:
        return Access(self.database, self.secrets[SecretName.KEYS], machine_time)

    @cached_property
    def codes(self) -> ActionCodes:
        return ActionCodes(self.database, self.secrets[SecretName.KEYS], machine_time)

    @cached_property
    def sessions(self) -> Sessions:
        return Sessions(self.access, self.secrets[SecretName.SESSION], machine_time)

    @cached_property
    def port(self) -> PrefectPort:
        forms = Forms(self.casework, self.codes, self.settings.language)
        return PrefectPort(self.casework, self.settings.public_url, forms)

    @cached_property
    def press(self) -> Press:
        return Press(
            self.database, self.catalogue, zone=self.settings.timezone, public_url=self.settings.public_url,
            machine_clock=machine_time,
        )  # fmt: skip

    @cached_property
    def review(self) -> MonthlyReview:
        return MonthlyReview(self.press)

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(
            self.database,
            ways(self.settings),
            machine_clock=machine_time,
            hear=next_way_or_incident(self.casework),
            staff_mail=lambda person: self.catalogue.profile(person).email,
        )

    @cached_property
    def mailbox(self) -> Mailbox:
        return mailbox(self.settings)

    @cached_property
    def erasures(self) -> ErasureList:
        return ErasureList(self.settings.home)

    @cached_property
    def erasing(self) -> Erasing:
        """The erasers of every room."""
        return Erasing(self.casework, (mailbox_eraser(self.mailbox), *ERASERS), self.erasures.keep)

    def deliver(self) -> int:
        """Send the letters that are due; how many were taken."""
        return self.outbox.send_due()

    @property
    def prefect_url(self) -> str:
        """Address of Prefect's API: the one that runs already, or the one `amends up` starts."""
        return (
            self.settings.prefect_api_url or f"http://127.0.0.1:{self.settings.prefect_server_api_port}/api"
        )

    @cached_property
    def prefect(self) -> PrefectApi:
        return PrefectApi(self.prefect_url)

    @cached_property
    def reconciler(self) -> Reconciler:
        return Reconciler(self.prefect, self.port)

    def prepare(self) -> str:
        """Bring the store to the newest schema and publish the shipped definitions. Returns the bundle's hash."""
        migrate(self.database)
        with self.database.write() as session:
            now = process_time(session, machine_time())
            return self.casework.shelf.publish_shipped(session, load_bundle(), now)

    def close(self) -> None:
        """Let go of the store, where it was opened."""
        if "database" in self.__dict__:
            self.database.close()

    def process_now(self) -> datetime:
        with self.database.read() as session:
            return process_time(session, machine_time())


def wire() -> Wiring:
    """The wiring of this process, from its environment."""
    arm_from_environment()
    return Wiring(load())


def review() -> MonthlyReview:
    """What the flows of the review use; named by `flows.review_port`."""
    return wire().review


def casework() -> PrefectPort:
    """What the flows of this process use; named by `flows.port`."""
    return wire().port
