/** Of one repository, at most so many files that test are compared with what was there before. Beyond that a person has to look. */
export const mostTestFiles = 50_000

/** Whatever is in them is there for the tests: data that they are run on is as good a place to make one pass as the test itself. */
const folders =
  /^(?:tests?|__tests__|specs?|__snapshots__|__mocks__|testdata|e2e|cypress|.{1,200}\.(?:unit|integration)?tests?)$/

/** Languages whose tests are known by their name alone. Scripts of a shell are: they are what small projects test with. */
const code =
  /\.(?:[cm]?[jt]sx?|vue|svelte|py|go|rs|rb|exs?|dart|php|java|kts?|groovy|scala|cs|fs|vb|swift|mm?|cc|cpp|cxx|c|hpp?|sh|bash|bats|lua|r|jl|hs|clj[cs]?|erl|pl|t|robot|feature)$/

/** `test_a`, `test-a`, `a.test`, `a_spec`, `a.test-d`; of Node, Python, Go, Ruby, Rust, Dart, Elixir, C++ and those who copy them. */
const named = /^(?:tests?|specs?|conftest)$|^test[_-]|[._-](?:tests?|specs?|unittest|cy|e2e|test-d)$/
/** `ATest`, `ATests`, `AIT`, `TestA`; of Java, Kotlin, Scala, C#, Swift and PHP. Here capitals matter. */
const classes =
  /^(?:Test[A-Z0-9].*|.*[A-Za-z0-9](?:Tests?|TestCase|Specs?|Suite)|.*[a-z0-9]IT)\.(?:java|kts?|groovy|scala|cs|fs|vb|swift|mm?|php)$/

/** What tells a runner which tests there are: one line of it silences a folder of them, and no test file was touched. */
const settings =
  /^(?:(?:vitest|jest|playwright|cypress|karma|wdio|ava|web-test-runner|nightwatch)[.-][\w.-]*(?:config|conf|workspace|setup|projects?)\b.*|jest\.json|\.mocharc(?:\..*)?|\.jasmine\.json|jasmine\.json|\.taprc|\.rspec|pytest\.ini|\.pytest\.ini|tox\.ini|noxfile\.py|phpunit(?:\.dist)?\.xml(?:\.dist)?|\.nycrc(?:\..*)?|nextest\.toml)$/

/**
 * Whether a file tests, by its name: tests as the common languages name them, what lies in a folder for tests, snapshots, and the settings
 * of test runners, which say what runs. Not `package.json` and its like: they change with every dependency, and a script that runs no
 * tests any more shows in the number of tests. `path` is from the root of the repository, with `/`.
 */
export function isTestFile(path: string): boolean {
  const parts = path.split('/')
  const name = parts.pop() ?? ''
  // Nobody runs the tests of what was fetched.
  if (parts.includes('node_modules') || name.length > 255) return false
  const lower = name.toLowerCase()
  if (/^(?:readme|changelog|license)(?:\.(?:md|txt|rst|adoc))?$/.test(lower)) return false
  if (parts.some((folder) => folders.test(folder.toLowerCase()))) return true
  if (lower.endsWith('.snap') || settings.test(lower) || classes.test(name)) return true
  return code.test(lower) && named.test(lower.replace(code, ''))
}
