"""The review's server, asked without a network: who gets in, what is shown, what is saved."""

import asyncio
import csv
import errno
import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from graded_class import (
    EXERCISE,
    HOSTILE_NAMES,
    SCRIPT,
    SLUG,
    WORKBOOK,
    GradedClass,
    hostile_class,
    report,
    small_class,
)
from pages import Page

from foodcourt.reports.json_report import to_json
from foodcourt.reports.result_paths import result_path
from foodcourt.review.app import make_app
from foodcourt.review.changes import Kind, Target, Wish
from foodcourt.review.desk import Desk
from foodcourt.review.guard import Pass
from foodcourt.review.links import page_name

PORT = 8123
HOME = f"http://127.0.0.1:{PORT}"
GROUPS = f"/exercises/{SLUG}/groups"


def page_of(learner):
    return f"/submissions/{SLUG}/{page_name(learner)}"


class Instructor:
    """Somebody with a server and a browser of their own; two may have the same class."""

    def __init__(self, out, name="Ada", login="ada"):
        self.pass_ = Pass(PORT)
        self.desk = Desk(out, WORKBOOK, csrf=self.pass_.csrf, login=login, name=name)
        self._app = make_app(self.desk, self.pass_)
        self.cookies = None

    def ask(self, method, path, **options):
        """Send one request with the cookies of before."""

        async def asking():
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url=HOME, cookies=self.cookies) as client:
                response = await client.request(method, path, **options)
                self.cookies = client.cookies
                return response

        return asyncio.run(asking())

    def enter(self):
        """Open the address that the terminal shows."""
        answer = self.ask("GET", f"/?token={self.pass_.token}")
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        return self

    def see(self, path, status=200):
        """Open a page."""
        answer = self.ask("GET", path)
        assert answer.status_code == status, answer.text
        return Page(answer.text)

    def send(self, form, status=303):
        """Send a form; give the page that it leads to."""
        address, fields = form
        answer = self.ask("POST", address, data=fields)
        assert answer.status_code == status, answer.text
        return self.see(answer.headers["location"]) if status == 303 else Page(answer.text)


@pytest.fixture
def graded(tmp_path):
    return small_class(tmp_path)


@pytest.fixture
def ada(graded):
    return Instructor(graded.out).enter()


# Who gets in


def test_without_the_token_nothing_is_shown(graded):
    """A page, a form and even the style answer 403 to who has neither token nor cookie."""
    stranger = Instructor(graded.out)
    for method, path in [("GET", "/"), ("GET", page_of("ada")), ("GET", "/style.css"), ("POST", "/export")]:
        answer = stranger.ask(method, path)
        assert answer.status_code == 403
        assert "ada" not in answer.text
    for token in ("", "wrong", "\ud800", "é", stranger.pass_.token + "x", stranger.pass_.csrf):
        answer = stranger.ask("GET", "/", params={"token": token.encode("utf-8", "replace")})
        assert (answer.status_code, answer.headers.get("set-cookie")) == (403, None)


def test_the_token_becomes_a_cookie(graded):
    """The token is taken out of the address, and the cookie is kept from scripts and other sites."""
    visitor = Instructor(graded.out)
    answer = visitor.ask("GET", f"{page_of('ada')}?saved=1&token={visitor.pass_.token}")
    assert answer.headers["location"] == f"{page_of('ada')}?saved=1"
    assert re.fullmatch(
        rf"foodcourt-review-{PORT}=[\w-]{{32}}; HttpOnly; Path=/; SameSite=lax", answer.headers["set-cookie"]
    )
    assert visitor.pass_.token not in answer.headers["set-cookie"]
    assert visitor.ask("GET", "/").status_code == 200


@pytest.mark.parametrize("other", ['prefs={"a": 1}', "version=1", "path=/", "nothing", "é=é", "a,b=[1]; c", '"'])
def test_cookies_of_another_server(ada, other):
    """What a server on another port has the browser keep is sent along, and keeps nobody out and lets nobody in."""
    own = f"{ada.pass_.cookie}={ada.cookies[ada.pass_.cookie]}"
    ada.cookies = None
    for cookies in (f"{other}; {own}", f"{own}; {other}"):
        assert ada.ask("GET", "/", headers={"Cookie": cookies.encode()}).status_code == 200
    for cookies in (other, f"{other}; {ada.pass_.cookie}=", f"{other}; {ada.pass_.cookie}=é"):
        assert ada.ask("GET", "/", headers={"Cookie": cookies.encode()}).status_code == 403


