"""Who acts in a case when it is not an officer."""

from dataclasses import dataclass

from yibao.cases.vocabulary import ActorKind


@dataclass(frozen=True, slots=True)
class Filer:
    """The person who sent a case in, known by nothing but the case's reference."""

    reference: str

    def get_username(self) -> str:
        return f"filer:{self.reference}"


@dataclass(frozen=True, slots=True)
class Clockwork:
    """What the site does by itself, by a rule and a date."""

    name: str

    def get_username(self) -> str:
        return f"system:{self.name}"


def kind_of(actor: object) -> ActorKind:
    """Return which kind of actor this is; an account is an officer."""
    if isinstance(actor, Filer):
        return ActorKind.FILER
    return ActorKind.SYSTEM if isinstance(actor, Clockwork) else ActorKind.OFFICER
