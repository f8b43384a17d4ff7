"""Reads a page that we wrote: what it shows, where it leads, which forms it has, and that nothing in it acts."""

import re
import unicodedata
from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br"}
# What our templates use. Anything else came from somebody's data.
_TAGS = """
html head title style body a header nav p strong main h1 h2 footer code form label select option button textarea
fieldset legend table caption thead tbody tr th td span abbr pre details summary div section dl dt dd ul li
figure figcaption svg line rect text time
"""
_ATTRIBUTES = """
lang charset name content rel href http-equiv class id tabindex role aria-label aria-labelledby aria-hidden
aria-current method action type value maxlength min max step required selected checked for rows scope colspan
title datetime viewbox x y x1 x2 y1 y2 width height preserveaspectratio open autofocus
"""
TAGS = VOID | set(_TAGS.split())
ATTRIBUTES = set(_ATTRIBUTES.split())
ADDRESS = re.compile(r"/[a-z0-9_/.?=&%-]*(#[\w.-]+)?|#[\w.-]+|[a-z0-9_/.-]+\.html(#[\w.-]+)?|data:,", re.IGNORECASE)


class Page(HTMLParser):
    """One page, read and judged.

    `texts` are all its texts, `links` the addresses of its links, `forms` pairs of address and fields.
    """

    def __init__(self, html):
        super().__init__()
        self.elements, self.texts, self.links, self.forms, self.ids = [], [], [], [], []
        self._open, self._area = [], None
        self.feed(html)
        self.close()
        assert self._open == [], "an element is not closed"

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.elements.append((tag, found))
        if tag not in VOID:
            self._open.append(tag)
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "a":
            self.links.append(found["href"])
        elif tag == "form":
            self.forms.append((found["action"], {}))
        elif tag == "input" and (found.get("type") != "checkbox" or "checked" in found):
            self.forms[-1][1].setdefault(found["name"], []).append(found.get("value", ""))
        elif tag == "textarea":
            self._area = found["name"]
            self.forms[-1][1][self._area] = [""]

    def handle_endtag(self, tag):
        assert self._open.pop() == tag
        if tag == "textarea":
            self._area = None

    def handle_data(self, data):
        if self._open[-1:] != ["style"]:
            self.texts.append(data)
        if self._area:
            self.forms[-1][1][self._area][0] += data

    @property
    def text(self):
        """All that it says, white space aside."""
        return " ".join(" ".join(self.texts).split())

    def form(self, ending="", **fields):
        """Fill in the first form whose address ends like this; give the address and what to send."""
        [(address, found)] = [form for form in self.forms if form[0].endswith(ending)][:1]
        return address, {**found, **fields}

    def assert_harmless(self):
        """Fail if anything in it is markup that we did not write, leads elsewhere, or is invisible."""
        for tag, attributes in self.elements:
            assert tag in TAGS, tag
            assert set(attributes) <= ATTRIBUTES, (tag, attributes)
            for name in ("href", "action"):
                assert ADDRESS.fullmatch(attributes.get(name, "/")), attributes
        for text in (*self.texts, *(value or "" for _, found in self.elements for value in found.values())):
            hidden = {c for c in text if c not in "\n\t" and unicodedata.category(c)[0] == "C"}
            assert not hidden, hidden

    def assert_readable(self):
        """Fail unless it has one heading above all, tables with headings, fields with labels and no id twice."""
        tags = [tag for tag, _ in self.elements]
        assert tags.count("h1") == 1
        assert len(self.ids) == len(set(self.ids))
        labels = {found.get("for") for tag, found in self.elements if tag == "label"}
        for tag, found in self.elements:
            if tag == "th":
                assert found.get("scope") in ("col", "row"), found
            if tag in ("select", "textarea") or (tag == "input" and found.get("type") not in ("hidden", "checkbox")):
                assert found["id"] in labels, found
            if tag == "svg":
                assert found.get("aria-label") or found.get("aria-hidden") == "true"
