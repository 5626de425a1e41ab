"""Who may see which rows of the ledger: one clause for all of them."""

from __future__ import annotations

from typing import Any, Self

from django.db import models

from portal.accounts.models import User


class OwnedQuerySet(models.QuerySet[Any]):
    """Rows of one client each, narrowed to what a user may see."""

    owner = "client"
    """The path from the row to its client."""

    def visible_to(self, user: User) -> Self:
        """Staff see every row; a client's user sees its own client's."""
        if not user.is_active:
            return self.none()
        return self if user.is_provider else self.filter(**{self.owner: user.client_id})
