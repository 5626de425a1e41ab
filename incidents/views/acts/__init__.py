"""What staff do to one incident, each act a page of its own."""

from incidents.views.acts.breaches import VoidBreachPage
from incidents.views.acts.coverage import AttributePage, DeterminePage
from incidents.views.acts.messages import NotePage, ReplyPage
from incidents.views.acts.people import (
    AssignPage,
    ClientFollowPage,
    ClientUnfollowPage,
    TakePage,
    UnwatchPage,
    WatchersPage,
    WatchPage,
)
from incidents.views.acts.resolutions import MergePage, ReopenPage, ResolvePage, WithdrawPage
from incidents.views.acts.severities import ReclassifyMoves, ReclassifyPage
from incidents.views.acts.starts import DiagnosticsPage, ReproducePage
from incidents.views.acts.ties import LinkPage
from incidents.views.acts.waits import AskPage, ResumePage, WaitPage

__all__ = [
    "AskPage",
    "AssignPage",
    "AttributePage",
    "ClientFollowPage",
    "ClientUnfollowPage",
    "DeterminePage",
    "DiagnosticsPage",
    "LinkPage",
    "MergePage",
    "NotePage",
    "ReclassifyMoves",
    "ReclassifyPage",
    "ReopenPage",
    "ReplyPage",
    "ReproducePage",
    "ResolvePage",
    "ResumePage",
    "TakePage",
    "UnwatchPage",
    "VoidBreachPage",
    "WaitPage",
    "WatchPage",
    "WatchersPage",
    "WithdrawPage",
]
