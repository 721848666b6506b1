/** Words that turn a statement round, as they are cut from a text: of `don't` the `t`. */
const negations = new Set(
  (
    'not no never none nobody nothing neither nor without cannot t unable lack lacks lacked lacking fail fails failed except ' +
    'unlike refuse refused deny denied hardly'
  ).split(' '),
)

/** Of two in a row each cannot be true in the place of the other. */
const inRows =
  'more less most least more fewer before after first last increase decrease increases decreases increased decreased increasing decreasing ' +
  'high low higher lower highest lowest large small larger smaller largest smallest big little bigger smaller biggest smallest greater ' +
  'lesser early late earlier later earliest latest north south northern southern east west eastern western same different similar ' +
  'different win lose won lost gain lose gained lost start end started ended begin end began ended beginning end above below over under ' +
  'up down old new older newer oldest newest long short longer shorter longest shortest rich poor strong weak stronger weaker fast slow ' +
  'faster slower public private internal external positive negative male female men women man woman major minor majority minority ' +
  'inside outside allow forbid allowed forbidden include exclude included excluded including excluding support oppose supported opposed ' +
  'accept reject accepted rejected always never best worst better worse good bad left right maximum minimum upper lower direct indirect ' +
  'possible impossible legal illegal formal informal true false open closed enter leave import export buy sell bought sold create destroy ' +
  'created destroyed built destroyed rise fall rose fell attack defend father mother son daughter brother sister husband wife king queen ' +
  'active passive simple complex finite infinite hot cold hard soft dry wet light dark light heavy empty full enable disable enabled ' +
  'disabled add remove added removed required optional common rare'

/** The opposites of each word that has some. */
function createOpposites(): ReadonlyMap<string, ReadonlySet<string>> {
  const words = inRows.split(' ')
  const opposites = new Map<string, Set<string>>()
  for (let at = 0; at + 1 < words.length; at += 2) {
    const [one = '', other = ''] = [words[at], words[at + 1]]
    opposites.set(one, (opposites.get(one) ?? new Set()).add(other))
    opposites.set(other, (opposites.get(other) ?? new Set()).add(one))
  }
  return opposites
}

/** What makes the opposite of a word in front of it. */
const prefixes = ['un', 'in', 'im', 'ir', 'il', 'non', 'dis']

/** How a sentence turns round what a question says. Each is true or not. */
export interface Turned {
  /** It has the opposite of a word of the question, and not that word. */
  opposed: boolean
  /** The question says "not", and it does not. */
  affirms: boolean
}

/** Compares sentences with questions; the words of both are `plain`. Linear in the words of the sentence. */
export function createTurning(): (question: readonly string[], sentence: readonly string[]) => Turned {
  const opposites = createOpposites()
  return (question, sentence) => {
    const asked = new Set(question)
    const said = new Set(sentence)
    const opposed = [...asked].some(
      (word) => !said.has(word) && oppositesOf(word, opposites).some((other) => said.has(other) && !asked.has(other)),
    )
    const isDenied = sentence.some((word) => negations.has(word))
    const isAsked = question.some((word) => negations.has(word))
    return { opposed, affirms: isAsked && !isDenied }
  }
}

function oppositesOf(word: string, opposites: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const listed = [...(opposites.get(word) ?? [])]
  if (word.length < 4) return listed
  const bare = prefixes.filter((prefix) => word.startsWith(prefix) && word.length > prefix.length + 3)
  return [...listed, ...prefixes.map((prefix) => prefix + word), ...bare.map((prefix) => word.slice(prefix.length))]
}
