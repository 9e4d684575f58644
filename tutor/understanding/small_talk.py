"""Messages that ask nothing of the course: greetings, thanks, "who are you", and input that says nothing at all."""

import re
from collections.abc import Callable

from tutor.understanding.words import split_words

_PRAISE = (
    r"(?:great|nice|good|cool|perfect|awesome|amazing|wonderful|excellent|brilliant|lovely|helpful|useful|fine|sweet)"
)
_ABOUT_THE_TUTOR = (
    r"(?:are|r) (?:you|u) (?:an? )?(?:real|human|robot|bot|ai|person|chatbot|real person|gpt|chatgpt|alive|there|"
    r"sentient|llm|language model|machine|computer|teacher|doctor)(?: or (?:an? )?\w+)?",
    r"what(?: is|'s|s) your name|do you have a name|what should i call you|introduce yourself|tell me about yourself",
    r"what (?:can|do) (?:you|u) do(?: for me)?|what (?:can|should|could) i ask(?: you)?(?: about)?|what are you for",
    r"what are you (?:able to do|capable of|good at)|who am i (?:talking|speaking|chatting) (?:to|with)|how (?:can|"
    r"do|could) you help(?: me)?|(?:can|could) you help(?: me)?|help(?: me)?",
    r"how do (?:you|i|u) (?:work|use (?:you|this))|who (?:made|built|created|programmed|wrote|trained) (?:you|u)",
    r"(?:what|which) (?:model|llm|ai) are you|how old are you|where are you from|tell me (?:a|another) joke",
    r"you(?:'re| are)(?: [a-z]+){1,3}",  # "you are the best"; orders to become someone are found before
    r"(?:who|what)(?: or what)? (?:are|r) (?:you|u)(?: exactly| again)?",
)
_COURTESY = (
    r"how (?:are|r) (?:you|u|things|ya)(?: doing| today| going)*|how(?:'s| is|s) (?:it going|your day|life|everything)",
    r"how do you (?:do|feel)(?: today)?|nice to (?:meet|see) you|what(?:'s|s| is) up|wassup|sup",
    r"good (?:morning|afternoon|evening|night|day)|have a (?:nice|good|great) (?:day|one|evening|weekend)",
    r"hi+(?:ya)?|he+y+|hello+|helo|hallo|hola|bonjour|howdy|greetings|yo|morning|evening|welcome",
    r"(?:many |much )?thanks?(?: (?:you|a (?:lot|ton|bunch|million)|so much|very much|again))*"
    r"(?: for (?:(?:your|the|all the) (?:help|answers?|explanation|time)|that|this|helping(?: me)?|explaining(?:"
    r" it)?))?",
    r"(?:i )?(?:really )?appreciate (?:it|that|your help)|much appreciated|thx|tysm|ty|cheers",
    r"goodbye|good bye|bye+|cya|see (?:you|ya)(?: later| soon| tomorrow)?|later|take care",
    r"(?:ok |okay )?(?:that's|thats|that is|that will be) (?:all|it|enough|everything)(?: for (?:today|now))?|i'?m"
    r" done",
    r"sorry(?: (?:for|about) (?:that|this|bothering you|the (?:trouble|confusion)|my \w+))?|no problem|np|never"
    r" ?mind|nvm",
    rf"(?:that|this|it)(?:'s| was| is)? (?:very |really |so )?{_PRAISE}|that(?: really)? (?:helps|helped)(?: a lot|"
    r" me)?",
    rf"(?:very |really |so )?{_PRAISE}(?: (?:answer|job|bot|work|one|explanation|point|stuff|thanks))?|well done|i"
    r" love (?:you|it)",
    r"(?:i )?got it|i see|understood|(?:that |it )?makes sense|al ?right|ok(?:ay|ie)?|kk?|sure|yes|yeah|yep|yup|no|"
    r"nope",
    r"lol|lmao|(?:ha)+h?|hmm+|wow|oh|ah+|please|pls|test(?:ing)?|ping|i'?m (?:bored|tired|back|new here|fine|good)",
    r"(?:is )?(?:anyone|anybody|someone) there|you there",
)
_SAYING = re.compile("|".join(f"(?:{phrases})" for phrases in (*_ABOUT_THE_TUTOR, *_COURTESY)), re.IGNORECASE)
# Words that may stand beside such a saying and say nothing by themselves.
_BESIDE = re.compile(
    r"[\s,.!?;:()'\"*-]+|(?:and|but|for|then|there|mate|friend|everyone|all|guys|tutor|bot|so much|very much|again|"
    r"today|now|a lot|you|man|dude)\b",
    re.IGNORECASE,
)
_LONGEST = 120

_KEYBOARD_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_VOWELS = frozenset("aeiouyäöüáéíóúàèìòùâêîôû")


def is_small_talk(text: str) -> bool:
    """Whether ``text`` consists of greetings, thanks, chatter and questions about the tutor, and of nothing else."""
    if len(text) > _LONGEST:
        return False
    position, found = 0, False
    while position < len(text):
        if (saying := _SAYING.match(text, position)) and not text[saying.end() : saying.end() + 1].isalnum():
            position, found = saying.end(), True
        elif beside := _BESIDE.match(text, position):
            position = beside.end()
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
    words = [word.written for word in split_words(text) if not word.written.isdigit()]
    return all(_is_mash(word) and not knows(word.lower()) for word in words)


def _is_mash(word: str) -> bool:
    """Keys hit at random: neighbours on one keyboard row, one letter repeated, or a long word with no vowel."""
    if not word.isascii() or not word.isalpha() or not (word.islower() or word.isupper() or word.istitle()):
        return False  # "LSTMs"
    word = word.lower()
    if len(word) >= 4 and len(set(word)) <= len(word) // 3:
        return True
    if len(word) >= 5 and not _VOWELS.intersection(word):
        return True
    for size in range(2, len(word) // 2 + 1):
        if word == word[:size] * (len(word) // size):  # "qweqwe"
            word = word[:size]
            break
    return len(word) >= 3 and any(_runs_along(word, row) or _runs_along(word, row[::-1]) for row in _KEYBOARD_ROWS)


def _runs_along(word: str, row: str) -> bool:
    return word in row or (len(word) >= 5 and set(word) <= set(row) and not _VOWELS.intersection(word[1:]))
