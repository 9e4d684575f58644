"""Attempts to give the tutor orders instead of asking it: these get a calm refusal, never an answer.

The tutor follows no instructions in a question anyway; recognising them only picks the fitting words. Every pattern
is bounded, so that none takes long on a long text.
"""

import re

from tutor.understanding.words import lower_words, word_set

_IMPERATIVE = r"(?:^|[.,;:!?]\s*|\b(?:please|now|to|must|should|will|can|could|may|and|then|just|instead|you)\s+)"
_WHOSE = (
    r"(?:(?:all|any|every|the|these|those|of|your|my|our|its|previous|prior|earlier|preceding|above|existing|current|"
    r"original|initial|system|safety|hidden|secret|internal|course|content|own|full|complete|entire|exact|first) ){0,6}"
)
_RULES = (
    r"(?:instructions?|prompts?|rules?|guidelines?|guardrails?|directions|directives?|orders|restrictions?|"
    r"constraints?|limitations|filters?|polic(?:y|ies)|programming|configuration|settings|course text|sources?|"
    r"citations?)"
)
_SECRETS = (
    r"(?:instructions?|prompts?|prompt|system (?:prompt|message)|rules|guidelines|configuration|source code|settings|"
    r"api[- ]?keys?|passwords?|secrets?|credentials|tokens|environment variables|database|hidden (?:text|prompt|rules))"
)
_FABRICATED = (
    r"(?:citations?|sources?|quotes?|quotations?|references?|definitions?|facts?|statistics|numbers?|items?|answers?|"
    r"entr(?:y|ies)|terms?|glossary|takeaways?|sections?|chapters?|study|studies|examples? from the (?:text|course))"
)
_SOURCE = r"(?:course|text|book|author|lesson|chapter|material|source|slides?|professor|teacher)"
_OFFICE = (
    r"(?:author|admin|administrator|developer|owner|creator|instructor|teacher|professor|lecturer|maintainer|engineer|"
    r"operator|boss|manager|openai|anthropic|programmer|supervisor)"
)

