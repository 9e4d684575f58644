"""Messages that ask nothing of the course: greetings, thanks, "who are you", and input that says nothing at all."""

import re
from collections.abc import Callable

from tutor.understanding.words import split_words

_PIECES = re.compile(
    r"""(?:
    h+i+(?:ya|\ there)? | he+y+(?:\ there)? | hello+(?:\ there)? | hallo | hola | bonjour | howdy | greetings | yo | sup | what'?s\ up | wassup
    | good\ (?:morning|afternoon|evening|night|day) | morning | evening
    | (?:many\ |much\ )?thanks?(?:\ (?:you|a\ lot|so\ much|very\ much|again|a\ million|for\ (?:your|the|all\ the)\ (?:help|answers?|explanation)|for\ (?:that|this|helping|explaining)))*
    | thx | tysm | ty | cheers | much\ appreciated | appreciate\ it | i\ appreciate\ (?:it|that|your\ help)
    | bye+(?:\ bye)? | goodbye | good\ bye | cya | see\ (?:you|ya)(?:\ (?:later|soon|tomorrow))? | later | have\ a\ (?:nice|good|great)\ (?:day|one|evening|weekend)
    | nice\ to\ (?:meet|see)\ you | ok(?:ay|ie)? | k | kk | cool | nice | great | perfect | awesome | amazing | wonderful | excellent | brilliant | lovely | sweet | good | fine | alright | all\ right
    | got\ it | i\ see | understood | makes\ sense | that\ makes\ sense | that\ (?:helps|helped)(?:\ a\ lot)? | (?:that|this)\ (?:was|is)\ (?:very\ |really\ |so\ )?(?:helpful|great|useful|nice|cool|good|perfect)
    | you(?:'re|\ are)\ (?:very\ |really\ |so\ |the\ )?(?:helpful|great|awesome|best|amazing|smart|good|cool|nice|funny|stupid|dumb|useless) | good\ (?:job|bot|work) | well\ done | i\ love\ (?:you|this)
    | lol | lmao | haha(?:ha)* | hmm+ | wow | oh | ah+ | no | nope | yes | yeah | yep | yup | sure | please | pls | sorry | never\ ?mind | nvm | test(?:ing)? | ping | welcome | no\ problem | np
    | nice\ to\ (?:meet|see)\ you | how\ (?:are|r)\ (?:you|u|things|ya)(?:\ (?:doing|today|going))* | how(?:'s|\ is|s)\ (?:it\ going|your\ day|life|everything) | how\ do\ you\ (?:do|feel)(?:\ today)?
    | (?:who|what)\ (?:are|r)\ (?:you|u)(?:\ (?:exactly|again))? | what(?:\ is|'s|s)\ your\ name | do\ you\ have\ a\ name | what\ should\ i\ call\ you | introduce\ yourself | tell\ me\ about\ yourself
    | (?:are|r)\ (?:you|u)\ (?:an?\ )?(?:real|human|a\ human|robot|bot|ai|person|chatbot|real\ person|gpt|chatgpt|alive|there|sentient|llm|language\ model|machine|computer)(?:\ or\ (?:an?\ )?\w+)?
    | what\ (?:can|do)\ (?:you|u)\ do(?:\ for\ me)? | what\ (?:can|should|could)\ i\ ask(?:\ you)? | how\ (?:can|do|could)\ you\ help(?:\ me)? | can\ you\ help(?:\ me)? | help(?:\ me)? | how\ do\ (?:you|i|u)\ (?:work|use\ (?:you|this))
    | what\ (?:are\ you\ for|is\ this|are\ you\ able\ to\ do) | who\ (?:made|built|created|programmed|wrote)\ (?:you|u) | what\ model\ are\ you | which\ (?:model|llm|ai)\ are\ you | how\ old\ are\ you | where\ are\ you\ from
    | tell\ me\ (?:a|another)\ joke | i'?m\ (?:bored|tired|back|done|new\ here|fine|good) | (?:anyone|anybody|is\ (?:anyone|anybody|someone))\ there | you\ there | mate | friend | everyone | all | guys | tutor | bot | there | so\ much | very\ much | again | today | for\ now | a\ lot
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_BETWEEN = re.compile(r"[\s,.!?;:()'\"*-]+|and\b|but\b|for\b|then\b")
_LONGEST = 120

_KEYBOARD_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_VOWELS = frozenset("aeiouyäöüáéíóúàèìòùâêîôû")


def is_small_talk(text: str) -> bool:
    """Whether ``text`` consists of greetings, thanks, chatter and questions about the tutor, and of nothing else."""
    if len(text) > _LONGEST:
        return False
    position, found = 0, False
    while position < len(text):
        if gap := _BETWEEN.match(text, position):
            position = gap.end()
        elif (piece := _PIECES.match(text, position)) and not text[piece.end() : piece.end() + 1].isalnum():
            position, found = piece.end(), True
        elif not text[position].isalnum():  # an emoji
            position += 1
        else:
            return False
    return found


def says_nothing(text: str, knows: Callable[[str], bool]) -> bool:
    """Whether ``text`` has no word that could be meant: nothing, punctuation, bare numbers, or keys hit at random.

    Args:
        text: A normalised question.
        knows: Whether a lower-cased word is one after all ("lstms", "rhythm").
    """
    words = (word.lower for word in split_words(text) if not word.lower.isdigit())
    return all(_is_mash(word) and not knows(word) for word in words)


def _is_mash(word: str) -> bool:
    """Keys hit at random: neighbours on one keyboard row, one letter repeated, or a long word with no vowel."""
    if not word.isascii() or not word.isalpha():
        return False
    if len(word) >= 4 and len(set(word)) <= len(word) // 3:
        return True
    if len(word) >= 5 and not _VOWELS.intersection(word):
        return True
    return len(word) >= 3 and any(_runs_along(word, row) or _runs_along(word, row[::-1]) for row in _KEYBOARD_ROWS)


def _runs_along(word: str, row: str) -> bool:
    return word in row or (len(word) >= 5 and set(word) <= set(row) and not _VOWELS.intersection(word[1:]))
