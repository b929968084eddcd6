"""Answer → the HTML of its turn in the conversation, by pure functions.

What an article says stands in elements of the class ``exact``, encoded so that it can
only be read. Where a quote stands is in ``data-`` attributes: the script of the page
opens the article there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from rag.catalogue import Language, say, say_date, say_number
from rag.datamodels import Answer, Document, Hit, Quote, Why
from rag.presenter import encode, encode_html, headline, introduce_nearest, safe_tag

_NONE_KNOWN: Mapping[str, Document] = MappingProxyType({})
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def render_answer(
    answer: Answer,
    language: Language,
    documents: Mapping[str, Document] = _NONE_KNOWN,
    *,
    copies: Sequence[Mapping[str, str]] = (),
    elsewhere: int = 0,
) -> str:
    """Return an answer as HTML, without a line break of its own.

    Args:
        answer: What to show.
        language: Language of the interface; quotes are tagged with their article's.
        documents: Articles by id, to name those of the passages that do not answer.
        copies: For each quote, its text with its reference by name of the style.
        elsewhere: Quotes found where the reader's filter was left aside.
    """
    parts = [_head(answer, language), _searched(answer, language)]
    if answer.answered:
        parts += [
            _quote(answer, number, language, copies[number - 1] if copies else {})
            for number in range(1, len(answer.quotes) + 1)
        ]
    else:
        parts += [_elsewhere(elsewhere, language), _nearest(answer, language, documents)]
    parts.append(_judging(answer, language))
    name = "answer" if answer.answered else "answer none"
    return f'<section class="{name}" lang="{language}">{"".join(parts)}</section>'


def render_notice(message: str, language: Language, name: str) -> str:
    """Return a message of the interface, or of an error, as HTML of the class ``name``."""
    return f'<section class="{name}" lang="{language}"><p>{encode_html(message)}</p></section>'


def link_to(question: str, document_id: str, start: int, end: int) -> str:
    """Return the query of the page's address that opens on a question's words in an article."""
    asked = f"q={_percent_encode(question)}&" if question else ""
    return f"?{asked}doc={_percent_encode(document_id)}&start={start}&end={end}"


def _percent_encode(text: str) -> str:
    """Encode as RFC 3986 does: UTF-8 bytes, but for letters, digits and ``-._~``."""
    return "".join(
        chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in text.encode("utf-8")
    )


# --- what heads an answer ----------------------------------------------------------------


def _head(answer: Answer, language: Language) -> str:
    numbers = "".join(
        _number(answer, quote, number, language)
        for number, quote in enumerate(answer.quotes if answer.answered else (), start=1)
    )
    row = f'<span class="numbers">{numbers}</span>' if numbers else ""
    return f'<p class="head">{_encode_line(headline(answer, language))}{row}</p>'


def _number(answer: Answer, quote: Quote, number: int, language: Language) -> str:
    """Return the number of a quote: a link to its words, which the script opens beside."""
    href = encode(link_to(answer.question, quote.document_id, quote.start, quote.end))
    label = encode(say("open_quote", language, number=number))
    return (
        f'<a class="number" href="{href}" data-quote="{number}" aria-label="{label}">{number}</a>'
    )


def _searched(answer: Answer, language: Language) -> str:
    """Say what was searched, where it is not what was asked; without answer, what is nowhere."""
    lines = []
    if answer.searched_as and answer.searched_as != answer.question:
        lines.append(_labelled("searched_as", [answer.searched_as], language))
    if answer.unknown_words and not answer.answered:
        lines.append(_labelled("unknown_words", answer.unknown_words, language))
    return "".join(lines)


def _labelled(key: str, texts: Sequence[str], language: Language) -> str:
    shown = " ".join(f'<span class="term">{encode_html(text)}</span>' for text in texts)
    return f'<p class="{key.replace("_", "-")}">{_encode_line(say(key, language))} {shown}</p>'


def _encode_line(text: str) -> str:
    return f"<span>{encode(text)}</span>"


# --- a quote -----------------------------------------------------------------------------


def _quote(answer: Answer, number: int, language: Language, copies: Mapping[str, str]) -> str:
    quote = answer.quotes[number - 1]
    before = [each for each in quote.context if each.start < quote.start]
    after = [each for each in quote.context if each.start >= quote.start]
    tag = safe_tag(quote.language)
    body = (
        "".join(f'<span class="context">{encode_html(each.text)}</span> ' for each in before)
        + f'<span class="words">{encode_html(quote.text)}</span>'
        + "".join(f' <span class="context">{encode_html(each.text)}</span>' for each in after)
    )
    level = round(10 * min(max(quote.score, 0.0), 1.0))
    return (
        f'<figure class="quote score-{level}" data-quote="{number}"'
        f' data-document="{encode(quote.document_id)}"'
        f' data-start="{quote.start}" data-end="{quote.end}">'
        f'<blockquote lang="{tag}">{body}</blockquote><figcaption>'
        f"{_number(answer, quote, number, language)}{_speaker(quote, language)}"
        f'<cite lang="{tag}">{encode_html(quote.title or say("untitled", language))}</cite>'
        f"{_details(quote, language)}"
        f'<span class="verdict">{encode(_score(quote.score, language))}</span>'
        f"{_copying(copies, language)}</figcaption>{_why(quote.why, language)}</figure>"
    )


def _details(quote: Quote, language: Language) -> str:
    place = say("place", language, start=quote.start, end=quote.end)
    details = (quote.source, say_date(quote.published, language), place)
    return _list_details(details)


def _list_details(details: Sequence[str]) -> str:
    each = "".join(f'<span class="detail">{encode_html(text)}</span>' for text in details if text)
    return f'<span class="details">{each}</span>'


def _score(score: float, language: Language) -> str:
    return say("score", language, value=say_number(score, language))


def _speaker(quote: Quote, language: Language) -> str:
    if not quote.speaker:
        return ""
    tag = safe_tag(quote.language)
    label = _encode_line(say("speaker", language))
    name = f'<span class="name" lang="{tag}">{encode_html(quote.speaker)}</span>'
    return f'<span class="speaker">{label} {name}</span>'


def _copying(copies: Mapping[str, str], language: Language) -> str:
    """Return a menu of what can be copied; the script does it, and says so."""
    if not copies:
        return ""
    buttons = "".join(
        f'<button type="button" data-copy="{encode(text)}">{encode(name)}</button>'
        for name, text in copies.items()
    )
    link = f'<button type="button" class="link">{encode(say("copy_link", language))}</button>'
    labels = "".join(f"<span>{encode(say(key, language))}</span>" for key in ("copy", "copied"))
    return (
        f'<details class="menu copying"><summary>{labels}</summary>'
        f'<div class="options">{buttons}{link}</div></details>'
    )


# --- why this quote ------------------------------------------------------------------------


def _why(why: Why | None, language: Language) -> str:
    if why is None:
        return ""
    rows = [
        _row(say("why_matches", language), _matches(why, language)) if why.matches else "",
        _figure_row("why_probability", why.probability, language),
        "" if why.reading is None else _figure_row("why_reading", why.reading, language),
        _figure_row("why_cosine", why.cosine, language),
        _figure_row("why_coverage", why.coverage, language),
        _asked_for(why, language),
        _row(say("why_dense_rank", language), str(why.dense_rank)),
        _row(say("why_lexical_rank", language), str(why.lexical_rank or "–")),
    ]
    summary = encode(say("why", language))
    return f'<details class="why"><summary>{summary}</summary><dl>{"".join(rows)}</dl></details>'


def _matches(why: Why, language: Language) -> str:
    items = []
    for match in why.matches:
        how = (
            say("why_same", language)
            if match.weight >= 1
            else say("why_translation", language, value=say_number(match.weight, language))
        )
        items.append(
            f'<li><span class="asked-word">{encode_html(match.asked)}</span>'
            f' <span aria-hidden="true">→</span> '
            f'<span class="found-word">{encode_html(match.found)}</span>'
            f' <span class="how">{encode(how)}</span></li>'
        )
    return f'<ul class="matches">{"".join(items)}</ul>'


def _asked_for(why: Why, language: Language) -> str:
    key = f"kind_{why.asked_for}"
    if not why.asked_for:
        return ""
    kind = say(key, language)
    holds = say("why_holds" if why.holds_it else "why_lacks", language, kind=kind)
    return _row(say("why_asked_for", language), encode(holds))


def _figure_row(key: str, value: float, language: Language) -> str:
    return _row(say(key, language), say_number(value, language))


def _row(name: str, value: str) -> str:
    return f"<div><dt>{encode(name)}</dt><dd>{value}</dd></div>"


# --- what the reader makes of it -------------------------------------------------------------


def _judging(answer: Answer, language: Language) -> str:
    """Return two buttons, and what to say where the answer did not help."""
    reasons = ("wrong", "incomplete", "not_in_articles") if answer.answered else ("should_answer",)
    options = "".join(
        f'<option value="{each}">{encode(say(f"reason_{each}", language))}</option>'
        for each in (*reasons, "other")
    )
    why, comment = encode(say("why_not", language)), encode(say("comment", language))
    return (
        '<div class="judging">'
        f'<button type="button" class="helpful">{encode(say("helpful", language))}</button>'
        f'<details class="menu unhelpful"><summary>{encode(say("not_helpful", language))}</summary>'
        f'<div class="options"><label>{why}<select>{options}</select></label>'
        f"<label>{comment}<textarea rows="
        '"2" maxlength="1000"></textarea></label><button type="button" class="send-feedback">'
        f"{encode(say('send_feedback', language))}</button></div></details>"
        '<span class="thanks" role="status"></span></div>'
    )


# --- no answer -----------------------------------------------------------------------------


def _elsewhere(count: int, language: Language) -> str:
    if not count:
        return ""
    key = "elsewhere_one" if count == 1 else "elsewhere_many"
    button = encode(say("search_everywhere", language))
    return (
        f'<p class="elsewhere">{_encode_line(say(key, language, count=count))} '
        f'<button type="button" class="everywhere">{button}</button></p>'
    )


def _nearest(answer: Answer, language: Language, documents: Mapping[str, Document]) -> str:
    title = encode(introduce_nearest(answer, language))
    if not answer.hits:
        return f'<p class="nothing">{title}</p>'
    passages = "".join(_near(hit, language, documents) for hit in answer.hits)
    return f'<div class="nearest"><h3>{title}</h3>{passages}</div>'


def _near(hit: Hit, language: Language, documents: Mapping[str, Document]) -> str:
    passage = hit.passage
    document = documents.get(passage.document_id)
    tag = safe_tag(document.language) if document else "und"
    title = (document.title if document else "") or say("untitled", language)
    place = say("place", language, start=passage.start, end=passage.end)
    stated = (document.source, say_date(document.published, language)) if document else ()
    return (
        f'<figure class="near" data-document="{encode(passage.document_id)}"'
        f' data-start="{passage.start}" data-end="{passage.end}">'
        f'<blockquote lang="{tag}"><span class="words">{encode_html(passage.text)}</span>'
        f'</blockquote><figcaption><cite lang="{tag}">{encode_html(title)}</cite>'
        f"{_list_details((*stated, place))}"
        f'<span class="verdict">{encode(say("not_answering", language))}</span>'
        f'<button type="button" class="show">{encode(say("show_passage", language))}</button>'
        "</figcaption></figure>"
    )
