import datetime

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import portal.clients.models


class Migration(migrations.Migration):
    replaces = [
        ("incidents", "0001_initial"),
        ("incidents", "0002_availability"),
        ("incidents", "0003_verdict"),
        ("incidents", "0004_queue_order"),
        ("incidents", "0005_desk"),
        ("incidents", "0006_remedy_plans"),
        ("incidents", "0007_problem_index"),
        ("incidents", "0008_drop_quote"),
        ("incidents", "0009_what_few_are"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed"),
        ("accounts", "__first__"),
        ("clients", "0001_squashed"),
    ]

    operations = [
        migrations.CreateModel(
            name="Problem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(max_length=60, unique=True)),
                ("title", models.CharField(max_length=300)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("-created_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(max_length=200)),
                ("title", models.CharField(max_length=300)),
                ("channel", models.CharField(blank=True, max_length=20)),
                ("version", models.CharField(blank=True, max_length=100)),
                ("severity", models.CharField(max_length=31)),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("availability", "The service can't be reached"),
                            ("nonconformity", "Something does not work as it should"),
                            ("general", "A question or help with using it"),
                            ("enhancement", "A wish for something new"),
                            ("other", "Something else"),
                        ],
                        max_length=20,
                    ),
                ),
                ("supported", models.BooleanField(default=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("in_progress", "In progress"),
                            ("waiting", "Waiting"),
                            ("resolved", "Resolved"),
                            ("withdrawn", "Withdrawn"),
                            ("merged", "Merged"),
                        ],
                        default="new",
                        max_length=12,
                    ),
                ),
                ("reported_at", models.DateTimeField()),
                ("diagnostics_at", models.DateTimeField(blank=True, null=True)),
                ("responded_at", models.DateTimeField(blank=True, null=True)),
                ("reproduced_at", models.DateTimeField(blank=True, null=True)),
                ("waiting_on", models.CharField(blank=True, max_length=12)),
                ("waiting_since", models.DateTimeField(blank=True, null=True)),
                ("resolved_at", models.DateTimeField(blank=True, null=True)),
                ("resolved_by", models.CharField(blank=True, max_length=10)),
                ("cause", models.CharField(blank=True, max_length=20)),
                ("ended_at", models.DateTimeField(blank=True, help_text="When it was withdrawn or merged.", null=True)),
                ("reopenings", models.PositiveIntegerField(default=0)),
                (
                    "rank",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(severity__in=("critical", "urgent"), then=models.Value(0)),
                            models.When(severity__in=("major", "high"), then=models.Value(1)),
                            models.When(severity__in=("normal", "minor"), then=models.Value(2)),
                            models.When(severity__in=("low",), then=models.Value(3)),
                            default=models.Value(4),
                        ),
                        help_text="How grave it is, whatever its terms call that; the most severe is 0.",
                        output_field=models.PositiveSmallIntegerField(),
                    ),
                ),
                (
                    "due_next",
                    models.DateTimeField(
                        default=datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC),
                        help_text="When what presses most is due: what broke first and is still owed, else what is due next.",  # noqa: E501
                    ),
                ),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="incidents", to="clients.agreement"
                    ),
                ),
                (
                    "assignee",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="assigned_incidents",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="incidents", to="clients.client"
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="incidents.incident",
                    ),
                ),
                (
                    "reporter",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        help_text="To whom it was handed over; empty: its agreement's team.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="incidents",
                        to="accounts.team",
                    ),
                ),
                (
                    "problem",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="incidents",
                        to="incidents.problem",
                    ),
                ),
            ],
            options={
                "ordering": ("-reported_at", "-id"),
                "indexes": [
                    models.Index(fields=["client", "-reported_at", "-id"], name="incident_of_client"),
                    models.Index(fields=["-reported_at", "-id"], name="incident_newest"),
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True), ("resolved_at__isnull", True)),
                        fields=["agreement", "severity", "reported_at"],
                        name="incident_open",
                    ),
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True), ("resolved_at__isnull", True)),
                        fields=["rank", "reported_at", "id"],
                        name="incident_open_by_rank",
                    ),
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True), ("resolved_at__isnull", True)),
                        fields=["due_next", "id"],
                        name="incident_open_by_due",
                    ),
                    models.Index(fields=["rank", "reported_at", "id"], name="incident_by_rank"),
                    models.Index(fields=["due_next", "id"], name="incident_by_due"),
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True), ("resolved_at__isnull", True)),
                        fields=["client", "rank", "reported_at"],
                        name="incident_open_of_client",
                    ),
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True), ("resolved_at__isnull", True)),
                        fields=["assignee", "rank", "reported_at"],
                        name="incident_open_of_person",
                    ),
                    models.Index(
                        condition=models.Q(("problem__isnull", False)),
                        fields=["problem", "-reported_at", "-id"],
                        name="incident_of_problem",
                    ),
                    models.Index(
                        condition=models.Q(("merged_into__isnull", False)),
                        fields=["merged_into", "-reported_at", "-id"],
                        name="incident_merged_into",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("category", "availability"), ("resolved_at__isnull", False), ("status", "resolved")
                        ),
                        fields=["resolved_at", "id"],
                        name="incident_solved_outage",
                    ),
                    models.Index(
                        condition=models.Q(("waiting_since__isnull", False)),
                        fields=["waiting_since", "id"],
                        name="incident_waiting",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("agreement", "ref"), name="incident_ref_once_in_its_agreement")
                ],
            },
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("note", models.CharField(blank=True, help_text="What the next one should know.", max_length=2000)),
                ("at", models.DateTimeField()),
                (
                    "assignee",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        help_text="Empty: its agreement's team.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.team",
                    ),
                ),
                (
                    "was_assignee",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "was_team",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.team"
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="assignments", to="incidents.incident"
                    ),
                ),
            ],
            options={
                "ordering": ("at", "id"),
            },
        ),
        migrations.CreateModel(
            name="BulkAct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("take", "Take"),
                            ("assign", "Assign"),
                            ("link", "Link to a problem"),
                            ("watch", "Add a watcher"),
                            ("undo", "Take the assignment back"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("detail", models.CharField(blank=True, help_text="To whom, or to which problem.", max_length=400)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ("-at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="CannedReply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=100)),
                ("body", models.TextField(max_length=10000)),
                ("changed_at", models.DateTimeField()),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: all.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="canned_replies",
                        to="accounts.team",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "canned replies",
                "ordering": ("title", "id"),
            },
        ),
        migrations.CreateModel(
            name="HostedEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(max_length=200)),
                ("name", models.CharField(max_length=200)),
                ("zone", models.CharField(max_length=64, validators=[portal.clients.models.validate_zone])),
                ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hosted_events",
                        to="clients.agreement",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
                "constraints": [
                    models.UniqueConstraint(fields=("agreement", "ref"), name="hosted_event_ref_once_in_its_agreement")
                ],
            },
        ),
        migrations.CreateModel(
            name="HostedSession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                (
                    "hosted_event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sessions", to="incidents.hostedevent"
                    ),
                ),
            ],
            options={
                "ordering": ("starts_at", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="session_ends_after_it_starts",
                        violation_error_message="A session ends after it starts.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("body", models.TextField(max_length=20000)),
                ("at", models.DateTimeField()),
                ("internal", models.BooleanField(default=False)),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="comments", to="incidents.incident"
                    ),
                ),
            ],
            options={
                "ordering": ("at", "id"),
            },
        ),
        migrations.CreateModel(
            name="BulkOutcome",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "refused",
                    models.CharField(blank=True, help_text="Why it was refused; empty: it was done.", max_length=400),
                ),
                (
                    "assignment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="incidents.assignment",
                    ),
                ),
                (
                    "bulk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="outcomes", to="incidents.bulkact"
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="incidents.incident"
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="InformationRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="information_requests",
                        to="incidents.incident",
                    ),
                ),
            ],
            options={
                "ordering": ("-asked_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="InformationItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=300)),
                ("provided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="incidents.informationrequest",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="MaintenanceWindow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(max_length=200)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                (
                    "agreed",
                    models.BooleanField(default=False, help_text="The client agreed to it, so that no notice is due."),
                ),
                ("announced_at", models.DateTimeField()),
                ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "purpose",
                    models.TextField(blank=True, help_text="What is done: the client reads this.", max_length=2000),
                ),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="maintenance_windows",
                        to="clients.agreement",
                    ),
                ),
            ],
            options={
                "ordering": ("-starts_at", "-id"),
                "constraints": [
                    models.UniqueConstraint(fields=("agreement", "ref"), name="window_ref_once_in_its_agreement")
                ],
            },
        ),
        migrations.CreateModel(
            name="NoDowntime",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=2000)),
                ("stated_at", models.DateTimeField()),
                (
                    "incident",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="no_downtime", to="incidents.incident"
                    ),
                ),
                (
                    "stated_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "statements of no downtime",
            },
        ),
        migrations.CreateModel(
            name="Outage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(max_length=200)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(blank=True, help_text="Empty while the service is down.", null=True)),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("unscheduled", "Not scheduled"),
                            ("force_majeure", "Force majeure"),
                            ("client", "The client's doing"),
                            ("network", "Networks outside our control"),
                            ("emergency", "An emergency patch"),
                        ],
                        default="unscheduled",
                        max_length=15,
                    ),
                ),
                (
                    "notified_at",
                    models.DateTimeField(help_text="When the provider was told: the time to end it counts from here."),
                ),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="outages", to="clients.agreement"
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        blank=True,
                        help_text="What it was part of.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outages",
                        to="incidents.incident",
                    ),
                ),
            ],
            options={
                "ordering": ("-starts_at", "-id"),
                "constraints": [
                    models.UniqueConstraint(fields=("agreement", "ref"), name="outage_ref_once_in_its_agreement")
                ],
            },
        ),
        migrations.CreateModel(
            name="Release",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(max_length=200)),
                ("planned_at", models.DateTimeField(blank=True, null=True)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("notes", models.TextField(blank=True, max_length=20000)),
                ("beta", models.BooleanField(default=False)),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="releases", to="clients.product"
                    ),
                ),
            ],
            options={
                "ordering": ("-planned_at", "-id"),
                "constraints": [
                    models.UniqueConstraint(fields=("product", "ref"), name="release_ref_once_in_its_product")
                ],
            },
        ),
        migrations.CreateModel(
            name="RemedyPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("concern", models.TextField(help_text="What the client wants remedied, in its own words.")),
                ("asked_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ending",
                    models.CharField(blank=True, choices=[("done", "Done"), ("withdrawn", "Withdrawn")], max_length=9),
                ),
                ("closing_words", models.CharField(blank=True, help_text="Why it was withdrawn.", max_length=2000)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="remedy_plans", to="clients.agreement"
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
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
            ],
            options={
                "ordering": ("-id",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=("agreement",),
                        name="one_open_remedy_plan",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", True), ("ending", "")),
                            models.Q(("closed_at__isnull", False), models.Q(("ending", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="remedy_plan_closed_with_its_ending",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RemedyDone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(help_text="The action's.")),
                ("note", models.CharField(blank=True, max_length=2000)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="done", to="incidents.remedyplan"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "actions done",
                "ordering": ("plan", "number"),
                "constraints": [models.UniqueConstraint(fields=("plan", "number"), name="remedy_action_done_once")],
            },
        ),
        migrations.CreateModel(
            name="RemedyVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("note", models.CharField(blank=True, help_text="What the proposer says of it.", max_length=2000)),
                ("side", models.CharField(choices=[("provider", "Provider"), ("client", "Client")], max_length=8)),
                ("proposed_at", models.DateTimeField()),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="incidents.remedyplan"
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ("plan", "number"),
                "constraints": [models.UniqueConstraint(fields=("plan", "number"), name="remedy_version_once")],
            },
        ),
        migrations.CreateModel(
            name="RemedyConsent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("side", models.CharField(choices=[("provider", "Provider"), ("client", "Client")], max_length=8)),
                ("name", models.CharField(help_text="As the person signed.", max_length=150)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="incidents.remedyversion",
                    ),
                ),
            ],
            options={
                "ordering": ("version", "at"),
                "constraints": [
                    models.UniqueConstraint(fields=("version", "side"), name="remedy_consent_once_of_each_side")
                ],
            },
        ),
        migrations.CreateModel(
            name="RemedyAction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("what", models.CharField(max_length=500)),
                ("side", models.CharField(choices=[("provider", "Provider"), ("client", "Client")], max_length=8)),
                ("owner", models.CharField(help_text="Who does it.", max_length=150)),
                ("due_on", models.DateField(help_text="The last day, in the agreement's zone.")),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="actions",
                        to="incidents.remedyversion",
                    ),
                ),
            ],
            options={
                "ordering": ("version", "number"),
                "constraints": [
                    models.UniqueConstraint(fields=("version", "number"), name="remedy_action_once_in_its_version")
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("query", models.CharField(blank=True, max_length=1000)),
                ("is_default", models.BooleanField(default=False, help_text="The owner's queue begins with it.")),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_views",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        help_text="Shared with it.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_views",
                        to="accounts.team",
                    ),
                ),
            ],
            options={
                "ordering": ("name", "id"),
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "name"), name="saved_view_once_by_name"),
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)), fields=("owner",), name="one_default_view"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ServiceWatch",
            fields=[
                (
                    "agreement",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="service_watch",
                        serialize=False,
                        to="clients.agreement",
                    ),
                ),
                ("next_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name_plural": "service watches",
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_at__isnull", False)), fields=["next_at"], name="service_waking"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Verdict",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "opening",
                    models.PositiveIntegerField(help_text="How often it had been reopened when this was said."),
                ),
                ("confirmed_at", models.DateTimeField()),
                (
                    "stars",
                    models.PositiveSmallIntegerField(blank=True, help_text="1 to 5, where it was rated.", null=True),
                ),
                ("words", models.TextField(blank=True, max_length=2000)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="verdicts", to="incidents.incident"
                    ),
                ),
            ],
            options={
                "ordering": ("confirmed_at", "id"),
                "constraints": [
                    models.UniqueConstraint(fields=("incident", "opening"), name="verdict_once_for_an_opening"),
                    models.CheckConstraint(
                        condition=models.Q(("stars__isnull", True), ("stars__range", (1, 5)), _connector="OR"),
                        name="verdict_of_one_to_five_stars",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Wait",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField(blank=True, max_length=2000)),
                ("began_at", models.DateTimeField()),
                ("expected_at", models.DateTimeField(blank=True, help_text="When it should be over.", null=True)),
                ("reminded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="waits", to="incidents.incident"
                    ),
                ),
            ],
            options={
                "ordering": ("began_at", "id"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("expected_at__isnull", False), ("reminded_at__isnull", True)),
                        fields=["expected_at"],
                        name="wait_to_remind_of",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Watch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="watches", to="incidents.incident"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="watches", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "watches",
                "ordering": ("at", "id"),
                "constraints": [models.UniqueConstraint(fields=("incident", "user"), name="watch_once")],
            },
        ),
        migrations.CreateModel(
            name="BackupAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("full", "Full"), ("incremental", "Incremental")], max_length=11)),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="backup_addresses",
                        to="clients.agreement",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "backup addresses",
                "constraints": [
                    models.UniqueConstraint(fields=("agreement", "kind"), name="one_address_for_each_backup")
                ],
            },
        ),
        migrations.CreateModel(
            name="BackupCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("full", "Full"), ("incremental", "Incremental")], max_length=11)),
                ("ordinal", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("retention_days", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="backup_checks",
                        to="clients.agreement",
                    ),
                ),
            ],
            options={
                "ordering": ("-at", "-id"),
                "constraints": [
                    models.UniqueConstraint(fields=("agreement", "kind", "ordinal"), name="backup_check_once")
                ],
            },
        ),
    ]
