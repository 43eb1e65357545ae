"""Ways out for messages: e-mail, and whatever sends short messages, behind one small port."""

import sys
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.module_loading import import_string

from yibao.cases.id_numbers import masked_phone
from yibao.cases.vocabulary import Notify


class Port(Protocol):
    """Sends one message, or raises whatever kept it from being sent."""

    def send(self, *, to: str, subject: str, text: str) -> None: ...


class ConsolePort:
    """Prints the message instead of sending it; the recipient stays masked."""

    def send(self, *, to: str, subject: str, text: str) -> None:
        """Print one line."""
        name, at, host = to.partition("@")
        shown = f"{name[:1]}***{at}{host}" if at else masked_phone(to)
        sys.stdout.write(f"{shown}: {text}\n")


class MailPort:
    """Sends e-mail through the site's mailer."""

    def send(self, *, to: str, subject: str, text: str) -> None:
        """Send one plain message to one person."""
        EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [to]).send()


def port_of(channel: str) -> Port:
    """Return the port of a channel. Raises KeyError: nothing is sent over it."""
    path = settings.MESSAGE_PORTS[Notify(channel).value]
    port: Port = import_string(path)()
    return port
