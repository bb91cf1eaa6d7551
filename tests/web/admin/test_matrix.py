from __future__ import annotations

import pytest
from flask import Flask

from quiz.services.accounts import ROLES
from tests.editor import csrf, signed_in

ANYONE, EDITOR, REVIEWER, ADMIN = "anyone", *ROLES
MATRIX = {
    "GET /admin": EDITOR,
    "POST /admin/count": EDITOR,
    "GET /admin/sign-in": ANYONE,
    "POST /admin/sign-in": ANYONE,
    "POST /admin/sign-out": EDITOR,
    "GET /admin/welcome/<token>": ANYONE,
    "POST /admin/welcome/<token>": ANYONE,
    "GET /admin/account": EDITOR,
    "POST /admin/account/password": EDITOR,
    "GET /admin/people": ADMIN,
    "POST /admin/people": ADMIN,
    "POST /admin/people/<name>": ADMIN,
    "GET /admin/questions": EDITOR,
    "GET /admin/questions/<name>/statistics": EDITOR,
    "POST /admin/questions/<name>/statistics": EDITOR,
    "GET /admin/framework": EDITOR,
    "GET /admin/framework/<kind>/<name>": EDITOR,
    "POST /admin/framework/<kind>/<name>": EDITOR,
    "POST /admin/framework/<kind>/<name>/publish": REVIEWER,
    "GET /admin/exchange": EDITOR,
    "POST /admin/exchange/plan": EDITOR,
    "POST /admin/exchange/import": EDITOR,
    "GET /admin/exchange/questions.zip": EDITOR,
    "GET /admin/exchange/questions.csv": EDITOR,
    "POST /admin/exchange/answers": ADMIN,
    "GET /admin/questions/new": EDITOR,
    "POST /admin/questions/new": EDITOR,
    "POST /admin/check": EDITOR,
    "POST /admin/preview": EDITOR,
    "GET /admin/questions/<name>": EDITOR,
    "GET /admin/questions/<name>/edit": EDITOR,
    "POST /admin/questions/<name>/edit": EDITOR,
    "GET /admin/questions/<name>/history": EDITOR,
    "POST /admin/questions/<name>/restore": EDITOR,
    "POST /admin/questions/<name>/send": EDITOR,
    "POST /admin/questions/<name>/take-back": EDITOR,
    "POST /admin/questions/<name>/comment": EDITOR,
    "POST /admin/questions/<name>/settle": EDITOR,
    "POST /admin/questions/<name>/decide": REVIEWER,
    "POST /admin/questions/<name>/publish": REVIEWER,
    "POST /admin/questions/<name>/stop": REVIEWER,
    "GET /admin/review": EDITOR,
    "POST /admin/review/publish": REVIEWER,
    "GET /admin/versions": EDITOR,
    "GET /admin/versions/<int:number>": EDITOR,
    "POST /admin/versions/<int:number>/undo": REVIEWER,
    "GET /admin/audit": REVIEWER,
    "GET /admin/audit/log.jsonl": REVIEWER,
}
"""Every route of the editors' room, and the lowest role that may use it."""
VALUES = {"<token>": "x" * 43, "<name>": "nobody", "<kind>": "profile", "<int:number>": "99"}
"""Nothing of these names exists: a role that may come in finds 404, and learns nothing else."""

THERE = {
    **{"<name>": "password-in-notebook", "<kind>/<name>": "profile/machine-learning-engineer", "<int:number>": "1"},
    "<token>": "x" * 43,
}
"""What is there, in the place of the variables: the longest first."""


def routes(app: Flask) -> set[str]:
    return {
        f"{method} {rule}"
        for rule in app.url_map.iter_rules()
        if str(rule).startswith("/admin")
        for method in (rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}
    }


def address(route: str) -> tuple[str, str]:
    method, path = route.split(" ")
    for name, value in VALUES.items():
        path = path.replace(name, value)
    assert "<" not in path, f"say in VALUES what stands for the variable of {path}"
    return method, path


def test_every_route_is_in_the_matrix(app: Flask) -> None:
    assert routes(app) == set(MATRIX)


@pytest.mark.parametrize("role", [None, *ROLES])
def test_every_route_admits_its_roles_and_nobody_else(app: Flask, role: str | None) -> None:
    for route, lowest in MATRIX.items():
        client = signed_in(app, f"a-{role}", role) if role else app.test_client()
        method, path = address(route)
        data = {"csrf_token": csrf(client)} if method == "POST" else None
        status = client.open(path, method=method, data=data).status_code
        if lowest == ANYONE:
            assert status in {200, 400, 410}, route
        elif role is None:
            assert status == (303 if method == "GET" else 401), route
        elif ROLES.index(role) < ROLES.index(lowest):
            assert status == 403, route
        else:
            assert status in {200, 303, 400, 404, 409}, f"{route}: {status}"
            assert status in {400, 404} or not path.count("nobody"), route


def test_every_changing_route_needs_a_token(app: Flask) -> None:
    client = signed_in(app)
    for route in MATRIX:
        method, path = address(route)
        if method == "POST":
            assert client.post(path, data={"do": "disable"}).status_code in {400, 404}, route


def test_a_view_that_says_nothing_admits_nobody(app: Flask) -> None:
    app.add_url_rule("/admin/forgotten", "forgotten", lambda: "secret")
    assert signed_in(app).get("/admin/forgotten").status_code == 403
    assert app.test_client().get("/admin/forgotten").status_code == 303


def test_addresses_that_do_not_exist_tell_a_stranger_nothing(app: Flask) -> None:
    assert app.test_client().get("/admin/nothing").status_code == 303
    assert signed_in(app).get("/admin/nothing").status_code == 404
    assert app.test_client().get("/admini").status_code == 404


def test_a_disabled_account_and_an_expired_login_are_out_at_once(app: Flask) -> None:
    clock = app.extensions["quiz"].clock
    client, admin = signed_in(app, "bob", "editor"), signed_in(app)
    assert client.get("/admin").status_code == 200
    admin.post("/admin/people/bob", data={"csrf_token": csrf(admin), "do": "disable"})
    assert client.get("/admin").status_code == 303
    clock.forward(15 * 86_400)
    assert admin.get("/admin").status_code == 303


@pytest.mark.parametrize("role", ROLES)
def test_every_page_that_a_role_may_see_is_there_on_both_databases(any_app: Flask, role: str) -> None:
    client = signed_in(any_app, "somebody", role)
    for route, lowest in MATRIX.items():
        method, path = route.split(" ")
        if method == "GET" and lowest in ROLES and ROLES.index(lowest) <= ROLES.index(role):
            for variable in sorted(THERE, key=len, reverse=True):
                path = path.replace(variable, THERE[variable])
            assert client.get(path).status_code == 200, path
