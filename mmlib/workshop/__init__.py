"""The workshop's machinery: checks that say what is wrong, participants' copies, and the room's log."""

from mmlib.workshop.cards import check_card
from mmlib.workshop.checking import Checked, CheckError, check
from mmlib.workshop.copies import participants
from mmlib.workshop.gathering import Gathered, gather
from mmlib.workshop.handing import HandedIn, hand_in, practice_folder
from mmlib.workshop.lessons import Workshop, write_workshop

__all__ = [
    "CheckError",
    "Checked",
    "Gathered",
    "HandedIn",
    "Workshop",
    "check",
    "check_card",
    "gather",
    "hand_in",
    "participants",
    "practice_folder",
    "write_workshop",
]
