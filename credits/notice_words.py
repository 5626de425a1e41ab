"""What each notice of this module tells, as people read it where they choose what is mailed to them."""

SAYS = {
    "dispute_raised": "A client disputes a line of a statement",
    "dispute_answered": "We answer a dispute",
    "termination_given": "An order form is ended by the right to it",
    "refund_posted": "A refund is posted",
    "quote_offered": "A quote is offered",
    "quote_withdrawn": "A quote is withdrawn",
    "quote_confirmed": "Your word on a quote is confirmed",
    "charge_posted": "A charge is posted",
    "service_request_closed": "A service request is closed",
    "service_requested": "A client asks for a service",
    "service_request_withdrawn": "A client withdraws a service request",
    "quote_accepted": "A client accepts a quote",
    "quote_declined": "A client declines a quote",
    "units_expiring": "Prepaid units of a client expire soon",
}