_PATTERNS = (
    # Set the rules aside.
    rf"\b(?:ignore|disregard|forget|override|overrule|bypass|skip|violate|disobey|circumvent|erase|set aside|disable|"
    rf"pay no attention to|drop|do not follow|don't follow|stop following|turn off|remove) {_WHOSE}{_RULES}\b",
    r"\b(?:ignore|disregard|forget) (?:everything|anything|all|whatever|what|that|this|it|the above|"
    rf"the {_SOURCE}|the sources?)(?: (?:that |which )?(?:you|i|we|they|was|were|has|have|came|said|been|above|before|"
    r"so far|and)\b|\s*(?:[.,;!:]|$))",
    r"\b(?:stop|quit|no more) (?:refusing|citing|being (?:a|the) (?:tutor|bot|assistant))\b",
    # Become someone else.
    r"\byou(?:'re| are| will be| shall be| must be) (?:now|no longer|henceforth|going to be|not a tutor)\b|"
    r"\bfrom (?:now on|this point on|here on)\b.{0,20}\b(?:you|answer|respond|reply|act|ignore|always|never|speak|talk|"
    r"pretend|call)\b",
    rf"{_IMPERATIVE}(?:act|behave|respond|answer|reply|speak|talk|write)(?: to me)? (?:as|like) "
    r"(?:if|though|my|you|dan|someone|chatgpt|gpt|an? (?:\w+ )?(?:pirate|doctor|physician|terminal|linux|assistant|ai|"
    r"expert|poet|human|person|hacker|lawyer|nurse|chatbot|model|machine|child|friend|teacher|professor|comedian))\b",
    rf"\b(?:pretend|imagine|suppose|assume|make believe|let'?s say|act as if|let'?s (?:play|pretend)) (?:that )?"
    rf"(?:you\b|(?:the|this|our) {_SOURCE} (?:says?|said|states?|stated|claims?|does|has|is|was|tells?|contains?)|"
    r"there (?:is|are) no\b|a game\b|(?:i am|i'm) (?:the|your|an?)\b)",
    r"\b(?:role[- ]?play(?:ing)?|jail ?-?break|(?:developer|dev|debug|god|admin|dan) mode|sudo|do anything now|"
    r"unfiltered|uncensored|without (?:any )?(?:restrictions|filters|censorship|guardrails)|you have no (?:rules|"
    r"limits|filters))\b",
    r"\b(?:simulate|emulate|impersonate) (?:being|you|an? (?:ai|assistant|person|terminal|doctor)|chatgpt|gpt)\b|"
    r"\byour new (?:role|task|job|persona|identity|name|instructions?)\b|\bnew (?:instructions?|rules?|persona)\s*:",
    # Hand over what is inside.
    r"\b(?:print|show|reveal|display|output|repeat|leak|dump|expose|give|tell|list|send|share|paste|recite|disclose|"
    r"translate|encode|summari[sz]e|what (?:is|are|were)|what's) "
    r"(?:me |us |out |back |exactly |verbatim |all (?:of )?|every one of ){0,3}"
    rf"(?:your|the system|the hidden|the secret|the initial) {_WHOSE}(?:{_SECRETS}|prompt)\b|"
    r"\b(?:print|show|reveal|display|output|repeat|leak|dump|give|send|tell)\b.{0,40}\b(?:system (?:prompt|message)|"
    r"text above|words above|everything above|api[- ]?keys?|passwords?|credentials)\b",
    r"\b(?:the|this|these|those) (?:prompts?|instructions?|rules) (?:that )?(?:you (?:were|are|have|got|follow)|"
    r"above)\b|"
    r"^override\s*[:,]|\b(?:cite|quote) the (?:course|text|book) as\b",
    rf"\bwhat (?:do|does) your (?:\w+ )?{_SECRETS} (?:say|contain|tell)\b",
    r"\bwhat (?:were|are|have) (?:you|u) (?:been )?(?:told|instructed|programmed|asked) (?:to|not)\b",
    # Say what is not in the text, or cite what does not say it.
    rf"{_IMPERATIVE}(?:make up|invent|fabricate|hallucinate|forge|fake|dream up|come up"
    rf" with)\b.{{0,40}}\b{_FABRICATED}\b",
    r"\b(?:make|making) (?:things|stuff|it|something|one|them|some|an answer) up\b",
    r"\b(?:cite|quote) (?:it|this|that|them|something|anything|the \w+) (?:anyway|regardless|as (?:if|though|proof))|"
    r"\b(?:cite|quote) (?:anyway|it (?:anyway|as))\b|\band (?:then |still )?(?:cite|quote) (?:it|this|that|them|the "
    rf"{_SOURCE}|(?:section|chapter|page) \d+)\b|\b(?:fake|made[- ]up|bogus|invented|false) {_FABRICATED}\b",
    r"\b(?:answer|respond|reply|tell me|explain|say)\b.{0,60}\b(?:without (?:using |citing |looking at |reading"
    rf" )?(?:the |any |a )?(?:{_SOURCE}|citations?|sources?)|(?:from|using|with) (?:your own|your general|outside)"
    rf" (?:knowledge|memory|training|opinion)|even (?:if|though) (?:it|this|the {_SOURCE}) (?:is not|isn't|is"
    r" nowhere|does not|doesn't|says nothing))",
    r"\b(?:use|using|from|search|browse) (?:your own knowledge|your general knowledge|your training data|"
    r"outside knowledge|the internet|the web|google|wikipedia)\b",
    r"\b(?:do not|don't|dont|never) (?:cite|quote|refuse|apologi[sz]e|mention (?:that|your|the)|say (?:no|that you)|"
    rf"look at the {_SOURCE}|rely on the {_SOURCE}|use the {_SOURCE})\b",
    r"\b(?:say|write|state|claim|confirm|conclude|report|answer|respond|reply)(?: only| just| back| with| that|"
    r" exactly| the words?){0,3} (?:\"[^\"]{2,}\"|'[^']{3,}')|\b(?:say|claim|state|confirm|agree|insist|admit)"
    rf" that the {_SOURCE} (?:says|said|states|claims|proves|recommends)\b",
    r"\b(?:add|append|insert|save|store|write|put)\b.{0,60}\b(?:to|into|in|as part of) (?:the|your|this)"
    r" (?:course|text|glossary|index|database|knowledge(?: base)?|memory|takeaways|sources)\b",
    r"\beven (?:if|though) (?:it|this|that|they|the (?:answer|text|course))(?:'s not|n't| is not| isn't| is nowhere|"
    r" does not| doesn't| do not| don't| says nothing)\b|\b(?:cite|quote) (?:page|section|chapter|paragraph|line|"
    r"source) \d+ for\b|\b(?:answer|respond|reply) (?:only |just )?with (?:only|just|nothing but|the word)\b|"
    rf"{_IMPERATIVE}(?:say|print|write|type) the (?:words?|sentence|phrase|letter) ",
    # Speak with borrowed authority.
    rf"\b(?:as|i am|i'm|im|this is|speaking as) (?:the|your|an?|this course's) (?:(?:course|site|system|platform|head|"
    rf"real|it) ){{0,2}}{_OFFICE}\b(?!s).{{0,80}}\b(?:i|you|authori[sz]e|allow|permit|order|command|let|give|grant|"
    r"enable)\b",
    r"\bi (?:hereby )?(?:authori[sz]e|command|order|instruct|permit) you\b|\byou (?:now )?have (?:my |full |special )?"
    r"(?:permission|authori[sz]ation|clearance)\b|\byou (?:must|have to|are required to) (?:obey|comply|now|ignore|"
    r"say)\b",
    # Waste space, or speak as the machine.
    r"\b(?:repeat|print|write|say|output|type|echo)\b.{0,80}\b(?:\d{2,9}[,. ]?\d{0,9}|(?:a )?hundred|thousand|million) "
    r"?(?:times|x)\b|\b(?:repeat|print|say|write|output|type)\b.{0,60}\b(?:forever|endlessly|in a loop|over and over|"
    r"non-?stop)\b|\brepeat (?:after me|everything|the (?:text|words|following|above)|back to me)\b",
    r"<\|?(?:im_start|im_end|system|endoftext|assistant|user)\|?>|\[/?(?:inst|system|sys)\]|<<sys>>|"
    r"^\s*(?:system|assistant|developer|admin)\s*:|###\s*(?:instruction|system|response)|"
    r"\bend of (?:the )?(?:context|prompt|instructions?|course text|document)\b",
    r"\b(?:decode|decrypt|execute|run|eval)\b.{0,40}\b(?:base64|rot13|following (?:code|command|script|instructions?)|"
    r"this (?:code|command|script|shell))\b|\bdrop table\b|\brm -rf\b|\bselect \* from\b|\bos\.system\b|<script",
)
_SIGNS = tuple(re.compile(pattern, re.IGNORECASE) for pattern in _PATTERNS)

