"""Questions about somebody's own health: a course is no clinician. Knows no course.

What tells them from a course question on the same subject is a person ("my", "I have had", "my mother") together with
a want of judgement or treatment ("should I", "is it normal"), or a want of safety, doses or cures on its own ("is it
safe in pregnancy").
"""

import re

from tutor.understanding.words import lower_words, word_set

_HEALTH = word_set("""
    medicine medicines medication medications meds tablet tablets pill pills drug drugs dose doses dosage antibiotic
    antibiotics antidepressant antidepressants painkiller painkillers steroid steroids statin statins insulin
    vaccine vaccines vaccinated vaccination jab booster injection injections inhaler vitamin vitamins supplement
    supplements aspirin ibuprofen paracetamol acetaminophen tylenol advil metformin warfarin prozac xanax viagra
    melatonin morphine codeine contraceptive contraception chemo chemotherapy radiotherapy cream ointment remedy
    remedies prescription pain pains painful ache aches aching hurt hurts hurting sore headache headaches migraine
    migraines fever fevers temperature cough coughing rash lump lumps mole moles bleeding blood dizzy dizziness
    faint fainting fainted nausea nauseous vomit vomiting diarrhea diarrhoea constipation constipated swelling
    swollen numb numbness tingling palpitations breathless breath breathing itch itchy insomnia sleep fatigue tired
    anxiety anxious depression depressed panic suicidal cramp cramps infection infected allergy allergic allergies
    burn wound bruise bruises symptom symptoms sick ill unwell blurred heartburn period overweight obese contagious
    cancer cancerous tumor tumour tumors tumours diabetes diabetic asthma covid flu influenza pneumonia stroke
    hypertension arthritis epilepsy adhd autism autistic dementia alzheimer's hiv hepatitis malaria measles std
    eczema psoriasis ulcer hernia gout anemia anaemia leukemia leukaemia melanoma appendicitis concussion broken
    fracture fractured sprain sprained torn disease illness condition pregnant pregnancy breastfeeding miscarriage
    pressure bp pulse glucose sugar cholesterol bmi weight hba1c results mri ct xray ray rays scan scans ultrasound
    ecg ekg biopsy mammogram report diagnosis diagnose diagnosed prescribe prescribed smear platelets hemoglobin
    haemoglobin thyroid surgery operation treatment therapy iron head chest back knee knees leg legs arm arms hand
    foot feet ankle wrist shoulder neck hip elbow throat ear ears eye eyes skin heart stomach tummy belly tooth
    teeth kidney kidneys liver lung lungs breast finger toe nose jaw body brain spine muscle rib ribs cold
    """)
_DRUG = re.compile(
    r"\w{3,}(?:cillin|mycin|pril|sartan|statin|oxetine|azepam|zolam|olol|prazole|profen|triptan|tidine)$"
)
_PERSON = frozenset({"i", "i'm", "im", "i've", "ive", "i'd", "me", "my", "mine", "myself"})

_KIN = (
    r"(?:mum|mom|mother|dad|father|son|daughter|child|kid|baby|toddler|wife|husband|partner|girlfriend|boyfriend|"
    r"sister|brother|gran\w*|friend|uncle|aunt|cousin|doctor|gp|dentist)"
)
_WHO = rf"(?:i|he|she|my {_KIN})"
_ANYBODY = r"(?:you|i|one|people|(?:a )?pregnant wom[ae]n|children|kids|he|she)"
_REMEDY = (
    r"(?:medic(?:ines?|ations?)|meds|tablets?|pills?|drugs?|dos(?:es?|age)|antibiotics?|antidepressants?|painkillers?|"
    r"steroids?|statins?|insulin|vaccin\w*|jabs?|vitamins?|supplements?|aspirin|ibuprofen|paracetamol|acetaminophen|"
    r"alcohol|caffeine|\w+(?:cillin|mycin|pril|sartan|oxetine|azepam|olol|prazole))"
)
_AILING = (
    r"(?:pains?|aches?|hurts?|sore|headaches?|migraines?|fever|temperature|cough\w*|rash|lumps?|moles?|bleeding|dizzy|"
    r"dizziness|faint\w*|nause\w+|vomit\w*|diarrh\w+|constipat\w+|swollen|swelling|numb\w*|tingling|palpitations|"
    r"breathless|short of breath|(?:can't|cannot) (?:breathe|sleep|stop)|insomnia|fatigue|always tired|anxi\w+|"
    r"depress\w+|panic attacks?|suicidal|cramps?|infect\w+|allerg\w+|sick|ill|unwell|symptoms?|side effects|diagnosed|"
    r"prescribed|cancer|tumou?rs?|diabetes|asthma|covid|flu|pregnant|broken?)"
)
_BAD = (
    r"(?:safe|normal|ok|okay|dangerous|serious|bad|harmful|contagious|cancer\w*|too (?:high|low|much)|high|low|healthy|"
    r"worrying|infected|broken|an emergency|something serious)"
)
_ODD = r"(?:weird|odd|strange|abnormal|bad|wrong|off|funny|high|low|elevated|positive|negative|borderline|worse)"
_FOR_WHOM = (
    r"(?:me|my|adults|children|kids|toddlers|babies|pain|flu|fever|headaches?|migraines?|anxiety|depression|insomnia|"
    r"an? (?:toddler|child|baby|adult|headache|cold|fever|\d+[- ](?:year|month|week)))"
)


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


