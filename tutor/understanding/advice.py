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
_SOMEONE = r"(?:you|i|one|people|(?:a )?pregnant wom[ae]n|children|kids|he|she)"
_REMEDY = (
    r"(?:medic(?:ines?|ations?)|meds|tablets?|pills?|drugs?|dos(?:es?|age)|antibiotics?|antidepressants?|painkillers?|"
    r"steroids?|statins?|insulin|vaccin\w*|jabs?|vitamins?|supplements?|aspirin|ibuprofen|paracetamol|acetaminophen|"
    r"alcohol|caffeine|\w+(?:cillin|mycin|pril|sartan|oxetine|azepam|olol|prazole))"
)
_AILING = (
    r"(?:pains?|aches?|hurts?|sore|headaches?|migraines?|fever|temperature|cough|rash|lumps?|moles?|bleeding|dizzy|"
    r"dizziness|faint\w*|nause\w+|vomit\w*|diarrh\w+|constipat\w+|swollen|swelling|numb\w*|tingling|palpitations|"
    r"breathless|short of breath|can't (?:breathe|sleep)|cannot (?:breathe|sleep)|insomnia|fatigue|always tired|"
    r"anxi\w+|depress\w+|panic attacks?|suicidal|cramps?|infect\w+|allerg\w+|sick|ill|unwell|symptoms?|side effects|"
    r"(?:diagnosed|prescribed)|cancer|diabetes|asthma|covid|flu|pregnant|broken?)"
)
_BAD = (
    r"(?:safe|normal|ok|okay|dangerous|serious|bad|harmful|contagious|cancer\w*|too (?:high|low|much)|high|low|healthy|"
    r"worrying|infected|broken|(?:an emergency|something serious))"
)

_WANTS = re.compile(
    rf"\b(?:should (?:i|he|she|my)\b|{_WHO} (?:need|have) to\b|(?:do|does|will|would) {_WHO} (?:really )?(?:need|"
    rf"have|get|recover|survive|die|live)\b|will (?:i|he|she|my \w+)\b|(?:can|could|may|must) {_WHO} (?:still |safely"
    r" |just |really |also )?(?:take|stop|skip|double|start|change|drink|eat|use|mix|have|get|die|catch|exercise|"
    rf"fly|smoke|give|be|avoid|treat|cure|lose)\b|what (?:should|can|do|could|shall) {_WHO}\b|is (?:it|this|that)(?:"
    rf" \w+)? {_BAD}|(?:does|do|will) my (?:\w+ ){{0,3}}(?:show|mean|look|need|indicate|suggest)\b|"
    r"what(?:'s| is|s) (?:wrong|the matter) with\b|have i got\b|what are my\b|"
    r"(?:if|whether) (?:i|my|he|she)\b|how (?:do|can|should|could) i (?:treat|cure|get rid|stop|lower|reduce|lose|"
    r"heal|relieve|fix|manage|deal|prevent|sleep)\b|(?:diagnose|treat|cure|advise|examine|help|prescribe(?: for)?)"
    r" (?:me|my)\b|(?:read|check|look at|interpret|analy[sz]e|assess|evaluate|explain|see|review|understand) my\b|"
    r"worr(?:ied|y)\b|recommend|prescribe\b|mean for me\b|see a (?:doctor|gp|specialist)|go to (?:the )?hospital|"
    r"(?:best|right|good) (?:\w+ )?for (?:my|me)\b|which (?:\w+ )?(?:is|should|would|can)\b.{0,20}\b(?:my|me|i)\b)",
    re.IGNORECASE,
)
_ASKS_AT_ONCE = re.compile(r"(?:^|[,;.:?!]\s*|\b(?:and|so|but) )(?:am i|is my|are my)\b", re.IGNORECASE)
_STATES = re.compile(
    rf"\b{_WHO}(?:'ve|'m)?(?: have| am| is| has| had| keep| kept| feel| felt| got| get| was| were| been| think i|"
    rf" woke up){{1,4}} (?:\w+ ){{0,4}}?{_AILING}\b|\bi(?:'ve|'m) (?:\w+ ){{0,4}}?{_AILING}\b|\bmy (?:\w+"
    r" ){1,2}(?:hurts?|aches?|is (?:sore|swollen|numb|bleeding|itchy|killing)|are (?:sore|swollen|numb))\b|\b(?:i"
    r" am|i'm|im|i was) (?:taking|on) (?:medication|antibiotics|antidepressants|insulin|statins|blood thinners)\b|"
    r"\bmy (?:\w+ ){1,3}(?:is|was|are|of|at|says?|shows?|reads?)\b.{0,20}(?:\d|\b(?:high|low|abnormal|positive|"
    r"negative|elevated|borderline)\b)",
    re.IGNORECASE,
)
_WANTS_ANYWAY = re.compile(
    r"\b(?:(?:is|are)\b.{1,40}\b(?:safe|dangerous|harmful|ok|okay)\b.{0,30}\b(?:to (?:take|use|mix|drink|eat|"
    rf"give|stop)|(?:in|during) pregnancy|(?:while|when) (?:pregnant|breast ?feeding|taking|on)|with {_REMEDY}|for"
    r" (?:pregnant|children|kids|babies|toddlers|the elderly|me|my))|(?:is|"
    rf"are)\b.{{0,30}}\b{_REMEDY}\b.{{0,30}}\b(?:safe|dangerous|harmful|bad for)|is (?:it|this|that) (?:safe|ok|okay|"
    rf"dangerous|harmful) to\b.{{0,30}}\b{_REMEDY}|is (?:this|that|the) \w+ (?:cancerous|infected|broken|contagious|"
    rf"normal|serious)|(?:can|should|may) {_SOMEONE}\b.{{0,20}}\b(?:take|mix|drink|have|get|give|use|combine|"
    rf"stop)\b.{{0,40}}\b{_REMEDY}|(?:what|which|how much|how many|how often|recommended|right|correct|maximum|max|"
    rf"safe)\b.{{0,15}}\b{_REMEDY}\b.{{0,30}}\b(?:should|can (?:i|you|we|one)|do i|to take|is (?:safe|best)|for"
    r" (?:an? (?:toddler|child|baby|adult|headache|cold|fever|\d+[- ](?:year|month|week))|my|me|adults|children|"
    r"kids|toddlers|babies|pain|flu|fever|headaches?|migraines?))|(?:best|fastest|quickest|home|natural) (?:cure|"
    r"remedy|remedies|medicine|medication|painkiller|way to (?:cure|treat|heal|get rid of|lose weight))|how (?:do|"
    r"can|should|to)(?: (?:i|you|one|we))? (?:cure|get rid of|heal|self-?medicate|lose weight))\b",
    re.IGNORECASE,
)


def is_advice(text: str) -> bool:
    """Whether ``text`` wants a judgement on, or treatment of, somebody's own health."""
    words = set(lower_words(text))
    if _HEALTH.isdisjoint(words) and not any(_DRUG.match(word) for word in words):
        return False
    if _WANTS_ANYWAY.search(text):
        return True
    return not _PERSON.isdisjoint(words) and bool(
        _WANTS.search(text) or _ASKS_AT_ONCE.search(text) or _STATES.search(text)
    )