def test_a_redirect_stays_here(graded):
    """No path makes the redirect after the token lead to another host."""
    visitor = Instructor(graded.out)
    answer = visitor.ask("GET", f"{HOME}//evil.example/?token={visitor.pass_.token}")
    assert answer.headers["location"] == "/evil.example/"


def test_a_token_for_once(graded):
    """The token in the file that a browser is given opens the pages once."""
    visitor = Instructor(graded.out)
    token = visitor.pass_.for_once()
    assert [visitor.ask("GET", f"/?token={token}").status_code for _ in range(2)] == [303, 403]


@pytest.mark.parametrize(
    "host", ["evil.example", f"evil.example:{PORT}", "127.0.0.1", "127.0.0.1:1", "", f"[::1]:{PORT}"]
)
def test_another_host_name_is_refused(ada, host):
    """Under a name that is not ours nothing is answered, whatever the browser sends along."""
    assert ada.ask("GET", "/", headers={"Host": host}).status_code == 403
    assert ada.ask("GET", f"/?token={ada.pass_.token}", headers={"Host": host}).status_code == 403


@pytest.mark.parametrize("host", [f"127.0.0.1:{PORT}", f"localhost:{PORT}"])
def test_our_names(ada, host):
    """127.0.0.1 and localhost are this machine."""
    headers = {"Host": host, "Cookie": f"{ada.pass_.cookie}={ada.cookies[ada.pass_.cookie]}"}
    assert ada.ask("GET", "/", headers=headers).status_code == 200


@pytest.mark.parametrize("change", ["none", "wrong", "other server's"])
def test_a_form_of_somebody_else(ada, graded, change):
    """A form without our word in it changes nothing."""
    address, fields = ada.see(page_of("grace")).form(score="0", reason="x")
    fields["csrf"] = {"none": "", "wrong": "é" * 32, "other server's": Instructor(graded.out).pass_.csrf}[change]
    assert ada.ask("POST", address, data=fields).status_code == 403
    assert ada.desk.store.last() == 0


def test_a_form_that_was_open_when_the_server_was_restarted(ada, graded):
    """What was typed for the server before is shown by the new one, which saves it when it is asked once more."""
    form = ada.see(page_of("grace")).form(score="98", reason=f"kept\r\nher word {SCRIPT}")
    again = Instructor(graded.out)
    answer = again.ask("POST", form[0], data=form[1])
    assert (answer.status_code, "What you typed is not lost" in answer.text) == (403, True)
    page = again.enter().send(form, status=403)
    page.assert_harmless()
    page.assert_readable()
    assert "\\x0d" not in page.text
    assert f"kept her word {SCRIPT}" in page.text
    assert again.desk.store.last() == 0
    page = again.send(page.form())
    assert "Saved: score 98." in page.text
    assert again.desk.store.history(SLUG, "grace")[0].text == f"kept\nher word {SCRIPT}"


@pytest.mark.parametrize("origin", ["http://evil.example", "null", f"https://127.0.0.1:{PORT}", "http://127.0.0.1:1"])
def test_a_form_from_another_site(ada, origin):
    """A form that another site sends is refused by where it comes from, too."""
    address, fields = ada.see(page_of("grace")).form(score="0", reason="x")
    assert ada.ask("POST", address, data=fields, headers={"Origin": origin}).status_code == 403
    assert ada.ask("POST", address, data=fields, headers={"Origin": HOME}).status_code == 303


