from django.conf import settings
from django.db import models


class Submission(models.Model):
    """A form that was sent once: the token it carried and the page that its sending led to.

    Kept for a day; the unique pair is what makes the second of two simultaneous clicks wait for the first.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    token = models.UUIDField()
    result_url = models.TextField(help_text="With the filter that somebody came from, which may be long.")
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "token"], name="one_submission_for_each_form")]
        indexes = [models.Index(fields=["sent_at"], name="submission_by_age")]

    def __str__(self) -> str:
        return f"{self.token} to {self.result_url}"
