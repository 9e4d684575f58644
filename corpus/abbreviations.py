"""Abbreviations that end in a full stop without ending a sentence, as textbooks use them."""

from corpus.word_list import word_set

# Followed by more of the same sentence, whatever comes next: "e.g. Newton", "Dr. House", "Fig. 3".
NEVER_LAST = word_set(
    """
    e.g i.e eg ie cf vs viz approx ca resp incl excl esp aka a.k.a
    fig figs eq eqs eqn eqns sec secs ch chap chaps no nos vol vols ed eds pp p para art thm def lem prop cor ex tab
    dr mr mrs ms prof rev hon st mt ft gen col capt lt sgt sen rep gov pres messrs mme mlle fr
    """
)

# End a sentence only before a capital that begins one: "Bones, muscles, etc. The skin", but "etc. and".
SOMETIMES_LAST = word_set(
    """
    etc al inc ltd co corp jr sr ph.d m.d b.sc m.sc b.a m.a u.s u.k u.n e.u u.s.a a.m p.m a.d b.c c.e b.c.e d.c
    jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun
    min max avg est dept univ assn bros spp sp subsp var ibid op cit
    """
)

# Words that begin a sentence more often than they follow an abbreviation with a capital.
SENTENCE_OPENERS = word_set(
    """
    a an the this that these those it its they their there he she we you i his her our your my one each every all some
    any most many several few both another other such no in on at by for from to of with without within into during
    after before when while where whereas if unless although though because since as so thus hence therefore however
    moreover furthermore nevertheless instead meanwhile also then now here first second third finally next like unlike
    what who which why how is are was were do does did can could should would may might must let see note and but or yet
    """
)

# Abbreviations before a number, words elsewhere: "no. 5", but "The answer is no. Then ...".
ALSO_WORDS = frozenset({"no", "art", "ex", "para", "gen", "rep", "def", "prop", "cor"})
