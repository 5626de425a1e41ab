import pytest
from django.test import RequestFactory

from portal.web.redirects import next_url


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//elsewhere.example",
        "https://elsewhere.example/",
        "javascript:alert(1)",
        "/\\elsewhere.example",
        "",
        "http:///x",
    ],
)
def test_next_never_leads_elsewhere(elsewhere: str) -> None:
    request = RequestFactory().get("/", {"next": elsewhere})

    assert next_url(request, "/home/") == "/home/"


def test_next_leads_on_inside_the_site() -> None:
    request = RequestFactory().post("/", {"next": "/incidents/7/?tab=why"})

    assert next_url(request, "/home/") == "/incidents/7/?tab=why"
