import { flags, forMatching } from '../clean-text.ts'

/*
 * Only a person gives leave, so what cannot be told apart counts as asking for it: a person who is asked in vain loses a minute, a yes that
 * was looked up is nobody's.
 */

/** Longer than any question; not read to its end. UTF-16 units. */
const longest = 4_000

/** A prompt for a key or a word, or an order to give one, whatever stands around it. */
const prompts = [
  /(?<![a-z0-9])(?:yes|oui|sim|ja|sí|да)(?![a-z0-9])/u,
  /(?<![a-z0-9])[yjosд]\s?[/|]\s?[nн](?![a-z0-9])/u,
  /[[(][yjo][\])]/u,
  /[👍✅✔]/u,
  /(?:^|[^a-z0-9])@?sweep\s?[:,>]/u,
  /\b(?:press|hit) (?:enter|return|any key|y|1)\b/,
  /\b(?:answer|reply|respond|type|say|enter|send|write|react|click)(?: (?:with|back|by))? ["'`]?(?:y|ok|okay|yep|yeah|sure|approved?|confirm(?:ed)?|go|1)\b/,
]

/** Words of leave, in the languages that our rooms speak most. */
const leave =
  /\b(?:approv|allow|permi[ts]|authori[sz]|autoris|autoriz|grant(?:s|ed|ing)?\b|consent|confirm|proceed|continue\b|go[- ]ahead|green[- ]?light|sign(?:ed|ing)?[- ]?off|thumbs[- ]up|lgtm\b|approuv|aprob|aprueb|genehmig|freig[ae]b|erlaub|bestätig|zustimm)/u

/** Somebody offers to do something, or wants to hear that it is all right. */
const offers = [
  /\b(?:may|might|can|could|shall|should|must) (?:i|we|it|this)\b/,
  /\b(?:do|would|did|are|will|can|could) you (?:want|like|trust|ok|okay|sure|fine|happy|agree|accept|mind|let|give|unblock|sign)\b/,
  /\b(?:want|like|need|have) me to\b/,
  /\b(?:ok|okay|fine|safe|good|alright|all right|ready|cool|acceptable|free|clear|time) (?:to|if|with)\b/,
  /\b(?:ok|okay|right|agreed|deal|sure)$/,
  /\b(?:is|are) (?:it|that|this|we) (?:ok|okay|fine|alright|all right|good|go|a go)\b/,
  /\bmind if\b/,
  /\blet (?:me|us|it)\b/,
  /\b(?:darf|dürfen|soll|sollen|kann|können) (?:ich|wir)\b/u,
  /\b(?:puis-je|peux-je|peut-on|puedo|podemos|posso|possiamo|mag ik)\b/,
]

/** What a sentence begins with that tells somebody to do something: "Deploy to production?", "please merge it". */
const imperative = new RegExp(
  `^(?:(?:please|pls|kindly|just|now|then|and|so|ok|okay|also|first|next|urgent|important|you (?:must|should|have to|can|may|need to)|can you|could you|would you|will you)[\\s,:]+)*(?:${[
    'accept|activate|add|answer|apply|begin|buy|bypass|cancel|change|clear|close|commit|create|delete|deploy|destroy|disable|drop',
    'edit|enable|erase|exec|execute|force|format|give|ignore|increase|install|kill|launch|make|merge|migrate|modify|open|overwrite',
    'overrule|override|pay|post|promote|publish|pull|purge|push|raise|rebase|reboot|refund|release|remove|rename|replace|reset|restart',
    'restore|resume|retry|revert|revoke|roll ?back|rotate|run|save|send|ship|shut|sign|skip|spend|start|stop|submit|transfer|trust',
    'unblock|uninstall|unlock|update|upgrade|upload|use|wipe|write',
  ].join('|')})\\b`,
)

/** How real questions begin, with what may stand before them. */
const lead =
  "(?:(?:and|so|but|also|ok|okay|well|hi|hello|hey|please|then|now|question|stuck on|q)[\\s,:-]+)*(?:(?:can|could|would|will) (?:you|someone|anyone|somebody|anybody) (?:please )?(?:tell|explain|remind|show)(?: me| us)? |(?:tell|remind|show) (?:me|us) |do(?:es)? (?:you|we|anyone|anybody|someone) know |i (?:do not|don't|cannot|can't) (?:know|find|tell|see) |(?:i|we) (?:need|want|have) to know |i wonder |(?:it is |it's )?(?:not clear|unclear|not sure|unknown) )?"
const asksWhat = new RegExp(
  `^${lead}(?:(?:in|on|at|by|to|from|for|with|of|under|until|since|into|after|before|through) )?(?:what|what's|which|who|who's|whom|whose|where|where's|why|how)\\b`,
)
/** "When you say so, I deploy" is no question. */
const asksWhen = new RegExp(`^${lead}when (?:do|does|did|is|are|was|were|will|has|have|had|must|should|can|may)\\b`)
/** They look like questions, and propose something. */
const proposes = /^(?:how about|why not|why don't (?:you|i)|what if|what do you say|what say)\b/

/** What is asked on the way, behind a question. */
const besides =
  /(?:[,:–—]|\b(?:and|so|then|but|or)\b|\s-)\s*(?:please\b|(?:may|can|could|shall) (?:i|we)\b|should (?:i|we) go\b|(?:you |just )?(?:approve|allow|confirm|grant|authori[sz]e|permit|accept|ok|okay)\b|do you want|would you|are you|will you|let me\b)/

/** Of the shortest words of English, one stands in nearly every sentence of it. */
const english =
  /\b(?:a|an|the|i|we|you|it|is|are|was|be|do|does|did|has|have|to|of|in|on|for|from|with|by|at|and|or|not|no|what|which|who|where|when|why|how|this|that|our|my|there|name|need|needs|waiting|should|can)\b/

/**
 * Whether a text asks somebody to say yes: to leave to do something, or to do it. In doubt it does: also what hides characters, mixes
 * scripts, or is in a language that cannot be told. Real questions ("How do we deploy the gateway?") do not, also about such things.
 */
export function asksForPermission(text: string): boolean {
  if (text.length > longest || hides(text)) return true
  const words = forMatching(text)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[’‘`´]/g, "'")
    .replace(/[^\S\n]+/g, ' ')
    .trim()
  if (prompts.some((prompt) => prompt.test(words))) return true
  return sentencesOf(words).some(asks)
}

function asks(sentence: string): boolean {
  if (isForeign(sentence)) return true
  const proposal = proposes.test(sentence)
  if (!proposal && (asksWhat.test(sentence) || asksWhen.test(sentence))) return besides.test(sentence)
  return proposal || leave.test(sentence) || imperative.test(sentence) || offers.some((offer) => offer.test(sentence))
}

function sentencesOf(words: string): string[] {
  return words
    .split(/[?!\n;]+|\.(?=\s|$)/)
    .map((sentence) => sentence.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ''))
    .filter((sentence) => sentence !== '')
}

function hides(text: string): boolean {
  return flags(text).some((trick) => trick !== 'variation-selectors')
}

/** Whether we cannot read it: another script, or none of the words that no longer sentence of English can do without. */
function isForeign(sentence: string): boolean {
  const letters = sentence.match(/\p{L}/gu) ?? []
  const others = letters.filter((letter) => !/\p{Script=Latin}/u.test(letter))
  return others.length * 4 > letters.length || (sentence.split(' ').length >= 4 && !english.test(sentence))
}
