// The official client library as a judge: node judge.mjs FOLDER QUESTION.json answers on standard output.
// {"records": [record], "texts": [text], "answers": [[method, output]], "mutes": [[muted words, record]]}
// -> {"records": [problem or ""], "texts": [{"facets", "graphemes"}], "answers": [problem or ""], "mutes": [boolean]}
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const [folder, questionFile] = process.argv.slice(2)
const require = createRequire(pathToFileURL(folder + '/'))
const load = (name) => import(pathToFileURL(require.resolve(name)).href)
const { hasMutedWord, lexicons, RichText } = await load('@atproto/api')
const { jsonToLex } = await load('@atproto/lexicon')

const problem = (check) => {
  try {
    check()
    return ''
  } catch (error) {
    return String(error.message)
  }
}
const facetsOf = (text) => {
  const rich = new RichText({ text })
  rich.detectFacetsWithoutResolution()
  return { facets: rich.facets ?? [], graphemes: rich.graphemeLength }
}

const question = JSON.parse(readFileSync(questionFile, 'utf8'))
console.log(
  JSON.stringify({
    records: (question.records ?? []).map((r) => problem(() => lexicons.assertValidRecord(r.$type, jsonToLex(r)))),
    texts: (question.texts ?? []).map(facetsOf),
    answers: (question.answers ?? []).map(([method, output]) =>
      problem(() => lexicons.assertValidXrpcOutput(method, jsonToLex(output))),
    ),
    mutes: (question.mutes ?? []).map(([mutedWords, record]) =>
      hasMutedWord({ mutedWords, ...record, outlineTags: record.tags ?? [], languages: record.langs ?? [] }),
    ),
  }),
)