# Every sign holds one of these words or marks, so that most questions need one look-up only.
_WARNING_WORDS = word_set("""
    ignore disregard forget override overrule bypass skip violate disobey circumvent erase aside disable attention
    follow following off remove stop quit you you're now pretend imagine suppose assume believe act behave respond
    answer reply speak talk write roleplay role playing jailbreak jail mode sudo dan unfiltered uncensored without
    rules simulate emulate impersonate new print show reveal display output repeat leak dump expose give tell list
    send share paste recite disclose translate encode summarise summarize prompt instructions instruction what
    what's make making invent fabricate hallucinate forge fake dream come cite quote made bogus invented false
    explain say use using search browse never don't dont state claim confirm conclude report agree insist admit add
    append insert save store put author admin administrator developer owner creator instructor teacher professor
    lecturer maintainer engineer operator boss manager openai anthropic programmer supervisor authorise authorize
    even command order permit type echo system assistant inst sys end decode decrypt execute run eval drop rm select
    os script im lets let's from
    """)


def is_injection(text: str) -> bool:
    """Whether ``text`` would change the tutor's rules, role or sources, or have it say or cite what is not there."""
    if _WARNING_WORDS.isdisjoint(lower_words(text)):
        return False
    return any(sign.search(text) for sign in _SIGNS)
