"""Politeness and chatter dropped, chat spelling written out: what is left is the question itself."""

import re

_CHAT_SPELLING = {
    "whats": "what is", "what's": "what is", "wats": "what is", "wat": "what", "wht": "what", "wot": "what",
    "teh": "the", "hows": "how is", "how's": "how is", "whos": "who is", "who's": "who is", "wheres": "where is",
    "where's": "where is", "diff": "difference", "diffs": "differences", "defn": "definition", "thats": "that is",
    "btw": "", "u": "you", "ur": "your", "bc": "because", "cuz": "because",
}  # fmt: skip
_CURSE = re.compile(
    r"\b(what|who|why|how|where) (?:the|on|in the) (?:hell|heck|devil|earth|fuck|f[*#@]\S*)(?=\s)", re.IGNORECASE
)
_DEF = re.compile(r"^def(?= of\b)|\bdef(?=\W*$)", re.IGNORECASE)  # elsewhere it may be Python
_CHAT_WORD = re.compile(r"(?<![\w'-])(" + "|".join(map(re.escape, _CHAT_SPELLING)) + r")(?![\w'-])", re.IGNORECASE)

_GREETING = (
    r"(?:hey+|hi+|hello+|hiya|yo|good (?:morning|afternoon|evening)|dear (?:tutor|professor|sir|madam)|"
    r"greetings)(?: (?:there|everyone|all|tutor|bot|mate|again))?"
)
_SOFTENER = (
    r"(?:ok(?:ay)?|so|well|um+|uh+|hmm+|quick question|another question|question|sorry|excuse me|please|pls|"
    r"plz|thanks|thank you|right)"
)