# A person wants a judgement or a treatment.
_WANTS = _any_of(
    rf"\bshould (?:i|he|she|my)\b|\b{_WHO} (?:need|have) to\b|\bwill (?:i|he|she|my \w+)\b",
    rf"\b(?:do|does|will|would) {_WHO} (?:really )?(?:need|have|get|recover|survive|die|live)\b",
    rf"\b(?:can|could|may|must) {_WHO} (?:still |safely |just |really |also )?(?:take|stop|skip|double|start|change|"
    r"drink|eat|use|mix|have|get|die|catch|exercise|fly|smoke|give|be|avoid|treat|cure|lose|trust|ignore)\b",
    rf"\bwhat (?:should|can|do|could|shall) {_WHO}\b|\bwhat (?:are|is) my\b|\bhave i got\b|\b(?:if|whether) (?:i|my|"
    r"he|she)\b",
    rf"\bis (?:it|this|that)(?: \w+)? {_BAD}\b|(?:^|[,;.:?!]\s*|\b(?:and|so|but) )(?:am i|is my|are my)\b",
    r"\b(?:does|do|will) my (?:\w+ ){0,3}(?:show|mean|look|need|indicate|suggest)\b|\bmean for me\b",
    r"\bwhat(?:'s| is|s) (?:wrong|the matter)\b|\bhow (?:do|can|should|could) i (?:treat|cure|get rid|stop|lower|"
    r"reduce|lose|heal|relieve|fix|manage|deal|prevent|sleep)\b",
    r"\b(?:diagnose|treat|cure|advise|examine|help|prescribe(?: for)?) (?:me|my)\b|\b(?:check|look at|read) it\b",
    r"\b(?:read|check|look at|interpret|analy[sz]e|assess|evaluate|explain|see|review|understand) my\b",
    r"\bworr(?:ied|y)\b|\brecommend|\bsuggest\b|\bprescribe\b|\bsee a (?:doctor|gp|specialist)|\bgo to (?:the"
    r" )?hospital",
    r"\b(?:best|right|good) (?:\w+ )?for (?:my|me)\b|\bwhich (?:\w+ )?(?:is|should|would|can)\b.{0,20}\b(?:my|me|i)\b",
)
# A person tells of a complaint, an injury, a treatment or a finding.
_STATES = _any_of(
    rf"\b{_WHO}(?:'ve|'m)?(?: have| am| is| has| had| keep| kept| feel| felt| got| get| was| were| been| think i|"
    rf" woke up){{1,4}} (?:\w+ ){{0,4}}?{_AILING}\b",
    rf"\bi(?:'ve|'m)? (?:\w+ ){{0,4}}?{_AILING}\b",
    r"\bi (?:have |just |accidentally |may have )*(?:burn(?:ed|t)|cut|broke|hurt|twisted|sprained|injured|bumped|hit)"
    r" my\b",
    r"\bmy (?:\w+ ){1,2}(?:hurts?|aches?|(?:is|are) (?:sore|swollen|numb|bleeding|itchy|killing))\b",
    r"\b(?:i am|i'm|im|i was) (?:taking|on) (?:medication|antibiotics|antidepressants|insulin|statins|blood"
    r" thinners)\b",
    rf"\bmy (?:\w+ ){{1,3}}(?:is|was|are|of|at|says?|shows?|reads?|looks?|seems?|feels?|came back)\b.{{0,20}}(?:\d|"
    rf"\b{_ODD}\b)",
)
# Safety, doses and cures are asked about, whoever asks.
_WANTS_ANYWAY = _any_of(
    r"\b(?:is|are)\b.{1,40}\b(?:safe|dangerous|harmful|ok|okay)\b.{0,30}\b(?:to (?:take|use|mix|drink|eat|give|stop)|"
    rf"(?:in|during) pregnancy|(?:while|when) (?:pregnant|breast ?feeding|taking|on)|with {_REMEDY}|"
    r"for (?:pregnant|children|kids|babies|toddlers|the elderly|me|my))\b",
    rf"\b(?:is|are)\b.{{0,30}}\b{_REMEDY}\b.{{0,30}}\b(?:safe|dangerous|harmful|bad for)\b",
    rf"\bis (?:it|this|that) (?:safe|ok|okay|dangerous|harmful) to\b.{{0,30}}\b{_REMEDY}\b",
    r"\bis (?:this|that|the) \w+ (?:cancerous|infected|broken|contagious|normal|serious)\b",
    rf"\b(?:can|should|may) {_ANYBODY}\b.{{0,20}}\b(?:take|mix|drink|have|get|give|use|combine|"
    rf"stop)\b.{{0,40}}\b{_REMEDY}\b",
    r"\b(?:what|which|how much|how many|how often|recommended|right|correct|maximum|max|safe)\b.{0,15}"
    rf"\b{_REMEDY}\b.{{0,30}}\b(?:should|suggest|can (?:i|you|we|one)|do i|to take|is (?:safe|best|too)|for"
    rf" {_FOR_WHOM})\b",
    r"\b(?:best|fastest|quickest|home|natural) (?:cure|remedy|remedies|medicine|medication|painkiller|"
    r"way to (?:cure|treat|heal|get rid of|lose weight))\b",
    r"\bhow (?:do|can|should|to)(?: (?:i|you|one|we))? (?:cure|get rid of|heal|self-?medicate|lose weight)\b",
)


def is_advice(text: str) -> bool:
    """Whether ``text`` wants a judgement on, or treatment of, somebody's own health."""
    words = set(lower_words(text))
    if _HEALTH.isdisjoint(words) and not any(map(_DRUG.match, words)):
        return False
    if _WANTS_ANYWAY.search(text):
        return True
    return not _PERSON.isdisjoint(words) and bool(_WANTS.search(text) or _STATES.search(text))