@pytest.mark.parametrize("path", ["/", "/style.css", "/nothing", page_of("ada"), "/?token=wrong"])
def test_headers_of_every_answer(ada, path):
    """Every answer forbids scripts, frames and guessing of types."""
    headers = ada.ask("GET", path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'")
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"


def test_what_a_browser_keeps(ada):
    """Pages are kept for Back, with what was typed; an address with a token is not kept at all."""
    for path, status in [("/", 200), (page_of("ada"), 200), ("/nothing", 404)]:
        answer = ada.ask("GET", path)
        assert (answer.status_code, answer.headers["cache-control"]) == (status, "private, no-cache")
    for token, status in [(ada.pass_.token, 303), ("wrong", 403)]:
        answer = ada.ask("GET", f"/?token={token}")
        assert (answer.status_code, answer.headers["cache-control"]) == (status, "no-store")


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/exercises/nope", f"{GROUPS}/0123", "/submissions/x/y"])
def test_what_is_not_there(ada, path):
    """An address of nothing is answered with a page that says so."""
    page = ada.see(path, status=404)
    assert "That did not work" in page.text
    assert "what you typed" not in page.text
    assert "what you typed is still there" in Page(ada.ask("POST", path).text).text


@pytest.mark.parametrize("path", ["/", "/style.css", GROUPS, page_of("ada"), "/export", "/name", "/nothing"])
def test_the_head_of_a_page(ada, path):
    """Who asks for the headers of an answer alone gets those that would come with it."""
    head, whole = (ada.ask(method, path) for method in ("HEAD", "GET"))
    assert (head.status_code, head.headers) == (whole.status_code, whole.headers)


# What is shown


def test_every_page_can_be_read(ada):
    """From the first page on, every link leads to a page with headings, labels and tables that say what they hold."""
    left, seen = ["/"], set()
    while left:
        path = left.pop().partition("#")[0]
        if path and path not in seen and not path.startswith("data:"):
            seen.add(path)
            page = ada.see(path)
            page.assert_readable()
            page.assert_harmless()
            left += page.links
    assert {"/", "/export", GROUPS, page_of("ken"), f"{page_of('ada')}/files"} <= seen


def test_hostile_data_is_text(tmp_path):
    """On every page of the server, whatever learners wrote is text."""
    visitor = Instructor(hostile_class(tmp_path).out, name=SCRIPT).enter()
    store = visitor.desk.store
    for name in HOSTILE_NAMES:
        page = visitor.see(page_of(name))
        page.assert_harmless()
        page = visitor.send(page.form(score="3", reason=SCRIPT))
        visitor.send(page.form(**{"comment-users.get": f"</textarea>{SCRIPT}"})).assert_harmless()
        files = visitor.see(f"{page_of(name)}/files")
        files.assert_harmless()
        assert "x = '</span><script>'" in "".join(files.texts)
    for path in ("/", f"/?name={SCRIPT}", f"/exercises/{SLUG}?name=%1b%00", GROUPS, "/export", page_of("refused")):
        visitor.see(path).assert_harmless()
    [group] = [link for link in visitor.see(GROUPS).links if link.startswith(f"{GROUPS}/")]
    page = visitor.see(group)
    page.assert_harmless()
    sent = page.form("/comment", text=SCRIPT)
    visitor.send(sent).assert_harmless()
    visitor.send(sent).assert_harmless()
    assert SCRIPT in visitor.see(group).text
    assert store.last() == len(HOSTILE_NAMES) * 4


def test_filters(ada):
    """The class and an exercise are filtered by name, exercise and outcome."""
    page = ada.see("/?state=late")
    assert "Scores: 1 of 5 learners" in page.text
    assert "Scores: 0 of 5 learners" in ada.see("/?state=late&exercise=ex2_retries").text
    page = ada.see(f"/exercises/{SLUG}?check=orders.timeout&state=failed")
    assert "1 of 5 learners" in page.text
    assert page_of("barbara") in page.links
    assert page_of("grace") not in page.links
    assert "5 of 5 learners" in ada.see(f"/exercises/{SLUG}?check=nonsense&state=nonsense").text


def test_similar_submissions(ada, graded):
    """What similarity.json says is shown with the passages, from both sides; a damaged file is told."""
    assert "Similar" not in ada.see(page_of("grace")).text
    passage = {"a_file": "users_service.py", "a_lines": [2, 3], "b_file": "users_service.py", "b_lines": [1, 2]}
    pair = {"exercise": SLUG, "a": "grace", "b": "linus", "score": 0.93, "passages": [passage]}
    stranger = {"exercise": SLUG, "a": "grace", "b": "somebody else", "score": 0.99, "passages": []}
    file = graded.out / "similarity.json"
    file.write_text(json.dumps([pair, stranger]))
    page = ada.see(page_of("grace"))
    assert "linus: 93%" in page.text
    assert "grace: users_service.py, lines 2–3 x = 1 y = 2" in page.text
    assert "linus: users_service.py, lines 1–2 # by linus x = 1" in page.text
    assert "somebody else" not in page.text
    assert "linus: users_service.py, lines 1–2 # by linus" in ada.see(page_of("linus")).text
    damaged = (
        *([passage], [1], [[pair]], pair, [{**pair, "passages": [1]}], [{**pair, "passages": [pair]}], [{}]),
        *([{**pair, "score": "high"}], [{**pair, "a": 1}], [{**pair, "passages": passage}]),
        [{**pair, "passages": [{**passage, "a_file": "../../secret", "a_lines": [0, 9**99]}]}],
    )
    for text in ("[", *map(json.dumps, damaged)):
        file.write_text(text)
        assert "similar submissions are not shown" in ada.see(page_of("grace")).text, text


def test_pairs_of_an_exercise(ada, graded):
    """The class page counts them and leads to the list; a file that changes is read again, a damaged one is told."""
    similar, file = f"/exercises/{SLUG}/similar", graded.out / "similarity.json"
    assert "It is not known yet" in ada.see(similar).text
    file.write_text("[]")
    assert "No two submissions are too alike to be chance." in ada.see(similar).text
    assert similar not in ada.see("/").links
    passage = {"a_file": SCRIPT, "a_lines": [2, 3], "b_file": SCRIPT, "b_lines": [1, 2]}
    pair = {"exercise": SLUG, "a": "ada", "b": "linus", "score": 0.93, "passages": [passage]}
    file.write_text(json.dumps([pair]))
    assert f"1 pair of {EXERCISE.title}" in ada.see("/").text
    assert similar in ada.see("/").links
    assert "too alike to be chance: 1 pair" in ada.see(f"/exercises/{SLUG}").text
    page = ada.see(similar)
    page.assert_readable()
    page.assert_harmless()
    assert "1 pair, the most alike first" in page.text
    assert f"ada Ada Lovelace linus 93% 2 lines of {SCRIPT}" in page.text
    assert {page_of("ada"), page_of("linus")} <= set(page.links)
    file.write_text(json.dumps([pair | {"passages": 1}]))
    assert "similar submissions are not shown" in ada.see(similar).text
    assert f"not known of {EXERCISE.title}" in ada.see("/").text
    ada.see("/exercises/nope/similar", status=404)


def test_files_that_are_gone(ada, graded):
    """A folder that is no longer there is told, and the rest of the review goes on."""
    graded.submissions.rename(graded.submissions.with_name("moved"))
    assert "cannot be opened: No such file" in ada.see(f"{page_of('ada')}/files").text
    assert "100 of 100" in ada.see(page_of("ada")).text


def test_a_class_that_is_graded_again(ada, graded):
    """Reports that are replaced while the server runs are seen."""
    path = result_path(graded.out, "ada", SLUG)
    graded.add("ada", report("ada", ["users.get"]))
    path.with_name("new").write_text(path.read_text())
    path.with_name("new").rename(path)
    assert "95 of 100" in ada.see(page_of("ada")).text


def test_a_damaged_class_is_told(ada, graded):
    """A class.json that breaks while the server runs is told on a page, with what to do."""
    (graded.out / "class.json").write_text("{")
    assert "grade again" in ada.see("/", status=500).text


# What is saved


def test_the_name_is_asked_once(graded):
    """The first page asks who it is, with the login as a proposal; the answer is remembered for the class."""
    visitor = Instructor(graded.out, name=None).enter()
    answer = visitor.ask("GET", "/")
    assert answer.headers["location"] == "/name"
    address, fields = visitor.see("/name").form("/name")
    assert fields["name"] == ["ada"]
    page = visitor.send((address, {**fields, "name": f"  Ada {SCRIPT}  "}))
    assert f"You sign as Ada {SCRIPT}" in page.text
    assert Instructor(graded.out, name=None).desk.name() == f"Ada {SCRIPT}"
    assert Instructor(graded.out, name=None, login="grace").desk.name() is None


def test_two_under_one_login(graded):
    """Each server signs with the name that was given there, whoever gave another under the same login meanwhile."""
    ada, bob = (Instructor(graded.out, name=None, login="staff").enter() for _ in range(2))
    ada.send(ada.see("/name").form("/name", name="Ada"))
    sent = ada.see(page_of("grace")).form(score="98", reason="kept her word")
    bob.send(bob.see("/name").form("/name", name="Bob"))
    assert "98 of 100 , set by hand by Ada" in ada.send(sent).text
    assert "You sign as Ada" in ada.see("/").text
    assert "You sign as Bob" in bob.see("/").text


def test_a_score_by_hand(ada):
    """A score with its reason counts on every page, and can be taken back; the history has both."""
    page = ada.send(ada.see(page_of("grace")).form(score="98", reason="kept\r\nher word"))
    assert "Saved: score 98." in page.text
    assert "98 of 100 , set by hand by Ada" in page.text
    assert "the grader gave 95" in page.text
    assert "98 ✎" in ada.see("/").text
    page = ada.send(page.form(reason="wrong person", back="yes"))
    assert "Saved: the grader's score counts again." in page.text
    assert "95 of 100" in page.text
    assert "score by hand taken back" in page.text
    assert "score set to 98" in page.text


@pytest.mark.parametrize(
    ("score", "reason"),
    [("98", ""), ("98", " \n "), ("", "x"), ("101", "x"), ("-1", "x"), ("9.5", "x"), ("²", "x"), ("9" * 5000, "x")],
)
def test_a_score_needs_a_number_and_a_reason(ada, score, reason):
    """Without a reason, or out of range, nothing is saved, and what was typed is still in the form."""
    page = ada.send(ada.see(page_of("grace")).form(score=score, reason=reason), status=422)
    assert "expected a whole number from 0 to 100 as the score, and a reason; nothing is saved yet" in page.text
    assert page.form()[1]["score"] == [score]
    assert ada.desk.store.last() == 0


def test_comments(ada):
    """A check and the whole get comments of their own, which can be taken back; an empty one is not begun."""
    page = ada.send(ada.see(page_of("grace")).form(**{"comment-users.unknown": "look at .get()"}))
    assert "Saved: comment on users.unknown." in page.text
    page = ada.send(page.form(**{"comment-": "well begun"}))
    assert "Comment by Ada" in page.text
    assert "✉" in ada.see("/").text
    page = ada.send(page.form(**{"comment-users.unknown": ""}))
    assert "Saved: no comment on users.unknown." in page.text
    ada.send(page.form(**{"comment-users.unknown": ""}), status=422)
    ada.send(page.form(**{"comment-no.such": "x"}), status=422)
    ada.send(page.form(**{"comment-": "x" * 20_001}), status=413)
    assert ada.desk.store.last() == 3


def test_one_click_saves_every_box(ada):
    """Comments and a score that were typed on one page are saved together, and the answer leads back to the place."""
    typed = {"comment-users.unknown": "look at .get()", "comment-": "well begun", "score": "98", "reason": "kept\nit"}
    address, fields = ada.see(page_of("grace")).form(at="check-users.unknown", **typed)
    answer = ada.ask("POST", address, data=fields)
    assert answer.headers["location"] == f"{page_of('grace')}?saved=1#check-users.unknown"
    page = ada.see(answer.headers["location"])
    for part in ("comment on users.unknown", "comment on the submission as a whole", "score 98"):
        assert part in page.text.partition("Saved: ")[2][:100]
    assert ada.desk.store.last() == 3
    ada.send(page.form(score="97", reason="after all", back="yes"), status=422)
    address, fields = page.form(at="//evil.example", reason="after all", back="yes")
    assert ada.ask("POST", address, data=fields).headers["location"] == f"{page_of('grace')}?saved=4"
    assert ada.desk.store.last() == 4


def test_boxes_that_were_not_touched_are_not_saved(graded):
    """What somebody else wrote into another box meanwhile stays, also when the form had to be filled in once more."""
    ada, bob = (Instructor(graded.out, name=name).enter() for name in ("Ada", "Bob"))
    ada.send(ada.see(page_of("grace")).form(**{"comment-users.get": "from Ada \x1b[31m"}))
    page = bob.see(page_of("grace"))
    ada.send(ada.see(page_of("grace")).form(**{"comment-users.get": "Ada's second"}))
    page = bob.send(page.form(score="40", **{"comment-": "from Bob"}), status=422)
    assert "and a reason; nothing is saved yet" in page.text
    _, fields = page.form()
    assert [fields[name] for name in ("comment-users.get", "comment-", "score")] == [
        ["Ada's second"],
        ["from Bob"],
        ["40"],
    ]
    page = bob.send(page.form(reason="late again"))
    assert "Ada's second" in page.text
    assert [change.who for change in ada.desk.store.history(SLUG, "grace")] == ["Bob", "Bob", "Ada", "Ada"]


def test_who_is_warned_sees_it(graded):
    """After a change that others made meanwhile, the answer leads to the top of the page, where that is told."""
    ada, bob = (Instructor(graded.out, name=name).enter() for name in ("Ada", "Bob"))
    address, fields = bob.see(page_of("grace")).form(at="whole", **{"comment-": "from Bob"})
    ada.send(ada.see(page_of("grace")).form(**{"comment-": "from Ada"}))
    assert "#" not in bob.ask("POST", address, data=fields).headers["location"]


def test_a_group_that_is_gone(ada, graded):
    """A comment on a group that a new grading has dissolved is not saved, and given back."""
    [group, *_] = [link for link in ada.see(GROUPS).links if link.startswith(f"{GROUPS}/")]
    sent = ada.see(group).form("/comment", text="a dictionary has get")
    for learner in ("grace", "linus"):
        path = result_path(graded.out, learner, SLUG)
        path.with_name("new").write_text(to_json(report(learner)))
        path.with_name("new").rename(path)
    page = ada.send(sent, status=404)
    assert "There is no such group" in page.text
    assert "What you had written a dictionary has get" in page.text
    assert ada.desk.store.last() == 0


def test_reading_needs_no_room(ada, graded):
    """What SQLite keeps beside its file lies there as long as the server runs, so a full disk stops no reading."""
    ada.see("/")
    assert {path.suffix for path in graded.out.glob("review.sqlite*")} == {".sqlite", ".sqlite-wal", ".sqlite-shm"}


def test_who_failed_alone_is_no_group(ada):
    """Groups are of two or more; who failed otherwise than all others stands below them."""
    assert "1 group of Exercise 1" in ada.see("/").text
    page = ada.see(GROUPS)
    assert "2 learners: users.unknown" in page.text
    assert "Failed like nobody else barbara : users.unknown, orders.timeout" in page.text


def test_one_comment_for_a_group(ada):
    """Everybody who is ticked gets the comment, in one click; who is not, does not."""
    [group, *_] = [link for link in ada.see(GROUPS).links if link.startswith(f"{GROUPS}/")]
    page = ada.see(group)
    address, fields = page.form("/comment", check="users.unknown", text="a dictionary has get")
    assert fields["to"] == [page_name("grace"), page_name("linus")]
    page = ada.send((address, fields))
    assert "Saved: comment on users.unknown, for 2 learners." in page.text
    assert page.text.count("users.unknown : a dictionary has get") == 2
    page = ada.send((address, {**fields, "to": page_name("linus"), "text": "and one for you"}))
    assert "a dictionary has get" in ada.see(page_of("grace")).text
    assert "and one for you" in ada.see(page_of("linus")).text
    page = ada.send((address, {**fields, "to": page_name("linus"), "text": ""}), status=422)
    assert page.form("/comment")[1]["to"] == [page_name("linus")]
    ada.send((address, {**fields, "to": []}), status=422)
    ada.send((address, {**fields, "text": ""}), status=422)
    ada.send((address, {**fields, "to": "nobody"}), status=404)


def test_two_instructors_lose_nothing(graded):
    """Who saves on top of what they had not seen is told whose it was; both are kept, the later one counts."""
    ada, bob = (Instructor(graded.out, name=name).enter() for name in ("Ada", "Bob"))
    one, other = (who.see(page_of("grace")) for who in (ada, bob))
    assert "older" not in ada.send(one.form(score="98", reason="kept her word")).text
    page = bob.send(other.form(score="40", reason="late again"))
    assert "meanwhile Ada had saved, for grace: score 98 (“kept her word”)" in page.text
    assert "Yours (Bob) came after it and counts; both are in the history" in page.text
    page = ada.see(page_of("grace"))
    assert "40 of 100 , set by hand by Bob" in page.text
    assert "score set to 98" in page.text
    assert "score set to 40" in page.text
    assert "meanwhile" not in ada.send(page.form(score="50", reason="agreed with Bob")).text


def test_changes_elsewhere_are_not_stale(graded):
    """What others change on other checks or for other learners is nothing to be told of."""
    ada, bob = (Instructor(graded.out, name=name).enter() for name in ("Ada", "Bob"))
    page = bob.see(page_of("grace"))
    ada.send(ada.see(page_of("linus")).form(score="1", reason="x"))
    ada.send(ada.see(page_of("grace")).form(**{"comment-users.get": "x"}))
    assert "meanwhile" not in bob.send(page.form(score="2", reason="y")).text


def test_a_stale_comment_on_a_group(graded):
    """A comment for a group tells each learner whose comment came between."""
    ada, bob = (Instructor(graded.out, name=name).enter() for name in ("Ada", "Bob"))
    [group, *_] = [link for link in bob.see(GROUPS).links if link.startswith(f"{GROUPS}/")]
    page = bob.see(group)
    ada.send(ada.see(page_of("linus")).form(**{"comment-users.unknown": "from Ada"}))
    page = bob.send(page.form("/comment", check="users.unknown", text="from Bob"))
    assert page.text.count("meanwhile") == 1
    assert "meanwhile Ada had saved, for linus: comment on users.unknown (“from Ada”)" in page.text


def test_nonsense_after_saved(ada):
    """Whatever stands after ?saved= in an address, the page comes, and says nothing that is not so."""
    for nonsense in ("x", "-1", "²", "9" * 30, "1;DROP", "7"):
        assert "Saved" not in ada.see(f"{page_of('grace')}?saved={nonsense}").text


def test_saved_is_said_of_what_it_is_about(ada):
    """That something is saved is said on the page of the learners and the exercise whose it is, and on no other."""
    sent = ada.see(page_of("grace")).form(score="98", reason="kept her word")
    where = ada.ask("POST", sent[0], data=sent[1]).headers["location"]
    assert where == f"{page_of('grace')}?saved=1"
    assert "Saved: score 98." in ada.see(where).text
    others = (page_of("linus"), page_of("grace").replace(SLUG, "ex2_retries"), "/")
    group, other = (f"{GROUPS}/{found.key}" for found in ada.desk.pages().groups_of(EXERCISE))
    for path in (*others, other):
        assert "Saved" not in ada.see(f"{path}?saved=1").text, path
    sent = ada.see(group).form("/comment", check="users.unknown", text="a dictionary has get")
    assert ada.ask("POST", sent[0], data=sent[1]).headers["location"] == f"{group}?saved=2"
    assert "for 2 learners" in ada.see(f"{group}?saved=2").text
    for path in (*others, other, page_of("grace")):
        assert "Saved" not in ada.see(f"{path}?saved=2").text, path


def test_export(ada, graded):
    """The export writes grades with the scores by hand, a page for each learner, and the pages anew."""
    ada.send(ada.see(page_of("grace")).form(score="98", reason="kept her word"))
    page = ada.send(ada.see("/export").form("/export"), status=200)
    assert re.search(r"Written, with all that was saved; the last to save was Ada, [\d-]+ [\d:]+ UTC :", page.text)
    rows = [line for line in (graded.out / "grades.csv").read_text("utf-8-sig").splitlines() if "grace" in line]
    assert len(rows) == 1
    assert "98" in rows[0]
    assert "98 of 100" in (graded.out / "feedback" / f"{page_name('grace')}.html").read_text()
    assert "98" in Page((graded.out / "index.html").read_text()).text


def test_exports_at_once_do_not_mix(graded):
    """While Bob saves on and on, each export is of the one moment that its page shows; so are two at once."""
    ada, bob = (Instructor(graded.out, name=name).enter() for name in ("Ada", "Bob"))
    target = Target(Kind.SCORE, SLUG, "grace")
    ended = threading.Event()

    def save():
        while not ended.is_set():
            last = bob.desk.store.last()
            bob.desk.store.record("Bob", last, [Wish(target, "again", (last + 1) % 100)])

    def export(who):
        page = who.send(who.see("/export").form("/export"), status=200)
        return re.search(r"grace ex1_two_services (\d+) Bob", page.text)[1]

    bob.desk.store.record("Bob", 0, [Wish(target, "first", 1)])
    with ThreadPoolExecutor(3) as pool:
        saving = pool.submit(save)
        try:
            for exporters in ([ada], [ada, bob], [ada, bob]):
                told = list(pool.map(export, exporters))
                with (graded.out / "grades.csv").open(encoding="utf-8-sig") as file:
                    [row] = [row for row in csv.DictReader(file) if row["learner"] == "grace"]
                score = row["ex1_score"]
                assert score in told
                for path in (f"feedback/{page_name('grace')}.html", f"pages/{SLUG}/of-{page_name('grace')}.html"):
                    assert f" {score} of 100 " in Page((graded.out / path).read_text()).text
                assert f" {score} ✎" in Page((graded.out / "index.html").read_text()).text
        finally:
            ended.set()
        saving.result()
    assert list(graded.out.glob(".*")) == []


def test_what_has_no_verdict_yet_is_told_before_the_export(tmp_path):
    """Before grades are given out, the page says how many submissions have neither a verdict nor a score by hand."""
    found = small_class(tmp_path)
    found.add("eve", files={"users_service.py": ""})
    found.add("mal", problem="is damaged")
    found.save()
    ada = Instructor(found.out).enter()
    assert "2 submissions have no verdict yet, and no score by hand; their pages say so." in ada.see("/export").text
    ada.send(ada.see(page_of("mal")).form(score="0", reason="never came again"))
    page = ada.send(ada.see("/export").form("/export"), status=200)
    assert "1 submission has no verdict yet, and no score by hand; its page says so." in page.text
    assert "not graded yet" in Page((found.out / "feedback" / f"{page_name('eve')}.html").read_text()).text
    ada.send(ada.see(page_of("eve")).form(score="50", reason="shown in class"))
    assert "no verdict yet" not in ada.see("/export").text


@pytest.mark.parametrize(
    ("breaks", "file"),
    [("foodcourt.reports.files.os.fsync", "grades.csv"), ("foodcourt.review.static._write", "pages")],
)
def test_a_full_disk_is_told(ada, graded, monkeypatch, breaks, file):
    """When an export finds no room, the page says for which file, and that others may be new already."""

    def fail(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(breaks, fail)
        page = ada.send(ada.see("/export").form("/export"), status=500)
    assert f"cannot use {graded.out / file}: No space left on device Try: df -h {graded.out}" in page.text
    assert "Until an export succeeds, some files may be new and others old. Export again." in page.text
    ada.send(ada.see("/export").form("/export"), status=200)


def test_what_cannot_be_written_is_told(ada, graded):
    """When a file cannot be written, the page says so instead of that it is saved."""
    (graded.out / "grades.csv").mkdir()
    page = ada.send(ada.see("/export").form("/export"), status=500)
    assert f"cannot use {graded.out / 'grades.csv'}: Is a directory Try: ls -ld" in page.text
    assert "Export again" in page.text
    sent = ada.see(page_of("grace")).form(score="98", reason="kept her word")
    file = graded.out / "review.sqlite"
    for path in graded.out.glob("review.sqlite*"):
        path.unlink()
    file.mkdir()
    assert "What you sent is not saved" in ada.send(sent, status=500).text
    page = ada.see("/", status=500)
    assert "not saved" not in page.text
    assert f"Is there room, and may it be written? Try: df -h {graded.out}" in page.text


def test_many_learners_are_quick(tmp_path):
    """A class of 200 is shown at a glance."""
    found = GradedClass(tmp_path)
    for number in range(200):
        found.add(f"learner{number:03}", report(f"learner{number:03}", ["users.get"], f"got {number}"))
    found.save()
    page = Instructor(found.out).enter().see(f"/exercises/{SLUG}")
    assert "200 of 200 learners" in page.text
    assert len(EXERCISE.checks) * 200 <= len(page.elements)
