"""What each notice of this module tells, as people read it where they choose what is mailed to them."""

SAYS = {
    "agreement_discontinued": "Notice is given that a service ends",
    "agreement_continued": "Such a notice is taken back",
    "agreement_ended": "An agreement has ended",
    "agreement_suspended": "Support is suspended",
    "agreement_reinstated": "Support goes on again",
    "agreement_amended": "Other targets hold from now on",
    "amendment_planned": "Other targets will hold from a day on",
    "amendment_withdrawn": "Planned targets are withdrawn",
    "term_ending": "The term of an agreement runs out",
}
