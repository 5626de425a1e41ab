"""The root of what services refuse. Pages show the sentence, the API a problem with the stable code."""

from typing import ClassVar


class PortalError(Exception):
    """An act that the portal refuses, told in one sentence: the field, the value, the remedy.

    Attributes:
        code: The stable word that machines compare, in snake_case.
        status: The HTTP status that the API answers with.
        field: The name of the field at fault, '' when it is the act as a whole.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
