import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("credits", "0001_initial"),
        ("credits", "0002_work"),
        ("credits", "0003_proposals"),
        ("credits", "0004_terminations"),
        ("credits", "0005_closes"),
        ("credits", "0006_quotes"),
        ("credits", "0007_statements"),
        ("credits", "0008_payments"),
        ("credits", "0009_what_is_missing"),
    ]

    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("clients", "0001_squashed"),
    ]

    operations = [
        migrations.CreateModel(
            name="Unit",
            fields=[
                ("code", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("scale", models.PositiveSmallIntegerField()),
                ("kind", models.CharField(choices=[("currency", "Currency"), ("prepaid", "Prepaid")], max_length=8)),
            ],
            options={
                "ordering": ("code",),
            },
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.CharField(
                        choices=[
                            ("credit_owed", "Credit owed"),
                            ("charges_owed", "Charges owed"),
                            ("invoices_owed", "Invoices owed"),
                            ("refund_owed", "Refund owed"),
                            ("entitlement", "Entitlement"),
                            ("held", "Held"),
                            ("credits_granted", "Credits granted"),
                            ("charged", "Charged"),
                            ("invoiced", "Invoiced"),
                            ("sold", "Sold"),
                            ("offset", "Offset"),
                            ("paid_out", "Paid out"),
                            ("fees_returned", "Prepaid fees returned"),
                            ("used", "Used"),
                            ("expired", "Expired"),
                        ],
                        max_length=16,
                    ),
                ),
                ("floor0", models.BooleanField(help_text="Whether the balance never falls below zero.")),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="ledger_accounts", to="clients.client"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="credits.unit"),
                ),
            ],
            options={
                "ordering": ("client", "code", "unit"),
                "constraints": [
                    models.UniqueConstraint(fields=("client", "code", "unit"), name="account_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "code__in",
                                    (
                                        "credit_owed",
                                        "charges_owed",
                                        "invoices_owed",
                                        "refund_owed",
                                        "entitlement",
                                        "held",
                                    ),
                                ),
                                ("floor0", True),
                            ),
                            models.Q(
                                models.Q(
                                    (
                                        "code__in",
                                        (
                                            "credit_owed",
                                            "charges_owed",
                                            "invoices_owed",
                                            "refund_owed",
                                            "entitlement",
                                            "held",
                                        ),
                                    ),
                                    _negated=True,
                                ),
                                ("floor0", False),
                            ),
                            _connector="OR",
                        ),
                        name="account_of_the_client_has_a_floor",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Lot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("granted", models.BigIntegerField()),
                ("effective_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lots", to="credits.account"
                    ),
                ),
                (
                    "agreement",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lots",
                        to="clients.agreement",
                    ),
                ),
            ],
            options={
                "ordering": (models.OrderBy(models.F("expires_at"), nulls_last=True), "id"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("expires_at__isnull", False)), fields=["expires_at"], name="lot_expiring"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("granted__gt", 0), ("granted__lt", 1000000000000000000)),
                        name="lot_grants_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at__isnull", True), ("expires_at__gt", models.F("effective_at")), _connector="OR"
                        ),
                        name="lot_expires_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(help_text="Such as Engineer, or Engineer on site.", max_length=60)),
                ("hourly", models.BigIntegerField(help_text="Price of an hour in the currency's minor unit.")),
                ("from_on", models.DateField()),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="credits.unit"),
                ),
            ],
            options={
                "ordering": ("name", "unit", "-from_on"),
                "constraints": [
                    models.UniqueConstraint(fields=("name", "unit", "from_on"), name="rate_once_from_its_day"),
                    models.CheckConstraint(
                        condition=models.Q(("hourly__gt", 0), ("hourly__lt", 1000000000000)),
                        name="rate_costs_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name="Approval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("approved_at", models.DateTimeField()),
                (
                    "approved_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
                    ),
                ),
                (
                    "prepared_by",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: the portal itself prepared it.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-approved_at", "-id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("prepared_by__isnull", True),
                            models.Q(("prepared_by", models.F("approved_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="approval_by_a_second_person",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Statement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month_on", models.DateField(help_text="The month's first day.")),
                (
                    "zone",
                    models.CharField(
                        help_text="Of the client's zones the one in which the month was over last.", max_length=64
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("issued_at", models.DateTimeField()),
                (
                    "client",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="clients.client",
                    ),
                ),
                (
                    "previous",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="following",
                        to="credits.statement",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="credits.unit"
                    ),
                ),
            ],
            options={
                "ordering": ("-month_on", "unit", "-id"),
                "indexes": [
                    models.Index(fields=["client", "month_on", "id"], name="statement_of_a_client"),
                    models.Index(fields=["month_on", "id"], name="statement_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("client", "unit", "month_on"), name="statement_once_for_its_month"),
                    models.CheckConstraint(
                        condition=models.Q(("month_on__day", 1)), name="statement_month_by_its_first_day"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("service_credit", "Service credit"),
                            ("offset", "Offset against invoices"),
                            ("payout", "Payout"),
                            ("refund", "Refund of prepaid fees"),
                            ("charge", "Charge"),
                            ("invoice", "Invoice"),
                            ("payment", "Payment of an invoice"),
                            ("grant", "Entitlement granted"),
                            ("consume", "Entitlement used"),
                            ("reserve", "Entitlement reserved"),
                            ("capture", "Reserved entitlement used"),
                            ("release", "Reservation ended"),
                            ("expiry", "Entitlement expired"),
                            ("reversal", "Reversal"),
                        ],
                        max_length=14,
                    ),
                ),
                ("scope", models.CharField(max_length=60)),
                ("key", models.CharField(max_length=200)),
                ("payload_hash", models.CharField(max_length=64)),
                (
                    "source",
                    models.CharField(
                        help_text="What it rests on, such as incident:INC-7 or breach:12.", max_length=200
                    ),
                ),
                ("effective_on", models.DateField(help_text="The day it counts for, in the agreement's zone.")),
                ("posted_at", models.DateTimeField()),
                (
                    "agreement",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="clients.agreement",
                    ),
                ),
                (
                    "approval",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="credits.approval",
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="clients.client",
                    ),
                ),
                (
                    "posted_by",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: the portal itself.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reverses",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversal",
                        to="credits.entry",
                    ),
                ),
                (
                    "settles",
                    models.OneToOneField(
                        blank=True,
                        help_text="The reservation that this release ends.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlement",
                        to="credits.entry",
                    ),
                ),
                (
                    "seal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entry", to="credits.seal"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "entries",
                "ordering": ("-id",),
                "indexes": [
                    models.Index(fields=["client", "effective_on", "id"], name="entry_of_a_clients_days"),
                    models.Index(fields=["client", "id"], name="entry_of_a_clients_chain"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("scope", "key"), name="entry_once_for_its_key"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "reversal"), ("reverses__isnull", False)),
                            models.Q(models.Q(("kind", "reversal"), _negated=True), ("reverses__isnull", True)),
                            _connector="OR",
                        ),
                        name="entry_reverses_if_a_reversal",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "release"), ("settles__isnull", False)),
                            models.Q(models.Q(("kind", "release"), _negated=True), ("settles__isnull", True)),
                            _connector="OR",
                        ),
                        name="entry_settles_if_a_release",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ("service_credit", "payout", "charge", "refund")), _negated=True),
                            ("approval__isnull", False),
                            _connector="OR",
                        ),
                        name="entry_of_money_is_approved",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StatementLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(help_text="Its place on the statement, from 1.")),
                ("minor", models.BigIntegerField()),
                ("what", models.CharField(max_length=200)),
                ("clause", models.CharField(blank=True, max_length=20)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="credits.account",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statement_lines",
                        to="credits.entry",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="credits.statement",
                    ),
                ),
            ],
            options={
                "ordering": ("statement", "number"),
                "constraints": [
                    models.UniqueConstraint(fields=("statement", "number"), name="statement_line_once_at_its_place"),
                    models.UniqueConstraint(fields=("entry", "account"), name="statement_line_on_one_statement"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Dispute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ordinal", models.PositiveSmallIntegerField()),
                ("reason", models.CharField(max_length=2000)),
                ("raised_at", models.DateTimeField()),
                (
                    "raised_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        blank=True,
                        help_text="Where no line is wrong, but one is missing.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="credits.statement",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="credits.statementline",
                    ),
                ),
            ],
            options={
                "ordering": ("-raised_at", "-id"),
                "constraints": [
                    models.UniqueConstraint(fields=("line", "ordinal"), name="dispute_once_at_its_place"),
                    models.UniqueConstraint(fields=("statement", "ordinal"), name="dispute_once_of_its_statement"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("line__isnull", False), ("statement__isnull", True)),
                            models.Q(("line__isnull", True), ("statement__isnull", False)),
                            _connector="OR",
                        ),
                        name="dispute_of_a_line_or_of_a_statement",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DisputeAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome",
                    models.CharField(
                        choices=[("right", "The line stands"), ("wrong", "The line is wrong")], max_length=5
                    ),
                ),
                ("text", models.CharField(max_length=2000)),
                ("answered_at", models.DateTimeField()),
                (
                    "answered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "dispute",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answer", to="credits.dispute"
                    ),
                ),
            ],
            options={
                "ordering": ("-answered_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Digest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("entries", models.PositiveIntegerField(help_text="How many entries it adds to the digest before.")),
                ("digest", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="digests", to="clients.client"
                    ),
                ),
                (
                    "last_entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="credits.entry"
                    ),
                ),
            ],
            options={
                "ordering": ("client", "number"),
                "constraints": [
                    models.UniqueConstraint(fields=("client", "number"), name="digest_once_for_its_number")
                ],
            },
        ),
        migrations.CreateModel(
            name="EntryNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.CharField(max_length=2000)),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="note", to="credits.entry"
                    ),
                ),
            ],
            options={
                "ordering": ("-entry",),
            },
        ),
        migrations.CreateModel(
            name="LotBalance",
            fields=[
                (
                    "lot",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="balance",
                        serialize=False,
                        to="credits.lot",
                    ),
                ),
                ("granted", models.BigIntegerField()),
                ("remaining", models.BigIntegerField()),
                (
                    "last_entry",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="credits.entry",
                    ),
                ),
            ],
            options={
                "ordering": ("lot",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("remaining__gte", 0), ("remaining__lte", models.F("granted"))),
                        name="lot_never_below_zero_nor_above_its_grant",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=60)),
                ("issued_on", models.DateField()),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="invoices", to="clients.client"
                    ),
                ),
                (
                    "lot",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="invoice", to="credits.lot"
                    ),
                ),
            ],
            options={
                "ordering": ("issued_on", "id"),
                "constraints": [
                    models.UniqueConstraint(fields=("client", "number"), name="invoice_once_for_its_client")
                ],
            },
        ),
        migrations.CreateModel(
            name="MonthClose",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField(help_text="Its first day.")),
                ("number", models.PositiveIntegerField(help_text="1 for the first close of the month, then on.")),
                ("inputs", models.JSONField()),
                ("inputs_hash", models.CharField(max_length=64)),
                (
                    "terms_hash",
                    models.CharField(help_text="That of the whole terms with which the month began.", max_length=64),
                ),
                ("lines", models.JSONField(default=list)),
                ("closed_at", models.DateTimeField()),
                (
                    "reason",
                    models.CharField(
                        blank=True, help_text="Why it closed though something spoke against it.", max_length=2000
                    ),
                ),
                (
                    "agreement",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="closes",
                        to="clients.agreement",
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: the portal itself.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="credits.monthclose",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "month closes",
                "ordering": ("-id",),
                "indexes": [models.Index(fields=["month", "agreement"], name="close_of_a_month")],
                "constraints": [
                    models.UniqueConstraint(fields=("agreement", "month", "number"), name="close_once_for_its_number"),
                    models.CheckConstraint(
                        condition=models.Q(("month__day", 1)), name="close_of_a_month_by_its_first_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("number", 1), ("supersedes__isnull", True)),
                            models.Q(("number__gt", 1), ("supersedes__isnull", False)),
                            _connector="OR",
                        ),
                        name="close_supersedes_unless_the_first",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MonthHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField(help_text="Its first day.")),
                ("blocks", models.JSONField()),
                ("since", models.DateTimeField()),
                (
                    "agreement",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="month_holds",
                        to="clients.agreement",
                    ),
                ),
            ],
            options={
                "ordering": ("month", "agreement"),
                "constraints": [models.UniqueConstraint(fields=("agreement", "month"), name="hold_once_for_its_month")],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=30)),
                ("scope", models.CharField(max_length=60)),
                ("key", models.CharField(max_length=200)),
                (
                    "month",
                    models.DateField(
                        blank=True, help_text="The first day of the month that it is for, if it is.", null=True
                    ),
                ),
                (
                    "minor",
                    models.BigIntegerField(
                        help_text="In the unit's smallest part; below zero takes back what was too much."
                    ),
                ),
                ("prepared_at", models.DateTimeField()),
                ("reason", models.CharField(max_length=2000)),
                ("payload", models.JSONField()),
                ("payload_hash", models.CharField(max_length=64)),
                (
                    "agreement",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to="clients.agreement",
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to="clients.client",
                    ),
                ),
                (
                    "prepared_by",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: the portal itself.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="credits.unit"
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
                "indexes": [
                    models.Index(fields=["client", "-id"], name="proposal_of_a_client"),
                    models.Index(fields=["agreement", "month"], name="proposal_of_a_month"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("scope", "key"), name="proposal_once_for_its_key"),
                    models.CheckConstraint(
                        condition=models.Q(("minor", 0), _negated=True), name="proposal_moves_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minor__gt", -1000000000000000000), ("minor__lt", 1000000000000000000)),
                        name="proposal_fits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("month__isnull", True), ("month__day", 1), _connector="OR"),
                        name="proposal_month_by_its_first_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("approved", "Approved"),
                            ("waived", "Waived"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        max_length=9,
                    ),
                ),
                ("decided_at", models.DateTimeField()),
                ("reason", models.CharField(blank=True, max_length=2000)),
                (
                    "approval",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decision",
                        to="credits.approval",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: the portal, which withdrew what later evidence overtook.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        blank=True,
                        help_text="What it posted.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decision",
                        to="credits.entry",
                    ),
                ),
                (
                    "proposal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decision", to="credits.proposal"
                    ),
                ),
            ],
            options={
                "ordering": ("-decided_at", "-id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("approval__isnull", False), ("entry__isnull", False), ("verdict", "approved")),
                            models.Q(
                                models.Q(("verdict", "approved"), _negated=True),
                                ("approval__isnull", True),
                                ("entry__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="decision_posts_if_approved",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("decided_by__isnull", False), ("verdict", "withdrawn"), _connector="OR"),
                        name="decision_by_a_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("verdict", "approved"), models.Q(("reason", ""), _negated=True), _connector="OR"
                        ),
                        name="decision_against_gives_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Quote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(max_length=60, unique=True)),
                ("subject", models.CharField(help_text="What it is for, such as incident:INC-7.", max_length=200)),
                ("clause", models.CharField(help_text="The clause that lets this work be paid for.", max_length=20)),
                ("opened_at", models.DateTimeField()),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="quotes", to="clients.agreement"
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="quotes", to="clients.client"
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
                "indexes": [
                    models.Index(fields=["agreement", "subject"], name="quote_of_a_subject"),
                    models.Index(fields=["client", "-id"], name="quote_of_client"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Charge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=200)),
                ("reason", models.CharField(max_length=2000)),
                (
                    "fixed_minor",
                    models.BigIntegerField(
                        help_text="What the entry charges besides time: a quoted price, or expenses."
                    ),
                ),
                (
                    "clause",
                    models.CharField(blank=True, help_text="The clause that lets it be charged.", max_length=20),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="charge", to="credits.entry"
                    ),
                ),
                (
                    "quote",
                    models.ForeignKey(
                        blank=True,
                        help_text="The accepted quote that it is charged under; its charges together never pass its price.",  # noqa: E501
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charges",
                        to="credits.quote",
                    ),
                ),
            ],
            options={
                "ordering": ("-entry",),
            },
        ),
        migrations.CreateModel(
            name="QuoteVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("text", models.TextField(help_text="What is done for it.", max_length=10000)),
                (
                    "basis",
                    models.CharField(choices=[("fixed", "A fixed price"), ("time", "Hours at a rate")], max_length=5),
                ),
                ("total_minor", models.BigIntegerField(help_text="The price, or the most that the hours may come to.")),
                ("minutes", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "valid_until",
                    models.DateField(help_text="The last day on which it can be accepted, in the agreement's zone."),
                ),
                (
                    "expires_at",
                    models.DateTimeField(
                        help_text="The end of that day: the first instant at which it can't be accepted."
                    ),
                ),
                ("quoted_at", models.DateTimeField()),
                (
                    "quote",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="credits.quote"
                    ),
                ),
                (
                    "quoted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "rate",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="credits.rate",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="credits.unit"),
                ),
            ],
            options={
                "ordering": ("quote", "number"),
                "constraints": [
                    models.UniqueConstraint(fields=("quote", "number"), name="quote_version_once"),
                    models.CheckConstraint(
                        condition=models.Q(("total_minor__gt", 0), ("total_minor__lt", 1000000000000000)),
                        name="quote_costs_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("basis", "fixed"), ("minutes__isnull", True), ("rate__isnull", True)),
                            models.Q(("basis", "time"), ("minutes__gt", 0), ("rate__isnull", False)),
                            _connector="OR",
                        ),
                        name="quote_of_time_has_hours_and_a_rate",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QuoteDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "verdict",
                    models.CharField(
                        choices=[("accepted", "Accepted"), ("declined", "Declined"), ("withdrawn", "Withdrawn")],
                        max_length=9,
                    ),
                ),
                ("name", models.CharField(help_text="How that person was called then.", max_length=150)),
                ("decided_at", models.DateTimeField()),
                ("words", models.CharField(blank=True, help_text="Why, where somebody said so.", max_length=2000)),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decision", to="credits.quoteversion"
                    ),
                ),
            ],
            options={
                "ordering": ("version",),
            },
        ),
        migrations.CreateModel(
            name="ServiceRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(max_length=60, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("on_site", "On-site support"),
                            ("installation", "Installation"),
                            ("training", "Training"),
                        ],
                        max_length=12,
                    ),
                ),
                ("title", models.CharField(max_length=300)),
                ("wish", models.TextField(max_length=10000)),
                (
                    "wanted_on",
                    models.DateField(
                        blank=True, help_text="The day the client would like, if it named one.", null=True
                    ),
                ),
                ("requested_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("done", "Done"),
                            ("withdrawn", "Withdrawn by the client"),
                            ("refused", "Not possible"),
                        ],
                        max_length=10,
                    ),
                ),
                ("outcome_words", models.CharField(blank=True, max_length=2000)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="service_requests",
                        to="clients.agreement",
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="service_requests",
                        to="clients.client",
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ("-requested_at", "-id"),
                "indexes": [
                    models.Index(fields=["client", "-requested_at", "-id"], name="service_request_of_client"),
                    models.Index(fields=["-requested_at", "-id"], name="service_request_newest"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", True), ("closed_by__isnull", True), ("outcome", "")),
                            models.Q(
                                ("closed_at__isnull", False),
                                ("closed_by__isnull", False),
                                models.Q(("outcome", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="service_request_closed_with_its_outcome",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StatementPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("opening", models.BigIntegerField()),
                ("closing", models.BigIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="credits.account"
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="credits.statement"
                    ),
                ),
            ],
            options={
                "ordering": ("statement", "account"),
                "constraints": [
                    models.UniqueConstraint(fields=("statement", "account"), name="part_once_for_its_account")
                ],
            },
        ),
        migrations.CreateModel(
            name="TimeEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(help_text="What was worked on, such as incident:INC-7.", max_length=200)),
                ("worked_on", models.DateField()),
                ("minutes", models.PositiveIntegerField()),
                (
                    "note",
                    models.CharField(
                        blank=True, help_text="What was done; the client reads it once charged.", max_length=300
                    ),
                ),
                ("logged_at", models.DateTimeField()),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="time_entries", to="clients.agreement"
                    ),
                ),
                (
                    "logged_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "rate",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="credits.rate"),
                ),
                (
                    "worked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "time entries",
                "ordering": ("worked_on", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("minutes__gt", 0), ("minutes__lte", 1440)), name="time_within_a_day"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StruckTime",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("struck_at", models.DateTimeField()),
                ("reason", models.CharField(blank=True, max_length=2000)),
                (
                    "struck_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "time_entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="struck", to="credits.timeentry"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ChargedTime",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("minor", models.BigIntegerField()),
                (
                    "charge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="time", to="credits.charge"
                    ),
                ),
                (
                    "time_entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="charged", to="credits.timeentry"
                    ),
                ),
            ],
            options={
                "ordering": ("charge", "id"),
            },
        ),
        migrations.CreateModel(
            name="Termination",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(help_text="As the person signed.", max_length=150)),
                ("given_at", models.DateTimeField()),
                ("ends_on", models.DateField(help_text="The first day without it, in the agreement's zone.")),
                ("months", models.JSONField(help_text="The months under target.")),
                ("right_at", models.DateTimeField(help_text="When the right arose.")),
                (
                    "refund_minor",
                    models.BigIntegerField(blank=True, help_text="Empty: nothing was prepaid.", null=True),
                ),
                (
                    "agreement",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="termination", to="clients.agreement"
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
                    ),
                ),
                (
                    "given_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "proposal",
                    models.OneToOneField(
                        blank=True,
                        help_text="Of the refund.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="termination",
                        to="credits.proposal",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="credits.unit",
                    ),
                ),
            ],
            options={
                "ordering": ("-given_at", "-id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("refund_minor__isnull", True), ("unit__isnull", True)),
                            models.Q(("refund_minor__gte", 0), ("unit__isnull", False)),
                            _connector="OR",
                        ),
                        name="termination_refund_has_a_unit",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Line",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("minor", models.BigIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="credits.account",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="credits.entry"
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="credits.lot",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="credits.unit"
                    ),
                ),
            ],
            options={
                "ordering": ("entry", "id"),
                "indexes": [models.Index(fields=["account", "entry"], name="line_of_an_account")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("minor", 0), _negated=True), name="line_moves_something")
                ],
            },
        ),
        migrations.CreateModel(
            name="Balance",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="balance",
                        serialize=False,
                        to="credits.account",
                    ),
                ),
                ("minor", models.BigIntegerField()),
                ("floor0", models.BooleanField()),
                (
                    "last_entry",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="credits.entry",
                    ),
                ),
            ],
            options={
                "ordering": ("account",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("floor0", False), ("minor__gte", 0), _connector="OR"),
                        name="balance_not_below_its_floor",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minor__gt", -1000000000000000000), ("minor__lt", 1000000000000000000)),
                        name="balance_fits",
                    ),
                ],
            },
        ),
    ]