# What may open a question and says nothing; tried again and again until none fits.
_OPENINGS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_GREETING}\b[\s,.!:;-]*",
        rf"{_SOFTENER}\b[\s,.!:;-]+",
        r"(?:i (?:was|am|'m) |i'm |im |just |been )?(?:wondering|curious)(?: (?:if|whether) (?:you (?:could|can)"
        r"(?: tell me)?)?| about)?[\s,:]*",
        r"(?:i|we)(?:'d| would|d)? (?:really |just |also )?(?:like|want|need|love|have) to (?:know|understand|learn|"
        r"ask(?: you)?|hear|find out)(?: more)?(?: (?:about|if|whether))?[\s,:]+",
        r"(?:do|does|did) (?:you|anyone|anybody) (?:happen to )?know(?: (?:if|whether|about))?[\s,:]+",
        r"(?:can|could|would|will) (?:you|u|someone|anyone|anybody)(?: please| pls| plz| kindly| maybe| possibly|"
        r" briefly| quickly)*[\s,]+(?=(?:tell|explain|define|describe|give|help|show|list|compare|name|summari[sz]e|"
        r"say|clarify|elaborate|remind|teach|talk|provide|write|discuss|make|expand|go|repeat|rephrase|simplify|"
        r"outline|recap|state|cite|quote|find|what|why|how)\b)",
        r"(?:please|pls|plz|kindly)[\s,]+",
        r"eli ?5\b[\s,:]*",
        r"(?:shut up|listen|come on|damn(?: it)?|for (?:god'?s|heaven'?s) sake|ffs)\b[\s,!]*(?:and |now )?",
        r"(?:tell|remind|teach|inform) (?:me|us)(?: again| please)?(?: (?:about|of))?[\s,:]+",
        r"(?:(?:say|talk|know|hear|learn|go) )?(?:some |a bit |a little )?(?:more|something|info|information|further|"
        r"details?)(?: information| details?)? (?:about|on)[\s,:]+",
        r"(?:help me (?:to )?(?:understand|with)|let me know)[\s,:]+",
        r"(?:what|which)(?: things?)? (?:does|do|did) (?:the|this|our|your) (?:course|text|lesson|lecture|book|"
        r"chapter|material)s? (?:say|tell us|mention|teach|write)(?: us)?(?: about| on| regarding)[\s,:]+",
        r"(?:does|do|did) (?:the|this|our|your) (?:course|text|lesson|lecture|book|chapter|material)s? (?:say|tell"
        r" us|mention|teach|talk|cover|write|explain)(?: us)?(?: (?:anything|something|much))?(?: about| on|"
        r" regarding)?[\s,:]+",
        r"(?:according to|in|from|based on) (?:the|this|our|your) (?:course|text|lesson|lecture|book|chapter|"
        r"material|reading)s?[\s,:]+",
        r"(?:i|we) (?:do not|don't|dont|didn't|didnt|can't|cant|cannot|still do not|still don't|still dont) (?:really"
        r" |quite |fully |actually )*(?:get|understand|know|remember|recall|see|grasp)[\s,:]+",
        r"(?:i'm|im|i am) (?:really |a bit |so |very |still )*(?:confused|unsure|not sure|stuck|struggling)(?: about|"
        r" with| on| by| over)?[\s,:]+",
        r"(?:in|with) (?:a few|your own|simple|plain|one|two|simpler|other)(?: \w+)? (?:words?|terms|english|"
        r"sentences?)[\s,:]+",
    )
)
_CLOSINGS = tuple(
    re.compile(r"[\s,.;:!-]+(?:" + pattern + r")[\s.!?,;:)]*$", re.IGNORECASE)
    for pattern in (
        r"please|pls|plz|thanks(?: a lot| so much| in advance| very much)?|thank you(?: so much| very much| in"
        r" advance)?|thx|ty|cheers|asap|lol|ok(?:ay)?|tho|though|haha",
        r"again|exactly|actually|basically|really|anyway|by the way|btw|idk|hmm+|tbh|then",
        r"(?:i |we )?(?:just |really |kinda )?(?:need|want|have) (?:it|this|that|to know(?: this| it)?)(?: quickly|"
        r" fast| urgently)?(?: for| before| by)? (?:my|the|our|an?|tomorrow'?s?)? ?(?:\w+ )?(?:exam|test|quiz|"
        r"homework|assignment|essay|class|coursework|presentation|midterm|final|finals|viva)s?(?: (?:tomorrow|tmrw|"
        r"tmr|today|tonight|soon|next week|on \w+))?",
        r"(?:for|before) (?:my|the|our|an?) (?:\w+ )?(?:exam|test|quiz|homework|assignment|essay|class|coursework|"
        r"presentation|midterm|final|finals|viva)s?(?: (?:tomorrow|tmrw|tmr|today|tonight|soon|next week|on \w+))?",
        r"(?:my |i have an? |got an? )?(?:exam|test|quiz) (?:is )?(?:tomorrow|tmrw|tmr|today|soon|next week)",
        r"in (?:a few |your own |very )?(?:simple|plain|easy|layman'?s?|simpler|own|few)(?: \w+)? ?(?:words?|terms|"
        r"english|language|way)",
        r"(?:to|for|like i'?m|as if i'?m|as if i were) an? (?:complete |total |absolute )?(?:beginner|newbie|noob|"
        r"child|kid|dummy|layman|layperson|five year old|5 year old|first year(?: student)?|student)",
        r"(?:like|as if|as though) (?:i'?m|i am|i were) (?:an? )?(?:five|six|ten|\d{1,2})(?:[ -]years?[ -]olds?)?|"
        r"(?:like|to|for) an? (?:five|six|seven|ten|\d{1,2})[ -]years?[ -]olds?(?: (?:child|kid|person))?|eli ?5",
        r"according to (?:the|this|our|your) (?:course|text|lesson|lecture|book|chapter|material|reading)s?",
        r"(?:do|can|could|would) you (?:know|explain(?: it| that| this)?|help(?: me)?|tell me)",
        r"(?:i'm|im|i am) (?:so |really |a bit |totally |completely )?(?:confused|lost|stuck)",
        r"(?:you )?(?:stupid |dumb |useless |damn |bloody )*(?:idiot|moron|machine|dummy|fool|dumbass|stupid)|dammit|"
        r"damn it|ffs|for (?:god'?s|heaven'?s) sake",
        r"i (?:forgot|forget|don't get it|dont get it|dont understand|don't understand)",
    )
)
_MAX_ROUNDS = 6
_LONGEST_CLOSING = 120  # characters; bounds the search in a very long question


def drop_filler(text: str) -> str:
    """``text`` without greetings, politeness and reasons for asking; unchanged if nothing else would be left."""
    text = _CURSE.sub(r"\1", _DEF.sub("definition", text))
    text = _CHAT_WORD.sub(lambda match: _CHAT_SPELLING[match[1].lower()], text)
    text = " ".join(text.split())
    for _ in range(_MAX_ROUNDS):
        shorter = _strip_once(text)
        if shorter == text or not any(character.isalnum() for character in shorter):
            return text
        text = shorter
    return text


def _strip_once(text: str) -> str:
    for opening in _OPENINGS:
        match = opening.match(text)
        if match and match.end() < len(text):
            return text[match.end() :].lstrip(" ,.;:!-")
    for closing in _CLOSINGS:
        match = closing.search(text, max(0, len(text) - _LONGEST_CLOSING))
        if match and match.start() > 0:
            return text[: match.start()].rstrip(" ,;:-")
    return text
